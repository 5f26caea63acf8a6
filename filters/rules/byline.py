"""Lines that tell when a page was published, who wrote it and whose pictures it shows."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filters.days import days_in
from filters.document import Block, Kind
from filters.furniture import furniture
from filters.reading import Reading
from filters.rule import Rule
from filters.texts import count_words
from filters.verdict import Family, Verdict

PHRASES = Path(__file__).parents[1] / "phrases" / "bylines.toml"
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?\s?(?:[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b\.?")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WHOSE = re.compile(
    r"\s*[:：©/|(–—-]|\s+(?:by|via|from|source|sources|credits?|courtesy|used|on|von|par|por|di|door)\b"
)
_ALONE = re.compile(r"\W*$|\s*[/|©]")  # what stands behind an agency that opens a line
_NUMBER = re.compile(r"\b\d{1,2}\b")
MOST_NAMES = 10  # words: three people and what they are called
_PARTICLES = frozenset("van von der de den del della di da la le al bin ibn y e i и та".split())


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of all languages; the patterns find them as whole words, where a script has blanks between words."""

    dated: re.Pattern[str]
    written: re.Pattern[str]
    pictured: re.Pattern[str]
    agency: re.Pattern[str]
    joined: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line tells of its page and nothing else: that it is a day's, a day, that it is somebody's, and names."""

    dated: bool
    day: bool
    written: bool
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Byline(Rule):
    """Removes a line of up to ``words`` words that only tells when a page was published, by whom, or whose a photo is.

    A corpus has author and days as columns, and readers of its texts want none of them in between. Before the first
    paragraph of ``prose`` words and behind the last one such a line goes; between them only one that names an agency of
    pictures, or says that something was published or changed on a day, of which there are no more than ``repeated``:
    a list of books or releases has more. What the extraction surely takes for main text (``sure``) stays: some
    articles do open with a day.
    """

    family = Family.STRUCTURE
    words: int = 16
    prose: int = 25
    repeated: int = 2
    reach: int = 6
    sure: float = 0.9

    @classmethod
    def data_fingerprint(cls) -> str:
        return hashlib.sha256(PHRASES.read_bytes()).hexdigest()[:12]

    def check(self, reading: Reading) -> Iterator[Verdict]:
        first, last = self._prose(reading)
        title = reading.title_position
        between: list[Block] = []
        for position, block in enumerate(reading.blocks):
            if (
                position == title
                or block.kind is not Kind.PARAGRAPH
                or block.hints.main >= self.sure
                or len(reading.words[position]) > self.words
            ):
                continue
            if _is_credit(block.text):
                yield self.remove(block.index, "It says whose a picture is.", block.text[:80])
            elif (line := _line(block.text)) is None:
                continue
            elif first <= position <= last:
                if line.dated and line.day and not line.written:
                    between.append(block)
            elif line.dated or line.written:
                yield self.remove(
                    block.index, "It says when the page was published, or by whom.", block.text[:80]
                )
            elif position < first and self._is_own(reading, position, line):
                yield self.remove(block.index, "It is the page's day or its author.", block.text[:80])
        if len(between) <= self.repeated:
            for block in between:
                yield self.remove(block.index, "It says when the page was published.", block.text[:80])

    def _prose(self, reading: Reading) -> tuple[int, int]:
        """The positions of the first and the last paragraph of the article; of a page without any all are before it."""
        body = {block.index for block in reading.body}
        found = [
            position
            for position, block in enumerate(reading.blocks)
            if block.index in body and block.kind is Kind.PARAGRAPH and count_words(block.text) >= self.prose
        ]
        return (found[0], found[-1]) if found else (len(reading.blocks), len(reading.blocks))

    def _is_own(self, reading: Reading, position: int, line: _Line) -> bool:
        """Whether a line near the title has nothing but a day and names of the document's author."""
        title = reading.title_position
        author = {word.lower() for word in _WORD.findall(reading.document.author)}
        near = title is None or 0 < position - title <= self.reach
        return near and all(name.lower() in author for name in line.names)


def _is_credit(text: str) -> bool:
    """Whether a line names an agency of pictures and little else: "Photo: Ada Hill / Getty Images"."""
    phrases = _phrases()
    lower = text.strip(" ()[]*").lower()
    agency = phrases.agency.search(lower)
    if agency is None or len(_WORD.findall(lower)) > 12:
        return False
    opening = phrases.pictured.match(lower)
    if opening is not None:
        return _WHOSE.match(lower, opening.end()) is not None
    return agency.start() == 0 and _ALONE.match(lower, agency.end()) is not None


class _Rest:
    """What is left of a text once what it is known to say was taken out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, spans: Iterable[tuple[int, int]]) -> int:
        """Blank these parts of it; how many there were."""
        found = list(spans)
        for start, end in found:
            self.text = self.text[:start] + " " * (end - start) + self.text[end:]
        return len(found)

    def find(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        return [match.span() for match in pattern.finditer(self.text.lower())]


def _line(text: str) -> _Line | None:
    """What a line tells of the page, or ``None`` where it has other words as well."""
    phrases = _phrases()
    lower = text.lower()
    has_digit = any(map(str.isdigit, lower))
    if len(lower) != len(text) or not (has_digit or phrases.written.match(lower.lstrip())):
        return None
    rest = _Rest(text)
    days = rest.take((start, end) for start, end, _ in days_in(lower, american=True)) if has_digit else 0
    minutes = 0
    if has_digit:
        rest.take(rest.find(_CLOCK))
        minutes = rest.take(
            (hit.start, hit.end) for hit in furniture(text) if hit.group == "tags" and not hit.ambiguous
        )
    dated = rest.take(rest.find(phrases.dated))
    by = rest.take(rest.find(phrases.written))
    names = tuple(word for word in _WORD.findall(rest.text) if word.lower() not in phrases.joined)
    if not all(map(_is_name, names)) or not (
        _is_whose(names, least=1 if days else 2) if by else days and not (names and dated)
    ):
        return None
    if minutes:  # "7 min read" leaves its number
        rest.text = _NUMBER.sub("", rest.text, count=minutes)
    if any(map(str.isdigit, rest.text)):
        return None
    return _Line(bool(dated), bool(days), bool(by), names)


def _is_whose(names: Sequence[str], least: int) -> bool:
    """Whether names may be those of a few people: ``least`` words, where a script has blanks between them."""
    capital = [name for name in names if name not in _PARTICLES]
    return least <= len(capital) <= MOST_NAMES or (len(capital) == 1 and bool(_UNSPACED.search(capital[0])))


def _is_name(word: str) -> bool:
    return not word[0].islower() or word in _PARTICLES


@cache
def _phrases() -> _Phrases:
    data = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    languages = [table for table in data.values() if isinstance(table, dict)]

    def terms(key: str) -> list[str]:
        return [term for table in languages for term in _terms(table[key])]

    return _Phrases(
        dated=_pattern(terms("dated")),
        written=_pattern(terms("written")),
        pictured=_pattern(terms("pictured")),
        agency=_pattern(_terms(data["agencies"])),
        joined=frozenset(terms("joined")),
    )


def _terms(told: str) -> list[str]:
    return [term for part in told.split(",") if (term := " ".join(part.split()))]


def _pattern(terms: list[str]) -> re.Pattern[str]:
    longest = sorted(set(terms), key=lambda term: (-len(term), term))
    spaced = "|".join(re.escape(term) for term in longest if not _UNSPACED.search(term))
    glued = "|".join(re.escape(term) for term in longest if _UNSPACED.search(term))
    parts = [rf"(?<!\w)(?:{spaced})(?!\w)" if spaced else "", f"(?:{glued})" if glued else ""]
    return re.compile("|".join(filter(None, parts)))

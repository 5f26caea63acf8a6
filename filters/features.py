"""What a document shows, as named numbers: the input of the models in ``filters.judgement``.

Concepts are lists of words in many languages (``model/words.toml``), counted in one pass over title, headings and text.
All else is shape: how much of the page is prose, lists, links, and what its address looks like. Every number lies
between about 0 and 1 and has a name that a curator can read.
"""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol, cast
from urllib.parse import unquote, urlsplit

import ahocorasick

from filters.document import Block, Document, Kind

TOKEN = re.compile(r"(?:(?!_)[\w\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff])+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
CHOICE = re.compile(r"\(([^()]*)\)")
ABBREVIATION = re.compile(r"\b(?:A|G|T|S)?PMs?\b")
LIST_TITLE = re.compile(
    r"\W*(?:(?:the|top|my|our|die|les|los|las|os|as)\s+)*(?:[3-9]|[1-9]\d|100|101)\b(?!\s*[%:.])",
    re.IGNORECASE,
)
YEARS = re.compile(
    r"\b(?:19|20)\d\d\s*(?:-|–|—|to)\s*(?:(?:19|20)\d\d|present|now|current|today)\b", re.IGNORECASE
)
SPEAKER = re.compile(
    r"^(?:\[?\d{1,2}:\d\d(?::\d\d)?\]?|[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20})?:)(?=\s|$)"
)
SENTENCE_END = (".", "!", "?", "…", ":", "。", "！", "？", ".”", '."', ".)", "؟")
WORK_SHOWN = re.compile(r"/(?:portfolio|case-?stud(?:y|ies)|projects?|work)/")
CV_TITLE = re.compile(
    r"\b(?:c\.?v\.?|r[eé]sum[eé]s?|curriculum( vitae)?|lebenslauf|about( me)?|nice to meet you|hello|howdy)\b",
    re.IGNORECASE,
)
IS = re.compile(
    r"(?:is|are|refers to|means|stands for|ist|sind|bezeichnet|est|sont|es|son|è|sono|é|são|to|jest|это) "
)
IN_CV = re.compile(r"(?:^|[/_-])(?:cv|resume|lebenslauf|curriculum)(?:[/._-]|$)")
PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?[€£₽₺]")
REACH = 20_000  # characters of a page that are read; longer ones have shown by then what they are
SHORT = 100  # words that a shorter text is taken to have: one word of ten says little
PROSE = 25  # words of a block from which it is a paragraph and no label

# Words of an address that say what lives there.
ADDRESSES: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "blog": "blog blogs post posts article articles p news story stories guide guides essays notes insights "
        "archive archives writing",
        "jobs": "job jobs careers vacancies vacancy positions openings",
        "shop": "shop store products product collection collections item items dp cart catalog category categories",
        "docs": "docs doc documentation reference api manual wiki en-us",
        "forum": "forum forums community thread threads topic topics questions t viewtopic discussion discussions "
        "showthread",
        "listing": "tag tags category categories archive archives author page search topics index",
        "course": "event events webinar webinars course courses certification certifications program programs training "
        "workshop workshops talks",
        "service": "services service solutions solution about contact faq faqs pricing plans portfolio investors "
        "businesses",
    }.items()
}


class _Term(NamedTuple):
    """A term behind its key: ``rest`` is what has to follow a key that ends inside a term (``дорожн* карт*``)."""

    concept: str
    text: str
    length: int
    rest: re.Pattern[str] | None


class _Automaton(Protocol):
    def iter(self, text: str) -> Iterator[tuple[int, tuple[_Term, ...]]]: ...


@dataclass(frozen=True, slots=True)
class Words:
    """The concepts with one automaton over all their terms; ``terms`` counts the terms of each."""

    automaton: _Automaton
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """Named numbers, and for each concept the terms that were found with their counts."""

    values: dict[str, float]
    found: dict[str, Counter[str]]


@cache
def words() -> Words:
    """The lists of ``model/words.toml``, read and built once per process."""
    data = tomllib.loads((files("filters") / "model" / "words.toml").read_text(encoding="utf-8"))
    keys: dict[str, dict[str, _Term]] = {}
    concepts = {name: lists for name, lists in data.items() if isinstance(lists, dict)}
    for concept, lists in concepts.items():
        for term in dict.fromkeys(t for listed in lists.values() for t in _terms(listed)):
            key, rest = _key(term)
            keys.setdefault(key, {})[concept + (rest.pattern if rest else "")] = _Term(
                concept, term, len(key), rest
            )
    automaton = ahocorasick.Automaton()
    for key, meanings in keys.items():
        automaton.add_word(key, tuple(meanings.values()))
    automaton.make_automaton()
    return Words(cast(_Automaton, automaton), tuple(concepts))


def _terms(listed: str) -> Iterator[str]:
    for term in re.split(r"[,\n]", listed):
        if term.strip():
            parts = CHOICE.split(" ".join(term.split()))
            choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
            yield from ("".join(chosen) for chosen in itertools.product(*choices))


def _key(term: str) -> tuple[str, re.Pattern[str] | None]:
    """What the automaton looks for, and what has to follow where a word in the middle is open."""
    head, inner, tail = term.rstrip("*").partition("* ")
    open_end = bool(inner) or term.endswith("*")
    text = normal(head).strip()
    if UNSPACED.search(text):
        return text, None
    key = f" {text}" if open_end or HANGUL.search(text) else f" {text} "
    if not inner:
        return key, None
    words = [re.escape(normal(part).strip()) for part in tail.split("* ")]
    return key, re.compile(r"\w* " + r"\w* ".join(words) + ("" if term.endswith("*") else " "))


def normal(text: str) -> str:
    """Lower-case words between single spaces, one at each end."""
    lowered = text.lower().replace("i̇", "i")
    return f" {' '.join(TOKEN.findall(lowered))} "


def size(text: str) -> float:
    """How many words a text has; two characters of a script without spaces are one."""
    # curly quotes make most texts more than ASCII; the first search settles those
    dense = len(UNSPACED.findall(text)) if not text.isascii() and UNSPACED.search(text) else 0
    return len(text.split()) + dense / 2


def features(document: Document) -> Features:
    """All numbers of a document: see the functions below, each of which tells one kind."""
    body = _within(document.blocks)
    text = "".join(normal(block.text) for block in body)
    total = max(1.0, size(text))
    length = max(total, SHORT)
    values = {"bias": 1.0}
    found, named = _counted(text)
    title = document.title or (body[0].text if body and len(body[0].text) < 120 else "")
    heads = [block.text for block in body if block.kind is Kind.HEADING or _is_label(block.text)]
    in_title, in_heads = count(normal(title[:300])), count("".join(map(normal, heads))[:6000])
    for concept in words().concepts:
        own = found[concept]
        values[concept] = math.log1p(1000 * own.total() / length) / 5 if own else 0.0
        values[f"{concept}: variety"] = min(1.0, len(own) / 10)
        values[f"{concept} in title"] = float(concept in in_title)
        values[f"{concept} in headings"] = (
            min(1.0, in_heads[concept].total() / 4) if concept in in_heads else 0.0
        )
    values.update(_parts(document, body, found, in_title, in_heads, total))
    values.update(_spread(text, named))
    values.update(_subject(body, values, found, in_title, total))
    values.update(_shape(document, body, total))
    values.update(_address(document.url))
    return Features(values, found)


def _is_label(text: str) -> bool:
    """Whether a line stands above something; pages without markup have headings, too."""
    return len(text) <= 60 and not text.rstrip().endswith(SENTENCE_END[:4])


def _within(blocks: Iterable[Block]) -> list[Block]:
    kept, length = [], 0
    for block in blocks:
        if length > REACH:
            break
        length += len(block.text)
        kept.append(block if len(block.text) <= REACH else block.cut(0, REACH))
    return kept


def count(text: str) -> defaultdict[str, Counter[str]]:
    """The terms of each concept in a normalised text; of terms that overlap the first one counts."""
    return _counted(text)[0]


def _counted(text: str) -> tuple[defaultdict[str, Counter[str]], list[int]]:
    """The same with the places where the trade is named."""
    known = words()
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    reached: defaultdict[str, int] = defaultdict(int)
    named = []
    for end, meanings in known.automaton.iter(text):
        for concept, term, length, rest in meanings:
            # the blank behind a word is the blank before the next
            if end - length + 1 >= reached[concept] and (rest is None or rest.match(text, end + 1)):
                reached[concept] = end
                found[concept][term] += 1
                if concept in ("trade", "owner"):
                    named.append(end)
    return found, named


def _parts(
    document: Document,
    body: list[Block],
    found: dict[str, Counter[str]],
    in_title: dict[str, Counter[str]],
    in_heads: dict[str, Counter[str]],
    total: float,
) -> dict[str, float]:
    """How many of the parts are there that job advertisements, CVs and pages without content are made of."""
    labels = ("tasks", "demands", "benefits")
    ad = sum(bool(in_heads[part]) for part in labels) + bool(found["apply"]) + bool(found["employer"])
    years = sum(bool(YEARS.search(block.text)) for block in body if "19" in block.text or "20" in block.text)
    in_path = bool(IN_CV.search(document.url.lower()))
    short_title = (
        len(document.title.split()) <= 8 and bool(CV_TITLE.search(document.title)) and not in_title["how"]
    )
    vita = min(1.0, years / 3) + in_path + short_title + min(1.0, sum(in_heads["vita"].values()) / 4)
    barred = [found[name] for name in ("absent", "barred", "gated", "consent")]
    phrases = max(sum(" " in term or not term.isascii() for term in own) for own in barred)
    titled = any(in_title[name] for name in ("absent", "barred", "gated", "consent"))
    few = max(0.0, 1 - total / (350 if titled else 200))
    return {
        "no page": few * min(1.0, (phrases + titled) / 2),
        "job advertisement for sure": float(ad >= 4 and total <= 1500),
        "parts of a job advertisement": ad / 5,
        "parts of a CV": vita / 4,
        "opens with a definition": float(
            not found["reader"] and not found["self"] and _defines(document.title, body)
        ),
        "title is the trade's name": float(0 < len(document.title.split()) <= 3 and bool(in_title["trade"])),
        "years from and to": min(1.0, years / 4),
    }


def _defines(title: str, body: list[Block]) -> bool:
    """Whether the first paragraph says what the title is, as entries of a glossary or an encyclopedia do."""
    names = [normal(part) for part in re.split(r"[()]", title) if 0 < len(part.split()) <= 4]
    first = next((block.text for block in body if size(block.text) >= 8), "")
    opening = normal(first[:200]).lstrip()
    for article in ("the ", "a ", "an ", "der ", "die ", "das ", "le ", "la ", "l ", "el ", "o ", "il "):
        opening = opening.removeprefix(article)
    return any(
        opening.startswith(name.lstrip()) and IS.match(opening, len(name) - 1)
        for name in names
        if name.strip()
    )


def _spread(text: str, named: list[int]) -> dict[str, float]:
    """In how many tenths of the text the trade is named: guides speak of it all along."""
    step = max(200, len(text) // 10 + 1)
    parts = {place // step for place in named}
    return {
        "trade: spread": len(parts) / max(3, len(text) // step + 1),
        "trade: early": float(0 in parts),
    }


def _subject(
    body: list[Block],
    values: dict[str, float],
    found: dict[str, Counter[str]],
    in_title: dict[str, Counter[str]],
    total: float,
) -> dict[str, float]:
    """The trade beside its neighbours; "PM" counts only beside a spelt-out mention, for it is also the afternoon."""
    spelt = sum(found["trade"].values()) + sum(found["owner"].values())
    short = sum(len(ABBREVIATION.findall(block.text)) for block in body if "PM" in block.text) if spelt else 0
    near = max(values[name] for name in ("project", "marketing", "engineering", "crypto", "study", "company"))
    times = spelt + short + sum(in_title["trade"].values()) + sum(in_title["owner"].values())
    rate = 1000 * times / total
    named = math.log1p(rate) / 5
    return {
        "trade or PM": named,
        "trade or PM: times": min(1.0, math.log1p(times) / 3),
        "trade or PM: enough": min(1.0, times / 3) * min(1.0, rate / 1.5),
        "trade beside its neighbours": named - near,
        "craft and trade": math.sqrt(named * values["craft"]),
    }


def _shape(document: Document, body: list[Block], total: float) -> dict[str, float]:
    sizes = [size(block.text) for block in body]
    amount = max(1.0, sum(sizes))

    def share(chosen: Iterable[bool]) -> float:
        return sum(own for own, yes in zip(sizes, chosen, strict=True) if yes) / amount

    blocks = max(1, len(body))
    sentence = [block.text.rstrip().endswith(SENTENCE_END) for block in body]
    prose = [own >= PROSE and end for own, end in zip(sizes, sentence, strict=True)]
    linked = sum(link.end - link.start for block in body for link in block.links)
    letters = max(1, sum(len(block.text) for block in body))
    return {
        "length": min(1.0, math.log1p(total) / 9),
        "very short": float(total < 150),
        "prose": share(prose),
        "paragraphs": min(1.0, sum(prose) / 15),
        "unfinished lines": share(not end for end in sentence),
        "words a block": min(1.0, amount / blocks / 60),
        "items": share(block.kind is Kind.ITEM for block in body),
        "headings a block": sum(block.kind is Kind.HEADING for block in body) / blocks,
        "quotations": share(block.kind is Kind.QUOTATION for block in body),
        "code": share(block.kind is Kind.CODE for block in body),
        "tables": share(block.kind is Kind.TABLE for block in body),
        "linked text": min(1.0, linked / letters),
        "links a block": min(1.0, sum(len(block.links) for block in body) / blocks),
        "prices": min(1.0, sum(bool(PRICE.search(block.text)) for block in body) / 10),
        "speakers": min(1.0, sum(bool(SPEAKER.match(block.text)) for block in body) / 15),
        "questions": min(1.0, sum(block.text.rstrip().endswith(("?", "？")) for block in body) / 10),
        "number in title": float(bool(LIST_TITLE.match(document.title))),
        "numbered headings": min(
            1.0, sum(block.kind is Kind.HEADING and block.text[:1].isdigit() for block in body) / 5
        ),
        "has author": float(bool(document.author)),
        "has date": float(bool(document.published)),
    }


def _address(url: str) -> dict[str, float]:
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        path = ""
    parts = [part for part in re.split(r"[/.]", path.lower()) if part]
    values = {
        f"address: {name}": float(any(part in known for part in parts)) for name, known in ADDRESSES.items()
    }
    values["address: front page"] = float(bool(url) and (not parts or parts == ["index", "html"]))
    values["address: has date"] = float(bool(re.search(r"/(?:19|20)\d\d(?:/|-)", path)))
    values["address: work shown"] = float(bool(WORK_SHOWN.search(path.lower())))
    values["address: many words"] = float(
        max((len(re.split(r"[-_ ]", part)) for part in parts), default=0) >= 4
    )
    return values

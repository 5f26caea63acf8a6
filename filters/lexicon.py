"""Word lists as data, and one automaton that finds all their terms in one pass.

A list is ``lexicons/<topic>.toml``: ``topic``, ``source``, ``licence`` and a table a language whose keys
are weights and whose values hold terms, separated by commas or line ends:

- ``core``: says what it advertises nearly alone ("free spins", "彩金"),
- ``strong``: a word of the trade that ordinary prose also knows ("casino"),
- ``weak``: counts in company only ("bonus", "bet"),
- ``innocent``: a phrase that takes the harm out of the terms inside it ("sign-on bonus").

A term matches whole words; ``casino*`` matches the words that begin so, ``*casino*`` anything around it.
Chinese, Japanese, Korean and Thai terms match anywhere, since these scripts set no spaces or glue
particles to words; ``=term`` asks for whole words there too. Everything is folded (``filters.disguise``)
on both sides, and any punctuation equals one space.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from filters.automaton import Automaton
from filters.disguise import Disguise, Folded, Trick, fold, guesses, plain
from filters.texts import remembered

Weight = Literal["core", "strong", "weak", "innocent"]
SENTENCE = 10  # letters in a row, each on its own, from which they are more than one spaced-out word
WEIGHTS: tuple[Weight, ...] = ("core", "strong", "weak", "innocent")

# A separator is whatever is no letter, digit or vowel sign (Indic scripts, Thai, Lao, Burmese, Khmer).
_SEPARATORS = re.compile(r"(?:[^\w\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3]|_)+")
_PLAIN_SEPARATORS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]"
)
_LABEL_REACH = 240
_MARKUP = re.compile(r"^(~?)([=*]?)(.*?)(\*?)$")


class LexiconError(ValueError):
    """A word list cannot be used; the message names file, table and term."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list. ``text`` is folded; terms of ``furniture`` carry their group as ``weight``.

    ``ambiguous`` marks an entry written ``~term``: alone it proves nothing.
    """

    text: str
    topic: str
    weight: str
    language: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed term at ``start:end`` of the original text.

    ``disguised`` says that characters were used to hide it (see ``filters.disguise``).
    """

    term: str
    topic: str
    weight: Weight
    language: str
    start: int
    end: int
    disguised: bool = False


Meanings = tuple[tuple[int, Term], ...]  # what a key stands for: its length, or a term's place, and the term


class Match(NamedTuple):
    """A term in the matching text: what ``scan`` and ``furniture`` build their answers from.

    ``start`` and ``end`` are offsets into the original, ``left`` and ``right`` into the matching text.
    """

    term: Term
    start: int
    end: int
    left: int
    right: int
    disguised: bool = False


class Scanned(NamedTuple):
    """The matching text of a block (words between single spaces) and all terms found in it."""

    words: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists in one automaton."""

    automaton: Automaton[Meanings]
    terms: tuple[Term, ...]


@cache
def lexicon() -> Lexicon:
    """The lists that ship with the package, read and built once per process."""
    return build(_sources())


def _sources() -> dict[str, bytes]:
    folder = Path(__file__).with_name("lexicons")
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}


def build(sources: dict[str, bytes]) -> Lexicon:
    """A lexicon from the bytes of its files by name; raises ``LexiconError`` for a list that is wrong."""
    keys: dict[str, dict[tuple[int, str, str], Term]] = {}
    terms: list[Term] = []
    for name, data in sources.items():
        topic = name.removesuffix(".toml")
        for key, term in _entries(name, topic, data):
            # A term of two languages counts once; the first list in the file's order keeps it.
            found = keys.setdefault(key, {})
            if (len(key), term.topic, term.weight) not in found:
                found[(len(key), term.topic, term.weight)] = term
                terms.append(term)
    built = Automaton(
        {key: tuple((len(key), term) for term in found.values()) for key, found in keys.items()}
    )
    return Lexicon(built, tuple(terms))


def _entries(name: str, topic: str, data: bytes) -> Iterator[tuple[str, Term]]:
    where = f"filters/lexicons/{name}"
    try:
        tables = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{where}: {error}") from error
    for needed in ("source", "licence"):
        if not isinstance(tables.get(needed), str):
            raise LexiconError(f"{where}: {needed!r} is missing: say where the words come from")
    weights = tables.get("groups", WEIGHTS)
    for language, table in tables.items():
        if not isinstance(table, dict):
            continue
        for weight, listed in table.items():
            if weight not in weights:
                raise LexiconError(f"{where}: [{language}] {weight!r} is none of {', '.join(weights)}")
            if not isinstance(listed, str):
                raise LexiconError(f"{where}: [{language}] {weight} must be one text of terms")
            label = f"{where}: [{language}] {weight}"
            for line in plain(listed).split("\n"):
                for entry in line.split(","):
                    if bare := entry.strip():
                        yield _entry(bare, label, topic, weight, language)


def _entry(entry: str, where: str, topic: str, weight: str, language: str) -> tuple[str, Term]:
    """The automaton's key for a folded entry: a space at either end stands for a word boundary."""
    match = _MARKUP.match(entry)
    doubt, before, word, after = match.groups() if match else ("", "", entry, "")
    text = word if word.isalnum() else _SEPARATORS.sub(" ", word).strip()
    if not text:
        raise LexiconError(f"{where}: {entry!r} holds no letter or digit")
    if len(text) < 3 and (before == "*" or after) and text.isascii():
        raise LexiconError(f"{where}: {entry!r} is too short for '*': it would match everywhere")
    anywhere = before != "=" and _UNSPACED.search(text) is not None
    left = "" if anywhere or before == "*" else " "
    right = "" if anywhere or after else " "
    return f"{left}{text}{right}", Term(text, topic, weight, language, bool(doubt))


@remembered
def read(text: str) -> Scanned:
    """Fold a text and find all terms of all lists in it; cached, since every rule asks for the same."""
    folded, words = fold(text), matching(text)
    lists = lexicon().automaton
    # A label that may be a word of the text is one only in a short block or at either end of a long one.
    short = len(words) <= _LABEL_REACH
    raw = [
        (last + 1 - length, last + 1, term)
        for last, found in lists.iter(words)
        for length, term in found
        if short or not term.ambiguous or last + 1 == length or last + 1 == len(words)
    ]
    matches = [*_located(words, folded, raw), *_guessed(folded, words, lists)]
    if len(matches) > 1:
        matches.sort(key=lambda match: (match.start, -match.end, match.term.topic))
    return Scanned(words, tuple(matches))


@remembered
def matching(text: str) -> str:
    """What terms are looked for in: the folded words of a text between single spaces, one at each end."""
    folded = fold(text).text
    if folded.isascii():
        return f" {' '.join(folded.translate(_PLAIN_SEPARATORS).split())} "
    return f" {_SEPARATORS.sub(' ', folded).strip()} "


def _located(words: str, folded: Folded, raw: list[tuple[int, int, Term]]) -> Iterator[Match]:
    """The matches with offsets into the original, which only a text with matches needs."""
    if not raw:
        return
    # Where the tokens begin in the matching and in the folded text, up to the last term. Between two of them nothing
    # stands that a token is made of, so each is found where it is.
    starts: list[int] = []
    sources: list[int] = []
    place, source = 1, 0
    for token in words[: max(right for _, right, _ in raw)].split():
        source = folded.text.find(token, source)
        starts.append(place)
        sources.append(source)
        place += len(token) + 1
        source += len(token)
    odd, hiding = _disguised(folded.disguises), _disguised(folded.disguises, but="styled letters")
    for left, right, term in raw:
        first = left + (words[left] == " ")
        last = right - 1 - (words[right - 1] == " ")
        opening, closing = bisect_right(starts, first) - 1, bisect_right(starts, last) - 1
        begin = sources[opening] + first - starts[opening]
        end = sources[closing] + last - starts[closing] + 1
        start, stop = folded.origin(begin, end)
        disguised = bool(odd) and (odd if _is_loud(term) else hiding).find(1, start, stop) >= 0
        yield Match(term, start, stop, first, last + 1, disguised)


def _disguised(disguises: Sequence[Disguise], *, but: Trick | None = None) -> bytearray:
    """A 1 for every character of the original that a trick covers, but for one trick."""
    marks = bytearray(max((trick.end for trick in disguises), default=0))
    for trick in disguises:
        if trick.trick != but:
            marks[trick.start : trick.end] = b"\1" * (trick.end - trick.start)
    return marks


def _is_loud(term: Term) -> bool:
    """Whether bold letters on the term are meant to hide it: people set everyday words in bold as well."""
    return term.topic in ("gambling", "pharma", "adult") or (term.weight == "core" and term.topic != "work")


def _can_hide(term: Term) -> bool:
    """Whether anybody would disguise the term: nobody hides the words of work or of a page's furniture."""
    return term.weight in ("core", "strong") and term.topic != "work" and term.text.isalpha()


def _guessed(folded: Folded, words: str, lists: Automaton[Meanings]) -> Iterator[Match]:
    """Listed words that digits, spaces or punctuation hide; only what fills the whole guess counts."""
    seen: set[tuple[int, int, str, str]] = set()
    for guess in guesses(folded.text, words):
        for last, found in lists.iter(f" {guess.word} "):
            for length, term in found:
                size = len(term.text)
                key = (guess.start, guess.end, term.topic, term.text)
                whole = last + 1 - length <= 1 and size * 5 >= len(guess.word) * 4
                whole = whole or (guess.inside and term.weight == "core")
                if whole and size >= guess.least and key not in seen and _can_hide(term):
                    seen.add(key)
                    yield Match(term, *folded.origin(guess.start, guess.end), 0, 0, disguised=True)
        if len(guess.word) >= SENTENCE and guess.end - guess.start >= 2 * len(guess.word) - 1:
            for term in _buried(guess.word):
                yield Match(term, *folded.origin(guess.start, guess.end), 0, 0, disguised=True)


def _buried(run: str) -> Iterator[Term]:
    """The listed words inside a whole sentence of spaced letters, where nothing tells where a word ends."""
    found = {place: term for _, terms in _bare().iter(run) for place, term in terms}
    yield from (found[place] for place in sorted(found))


@cache
def _bare() -> Automaton[Meanings]:
    """The words of five letters or more that somebody would hide, without word boundaries."""
    keys: dict[str, list[tuple[int, Term]]] = {}
    for place, term in enumerate(lexicon().terms):
        if len(term.text) >= 5 and _can_hide(term):
            keys.setdefault(term.text, []).append((place, term))
    return Automaton({key: tuple(terms) for key, terms in keys.items()})


@remembered
def scan(text: str) -> tuple[Hit, ...]:
    """The terms of all topics in a text, in order; of overlapping terms of a topic the longest.

    Terms inside an innocent phrase of their topic are left out, and the phrases too.
    """
    listed = [match for match in read(text).matches if match.term.weight in WEIGHTS]
    if not listed:
        return ()
    kept: list[Hit] = []
    taken: dict[str, bytearray] = {}  # by topic, the characters that a longer term has claimed
    for match in sorted(listed, key=_precedence):
        term, start, end = match.term, match.start, match.end
        if term.topic not in taken:
            taken[term.topic] = bytearray(len(text))
        claimed = taken[term.topic]
        if claimed.find(1, start, end) >= 0:
            continue
        claimed[start:end] = b"\1" * (end - start)
        if term.weight != "innocent":
            weight = cast(Weight, term.weight)
            kept.append(Hit(text[start:end], term.topic, weight, term.language, start, end, match.disguised))
    return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.topic)))


def _precedence(match: Match) -> tuple[int, int, bool, int]:
    """The longest first; of equally long ones the innocent, then the heavier, then what all languages share."""
    weight = cast(Weight, match.term.weight)
    rank = -1 if weight == "innocent" else WEIGHTS.index(weight)
    return match.start - match.end, rank, match.term.language != "und", match.start


@cache
def fingerprints() -> dict[str, str]:
    """The sha256 of every list's file by topic; who only asks for these, as a command does, builds no lexicon."""
    return {name.removesuffix(".toml"): hashlib.sha256(data).hexdigest() for name, data in _sources().items()}


def data_fingerprint(*topics: str) -> str:
    """The sha256 over the named lists (all, if none is named): it changes whenever a term does."""
    known = fingerprints()
    told = "".join(known[topic] for topic in (topics or sorted(known)))
    return hashlib.sha256(told.encode()).hexdigest()

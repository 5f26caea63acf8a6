"""The concepts that a text speaks of: lists of words in many languages (``model/words.toml``), counted in one pass."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from filters.automaton import Automaton
from filters.texts import UNSPACED

TOKEN = re.compile(r"(?:(?!_)[\w\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff])+")
HANGUL = re.compile(r"[\uac00-\ud7af]")
CHOICE = re.compile(r"\(([^()]*)\)")
NAMES = ("trade", "owner")  # the concepts that name the trade
# A letter or a digit of ASCII stays, all else parts words. Typesetters' signs make most English texts more than ASCII.
PARTED = {code: " " for code in range(128) if not chr(code).isalnum()}
TYPESET = ("’", "“", "”", "‘", "—", "–", "…", "\xa0", "•")


class _Term(NamedTuple):
    """A term behind its key: ``rest`` is what has to follow a key that ends inside a term (``дорожн* карт*``)."""

    number: int
    concept: int
    length: int
    rest: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Words:
    """The concepts, all their terms by number, and an automaton over those."""

    automaton: Automaton[tuple[_Term, ...]]
    concepts: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """For each concept that is there its terms with their counts, and the places where the trade is named."""

    terms: dict[str, Counter[str]]
    named: list[int]

    def of(self, concept: str) -> Counter[str]:
        """The terms of a concept; none where it is not there."""
        return self.terms.get(concept) or Counter()


@cache
def words() -> Words:
    """The lists of ``model/words.toml``, read and built once per process."""
    data = tomllib.loads((files("filters") / "model" / "words.toml").read_text(encoding="utf-8"))
    concepts = {name: lists for name, lists in data.items() if isinstance(lists, dict)}
    keys: dict[str, dict[str, _Term]] = {}
    terms: list[str] = []
    for number, (concept, lists) in enumerate(concepts.items()):
        for term in dict.fromkeys(t for listed in lists.values() for t in _terms(listed)):
            key, rest = _key(term)
            keys.setdefault(key, {})[concept + (rest.pattern if rest else "")] = _Term(
                len(terms), number, len(key), rest
            )
            terms.append(term)
    built = Automaton({key: tuple(found.values()) for key, found in keys.items()})
    return Words(built, tuple(concepts), tuple(terms))


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
    lowered = text.lower()
    if not lowered.isascii():
        for sign in TYPESET:
            lowered = lowered.replace(sign, " ")
        if not lowered.isascii():
            return f" {' '.join(TOKEN.findall(lowered.replace('i̇', 'i')))} "
    # what is ASCII by now is parted four times as fast without a regular expression
    return f" {' '.join(lowered.translate(PARTED).split())} "


def found(text: str) -> Found:
    """The concepts of a normalised text; of a concept's terms that overlap the first one counts."""
    known = words()
    reached = [0] * len(known.concepts)
    counts: dict[tuple[int, int], int] = {}
    naming = {known.concepts.index(name) for name in NAMES}
    named = []
    for end, meanings in known.automaton.iter(text):
        for number, concept, length, rest in meanings:
            # the blank behind a word is the blank before the next
            if end - length + 1 >= reached[concept] and (rest is None or rest.match(text, end + 1)):
                reached[concept] = end
                key = (concept, number)
                counts[key] = counts.get(key, 0) + 1
                if concept in naming:
                    named.append(end)
    terms: dict[str, Counter[str]] = {}
    for (concept, number), times in counts.items():
        terms.setdefault(known.concepts[concept], Counter())[known.terms[number]] = times
    return Found(terms, named)

"""How much a text is worded like web spam: a linear model over words, pairs of words and pieces of words.

``benchmarks/spam_model.py`` trained it on spam against the lines of ordinary articles, both in English. A word list
knows its terms; the model also knows how people write who beg, praise and advertise, and words that are only like
listed ones ("suscribe", "spinzone"). Addresses and figures are left out: rules of other families read those.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nlargest
from importlib.resources import files
from itertools import filterfalse, pairwise
from math import fsum

from filters.automaton import Automaton
from filters.lexicon import matching
from filters.texts import remembered
from filters.topic import STEM, background

DATA = "lexicons/wording.tsv"
REACH = 1200  # characters that are read; spam comes to the point
PIECES = (3, 4, 5)  # letters of a piece, the ends of the word included
RARE = 0.1  # share of articles up to which a word can be the subject of one
LEAST_WORDS = 3  # a single word weighs as much as in a line of three

# Addresses, with and without a scheme; bounded, so that a row of dots is read once.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|net|org|info|co|io|tv|example)\b\S*"
)

_INNER_POINT = re.compile(r"\.\w|://")  # prose has none, and is spared the search for addresses


@dataclass(frozen=True, slots=True)
class Wording:
    """``score`` is the logarithm of the odds that a text is spam; ``weights`` is what it is made of."""

    score: float
    weights: Mapping[str, float]

    @property
    def told(self) -> tuple[str, ...]:
        """The terms that said most that it is spam, the heaviest first."""
        against = (term for term, value in self.weights.items() if value > 0)
        return tuple(nlargest(6, against, key=lambda term: (self.weights[term], term)))


def words(text: str) -> list[str]:
    """The folded words of (the beginning of) a text, without addresses and numbers."""
    if len(text) > REACH:
        text = text[:REACH]
    if _INNER_POINT.search(text):
        text = _ADDRESS.sub(" ", text)
    return list(filterfalse(str.isdigit, matching(text).split()))


def pieces(word: str) -> tuple[str, ...]:
    """A word between marks of its ends, and its pieces: ``_be``, ``bet``, ``et_``, ``_bet``, ``bet_`` of ``_bet_``."""
    return tuple(sorted(cut(word)))


def cut(word: str) -> set[str]:
    """The same in no order."""
    marked = f"_{word}_"
    found = {marked[at : at + size] for size in PIECES for at in range(len(marked) - size + 1)}
    found.add(marked)
    return found


def wording(text: str, subject: frozenset[str] = frozenset()) -> Wording:
    """What the model says of a text, where words whose stem is in ``subject`` and rare elsewhere speak for nothing."""
    if not subject:
        return _wording(text)
    distinct, told = _terms(text)
    spared = {word for word in distinct if word[:STEM] in subject and _is_rare(word)}
    left = {term: value for term, value in told.items() if value < 0 or spared.isdisjoint(term.split())}
    return _weighed(distinct, left)


@remembered
def _wording(text: str) -> Wording:
    return _weighed(*_terms(text))


@remembered
def _terms(text: str) -> tuple[frozenset[str], Mapping[str, float]]:
    """The distinct words of a text, and what its words and pairs of words weigh."""
    own = words(text)
    distinct = frozenset(own)
    told = {word: value for word in distinct if (value := _weight(word))}
    known = _pairs()
    told.update(map(known.__getitem__, filter(known.__contains__, pairwise(own))))
    return distinct, told


def _weighed(distinct: frozenset[str], told: Mapping[str, float]) -> Wording:
    _, bias = model()
    return Wording(bias + fsum(told.values()) / max(len(distinct), LEAST_WORDS) ** 0.5, told)


def _is_rare(word: str) -> bool:
    return background().get(word[:STEM], 0.0) < RARE


@lru_cache(maxsize=32_768)
def _weight(word: str) -> float:
    weights, _ = model()
    # Sorted, since sums of fractions depend on the order.
    return sum(
        [weights[piece] for piece in sorted({piece for _, piece in _known_pieces().iter(f"_{word}_")})]
    )


@cache
def _known_pieces() -> Automaton[str]:
    """The pieces of words that weigh anything: few of a word's are, and to look all of them up takes twice as long."""
    weights, _ = model()
    return Automaton(
        {
            name: name
            for name in weights
            if len(name) in PIECES or (name[:1] == "_" == name[-1:] and " " not in name)
        }
    )


@cache
def _pairs() -> dict[tuple[str, ...], tuple[str, float]]:
    """The pairs of words that weigh anything, each with its name and its weight."""
    weights, _ = model()
    return {tuple(name.split(" ")): (name, weight) for name, weight in weights.items() if " " in name}


@cache
def model() -> tuple[dict[str, float], float]:
    """The weight of every n-gram, and the bias."""
    lines = _data().decode().splitlines()
    weights = {
        ngram: float(weight) for ngram, weight in (line.split("\t") for line in lines if line[0] != "#")
    }
    return weights, weights.pop("")


@cache
def fingerprint() -> str:
    """A hash of the model's file."""
    return hashlib.sha256(_data()).hexdigest()[:12]


def _data() -> bytes:
    return (files("filters") / DATA).read_bytes()

"""How much a block speaks of what the rest of its document speaks of.

A word that the rest of the document uses too speaks for a block the more, the rarer it is elsewhere; a word
that it does not use speaks against it. The sum of these log-likelihood ratios is naive Bayes for "written for
this page" against "written for another", with document frequencies of ordinary articles as background.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from itertools import chain

from filters.texts import remembered

WORD = re.compile(r"[^\W\d_]{3,}")
STEM = 6  # letters; cuts inflection off most English words
UNSEEN = 0.002  # share of documents for a stem that the background does not hold
# Share of a block's rare stems that the rest of its document repeats, by the number of stems in that document:
# measured on the development articles of WCXB (100 to 200 stems: .27, and so on, doubling).
REPEATED = (0.27, 0.42, 0.47, 0.58, 0.64)


@remembered
def stems(text: str) -> frozenset[str]:
    """The distinct lower-case words of three letters or more, cut to their first letters."""
    return frozenset([word[:STEM] for word in WORD.findall(text.lower())])


@cache
def background() -> dict[str, float]:
    """The share of ordinary articles that each stem occurs in."""
    pairs = (line.split("\t") for line in _data().decode().splitlines() if not line.startswith("#"))
    return {stem: float(share) for stem, share in pairs}


def data_fingerprint() -> str:
    """The sha256 of the background."""
    return hashlib.sha256(_data()).hexdigest()


def _data() -> bytes:
    return (files("filters") / "lexicons" / "background.tsv").read_bytes()


class _Weights(dict[str, float]):
    """Log-likelihood ratios by stem; one that the background lacks has that of a rare one."""

    def __init__(self, ratio: Callable[[float], float]) -> None:
        super().__init__({stem: ratio(share) for stem, share in background().items()})
        self._unseen = ratio(UNSEEN)

    def __missing__(self, stem: str) -> float:
        return self._unseen


@cache
def weights(repeated: float) -> tuple[_Weights, _Weights]:
    """The log-likelihood ratios of the stems' being repeated, and of their not being."""

    def here(share: float) -> float:
        return repeated + (1 - repeated) * min(share, 0.97)

    return (
        _Weights(lambda share: min(3.0, math.log(here(share) / min(share, 0.97)))),
        _Weights(lambda share: math.log((1 - here(share)) / (1 - min(share, 0.97)))),
    )


class Topic:
    """What a document is about: in how many of its blocks each stem occurs."""

    def __init__(self, blocks: Iterable[frozenset[str]]) -> None:
        self.blocks = Counter(chain.from_iterable(blocks))
        step = int(math.log2(max(1.0, self.blocks.total() / 100)))
        self.repeated = REPEATED[min(step, len(REPEATED) - 1)]
        self._often = frozenset(stem for stem, count in self.blocks.items() if count > 1)

    def belonging(self, own: frozenset[str], *, counted: bool) -> tuple[float, int]:
        """The log-likelihood ratio that a block of these stems belongs here, and how many stems of it do.

        ``counted`` says whether the block is one of those the topic was made of, and so has to be left out.
        """
        present, absent = weights(self.repeated)
        # a view and a set: what both have is found without a look at each stem
        here = own & (self._often if counted else self.blocks.keys())
        # A set has no order, and a plain sum of fractions would depend on it.
        return math.fsum(chain(map(present.__getitem__, here), map(absent.__getitem__, own - here))), len(
            here
        )

"""How much a block speaks of what the rest of its document speaks of.

A word that the rest of the document uses too speaks for a block the more, the rarer it is elsewhere; a word
that it does not use speaks against it. The sum of these log-likelihood ratios is naive Bayes for "written for
this page" against "written for another", with document frequencies of ordinary articles as background.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

WORD = re.compile(r"[^\W\d_]{3,}")
STEM = 6  # letters; cuts inflection off most English words
UNSEEN = 0.002  # share of documents for a stem that the background does not hold
# Share of a block's rare stems that the rest of its document repeats, by the number of stems in that document:
# measured on the development articles of WCXB (100 to 200 stems: .27, and so on, doubling).
REPEATED = (0.27, 0.42, 0.47, 0.58, 0.64)


def stems(text: str) -> list[str]:
    """The lower-case words of three letters or more, cut to their first letters."""
    return [word[:STEM] for word in WORD.findall(text.lower())]


@cache
def background() -> dict[str, float]:
    """The share of ordinary articles that each stem occurs in."""
    text = (files("filters") / "lexicons" / "background.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {stem: float(share) for stem, share in pairs}


@cache
def weights(repeated: float) -> dict[str, tuple[float, float]]:
    """For each stem of the background the log-likelihood ratios of its being repeated, and of its not being."""
    return {stem: _ratios(share, repeated) for stem, share in background().items()}


@lru_cache(maxsize=1024)
def _ratios(share: float, repeated: float) -> tuple[float, float]:
    share = min(share, 0.97)
    here = repeated + (1 - repeated) * share
    return min(3.0, math.log(here / share)), math.log((1 - here) / (1 - share))


class Topic:
    """What a document is about: in how many of its blocks each stem occurs."""

    def __init__(self, blocks: Iterable[frozenset[str]]) -> None:
        self.blocks: Counter[str] = Counter()
        for own in blocks:
            self.blocks.update(own)
        step = int(math.log2(max(1.0, self.blocks.total() / 100)))
        self.repeated = REPEATED[min(step, len(REPEATED) - 1)]

    def belonging(self, own: frozenset[str], *, counted: bool) -> tuple[float, int]:
        """The log-likelihood ratio that a block of these stems belongs here, and how many stems of it do.

        ``counted`` says whether the block is one of those the topic was made of, and so has to be left out.
        """
        known = weights(self.repeated)
        unseen = _ratios(UNSEEN, self.repeated)
        blocks_of = self.blocks.get  # a counter answers for what it lacks, at ten times the cost
        ratios = []
        shared = 0
        for stem in own:
            present, absent = known.get(stem, unseen)
            if blocks_of(stem, 0) > counted:
                ratios.append(present)
                shared += 1
            else:
                ratios.append(absent)
        # A set has no order, and a plain sum of fractions would depend on it.
        return math.fsum(ratios), shared

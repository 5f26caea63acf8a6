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
from functools import cache
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


class Topic:
    """What a document is about: in how many of its blocks each stem occurs."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.blocks: Counter[str] = Counter()
        total = 0
        for text in texts:
            own = set(stems(text))
            total += len(own)
            self.blocks.update(own)
        step = int(math.log2(max(1.0, total / 100)))
        self.repeated = REPEATED[min(step, len(REPEATED) - 1)]
        self.size = total

    def belonging(self, text: str, *, counted: bool) -> tuple[float, int]:
        """The log-likelihood ratio that a text belongs here, and by how many stems it was judged.

        ``counted`` says whether the text is one of those the topic was made of, and so has to be left out.
        """
        known = background()
        own = set(stems(text))
        ratio = 0.0
        for stem in own:
            share = min(known.get(stem, UNSEEN), 0.97)
            here = self.repeated + (1 - self.repeated) * share
            if self.blocks[stem] > counted:
                ratio += min(3.0, math.log(here / share))
            else:
                ratio += math.log((1 - here) / (1 - share))
        return ratio, len(own)

"""A second look at what the extraction doubts: its score, all that the block rules said, and what stands around.

``pipelines.main_text`` scores a block by its markup and its place and sees neither words nor what rules make of its
neighbours; the rules see these, and not how likely the block is main text. The trees that ``benchmarks/second_look.py``
grew weigh both together. They know rules by their family of evidence only, so that a new rule counts like its kin.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from functools import cache
from heapq import nsmallest
from importlib.resources import files
from statistics import median

from filters.document import Kind
from filters.reading import Reading
from filters.texts import count_words
from filters.trees import Trees, read_trees
from filters.verdict import Action, Family

DATA = files("filters") / "model" / "second_look.tsv"
FAMILIES = tuple(family for family in Family if family is not Family.CURATOR)
AROUND = (-2, -1, 1, 2)
REACH = 6  # blocks on either side whose mean score is asked for
HOPELESS = 2  # hundredths of a block's score up to which it counts as gone whatever rules say
LIKELY = 0.35  # of a block's score, from which it counts for what the page keeps
PROSE = 15  # words from which a likely block marks where the article is
_NEIGHBOURS, _PAGE = "its neighbours", "the rest of the page"
THEMES = {
    **{family.value: f"what rules of {family} say" for family in FAMILIES},
    "rules": "how many rules speak of it",
    "main": "its own probability",
    "kind": "its kind",
    "level": "its kind",
    "words": "its length",
    "place": "its place",
    "inside": "its place",
    "links": "its links",
    **{f"main {step:+}": _NEIGHBOURS for step in AROUND},
    **{f"gone {step:+}": _NEIGHBOURS for step in AROUND},
    "share": _PAGE,
    "typical": _PAGE,
    "ends": "how it ends",
    "around": _NEIGHBOURS,
}
"""Of each column what the evidence calls it."""
COLUMNS = tuple(THEMES)
TOLD, LEAST_TOLD = 3, -0.15  # themes against a block that are told, and the weight from which one is
_KINDS = tuple(Kind)
_TOLD_AS = tuple(THEMES.values())
_ENDS = tuple(".!?:")
_NONE = -100  # of a neighbour beyond the ends of the page


class SecondLook:
    """The blocks of a page as the trees read them, once the block rules have spoken."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        blocks = reading.blocks
        self._main = [round(100 * block.hints.main) for block in blocks]
        # Whether a rule takes what cannot stay anyway must make no difference to what stands beside it.
        self._gone = [
            block.index in reading.removed or score <= HOPELESS
            for block, score in zip(blocks, self._main, strict=True)
        ]
        self._words = [int(count_words(block.text)) for block in blocks]
        prose = [
            place
            for place, score in enumerate(self._main)
            if score >= 50 and self._words[place] >= PROSE and not self._gone[place]
        ]
        self._first, self._last = (prose[0], prose[-1]) if prose else (0, len(blocks) - 1)
        left = [score for score, gone in zip(self._main, self._gone, strict=True) if not gone]
        likely = [score for score in left if score >= 100 * LIKELY]
        self._share = round(100 * len(likely) / len(left)) if left else 0
        self._typical = round(median(likely)) if likely else 0

    def likelihood(self, place: int) -> float:
        """How likely the block at a place is the article's, from 0 to 1."""
        return 1 / (1 + math.exp(-model().score(self.row(place))))

    def against(self, place: int) -> tuple[str, ...]:
        """What weighs most against the block at a place, heaviest first."""
        themes: dict[str, float] = defaultdict(float)
        for column, pull in model().pulls(self.row(place)):
            themes[_TOLD_AS[column]] += pull
        heaviest = nsmallest(TOLD, ((pull, theme) for theme, pull in themes.items() if pull < LEAST_TOLD))
        return tuple(f"{theme} {pull:.1f}" for pull, theme in heaviest)

    def row(self, place: int) -> list[int]:
        """What the trees ask about: ``COLUMNS``, weights and shares as hundredths."""
        block, main = self._reading.blocks[place], self._main
        heaviest: dict[Family, float] = {}
        spoken = self._reading.spoken_of(block.index)
        for verdict in spoken:
            if verdict.action is Action.SUSPECT:
                heaviest[verdict.family] = max(heaviest.get(verdict.family, 0.0), verdict.score)
        size = len(main)
        near = [place + step for step in AROUND]
        low, high = max(0, place - REACH), min(size, place + REACH + 1)
        others = high - low - 1
        return [
            *(round(100 * heaviest.get(family, 0.0)) for family in FAMILIES),
            len(spoken),
            main[place],
            _KINDS.index(block.kind),
            block.level,
            min(self._words[place], 100),
            round(100 * place / size),
            round(100 * (place - self._first) / max(1, self._last - self._first)),
            len(block.links),
            *(main[other] if 0 <= other < size else _NONE for other in near),
            *(self._gone[other] if 0 <= other < size else _NONE for other in near),
            self._share,
            self._typical,
            block.text.rstrip().endswith(_ENDS),
            round((sum(main[low:high]) - main[place]) / others) if others else 0,
        ]


@cache
def model() -> Trees:
    """The trees that come with winnow."""
    return read_trees(DATA.read_text(encoding="utf-8").splitlines(), COLUMNS)


@cache
def fingerprint() -> str:
    """A hash of the model, for the profile's fingerprint."""
    return hashlib.sha256(DATA.read_bytes()).hexdigest()[:12]

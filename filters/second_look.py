"""A second look at what the extraction doubts: its score, all that the block rules said, and what stands around.

``pipelines.main_text`` scores a block by its markup and its place and sees neither words nor what rules make of its
neighbours; the rules see these, and not how likely the block is main text. The trees that ``benchmarks/second_look.py``
grew weigh both together. They know rules by their family of evidence only, so that a new rule counts like its kin.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from functools import cache
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
COPIED = 8  # words from which a text that stands on the page twice is a copy, and no label that comes back
PROSE = 15  # words from which a likely block marks where the article is
COLUMNS = (
    *(family.value for family in FAMILIES),
    "rules", "main", "kind", "level", "words", "place", "inside", "links",
    *(f"main {step:+}" for step in AROUND),
    *(f"gone {step:+}" for step in AROUND),
    "share", "typical", "ends", "around",
)  # fmt: skip
_KINDS = {kind: number for number, kind in enumerate(Kind)}
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
        beyond = [_NONE, _NONE]  # two on either side, as AROUND has it
        self._padded_main = [*beyond, *self._main, *beyond]
        self._padded_gone = [*beyond, *map(int, self._gone), *beyond]
        self._words = [int(count_words(block.text)) for block in blocks]
        self._best: dict[str, float] = {}  # the highest score of each text that is long enough to be copied
        for block, words in zip(blocks, self._words, strict=True):
            if words >= COPIED:
                self._best[block.text] = max(block.hints.main, self._best.get(block.text, 0.0))
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

    def words(self, places: Iterable[int]) -> int:
        """How many words the blocks at these places have."""
        return sum(self._words[place] for place in places)

    def likelihood(self, place: int) -> float:
        """How likely the block at a place is the article's, from 0 to 1; a copy of a likelier one is no likelier for
        what stands around it."""
        block = self._reading.blocks[place]
        likely = 1 / (1 + math.exp(-model().score(self.row(place))))
        is_copy = self._best.get(block.text, 0.0) > block.hints.main
        return min(likely, block.hints.main) if is_copy else likely

    def told(self, place: int) -> tuple[str, ...]:
        """What the trees saw of the block at a place, beside its own score."""
        families = sorted(self._heaviest(place))
        near = [gone for gone in self._gone_near(place) if gone != _NONE]
        return (
            *([f"suspected by rules of {', '.join(families)}"] if families else []),
            f"{sum(near)} of its {len(near)} neighbours go",
            f"around it {self._around(place)}%",
        )

    def row(self, place: int) -> list[int]:
        """What the trees ask about: ``COLUMNS``, weights and shares as hundredths."""
        block = self._reading.blocks[place]
        heaviest = self._heaviest(place)
        main = self._padded_main
        return [
            *[round(100 * heaviest.get(family, 0.0)) for family in FAMILIES],
            len(self._reading.spoken_of(block.index)),
            self._main[place],
            _KINDS[block.kind],
            block.level,
            min(self._words[place], 100),
            round(100 * place / len(self._main)),
            round(100 * (place - self._first) / max(1, self._last - self._first)),
            len(block.links),
            *main[place : place + 2],
            *main[place + 3 : place + 5],
            *self._gone_near(place),
            self._share,
            self._typical,
            block.text.rstrip().endswith(_ENDS),
            self._around(place),
        ]

    def _heaviest(self, place: int) -> dict[Family, float]:
        """The heaviest suspicion of each family that has one."""
        heaviest: dict[Family, float] = {}
        for verdict in self._reading.spoken_of(self._reading.blocks[place].index):
            if verdict.action is Action.SUSPECT and verdict.score > heaviest.get(verdict.family, 0.0):
                heaviest[verdict.family] = verdict.score
        return heaviest

    def _gone_near(self, place: int) -> list[int]:
        gone = self._padded_gone
        return [*gone[place : place + 2], *gone[place + 3 : place + 5]]

    def _around(self, place: int) -> int:
        """The mean score of the blocks within reach, as hundredths."""
        main = self._main[max(0, place - REACH) : place + REACH + 1]
        return round((sum(main) - self._main[place]) / (len(main) - 1)) if len(main) > 1 else 0


@cache
def model() -> Trees:
    """The trees that come with winnow."""
    return read_trees(DATA.read_text(encoding="utf-8").splitlines(), COLUMNS)


@cache
def fingerprint() -> str:
    """A hash of the model, for the profile's fingerprint."""
    return hashlib.sha256(DATA.read_bytes()).hexdigest()[:12]

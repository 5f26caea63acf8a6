"""What the extraction does not take for main text."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

LISTED = (Kind.HEADING, Kind.ITEM, Kind.TABLE)


@dataclass(frozen=True, kw_only=True)
class Boilerplate(Rule):
    """Removes what by markup, place and surroundings hardly is main text, and suspects what may not be.

    The extraction scores each block between 0 and 1 (see ``pipelines.main_text``). Below ``least`` a block goes: in
    cross-validation by site the mean F1 of whole pages is the same from .25 to .35, and with .35 fewer pages leak and
    more are wholly clean than with .3. Headings, list items and tables are asked for less (``least_listed``), since
    a lost one costs a reader more than its few words cost the mean. Up to ``clear`` a block is suspected, with a weight
    that falls from ``weight`` to nothing.
    """

    family = Family.LAYOUT
    version = 3
    least: float = 0.35
    least_listed: float = 0.1
    clear: float = 0.6
    weight: float = 0.5

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            main = block.hints.main
            if block.hints.hidden or main >= self.clear:
                continue
            signs = (f"main text with a probability of {main:.0%}", *block.hints.signs)
            least = self.least_listed if block.kind in LISTED else self.least
            if main < least:
                yield self.remove(
                    block.index, "The extraction does not take it for main text.", *signs, score=1 - main
                )
            else:
                weight = self.weight * (self.clear - main) / (self.clear - least)
                yield self.suspect(block.index, weight, "It may be no main text", *signs)

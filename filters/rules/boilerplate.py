"""What the extraction does not take for main text."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.second_look import SecondLook, fingerprint
from filters.verdict import Family, Verdict

LISTED = (Kind.HEADING, Kind.ITEM, Kind.TABLE)


@dataclass(frozen=True, kw_only=True)
class Boilerplate(Rule):
    """Removes what by markup, place, surroundings and all that other rules say of it hardly is main text.

    The extraction scores each block between 0 and 1 (see ``pipelines.main_text``). From ``sure`` on a block stays, up
    to ``hopeless`` it goes. Between them a second look (``filters.second_look``) weighs the score together with the
    evidence of the block rules, by its families, and with the neighbours; a block that comes out below ``least`` goes.
    Headings, list items and tables are asked for less (``least_listed``), since a lost one costs a reader more than its
    few words cost the mean. The thresholds are from cross-validation by site (``benchmarks/second_look.py``).
    """

    family = Family.LAYOUT
    scope = "context"
    version = 4
    least: float = 0.35
    least_listed: float = 0.15
    hopeless: float = 0.02
    sure: float = 0.9

    @classmethod
    def data_fingerprint(cls) -> str:
        return fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        look: SecondLook | None = None
        for place, block in enumerate(reading.blocks):
            main = block.hints.main
            if main >= self.sure or block.hints.hidden or block.index in reading.removed:
                continue
            likely, signs = main, (f"main text with a probability of {main:.0%}", *block.hints.signs)
            doubted = self.doubts(reading, place)
            if doubted:
                look = look or SecondLook(reading)
                likely = look.likelihood(place)
            if likely < (self.least_listed if block.kind in LISTED else self.least):
                if doubted and look is not None:
                    signs = (f"of {likely:.0%} with all evidence", *look.told(place), *signs)
                yield self.remove(
                    block.index, "The extraction does not take it for main text.", *signs, score=1 - likely
                )

    def doubts(self, reading: Reading, place: int) -> bool:
        """Whether the block at a place is looked at twice; gold texts often lack the title, readers want it."""
        return (
            self.hopeless < reading.blocks[place].hints.main < self.sure and place != reading.title_position
        )

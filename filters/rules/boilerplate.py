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
    few words cost the mean. What stands word for word in a likelier block is no likelier for its surroundings: some
    pages have their article twice. Where less than ``agreed`` of the words that the extraction keeps would stay, it
    knows better. The thresholds are from cross-validation by site (``benchmarks/second_look.py``).
    """

    family = Family.LAYOUT
    scope = "context"
    version = 5
    least: float = 0.35
    least_listed: float = 0.15
    hopeless: float = 0.02
    sure: float = 0.9
    agreed: float = 0.5

    @classmethod
    def data_fingerprint(cls) -> str:
        return fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        look = SecondLook(reading)
        asked = [place for place in range(len(reading.blocks)) if self._is_asked(reading, place)]
        likely = {place: look.likelihood(place) for place in asked if self.doubts(reading, place)}
        sure = look.words(
            place for place, block in enumerate(reading.blocks) if block.hints.main >= self.sure
        )
        once = sure + look.words(place for place in likely if self._stays(reading, place))
        twice = sure + look.words(place for place in likely if self._stays(reading, place, likely[place]))
        if twice < self.agreed * once:
            likely = {}
        for place in asked:
            block = reading.blocks[place]
            score = likely.get(place, block.hints.main)
            if not self._stays(reading, place, score):
                told = (f"of {score:.0%} with all evidence", *look.told(place)) if place in likely else ()
                signs = (*told, f"main text with a probability of {block.hints.main:.0%}", *block.hints.signs)
                yield self.remove(
                    block.index, "The extraction does not take it for main text.", *signs, score=1 - score
                )

    def _is_asked(self, reading: Reading, place: int) -> bool:
        block = reading.blocks[place]
        return block.hints.main < self.sure and not block.hints.hidden and block.index not in reading.removed

    def _stays(self, reading: Reading, place: int, score: float | None = None) -> bool:
        """Whether a block stays with a score; without one, with that of the extraction."""
        block = reading.blocks[place]
        least = self.least_listed if block.kind in LISTED else self.least
        return (block.hints.main if score is None else score) >= least

    def doubts(self, reading: Reading, place: int) -> bool:
        """Whether the block at a place is looked at twice; gold texts often lack the title, readers want it."""
        return (
            self.hopeless < reading.blocks[place].hints.main < self.sure and place != reading.title_position
        )

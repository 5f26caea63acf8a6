"""What the extractor left out, but for what it should not have lost."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class NotExtracted(Rule):
    """Removes what the extractor does not count as main text."""

    family = Family.LAYOUT
    least: float = 0.5

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            if block.hints.chosen < self.least and not block.hints.hidden:
                yield self.remove(block.index, "Not part of the main text.", f"chosen {block.hints.chosen}")

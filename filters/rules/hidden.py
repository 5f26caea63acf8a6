"""Text that a reader of the page never sees."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Hidden(Rule):
    """Removes what a style, an attribute or the page's own style sheet keeps out of sight.

    Pages that fade their text in by script hide all of it at first, so where more than ``most`` of the
    words are hidden the same way, that way hides nothing from a reader.
    """

    family = Family.LAYOUT
    most: float = 0.4

    def check(self, reading: Reading) -> Iterator[Verdict]:
        words = sum(map(len, reading.words))
        by_cause: dict[str, int] = {}
        for block, own in zip(reading.blocks, reading.words, strict=True):
            if block.hints.hidden:
                by_cause[block.hints.hidden] = by_cause.get(block.hints.hidden, 0) + len(own)
        for block in reading.blocks:
            cause = block.hints.hidden
            if cause and by_cause[cause] <= self.most * words:
                yield self.remove(block.index, f"A reader does not see it: hidden by {cause}.", cause)

"""Text that a reader of the page never sees."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

# Ways of hiding that a click or a scroll undoes.
SWITCHED = ("attribute hidden", "display:none", "visibility:", "opacity:", "height:")


@dataclass(frozen=True, kw_only=True)
class Hidden(Rule):
    """Removes what a style, an attribute or the page's own style sheet keeps out of sight.

    Scripts unfold answers and fade texts in. So where more than ``most`` of the words are hidden the same way, that
    way hides nothing from a reader; and a block that a script could show (see ``SWITCHED``), that may
    be main text (``least``) and that speaks of the page's own subject (``unfolded``: the log-likelihood ratio
    of ``filters.topic`` from which it does) is only suspected (``weight``).
    """

    version = 2
    family = Family.LAYOUT
    most: float = 0.4
    unfolded: float = 3.0
    least: float = 0.3
    weight: float = 0.4

    def check(self, reading: Reading) -> Iterator[Verdict]:
        words = sum(map(len, reading.words))
        by_cause: dict[str, int] = {}
        for block, own in zip(reading.blocks, reading.words, strict=True):
            if block.hints.hidden:
                by_cause[block.hints.hidden] = by_cause.get(block.hints.hidden, 0) + len(own)
        for position, block in enumerate(reading.blocks):
            cause = block.hints.hidden
            if not cause or by_cause[cause] > self.most * words:
                continue
            if self._unfolds(reading, position):
                yield self.suspect(
                    block.index, self.weight, f"Hidden by {cause}, and a script may show it", cause
                )
            else:
                yield self.remove(block.index, f"A reader does not see it: hidden by {cause}.", cause)

    def _unfolds(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        ratio, judged = reading.belonging[position]
        switched = any(way in block.hints.hidden for way in SWITCHED)
        return switched and block.hints.main >= self.least and judged >= 4 and ratio >= self.unfolded

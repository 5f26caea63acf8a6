"""Short lines that were left alone between two removed blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_title_like
from filters.verdict import Family, Verdict

# Being overlooked by the extraction or hidden says nothing of the visible line next to it.
NO_COMPANY = frozenset(("boilerplate", "hidden"))


@dataclass(frozen=True, kw_only=True)
class Island(Rule):
    """Removes a line of up to ``words`` words between two removed blocks, if it is no sentence of its own."""

    family = Family.STRUCTURE
    scope = "context"
    words: int = 8

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        gone = [
            b.index in reading.removed and reading.removed[b.index].rule not in NO_COMPANY for b in blocks
        ]
        for position in range(len(blocks)):
            block = blocks[position]
            before = position == 0 or gone[position - 1]
            after = position + 1 == len(blocks) or gone[position + 1]
            enclosed = (
                before and after and (gone[position - 1 : position] or gone[position + 1 : position + 2])
            )
            if gone[position] or not enclosed or position == reading.title_position:
                continue
            short = 0 < len(reading.words[position]) <= self.words and is_title_like(block)
            if short and block.kind in (Kind.PARAGRAPH, Kind.HEADING):
                yield self.remove(block.index, "A short line alone between removed blocks.", block.text[:80])

"""Titles whose text was removed."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class OrphanTitle(Rule):
    """Removes the title of an excerpt that was removed right below it."""

    family = Family.STRUCTURE
    scope = "context"

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        for position in range(len(blocks) - 1):
            block, below = blocks[position], blocks[position + 1]
            if block.index in reading.removed or below.index not in reading.removed or not is_cut_off(below):
                continue
            if is_title_like(block) and position != reading.title_position and block.kind is not Kind.ITEM:
                yield self.remove(block.index, "The title of an excerpt that was removed.", below.text[:80])

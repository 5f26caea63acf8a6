"""Titles and category words whose excerpt was removed."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class OrphanTitle(Rule):
    """Removes the title above a removed excerpt, and a category of up to ``category`` words below it."""

    family = Family.STRUCTURE
    scope = "context"
    category: int = 2

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        gone = [block.index in reading.removed and is_cut_off(block) for block in blocks]
        for position, block in enumerate(blocks):
            if (
                block.index in reading.removed
                or position == reading.title_position
                or not is_title_like(block)
            ):
                continue
            if gone[position + 1 : position + 2] == [True] and block.kind is not Kind.ITEM:
                yield self.remove(
                    block.index, "The title of an excerpt that was removed.", blocks[position + 1].text[:80]
                )
            elif (
                gone[max(0, position - 1) : position] == [True]
                and block.kind is Kind.PARAGRAPH
                and len(reading.words[position]) <= self.category
            ):
                yield self.remove(block.index, "A category below an excerpt that was removed.", block.text)

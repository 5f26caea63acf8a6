"""Headings of which nothing is left but the heading."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class EmptySection(Rule):
    """Removes a heading when all that stood under it was removed.

    A heading that speaks of the article's subject (log-likelihood ratio of ``own``) stays.
    """

    family = Family.STRUCTURE
    scope = "context"
    own: float = 3.0

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        gone = ""  # the rule that removed what stands nearest below
        left = False
        for position in range(len(blocks) - 1, -1, -1):
            block = blocks[position]
            verdict = reading.removed.get(block.index)
            if block.kind is not Kind.HEADING or verdict is not None:
                if verdict is None:
                    left = True
                elif verdict.rule != "hidden":  # what nobody sees is no part of the section
                    gone = verdict.rule
                continue
            known = position == reading.title_position or reading.belonging[position][0] >= self.own
            if gone and not left and not known:
                yield self.remove(block.index, "All that stood under this heading was removed.", gone)
            gone, left = "", False

"""Lines that are no sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_title_like
from filters.verdict import Family, Verdict

SHOUT = re.compile(r"[!！][^\w!！]*$|[!！]{2}|[a-z0-9][!！] [A-Z]\w.*[!！]|[!！][^!！]{0,120}\d ?%")


@dataclass(frozen=True, kw_only=True)
class Slogan(Rule):
    """Suspects a paragraph of up to ``words`` words that is no sentence or that shouts, as ads do.

    Headings and items are written like this, too, so they are no suspects, nor is a line in a run of such lines: that
    is a list, whatever its markup. Text in another script is for ``stray`` to judge.
    """

    family = Family.STRUCTURE
    version = 2
    weight: float = 0.33
    words: int = 20

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, block in enumerate(reading.blocks):
            words = len(reading.words[position])
            if (
                block.kind is not Kind.PARAGRAPH
                or not 0 < words <= self.words
                or position == reading.title_position
            ):
                continue
            if reading.scripts[position] != reading.script or reading.in_list[position]:
                continue
            if SHOUT.search(block.text):
                yield self.suspect(block.index, self.weight, "It shouts", block.text[-40:])
            elif is_title_like(block):
                yield self.suspect(
                    block.index, self.weight, "It is a line of its own and no sentence", block.text[:60]
                )

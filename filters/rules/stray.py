"""Blocks in another language that nothing around them leads up to."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.language import main_script
from filters.reading import Reading
from filters.rule import Rule
from filters.topic import stems
from filters.verdict import Family, Verdict

OPENERS = "\"'“”«»„‘「『(（"
INTRODUCTIONS = (":", "：", "-", "—", "–", "“", "«")


@dataclass(frozen=True, kw_only=True)
class Stray(Rule):
    """Suspects a block in a foreign script that no colon announces and no quotation mark opens.

    A guide that quotes a sentence in another script says so; an ad is dropped in between. A block that holds a word of
    the page's own script that the page uses elsewhere ("Python", "SQL") is no stray.
    """

    family = Family.STRUCTURE
    weight: float = 0.4

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, block in enumerate(reading.blocks):
            own = reading.scripts[position]
            if (
                not own
                or own == reading.script
                or block.kind not in (Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM)
            ):
                continue
            before = reading.blocks[position - 1].text if position else ""
            if block.text.lstrip()[0] in OPENERS or before.rstrip().endswith(INTRODUCTIONS):
                continue
            if any(
                reading.topic.blocks[stem] > 1
                for stem in stems(block.text)
                if main_script(stem) == reading.script
            ):
                continue
            yield self.suspect(
                block.index, self.weight, "Nothing around it announces a text in another script", own
            )

"""Excerpts of other posts that break off."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Teaser(Rule):
    """Suspects a text that breaks off like an excerpt (``alone``), more so under a title (``titled``).

    Runs of ``run`` or more titled excerpts are a list of other posts and go at once.
    """

    family = Family.STRUCTURE
    alone: float = 0.4
    titled: float = 0.6
    run: int = 2

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        pairs = [
            position
            for position in range(1, len(blocks))
            if is_cut_off(blocks[position]) and is_title_like(blocks[position - 1])
        ]
        neighbours = {p for p in pairs if p - 2 in pairs or p + 2 in pairs}
        for position, block in enumerate(blocks):
            if not is_cut_off(block):
                continue
            quote = block.text[-30:]
            if position in neighbours and self.run <= 2:
                title = blocks[position - 1]
                yield self.remove(title.index, "The title of an excerpt in a list of other posts.", title.text[:80])
                yield self.remove(block.index, "An excerpt in a list of other posts: it breaks off.", quote)
            elif position in pairs:
                yield self.suspect(block.index, self.titled, "Under a title, and it breaks off like an excerpt", quote)
            else:
                yield self.suspect(block.index, self.alone, "It breaks off like an excerpt", quote)

"""What stands before the title."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Lead(Rule):
    """Removes what stands before the title: teasers of other posts, category words, dates, ads.

    Only where the title is near the top: at most ``most_blocks`` blocks and ``most_share`` of the words may
    stand before it. A paragraph of ``paragraph`` words or more that does not break off is prose and stays, as
    does anything below it.
    """

    family = Family.STRUCTURE
    most_blocks: int = 15
    most_share: float = 0.3
    paragraph: int = 45

    def check(self, reading: Reading) -> Iterator[Verdict]:
        title = reading.title_position
        if not title or title > self.most_blocks:
            return
        above = sum(map(len, reading.words[:title]))
        if above > self.most_share * sum(map(len, reading.words)):
            return
        for position in range(title - 1, -1, -1):
            block = reading.blocks[position]
            prose = len(reading.words[position]) >= self.paragraph and reading.scripts[position] == reading.script
            if prose and not is_cut_off(block) and block.kind is Kind.PARAGRAPH and reading.belonging[position][0] > 0:
                return
            yield self.remove(block.index, "It stands before the title.", reading.blocks[title].text[:80])

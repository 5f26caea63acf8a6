"""What stands below the last paragraph of the article."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, link_share
from filters.verdict import Family, Verdict
from filters.work import tells_of_work


@dataclass(frozen=True, kw_only=True)
class Outskirts(Rule):
    """Suspects paragraphs and headings below the last paragraph that clearly is the article's.

    That is one of ``prose`` words or more, on the article's subject by a log-likelihood ratio of ``own`` or telling of
    work (``filters.work``); lists, tables, quotations and code are the article's as well. A last sentence of the author
    stands here, too, so the weight is low.
    """

    family = Family.STRUCTURE
    version = 2
    weight: float = 0.33
    prose: int = 18
    own: float = 3.0

    def check(self, reading: Reading) -> Iterator[Verdict]:
        positions = reversed(range(len(reading.blocks)))
        last = next((position for position in positions if self._is_prose(reading, position)), -1)
        if last < 0:
            return
        for block in reading.blocks[last + 1 :]:
            if block.kind in (Kind.PARAGRAPH, Kind.HEADING):
                yield self.suspect(block.index, self.weight, "It stands below the article's last paragraph")

    def _is_prose(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        if block.hints.hidden or reading.scripts[position] != reading.script or is_cut_off(block):
            return False
        if block.kind in (Kind.TABLE, Kind.QUOTATION, Kind.CODE, Kind.ITEM):
            return link_share(block) < 0.5
        if len(reading.words[position]) < self.prose:
            return False
        own = reading.belonging[position][0] >= self.own
        return own or tells_of_work(block.text, reading.language.language)

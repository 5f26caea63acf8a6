"""What stands before the title."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict
from filters.work import in_first_person


@dataclass(frozen=True, kw_only=True)
class Lead(Rule):
    """Removes what stands before the title: teasers of other posts, category words, dates, ads.

    Only where the title is near the top (at most ``most_blocks`` blocks and ``most_share`` of the words before it),
    and where something above it is foreign to the article: a text that breaks off, another script, another subject
    (a log-likelihood ratio below ``foreign``). Prose of ``prose`` words or more on the article's own subject, or of
    ``told`` words by somebody who speaks of themselves, means that the line taken for the title is not where the
    article begins.
    """

    family = Family.STRUCTURE
    version = 2
    most_blocks: int = 15
    most_share: float = 0.3
    prose: int = 12
    told: int = 40
    foreign: float = -1.5

    def check(self, reading: Reading) -> Iterator[Verdict]:
        title = reading.title_position
        if not title or title > self.most_blocks:
            return
        above = sum(map(len, reading.words[:title]))
        if above > self.most_share * sum(map(len, reading.words)):
            return
        if any(self._is_prose(reading, position) for position in range(title)):
            return
        if any(self._is_foreign(reading, position) for position in range(title)):
            for block in reading.blocks[:title]:
                yield self.remove(block.index, "It stands before the title.", reading.blocks[title].text[:80])

    def _is_foreign(self, reading: Reading, position: int) -> bool:
        ratio, judged = reading.belonging[position]
        script = reading.scripts[position]
        return (
            is_cut_off(reading.blocks[position])
            or script not in (reading.script, "")
            or (judged >= 4 and ratio <= self.foreign)
        )

    def _is_prose(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        words = len(reading.words[position])
        if words < self.prose or is_title_like(block):
            return False
        if words >= self.told and not is_cut_off(block) and in_first_person(block.text, "en"):
            return True
        return reading.belonging[position][0] > 0 and not self._is_foreign(reading, position)

"""Blocks that speak of nothing the rest of their page speaks of."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.topic import background
from filters.verdict import Family, Verdict
from filters.work import announced, tells_of_work


@cache
def _fingerprint() -> str:
    return sha256(repr(sorted(background().items())).encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class OffTopic(Rule):
    """Suspects a block whose words speak for another document (see ``filters.topic``).

    The log-likelihood ratio of a block of the article itself lies below -3.5 in one of 200 cases, that of a block
    of another article in two of three (development articles of WCXB). Documents of fewer than ``least`` distinct
    stems are too small a yardstick. A line of less than ``stems`` stems counts as ``line`` where the page uses none of
    them again. Long blocks are measured by the stem, too: ``average``. Somebody who tells of their work
    (``filters.work``) is no suspect; the cells of tables, and what a colon announces, have words of their own and
    weigh ``apart`` at most.
    """

    family = Family.TOPIC
    version = 2
    least: int = 80
    stems: int = 4
    line: float = 0.35
    average: float = -0.12
    mild: float = -1.5
    faint: float = 0.0
    clear: float = -3.5
    strong: float = -7.0
    apart: float = 0.35

    @classmethod
    def data_fingerprint(cls) -> str:
        return _fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        if len(reading.topic.blocks) < self.least:
            return
        for position, block in enumerate(reading.blocks):
            ratio, judged = reading.belonging[position]
            if block.kind is Kind.CODE or ratio > self.faint or reading.scripts[position] != reading.script:
                continue
            if tells_of_work(block.text, reading.language.language):
                continue
            if judged < self.stems:
                if judged and not reading.shared[position] and not reading.in_list[position]:
                    yield self.suspect(
                        block.index, self.line, "The page uses none of its words again", block.text[:60]
                    )
                continue
            if ratio > self.average * judged or judged > len(reading.topic.blocks) - judged:
                continue
            weight = (
                0.65
                if ratio <= self.strong
                else 0.5
                if ratio <= self.clear
                else 0.35
                if ratio <= self.mild
                else 0.25
            )
            if block.kind is Kind.TABLE or self._is_announced(reading, position):
                weight = min(weight, self.apart)
            yield self.suspect(
                block.index,
                weight,
                "It speaks of nothing the rest of the page speaks of",
                f"log-likelihood ratio {ratio:.1f}",
            )

    def _is_announced(self, reading: Reading, position: int) -> bool:
        if not position or "://" in reading.blocks[position].text:
            return False
        return announced(reading.blocks[position - 1].text)

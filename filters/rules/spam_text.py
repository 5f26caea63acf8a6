"""Blocks worded like web spam, whether or not they hold a listed word."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.lexicon import scan
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict
from filters.wording import Wording, fingerprint, wording
from filters.work import in_first_person, tells_of_work


@dataclass(frozen=True, kw_only=True)
class SpamText(Rule):
    """Suspects a block of an English page that is worded like ads and spam comments (see ``filters.wording``).

    The weight is ``base`` at even odds and grows by ``slope`` with each unit of the score, up to ``most``, or to
    ``agreed`` with a listed word of some trade in the block. Scores below ``least`` say nothing, nor do those below
    ``personal`` of somebody who speaks of themselves without a listed word. Of lines of articles that the model had
    not seen, 1 of 100 reaches -.5, 1 of 200 reaches .3, 1 of 1,000 reaches 2 (``benchmarks/spam_model.py``).

    Rare words that blocks of no such wording use, or ``many`` blocks of any, are the page's subject and do not count.
    Somebody who tells of their work (``filters.work``) is no suspect, nor is a heading of fewer than ``heading``
    words. A page that itself is worded like this, for ``own_share`` of its words, is let be. Word lists see the same
    words, so both are one family.
    """

    family = Family.LEXICON
    least: float = -0.5
    personal: float = 1.0
    heading: int = 3
    base: float = 0.42
    slope: float = 0.1
    most: float = 0.65
    agreed: float = 0.8
    many: int = 5
    own_share: float = 0.25

    @classmethod
    def data_fingerprint(cls) -> str:
        return fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        if reading.language.language not in ("en", ""):
            return
        read = {
            position: found
            for position in range(len(reading.blocks))
            if self._is_read(reading, position) and (found := self._found(reading, position))
        }
        if not read or self._is_own(reading, read):
            return
        subject = self._subject(reading, read)
        for position in read:
            found = self._found(reading, position, subject)
            if found is not None:
                block = reading.blocks[position]
                most = self.agreed if _is_listed(block.text) else self.most
                weight = min(most, self.base + self.slope * found.score)
                reason = f"It is worded like spam, by a score of {found.score:.1f}"
                yield self.suspect(block.index, weight, reason, ", ".join(found.told))

    def _subject(self, reading: Reading, read: dict[int, Wording]) -> frozenset[str]:
        """The stems of what the page itself speaks of."""
        plain = frozenset().union(*(own for p, own in enumerate(reading.stems) if p not in read))
        return plain | {stem for stem, blocks in reading.topic.blocks.items() if blocks >= self.many}

    def _least(self, reading: Reading, position: int) -> float:
        """The score from which a block is suspected."""
        block = reading.blocks[position]
        return (
            self.personal if in_first_person(block.text, "en") and not _is_listed(block.text) else self.least
        )

    def _is_read(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        if block.kind not in (Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM) or position == reading.title_position:
            return False
        if block.kind is Kind.HEADING and len(reading.words[position]) < self.heading:
            return False
        return reading.scripts[position] == "Latin" and not tells_of_work(block.text, "en")

    def _found(
        self, reading: Reading, position: int, subject: frozenset[str] = frozenset()
    ) -> Wording | None:
        found = wording(reading.blocks[position].text, subject)
        return found if found.score >= self._least(reading, position) and found.told else None

    def _is_own(self, reading: Reading, read: dict[int, Wording]) -> bool:
        """Whether the page itself is worded like this: much of it, and not a few ads in between."""
        own = [p for p, found in read.items() if found.score >= 0]
        share = sum(len(reading.words[p]) for p in own) / max(1, sum(map(len, reading.words)))
        return len(own) >= 4 and share >= self.own_share


def _is_listed(text: str) -> bool:
    """Whether a word list that speaks of some kind of spam knows a word of the text, weak ones aside."""
    return any(hit.weight != "weak" and hit.topic != "work" for hit in scan(text))

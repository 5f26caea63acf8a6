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

SUBJECT = 4  # distinct stems from which a block has a subject


@dataclass(frozen=True, kw_only=True)
class SpamText(Rule):
    """Suspects a block of an English page that is worded like ads and spam comments (see ``filters.wording``).

    The weight is ``base`` at even odds and grows by ``slope`` with each unit of the score, up to ``most``, or to
    ``agreed`` with a listed word of some trade in the block. Of lines of articles that the model had not seen, 1 of 100
    reaches -.5, 1 of 200 reaches .2, 1 of 1,000 reaches 1.7 (``benchmarks/spam_model.py``). Scores below ``least`` say
    nothing, nor do those below ``personal`` of somebody who speaks of themselves without a listed word.

    What authors ask of their readers stands at the end of an article. Above its last paragraph the weight is
    ``within`` more, nobody is spared for speaking of themselves, scores from ``faint`` on count in a block that has a
    subject of its own (a log-likelihood ratio of ``filters.topic`` of ``far``), and a listed word in such a block adds
    ``listed``.

    Rare words that blocks of no such wording use, or ``many`` blocks of any, are the page's subject and do not count.
    Somebody who tells of their work (``filters.work``) is no suspect, nor is a heading of fewer than ``heading``
    words, nor a question next to another one: interviews are lists of them. A page that itself is worded like this, for
    ``own_share`` of its words, is let be. Word lists see the same words, so both are one family.
    """

    family = Family.LEXICON
    version = 2
    least: float = -0.5
    faint: float = -2.5
    far: float = -1.5
    personal: float = 1.0
    within: float = 0.04
    heading: int = 3
    base: float = 0.42
    slope: float = 0.1
    most: float = 0.65
    listed: float = 0.3
    agreed: float = 0.85
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
                weight = self._weight(reading, position, found.score)
                reason = f"It is worded like spam, by a score of {found.score:.1f}"
                yield self.suspect(block.index, weight, reason, ", ".join(found.told))

    def _subject(self, reading: Reading, read: dict[int, Wording]) -> frozenset[str]:
        """The stems of what the page itself speaks of."""
        plain = frozenset().union(*(own for p, own in enumerate(reading.stems) if p not in read))
        return plain | {stem for stem, blocks in reading.topic.blocks.items() if blocks >= self.many}

    def _weight(self, reading: Reading, position: int, score: float) -> float:
        within = position < reading.end_of_prose
        weight = self.base + self.slope * score + self.within * within
        if not _is_listed(reading.blocks[position].text):
            return min(self.most, weight)
        foreign = within and reading.belonging[position][0] <= self.far and score >= self.least
        return min(self.agreed, weight + self.listed * foreign)

    def _least(self, reading: Reading, position: int) -> float:
        """The score from which a block is suspected."""
        if position >= reading.end_of_prose:
            text = reading.blocks[position].text
            return self.personal if in_first_person(text, "en") and not _is_listed(text) else self.least
        ratio, judged = reading.belonging[position]
        return self.faint if judged >= SUBJECT and ratio <= self.far else self.least

    def _is_read(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        if block.kind not in (Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM) or position == reading.title_position:
            return False
        if block.kind is Kind.HEADING and len(reading.words[position]) < self.heading:
            return False
        if reading.scripts[position] != "Latin" or tells_of_work(block.text, "en"):
            return False
        return not (
            _asks(reading, position) and (_asks(reading, position - 1) or _asks(reading, position + 1))
        )

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


def _asks(reading: Reading, position: int) -> bool:
    """Whether the block at a position, if there is one, is a question."""
    return 0 <= position < len(reading.blocks) and reading.blocks[position].text.endswith("?")


def _is_listed(text: str) -> bool:
    """Whether a word list that speaks of some kind of spam knows a word of the text, weak ones aside."""
    return any(hit.weight != "weak" and hit.topic != "work" for hit in scan(text))

"""Blocks in another language than the page's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from filters.document import Block, Kind
from filters.language import CERTAIN, FUNCTION_WORDS, WORD, detected, function_words
from filters.reading import Reading
from filters.rule import Rule
from filters.topic import background
from filters.verdict import Family, Verdict
from filters.work import announced

# Addresses are in no language, whatever their words.
ADDRESS = re.compile(r"://|www\.")


def _is_english(stems: frozenset[str]) -> bool:
    """Whether most stems are known from English articles, so that a line without function words is one, too."""
    known = background()
    return sum(stem in known for stem in stems) >= 0.5 * len(stems)


@dataclass(frozen=True, kw_only=True)
class ForeignLanguage(Rule):
    """Suspects a block that is written in another language or script than the rest of its page.

    Quotations, tables and code are exempt, and so is every block of a page of which more than ``bilingual`` of
    the characters are foreign. What a colon announces, or ends in one, weighs ``led`` times as much. Function words
    decide from ``least`` words on; langdetect is asked only where a block of ``detect`` words or more holds none that
    are known, and believed from a probability of .9. On an English page a line of up to ``line`` words that English
    articles do not have (``filters.topic``) is a little suspect, too: ``unknown``; most such lines are names.
    """

    family = Family.LANGUAGE
    version = 3
    script: float = 0.7
    words: float = 0.6
    bilingual: float = 0.25
    least: int = 4
    detect: int = 8
    calls: int = 12
    led: float = 0.5
    line: int = 10
    unknown: float = 0.3

    def check(self, reading: Reading) -> Iterator[Verdict]:
        found: list[Verdict] = []
        doubts: list[int] = []
        for position, block in enumerate(reading.blocks):
            if block.kind in (Kind.QUOTATION, Kind.CODE, Kind.TABLE) or block.hints.hidden:
                continue
            verdict = self._by_script(reading, position)
            if verdict is None:
                verdict = self._by_words(reading, position, doubts)
            if verdict is not None:
                found.append(verdict)
        found += [
            verdict for p in doubts[: self.calls] if (verdict := self._by_detection(reading, p)) is not None
        ]
        foreign = {verdict.block for verdict in found}
        length = sum(len(block.text) for block in reading.blocks if block.index in foreign)
        if length <= self.bilingual * sum(len(block.text) for block in reading.blocks):
            led = self._led_up_to(reading)
            for verdict in found:
                known = verdict.block in led
                yield replace(verdict, score=round(verdict.score * self.led, 3)) if known else verdict

    def _led_up_to(self, reading: Reading) -> set[int]:
        """The indexes of the blocks that a colon announces, and of those that end in one: "En español:"."""
        colons = [announced(block.text) for block in reading.blocks]
        return {
            block.index
            for position, block in enumerate(reading.blocks)
            if colons[position] or (position and colons[position - 1])
        }

    def _by_script(self, reading: Reading, position: int) -> Verdict | None:
        own, main = reading.scripts[position], reading.script
        # Japanese is written in kana and Han; a heading may hold only one of them.
        if not own or not main or own == main or {own, main} <= {"Han", "Kana"}:
            return None
        block = reading.blocks[position]
        reason = f"It is written in {own} script on a page in {main}"
        return self.suspect(block.index, self.script, reason, block.text[:60])

    def _by_words(self, reading: Reading, position: int, doubts: list[int]) -> Verdict | None:
        """Judge by function words; a block that has none of any language is noted in ``doubts``."""
        language = reading.language.language
        if (
            reading.scripts[position] not in ("Latin", "Cyrillic")
            or reading.scripts[position] != reading.script
        ):
            return None
        words = [word for word in WORD.findall(_prose(reading.blocks[position]).lower()) if len(word) > 1]
        counts = function_words(words)
        if language not in FUNCTION_WORDS or not words or counts[language] > 0.1 * len(words):
            return None
        best, hits = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
        distinct = {word for word in words if best and word in FUNCTION_WORDS[best]}
        if (
            len(words) >= self.least
            and len(distinct) >= 2
            and hits >= 0.15 * len(words)
            and hits > 2 * counts[language]
        ):
            reason = f"It is written in {best!r} on a page in {language!r}"
            evidence = ", ".join(word for word in words if word in FUNCTION_WORDS[best])[:80]
            return self.suspect(reading.blocks[position].index, self.words, reason, evidence)
        if language == "en" and len(words) <= self.line and (odd := self._unknown(reading, position)):
            return self.suspect(
                reading.blocks[position].index, self.unknown, "Its words are no English ones", odd
            )
        english = language == "en" and _is_english(reading.stems[position])
        if len(words) >= self.detect and not counts[language] and not english:
            doubts.append(position)
        return None

    def _unknown(self, reading: Reading, position: int) -> str:
        """The stems of a line that English articles do not have, if nearly all are such and the page repeats few."""
        known = background()
        own = reading.stems[position]
        odd = sorted(stem for stem in own if stem not in known)
        return (
            ", ".join(odd)
            if len(odd) >= 2 and len(odd) >= 0.7 * len(own) and 2 * reading.shared[position] < len(own)
            else ""
        )

    def _by_detection(self, reading: Reading, position: int) -> Verdict | None:
        language = reading.language.language
        guess = detected(_prose(reading.blocks[position]))
        if not guess.language or guess.language == language:
            return None
        weight = self.words if guess.confidence >= CERTAIN else 0.3
        reason = f"It reads like {guess.language!r} on a page in {language!r}"
        evidence = f"langdetect {guess.confidence:.2f}"
        return self.suspect(reading.blocks[position].index, weight, reason, evidence)


def _prose(block: Block) -> str:
    """The text of a block without its addresses."""
    if not ADDRESS.search(block.text):
        return block.text
    return " ".join(word for word in block.text.split() if not ADDRESS.search(word))

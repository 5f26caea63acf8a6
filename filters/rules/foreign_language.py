"""Blocks in another language than the page's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from filters.document import Block, Kind
from filters.language import (
    CERTAIN,
    FUNCTION_WORDS,
    LANGUAGES_OF,
    SHARED,
    WORD,
    detected,
    function_words,
    is_surely,
)
from filters.reading import Reading
from filters.rule import Rule
from filters.texts import UNSPACED
from filters.topic import STEM, background
from filters.verdict import Family, Verdict
from filters.work import announced

# What stands in the middle of names in any language.
PARTICLES = frozenset(
    "van von der den de da di del della do dos das du des la le el los las al bin ibn y e i og och und et zu ten "
    "ter".split()
)
# Letters of Latin scripts far from English; accents alone are frequent in names that English texts tell of.
FAR_LETTERS = re.compile("[ıİşŞğĞřŘůŮěĚőŐűŰłŁąĄęĘśŚźŹżŻđĐăĂțȚșȘåÅøØæÆ\u01a0-\u01b0\u1ea0-\u1ef9]")
CODE = re.compile(r"[=(){}\[\]<>_@\\/|]")
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
    articles do not have (``filters.topic``) is a little suspect, too: ``unknown``; most such lines are names. It is
    more so (``odd``) where its words are no names: lower-case ones, function words, or letters that English lacks;
    most of all (``clear``) where nearly all are such.
    """

    family = Family.LANGUAGE
    version = 5
    script: float = 0.7
    words: float = 0.6
    bilingual: float = 0.25
    least: int = 4
    detect: int = 8
    calls: int = 12
    led: float = 0.5
    line: int = 16
    unknown: float = 0.3
    odd: float = 0.45
    clear: float = 0.65
    share: float = 0.6

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
        lengths = {block.index: _length(block.text) for block in reading.blocks}
        length = sum(lengths[index] for index in foreign if index is not None)
        if length <= self.bilingual * sum(lengths.values()):
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
        if language not in FUNCTION_WORDS:
            return None
        block = reading.blocks[position]
        prose = _prose(block)
        # Most blocks hold enough words that no other language has, and nothing else need be counted.
        if prose == block.text and is_surely(language, reading.words[position]):
            return None
        # As they are written, and each made small by itself: in one go, which is faster, a Turkish İ parts its word.
        written = [word for word in WORD.findall(prose) if len(word) > 1]
        words = [word.lower() for word in written]
        if not words:
            return None
        counts = function_words(words)
        best, hits = max(
            ((code, count) for code, count in counts.items() if code != language),
            key=lambda pair: (pair[1], pair[0]),
            default=("", 0),
        )
        # "in" and "a" are words of several languages, and speak for the page's only where the other lacks them.
        foreign = FUNCTION_WORDS.get(best, frozenset())
        spared = foreign | SHARED if foreign else foreign
        own = sum(word in FUNCTION_WORDS[language] and word not in spared for word in words)
        if own > 0.1 * len(words) or (not foreign and counts[language] > 0.1 * len(words)):
            return None
        distinct = {word for word in words if word in foreign}
        others = distinct - FUNCTION_WORDS[language]
        if (
            len(words) >= self.least
            and len(distinct) >= 2
            and others
            and hits >= 0.15 * len(words)
            and hits > 2 * own
            and (len(others) >= 2 or not _is_known(reading, position))
        ):
            reason = f"It is written in {best!r} on a page in {language!r}"
            evidence = ", ".join(word for word in words if word in foreign)[:80]
            return self.suspect(block.index, self.words, reason, evidence)
        if counts[language] > 0.1 * len(words) and not others:
            return None
        if language == "en" and len(words) <= self.line and (odd := self._unknown(reading, position)):
            weight = self._weight(block.text, written)
            return self.suspect(block.index, weight, "Its words are no English ones", odd)
        english = language == "en" and _is_english(reading.stems[position])
        if len(words) >= self.detect and not counts[language] and not english:
            doubts.append(position)
        return None

    def _weight(self, text: str, written: Sequence[str]) -> float:
        """How much a line of words that English articles do not have weighs: most if they are many, and no names."""
        signs = 0 if CODE.search(text) else _signs_of_prose(written)
        many = sum(map(_is_odd, written)) >= max(self.least, 0.75 * len(written))
        return self.clear if signs >= 2 and many else self.odd if signs else self.unknown

    def _unknown(self, reading: Reading, position: int) -> str:
        """The stems of a line that English articles do not have, if nearly all are such and the page repeats few."""
        known = background()
        own = reading.stems[position]
        odd = sorted(stem for stem in own if stem not in known)
        return (
            ", ".join(odd)
            if len(odd) >= 2 and len(odd) >= self.share * len(own) and 2 * reading.shared[position] < len(own)
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


def _is_known(reading: Reading, position: int) -> bool:
    """Whether English articles have the words of an English page's block."""
    return reading.language.language == "en" and _is_english(reading.stems[position])


def _signs_of_prose(words: Sequence[str]) -> int:
    """How many of the words that English articles do not have are more than names in capitals."""
    odd = [word for word in words if _is_odd(word)]
    small = [word for word in odd if word[0].islower() and word not in PARTICLES]
    marked = [word for word in odd if not word.isascii()]
    told = {word for word in small if word in LANGUAGES_OF or not word.isascii()}
    if told or len(small) >= 3:
        return max(1, len(told))
    return int(len(marked) >= 2 or bool(len(odd) <= 3 and FAR_LETTERS.search(" ".join(marked))))


def _is_odd(word: str) -> bool:
    lower = word.lower()
    if lower in LANGUAGES_OF:
        return "en" not in LANGUAGES_OF[lower]
    return len(word) > 2 and lower[:STEM] not in background()


def _length(text: str) -> int:
    """Characters, where one of a script without spaces is two: it says what takes three letters elsewhere."""
    return len(text) if text.isascii() else len(text) + len(UNSPACED.findall(text))


def _prose(block: Block) -> str:
    """The text of a block without its addresses."""
    if not ADDRESS.search(block.text):
        return block.text
    return " ".join(word for word in block.text.split() if not ADDRESS.search(word))

"""Blocks in another language than the page's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.language import CERTAIN, FUNCTION_WORDS, WORD, detected, function_words
from filters.reading import Reading
from filters.rule import Rule
from filters.topic import background
from filters.verdict import Family, Verdict

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
    the characters are foreign. Function words decide from ``least`` words on; langdetect is asked only where a
    block of ``detect`` words or more holds none that are known, and believed from a probability of .9.
    """

    family = Family.LANGUAGE
    script: float = 0.7
    words: float = 0.6
    bilingual: float = 0.25
    least: int = 4
    detect: int = 8
    calls: int = 12

    def check(self, reading: Reading) -> Iterator[Verdict]:
        language = reading.language.language
        found: list[Verdict] = []
        foreign = 0
        calls = 0
        for position, block in enumerate(reading.blocks):
            if block.kind in (Kind.QUOTATION, Kind.CODE, Kind.TABLE) or block.hints.hidden:
                continue
            own = reading.scripts[position]
            if not own or not reading.script:
                continue
            if own != reading.script:
                if {own, reading.script} <= {"Han", "Kana"}:
                    continue
                found.append(
                    self.suspect(
                        block.index,
                        self.script,
                        f"It is written in {own} script on a page in {reading.script}",
                        block.text[:60],
                    )
                )
                foreign += len(block.text)
                continue
            if own not in ("Latin", "Cyrillic") or language not in FUNCTION_WORDS:
                continue
            text = " ".join(word for word in block.text.split() if not ADDRESS.search(word))
            words = [word for word in WORD.findall(text.lower()) if len(word) > 1]
            counts = function_words(words)
            if len(words) < self.least or counts[language] > 0.1 * len(words):
                continue
            best, hits = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
            if hits >= 2 and hits >= 0.15 * len(words) and hits > 2 * counts[language]:
                reason = f"It is written in {best!r} on a page in {language!r}"
                evidence = ", ".join(word for word in words if word in FUNCTION_WORDS[best])[:80]
                found.append(self.suspect(block.index, self.words, reason, evidence))
                foreign += len(block.text)
            elif (
                len(words) >= self.detect
                and counts[language] == 0
                and calls < self.calls
                and not (language == "en" and _is_english(reading.stems[position]))
            ):
                calls += 1
                guess = detected(text)
                if guess.language and guess.language != language:
                    weight = self.words if guess.confidence >= CERTAIN else 0.3
                    reason = f"It reads like {guess.language!r} on a page in {language!r}"
                    found.append(
                        self.suspect(block.index, weight, reason, f"langdetect {guess.confidence:.2f}")
                    )
                    foreign += len(block.text)
        if foreign <= self.bilingual * sum(len(block.text) for block in reading.blocks):
            yield from found

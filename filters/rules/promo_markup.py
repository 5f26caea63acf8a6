"""Blocks whose own markup calls them an advertisement."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Block
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

WORDS = re.compile(
    r"(?<![a-z])(promo(?:tion|box|ted)?|advert(?:isement|ising|orial)?|ads?|adsense|sponsor(?:ed|s)?|banner|affiliate|"
    r"outbrain|taboola|related(?:-?posts?)?|newsletter|subscri(?:be|ption|bers?)|sign-?up|popup|modal|cookie|share|sharing|social|"
    r"cta|call-to-action|disclaimer|disclosures?|paywall|donat(?:e|ion)|author-?(?:bio|box|info)|about-?author|copyright)(?![a-z])"
)


@dataclass(frozen=True, kw_only=True)
class PromoMarkup(Rule):
    """Suspects a block whose element, or the one around it, is classed as promotion, sharing or sign-up.

    What a theme calls "banner" may hold the whole article, so a class counts only near the block, never alone, and
    not where more than ``common`` of the blocks carry it.
    """

    version = 2
    family = Family.LAYOUT
    weight: float = 0.5
    reach: int = 2
    common: float = 0.15

    def check(self, reading: Reading) -> Iterator[Verdict]:
        named: list[tuple[Block, str, str]] = []
        for block in reading.blocks:
            near = " ".join(block.hints.classes.split(" | ")[: self.reach]).replace("_", "-")
            found = WORDS.search(near)
            if found:
                named.append((block, found[1], near))
        counts = Counter(word for _, word, _ in named)
        for block, word, near in named:
            if counts[word] <= max(2, self.common * len(reading.blocks)):
                yield self.suspect(block.index, self.weight, f"Its markup calls it {word!r}", near[:80])

"""Blocks whose own markup calls them an advertisement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

WORDS = re.compile(
    r"(?<![a-z])(promo(?:tion|box|ted)?|advert(?:isement|ising|orial)?|ads?|adsense|sponsor(?:ed|s)?|banner|affiliate|"
    r"outbrain|taboola|related(?:-?posts?)?|newsletter|subscribe|signup|popup|modal|cookie|share|sharing|social)(?![a-z])"
)


@dataclass(frozen=True, kw_only=True)
class PromoMarkup(Rule):
    """Suspects a block whose element, or the one around it, is classed as promotion, sharing or sign-up.

    What a theme calls "banner" may hold the title, so the words count only near the block and never alone.
    """

    family = Family.LAYOUT
    weight: float = 0.5
    reach: int = 2

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            near = " ".join(block.hints.classes.split(" | ")[: self.reach]).replace("_", "-")
            found = WORDS.search(near)
            if found:
                yield self.suspect(block.index, self.weight, f"Its markup calls it {found[1]!r}", near[:80])

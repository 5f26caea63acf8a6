"""Pages that sell something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for name, pattern in {
        "price": r"(?:[$€£]|\b(?:usd|eur|gbp)\s?)\d[\d.,]{0,14}|\b\d[\d.,]{0,14}\s?(?:[$€£]|eur\b|usd\b)",
        "cart": r"\b(?:add to (?:cart|basket|bag)|buy now|order now|check ?out now|in stock|out of stock|pre-?order)\b",
        "delivery": r"\b(?:free (?:shipping|delivery|returns?)|ships? (?:within|in|to)|delivery time|money[- ]back|instant download)\b",
        "trial": r"\b(?:start (?:your )?free trial|book a demo|request a demo|get started (?:for )?free|no credit card|sign up free)\b",
        "details": r"^(?:product details|specifications?|dimensions|sku|what['’]s (?:included|in the box)|customer reviews|pack of \d+)\b",
        "guarantee": r"\b(?:\d+[- ]day (?:guarantee|return|refund)|\d(?:\.\d)? out of 5|\d+ (?:reviews|ratings))\b",
    }.items()
}


@dataclass(frozen=True, kw_only=True)
class ProductPage(Rule):
    """Rejects a page of up to ``words`` words with at least ``cues`` of the marks of a shop or a sales page."""

    family = Family.LEXICON
    scope = "document"
    cues: int = 3
    words: int = 600

    def check(self, reading: Reading) -> Iterator[Verdict]:
        if reading.document.words > self.words:
            return
        text = reading.document.text
        found = [(name, match[0].strip()) for name, cue in CUES.items() if (match := cue.search(text))]
        if len(found) >= self.cues:
            quotes = tuple(quote for _, quote in found)
            yield self.reject("It sells something: " + ", ".join(name for name, _ in found) + ".", *quotes)

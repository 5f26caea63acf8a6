"""Pages with too little text to be an article."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class TooShort(Rule):
    """Rejects a page of fewer than ``words`` words.

    50 is the lower bound of the Gopher quality rules (Rae et al. 2021, table A1). Three characters of a script
    without spaces count as a word, two of Chinese and Japanese.
    """

    version = 2
    family = Family.STRUCTURE
    scope = "document"
    words: int = 50

    def check(self, reading: Reading) -> Iterator[Verdict]:
        count = reading.document.words
        if reading.script in ("Thai", "Lao", "Khmer", "Myanmar"):
            count = len(reading.document.text) // 3
        if count < self.words:
            yield self.reject(
                f"Only {count} words are left of the page; an article has {self.words}.", f"{count} words"
            )

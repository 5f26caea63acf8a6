"""Pages that repeat themselves, or are made of something else than words."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class PoorText(Rule):
    """Rejects a page that repeats a phrase or its lines, breaks most lines off, or holds few words with letters, or
    words that are none by their length.

    The thresholds are those of Gopher (Rae et al. 2021) that guides keep; ``filters.quality`` has them. Pages of less
    than fifty words are for other rules.
    """

    version = 2
    family = Family.STRUCTURE
    scope = "document"

    def check(self, reading: Reading) -> Iterator[Verdict]:
        faults = reading.quality.faults
        if faults:
            yield self.reject(f"Its text is poor: {'; '.join(faults)}.", *faults)

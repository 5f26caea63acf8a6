"""Pages about something else than product management."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters import judgement
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class NotPm(Rule):
    """Rejects a page that is about product management with a probability of less than ``least``.

    A linear model over words of the trade, of its craft and of neighbouring trades says so (docs/kinds.md). At 0.35 it
    was right on 95% of the texts that it took, on sites that it had not seen, and took 88% of those on the trade.
    """

    version = 6
    family = Family.TOPIC
    scope = "document"
    least: float = 0.35

    @classmethod
    def data_fingerprint(cls) -> str:
        return judgement.data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        judged = reading.judgement
        if judged.about < self.least:
            yield self.reject(
                f"It is not about product management: a probability of {judged.about:.0%}.",
                *map(str, judged.about_because),
                score=1 - judged.about,
            )

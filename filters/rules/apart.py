"""Boxes: blocks that speak as a site does, set apart from the article."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.calls import calls_to_action, data_fingerprint
from filters.furniture import furniture
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Apart(Rule):
    """Suspects a paragraph or heading that calls, discloses or labels, where its markup sets it apart.

    That is a kind of container that holds little of the main text, a class such as "cta", or a link from end to end.
    Builders of pages put good text into odd containers as well, so blocks that say nothing of the kind are left alone,
    and what is only like a call or holds a label counts for less (``faint``).
    """

    family = Family.LAYOUT
    version = 2
    weight: float = 0.5
    faint: float = 0.45

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block, why in zip(reading.blocks, reading.boxes, strict=True):
            weight = self._weight(block.text) if why else 0.0
            if weight:
                yield self.suspect(block.index, weight, f"It is set apart: {why}", why)

    def _weight(self, text: str) -> float:
        """By whether a text says what sites say of themselves and articles seldom do."""
        appeal = calls_to_action(text)
        if appeal.calling or appeal.notice or appeal.bio:
            return self.weight
        spoken = appeal.calls or any(hit.whole or not hit.ambiguous for hit in furniture(text))
        return self.faint if spoken else 0.0

"""A curator's word on single blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Curator(Rule):
    """Keeps the blocks that a curator wants and removes those that one does not want, whatever the other rules say.

    The decision holds for every block of the page with the same words, as long as the page has it. This rule comes
    first in every profile, without being named there.
    """

    family = Family.CURATOR

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for said in reading.document.said.blocks:
            if said.stays:
                yield self.keep(said.index, f"a curator wants it ({said.by})")
            else:
                yield self.remove(said.index, f"a curator does not want it ({said.by})")

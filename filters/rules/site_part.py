"""Parts of a page that its source says are not the article."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class SitePart(Rule):
    """Removes what the source of a page prunes, and what lies outside of the element that it requires.

    A person who knows the markup of the site has said so, in the source's file, with a day until which it holds; no
    text of an article is judged by its words here.
    """

    family = Family.STRUCTURE

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            if block.hints.site:
                yield self.remove(block.index, f"Its source says so: {block.hints.site}.", block.hints.site)

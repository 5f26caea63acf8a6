"""Pages that list other pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like, link_share
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Listing(Rule):
    """Rejects a page that is made of titles, links and excerpts: a front page, a tag, an archive.

    ``share`` is the share of its words in such blocks from which a page is a listing, where at least ``links``
    blocks are links or excerpts; a paragraph of ``prose`` words without links is prose.
    """

    family = Family.STRUCTURE
    scope = "document"
    share: float = 0.6
    links: int = 4
    prose: int = 30

    def check(self, reading: Reading) -> Iterator[Verdict]:
        listed = pointers = prose = 0
        for block, words in zip(reading.blocks, reading.words, strict=True):
            pointer = is_cut_off(block) or (link_share(block) > 0.5 and block.kind is not Kind.TABLE)
            pointers += pointer
            if pointer or (is_title_like(block) and block.kind is not Kind.ITEM):
                listed += len(words)
            elif len(words) >= self.prose:
                prose += 1
        total = sum(map(len, reading.words))
        if pointers >= self.links and listed >= self.share * total and prose < pointers:
            share = listed / total
            yield self.reject(
                f"It lists other pages: {share:.0%} of its words are titles, links and excerpts.",
                f"{pointers} links",
            )

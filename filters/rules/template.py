"""What repeats on the pages of a site: newsletter boxes, author boxes, disclaimers."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.furniture import furniture
from filters.reading import Reading
from filters.rule import Rule
from filters.template import LEAST_SHARE, TemplateCounts, on_top
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Template(Rule):
    """Removes what stands in the same words on most pages of its site: newsletter boxes, author boxes, disclaimers.

    What an article says it says once, so a text of `characters` characters or more that stands on a `share` of the
    site's pages is the site's and not the article's. A text in the first third of a page has to stand there on the
    others, too: a widget may quote the first paragraph of one article below all of them. A shorter line goes only
    from `edge_share` on, and only where nothing else is left between it and the beginning or the end of the main text:
    "Pros" and "What we learned" head sections of every review. From `some` on (0.3 at least), a text in the last third
    with a link or a label in it is suspected. Headings, code and tables are never touched.

    Nothing is said of a page that no other page of its site was counted with, as in `winnow curate`.
    """

    family = Family.TEMPLATE
    needs = ("template_counts",)
    # field figures for boilerplate: at least five pages and 70% of a site's, 20 to 30% for calls to action at the end
    characters: int = 50
    share: float = 0.7
    edge_share: float = 0.9
    some: float = LEAST_SHARE
    weight: float = 0.6

    def check(self, reading: Reading) -> Iterator[Verdict]:
        counts = reading.template_counts
        if counts is None:
            return
        shares = self._shares(reading, counts)
        edges = self._edges(reading, shares)
        for position, share in shares.items():
            block = reading.blocks[position]
            told = f"stands on {share:.0%} of the pages of {counts.site}"
            if len(block.text) < self.characters:
                if position in edges:
                    yield self.remove(block.index, "A line at the edge that the site's pages share", told)
            elif share >= self.share:
                yield self.remove(block.index, "A text that most of the site's pages share", told)
            elif position * 3 >= len(reading.blocks) * 2 and (block.links or furniture(block.text)):
                yield self.suspect(
                    block.index, self.weight, "A call near the end that many of the site's pages share", told
                )

    def _shares(self, reading: Reading, counts: TemplateCounts) -> dict[int, float]:
        """By position in the page, the share of the site's pages that have the block; those with few are left out."""
        shares: dict[int, float] = {}
        for position, block in enumerate(reading.blocks):
            if block.kind in (Kind.HEADING, Kind.CODE, Kind.TABLE) or position == reading.title_position:
                continue
            share = counts.share(block.text, top=on_top(position, len(reading.blocks)))
            if share >= self.some:
                shares[position] = share
        return shares

    def _edges(self, reading: Reading, shares: dict[int, float]) -> set[int]:
        """The positions in the main text with nothing but repeated blocks and headings before or behind them."""
        body = {block.index for block in reading.body}
        main = [
            position
            for position, block in enumerate(reading.blocks)
            if block.index in body and block.kind is not Kind.HEADING and position != reading.title_position
        ]
        found: set[int] = set()
        for order in (main, main[::-1]):
            for position in order:
                short = len(reading.blocks[position].text) < self.characters
                if shares.get(position, 0.0) < (self.edge_share if short else self.share):
                    break
                found.add(position)
        return found

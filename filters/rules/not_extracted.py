"""What the extractor left out, but for what it should not have lost."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Block, Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict

# Elements that hold a piece of text rather than a part of a page.
LEAVES = frozenset(
    [
        "p",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "table",
        "figure",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "details",
        "summary",
    ]
)
FURNITURE = re.compile(
    r"\b(?:share|social|related|newsletter|subscri\w*|promo\w*|advert\w*|ads?|sponsor\w*|author|byline|comments?|nav\w*|"
    r"menu|breadcrumbs?|tags?|meta|widget|sidebar|footer|cookie|popup|modal|signup|cta|toc|pagination|recommend\w*|"
    r"credits?|copyright|disclaimer|rating|skip|screen-reader\w*|sr-only)\b"
)


@dataclass(frozen=True, kw_only=True)
class NotExtracted(Rule):
    """Removes what the extractor does not count as main text.

    A block is given back where it stands between chosen blocks of the same container, is not mostly links
    (``most_links``, a share of its characters) and is not marked as furniture: extractors lose lists,
    headings, tables, code and bare text in the middle of an article. Prose below the first chosen block (``prose``
    words or more) that clearly speaks of the article's subject (``own``: log-likelihood ratio of ``filters.topic``)
    comes back from anywhere, and so does the heading above it.
    """

    family = Family.LAYOUT
    least: float = 0.5
    most_links: float = 0.4
    container: float = 0.15
    prose: int = 20
    own: float = 8.0

    def check(self, reading: Reading) -> Iterator[Verdict]:
        trunks = self._trunks(reading)
        chosen = [p for p, b in enumerate(reading.blocks) if b.hints.chosen >= self.least]
        first, last = (chosen[0], chosen[-1]) if chosen else (len(reading.blocks), -1)
        back: set[int] = set()
        for position in range(len(reading.blocks) - 1, first, -1):
            block = reading.blocks[position]
            if block.hints.chosen >= self.least or block.hints.hidden or not self._is_text(block):
                continue
            between = position < last and trunk(block) in trunks
            if between or self._is_own_prose(reading, position) or self._heads(reading, position, back):
                back.add(position)
        for position, block in enumerate(reading.blocks):
            if block.hints.chosen < self.least and not block.hints.hidden and position not in back:
                share = f"{block.hints.chosen:.0%} of its words chosen"
                yield self.remove(block.index, "The extraction does not count it as main text.", share)

    def _is_own_prose(self, reading: Reading, position: int) -> bool:
        block = reading.blocks[position]
        return (
            block.kind in (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION)
            and len(reading.words[position]) >= self.prose
            and reading.belonging[position][0] >= self.own
            and not is_title_like(block)
            and not is_cut_off(block)
        )

    def _heads(self, reading: Reading, position: int, back: set[int]) -> bool:
        """Whether this is the heading of a block that comes back."""
        return reading.blocks[position].kind is Kind.HEADING and position + 1 in back

    def _trunks(self, reading: Reading) -> set[str]:
        """The containers that hold at least a share of the chosen text each."""
        weights: Counter[str] = Counter()
        for block in reading.blocks:
            if block.hints.chosen >= self.least and not block.hints.hidden:
                weights[trunk(block)] += len(block.text)
        total = sum(weights.values())
        return {path for path, weight in weights.items() if weight >= self.container * total}

    def _is_text(self, block: Block) -> bool:
        linked = sum(link.end - link.start for link in block.links)
        own = block.hints.classes.split(" | ")[0] if block.hints.classes else ""
        if linked > self.most_links * len(block.text) or FURNITURE.search(own.replace("_", "-")):
            return False
        return block.kind is not Kind.PARAGRAPH or len(block.text) >= 25


def trunk(block: Block) -> str:
    """The path of the container that a block stands in."""
    tags = block.hints.path.split("/")
    while tags and tags[-1] in LEAVES:
        tags.pop()
    return "/".join(tags)

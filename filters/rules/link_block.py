"""Blocks that are there for their links."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from filters.document import Block, Kind, Link
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import link_share
from filters.verdict import Family, Verdict

PAID = ("sponsored", "ugc")


@dataclass(frozen=True, kw_only=True)
class LinkBlock(Rule):
    """Suspects a block that is a link to another site from end to end, and one whose link says it is paid for.

    Lists of links may be the point of a post, so items count for less; and where more than ``affiliate`` of the blocks
    hold a paid link, the article itself is written around them, and a paid link inside a text says nothing.
    """

    family = Family.LINK
    whole: float = 0.4
    paid: float = 0.6
    item: float = 0.2
    affiliate: float = 0.1

    def check(self, reading: Reading) -> Iterator[Verdict]:
        own = _site(reading.document.url)
        paying = {b.index: link for b in reading.blocks for link in b.links if _is_paid(link)}
        everywhere = len(paying) > max(4, self.affiliate * len(reading.blocks))
        for block in reading.blocks:
            paid = paying.get(block.index)
            if paid is not None and not (everywhere and link_share(block) < 0.5):
                yield self.suspect(block.index, self.paid, f"Its link is marked {paid.rel!r}", paid.url[:120])
                continue
            away = _leads_away(block, own)
            if away and link_share(block) >= 0.5:
                weight = self.item if block.kind is Kind.ITEM else self.whole
                yield self.suspect(block.index, weight, "It is a link to another site", away[:120])


def _is_paid(link: Link) -> bool:
    return any(word in link.rel.split() for word in PAID)


def _leads_away(block: Block, own: str) -> str:
    return next(
        (link.url for link in block.links if link.url.startswith("http") and _site(link.url) != own), ""
    )


def _site(url: str) -> str:
    """The last two labels of a URL's host: near enough to a registered domain to tell one's own links."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.split(".")[-2:])

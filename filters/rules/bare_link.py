"""Lines that are hardly more than an address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

# A host is tried once, from its first letter: "a.a.a." would be tried from each of its letters else.
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w-])(?<!\w\.)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|tv|me|io|co|xyz|top|club|site|online|"
    r"shop|vip|bet|casino|ru|cn|tk)(?:/\S*)?(?![\w@])",
    re.IGNORECASE,
)

INNER_POINT = re.compile(r"\.\w|:/|www\.")  # prose has none, and is spared the search for addresses


@dataclass(frozen=True, kw_only=True)
class BareLink(Rule):
    """Suspects a paragraph of which addresses to other sites make up at least ``share`` of the characters.

    References of a guide are written out as addresses as well, so items of lists count for ``item`` only.
    """

    family = Family.LINK
    share: float = 0.3
    paragraph: float = 0.5
    item: float = 0.2

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            if block.kind in (Kind.CODE, Kind.TABLE, Kind.QUOTATION) or not INNER_POINT.search(block.text):
                continue
            addresses = [match[0] for match in ADDRESS.finditer(block.text)]
            if addresses and sum(map(len, addresses)) >= self.share * len(block.text):
                weight = self.item if block.kind is Kind.ITEM else self.paragraph
                yield self.suspect(
                    block.index, weight, "It is hardly more than an address", addresses[0][:120]
                )

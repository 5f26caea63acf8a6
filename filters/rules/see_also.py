"""Single lines that lead to another post."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.furniture import furniture
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import link_share
from filters.verdict import Family, Verdict

COLON = re.compile(r"^\s*[:：–—-]\s*\S")

SENTENCE = re.compile(r"\w{3}\.\s*$")  # no title ends so


@dataclass(frozen=True, kw_only=True)
class SeeAlso(Rule):
    """Removes a line that opens with "Read also:" or the like and names another post.

    With a link over the rest of the line it goes at once, and so it does after one of the ``sure`` openings, if what
    follows is no sentence. Others are suspected (``plain``), since a guide may well send its readers on.
    """

    family = Family.LEXICON
    version = 2
    plain: float = 0.6
    sure: tuple[str, ...] = (
        "read also",
        "also read",
        "you may also like",
        "you might also like",
        "related",
        "see also",
    )
    own: float = 3.0
    words: int = 30

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, block in enumerate(reading.blocks):
            if (
                block.kind not in (Kind.PARAGRAPH, Kind.ITEM, Kind.HEADING)
                or len(reading.words[position]) > self.words
            ):
                continue
            opening = next(
                (hit for hit in furniture(block.text) if hit.group == "related" and hit.opens), None
            )
            if opening is None or opening.whole or not COLON.match(block.text[opening.end :]):
                continue
            rest = len(block.text) - opening.end
            linked = link_share(block) * len(block.text)
            sure = opening.term.lower() in self.sure and reading.belonging[position][0] < self.own
            sure = sure and not SENTENCE.search(block.text)
            if (linked >= 0.7 * rest or sure) and block.kind is not Kind.ITEM and "\n" not in block.text:
                yield self.remove(
                    block.index, f"The line leads to another post: {opening.term!r}.", block.text[:80]
                )
            else:
                yield self.suspect(block.index, self.plain, "The line leads to another post", opening.term)

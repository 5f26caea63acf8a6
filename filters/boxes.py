"""Boxes between the paragraphs of an article: blocks whose markup sets them apart from its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from filters.document import Block, Kind
from filters.teasers import link_share

# Elements that hold a piece of text rather than a part of a page.
LEAVES = frozenset(
    "p ul ol li dl dt dd blockquote table figure figcaption pre h1 h2 h3 h4 h5 h6 details summary".split()
)
# Of blocks of development articles (WCXB) that call to an action, nine of ten in a kind of container with at most this
# share of the text are no part of the article, and two of five elsewhere.
SHARE = 0.3
MARKED = re.compile(
    r"(?<![a-z])(cta|call-to-action|disclaimers?|disclosures?|affiliate|paywall|newsletter|subscri(?:be|ption|bers?)|sign-?up|"
    r"promo(?:tion|box)?|banner|sponsor(?:ed|s)?|author-?(?:bio|box|info)|about-?author|donat(?:e|ion)|copyright)(?![a-z])"
)
REACH = 3  # elements, from the block's own outwards, whose classes are read
LINKED = 0.9  # of the characters


def boxes(blocks: Sequence[Block], body: Iterable[Block], title: int | None) -> tuple[str, ...]:
    """For each block in what way it is set apart, in words; empty where it is not, and for all but prose and headings.

    ``body`` are the blocks that most likely are main text, ``title`` is the position of the title's line.
    """
    sizes: Counter[str] = Counter()
    for block in body:
        sizes[container(block)] += len(block.text)
    total = sum(sizes.values())
    found = []
    for position, block in enumerate(blocks):
        why = ""
        if block.kind in (Kind.PARAGRAPH, Kind.HEADING) and position != title:
            near = " ".join(block.hints.classes.split(" | ")[:REACH]).replace("_", "-")
            marked = MARKED.search(near)
            held = sizes[container(block)]
            if held <= SHARE * total:
                why = f"its container holds {held / total:.0%} of the text"
            elif marked:
                why = f"its markup calls it {marked[1]!r}"
            elif link_share(block) >= LINKED:
                why = "all of it is a link"
        found.append(why)
    return tuple(found)


def container(block: Block) -> str:
    """The path of the element that a block stands in, without lists, tables and paragraphs."""
    tags = block.hints.path.split("/")
    while tags and tags[-1] in LEAVES:
        tags.pop()
    return "/".join(tags)

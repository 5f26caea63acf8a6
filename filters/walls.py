"""Where a page breaks off: what it says, instead of going on, to readers who have not paid or signed in.

The sentences are the concept ``walled`` of ``model/words.toml``. They are looked for before cleaning, which removes
some of them, and only at the end of the main text: a page that goes on behind such a sentence has only asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from filters.concepts import found, normal
from filters.document import Block

CHARACTERS = 400  # of a block that says nothing but this
BEHIND = 80  # words of main text that may follow: more of the same appeal, and titles of other posts
BEYOND = 10  # blocks behind the main text in which it may stand
MOST = 900  # words of main text before it; longer pages are served whole and covered by a script


def wall(blocks: Sequence[Block]) -> str:
    """The term by which the page breaks off; an empty string where it does not."""
    main = [place for place, block in enumerate(blocks) if block.hints.main >= 0.5 and not block.hints.hidden]
    if not main:
        return ""
    start, behind = main[-1] + 1, 0
    for place in reversed(main):
        start = place
        behind += _words(blocks[place])
        if behind > BEHIND:
            break
    end = [
        block
        for block in blocks[start : main[-1] + 1 + BEYOND]
        if len(block.text) <= CHARACTERS and not block.hints.hidden
    ]
    if not found(normal(" ".join(block.text for block in end))).of("walled"):  # as on nearly every page
        return ""
    for block in reversed(end):
        if terms := found(normal(block.text)).of("walled"):
            before = sum(_words(blocks[place]) for place in main if blocks[place].index < block.index)
            return next(iter(terms)) if before <= MOST else ""
    return ""


def _words(block: Block) -> int:
    return len(block.text.split())

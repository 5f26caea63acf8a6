"""What teasers of other posts look like: a title and the first words of a text that breaks off."""

from __future__ import annotations

import re
from typing import Protocol

from filters.document import Block, Kind, Link

CUT_OFF = re.compile(r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\))\s*[\"'”’»]?\s*(?:→|»|›)?$")
SENTENCE_END = re.compile(r"[.!?:;。！？：…]['\"”’)\]]*$")
SHORTEST, LONGEST = (
    50,
    420,
)  # characters of a cut-off text: shorter ones trail off on purpose, longer ones are prose
TITLE_WORDS = 28


def is_cut_off(block: Block) -> bool:
    """Whether a text breaks off as the excerpts of other posts do."""
    if block.kind not in (Kind.PARAGRAPH, Kind.ITEM, Kind.HEADING, Kind.QUOTATION):
        return False
    return SHORTEST <= len(block.text) <= LONGEST and CUT_OFF.search(block.text) is not None


def is_title_like(block: Block) -> bool:
    """Whether a block could be the title of a post: short, one line, no end of a sentence but for a question."""
    if block.kind not in (Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM) or "\n" in block.text:
        return False
    if len(block.text.split()) > TITLE_WORDS or len(block.text) > 200:
        return False
    return block.kind is Kind.HEADING or not SENTENCE_END.search(block.text) or block.text.endswith("?")


class Linked(Protocol):
    """A block, or a piece of a page that has not become one."""

    @property
    def text(self) -> str: ...
    @property
    def links(self) -> tuple[Link, ...]: ...


def link_share(block: Linked) -> float:
    """The share (0 to 1) of a block's characters that are links."""
    if not block.links or not block.text:
        return 0.0
    return min(1.0, sum(link.end - link.start for link in block.links) / len(block.text))

"""The page as the filters see it: a document is a frozen sequence of blocks.

A block's ``index`` is its position in the extracted page. It never changes, whatever is removed
around it, so verdicts, stored fragments and curator decisions can all point at it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from filters.texts import count_words


class Kind(StrEnum):
    """What a block is in the page's own markup."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTATION = "quotation"
    CODE = "code"
    TABLE = "table"


class Link(NamedTuple):
    """An outlink; ``start`` and ``end`` are character offsets into the text of its block."""

    start: int
    end: int
    url: str
    rel: str = ""


class Hints(NamedTuple):
    """What the DOM says about a block, kept because its text alone does not.

    ``path`` is the tag path below ``body`` (``"div/article/ul/li"``); ``classes`` the lower-case class
    and id words of the element and its ancestors, nearest first; ``hidden`` why a reader does not see
    the element (empty: it is visible); ``main`` how likely (0 to 1) the extraction takes the block for main
    text, and ``signs`` what spoke against that where it shows; ``parent`` a number shared by the blocks of one
    parent element; ``twins`` how many blocks of the page have the same path and classes (this one included);
    ``marked`` the share of its characters that are bold; ``site`` what the page's source says against the element
    (empty: nothing).
    """

    path: str = ""
    classes: str = ""
    hidden: str = ""
    main: float = 1.0
    signs: tuple[str, ...] = ()
    parent: int = 0
    twins: int = 1
    marked: float = 0.0
    site: str = ""


_NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, quotation, code listing or table.

    ``level`` is the level of a heading (1 to 6) or the depth of a list item or quotation (from 1).
    ``rows`` holds the cells of a table; its ``text`` has a line a row, cells joined by ``" | "``.
    ``language`` is the programming language of a code block where the page names it; ``number`` what its page counts an
    ordered item as (0: one more than the item before, or 1).
    """

    index: int
    kind: Kind
    text: str
    level: int = 0
    ordered: bool = False
    links: tuple[Link, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    language: str = ""
    hints: Hints = _NO_HINTS
    number: int = 0

    def cut(self, start: int, end: int) -> Block:
        """The same block with only ``text[start:end]``; links that are not wholly inside are dropped."""
        links = tuple(
            link._replace(start=link.start - start, end=link.end - start)
            for link in self.links
            if start <= link.start and link.end <= end
        )
        return replace(self, text=self.text[start:end], links=links)


@dataclass(frozen=True, slots=True)
class Wants:
    """What the source of a page takes: languages and kinds (empty: any), and the selector of the element that it
    requires and the page lacks (empty: none).
    """

    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class SaidOfBlock:
    """A curator's word on the block at ``index``: whether it stays, and ``by`` whom and when that was said, and why."""

    index: int
    stays: bool
    by: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a curator says of a page in place of rules and models; where it is empty, or None, they are asked.

    ``about`` says whether it is about product management; empty ``stages`` or ``topics``, that it has none. ``blocks``
    are the blocks that were decided about.
    """

    kind: str = ""
    about: bool | None = None
    language: str = ""
    stages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    blocks: tuple[SaidOfBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A page's blocks with what the page says of itself; dates are ``YYYY-MM-DD``, languages BCP 47 codes.

    ``author`` holds names joined by ``"; "``; ``licence`` a name such as ``CC-BY-4.0``, or the address or words
    that the page gives; ``origins`` pairs of a field and where on the page it was found.

    ``shown`` is the day that the page goes by: that of publication, but the one that its reader is told where only
    data for machines tell that; ``future`` a day after the page was fetched that it states as that of publication.

    ``language`` is what the page declares. What its text is written in is for the filters to find out, but for what a
    curator has ``said``. ``wall`` is the sentence by which the page breaks off for readers who have not paid or signed
    in (``filters.walls``); empty for one that is whole.
    """

    url: str
    blocks: tuple[Block, ...] = ()
    title: str = ""
    author: str = ""
    published: str | None = None
    updated: str | None = None
    site: str = ""
    licence: str = ""
    language: str = ""
    canonical_url: str = ""
    origins: tuple[tuple[str, str], ...] = ()
    wants: Wants = Wants()
    shown: str | None = None
    future: str | None = None
    said: Said = Said()
    wall: str = ""

    @property
    def text(self) -> str:
        """Plain text: blocks joined by a blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def words(self) -> int:
        """Number of words, split at white space; two characters of Chinese or Japanese count as one."""
        return int(sum(count_words(block.text) for block in self.blocks))

    def with_blocks(self, blocks: tuple[Block, ...]) -> Document:
        """The same document with other blocks; their indexes stay what they are."""
        return replace(self, blocks=blocks)

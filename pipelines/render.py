"""Markdown of a document or of a single block. What stands in a page is text: every mark of Markdown is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from filters.document import Block, Document, Kind

SPECIAL = re.compile(r"([\\`*_\[\]<>~|])")
LINE_START = re.compile(r"^(\s*)([#+\-=:]|\d{1,9}[.)])(?=\s|$|[-=#+:])")
CLOSING_HASHES = re.compile(r"(?<![^\s])(#+)$")
AMPERSAND = re.compile(r"&(?=#?\w{1,31};)")
SAFE_SCHEMES = ("http://", "https://", "mailto:")
LISTS = frozenset(("ul", "ol", "menu", "dir"))
# What a page may put into a list item besides text, and what an item goes on below.
IN_ITEMS = frozenset((Kind.CODE, Kind.TABLE, Kind.QUOTATION))


def markdown(document: Document) -> str:
    """The document as CommonMark with pipe tables; lists are tight, other blocks stand a blank line apart."""
    out: list[str] = []
    lists = _Lists()
    previous: Block | None = None
    for block in document.blocks:
        if previous is not None:
            items = previous.kind is Kind.ITEM and block.kind is Kind.ITEM
            out.append("\n" if items else "\n\n")
        out.append(lists.place(block))
        previous = block
    return "".join(out)


@dataclass(slots=True)
class _Item:
    """A list item that what follows may belong to."""

    block: Block
    number: int
    delimiter: str
    inside: int  # column of its content


@dataclass(slots=True)
class _Lists:
    """The list items that are open, outermost first.

    An item is indented below the one that it was nested in, whatever the levels say: a page may hold an item of the
    third level right below one of the first, and its parent may have been removed.
    """

    open: list[_Item] = field(default_factory=list)

    def place(self, block: Block) -> str:
        """The Markdown of a block, as part of the item that it belongs to."""
        last = self._close(block)
        indent = self.open[-1].inside if self.open else 0
        if block.kind is not Kind.ITEM:
            return " " * indent + _indented(block_markdown(block), indent)
        if last is not None and _same_list(last.block, block):
            number, delimiter = last.number + 1, last.delimiter
        else:
            number, delimiter = block.number or 1, _delimiter(block, last)
        marker = f"{number}{delimiter} " if block.ordered else f"{delimiter} "
        self.open.append(_Item(block, number, delimiter, indent + len(marker)))
        return " " * indent + marker + _indented(_text(block), indent + len(marker))

    def _close(self, block: Block) -> _Item | None:
        """Close the items that a block does not belong to; the outermost of them is what it may be next to."""
        closed: _Item | None = None
        depth = _depth(block)
        while self.open and (
            self.open[-1].block.level > depth
            or (block.kind is Kind.ITEM and self.open[-1].block.level == depth)
        ):
            closed = self.open.pop()
        return closed


def _depth(block: Block) -> int:
    """How many lists a block stands in."""
    if block.kind is Kind.ITEM:
        return max(1, block.level)
    if block.kind is Kind.PARAGRAPH:
        return block.level
    # A heading may open an item, so it ends the one before; other blocks go on in it.
    return sum(tag in LISTS for tag in block.hints.path.split("/")) if block.kind in IN_ITEMS else 0


def _same_list(previous: Block, block: Block) -> bool:
    """Whether two items next to each other are of one list, as far as their markup tells.

    ``parent`` names the list only where the text stands in the item itself.
    """
    if (previous.level, previous.ordered) != (block.level, block.ordered):
        return False
    bare = all(item.hints.path.endswith("/li") for item in (previous, block))
    return not bare or previous.hints.parent == block.hints.parent


def _delimiter(block: Block, last: _Item | None) -> str:
    """The mark of a new list; where another one ends right above, it has to differ, or they would be one."""
    first, second = (".", ")") if block.ordered else ("-", "+")
    return second if last is not None and last.delimiter == first else first


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)


def block_markdown(block: Block) -> str:
    """One block as CommonMark, without regard to what it stands in."""
    if block.kind is Kind.CODE:
        longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        language = re.sub(r"[^a-z0-9+#-]", "", block.language)
        return f"{fence}{language}\n{block.text}\n{fence}"
    if block.kind is Kind.TABLE and block.rows:
        return _table(block.rows)
    text = _text(block)
    if block.kind is Kind.ITEM:
        marker = f"{block.number or 1}. " if block.ordered else "- "
        return marker + _indented(text, len(marker))
    if block.kind is Kind.QUOTATION:
        return "\n".join("> " * max(1, block.level) + line for line in text.split("\n"))
    return text


def _text(block: Block) -> str:
    """The text of a block with its links; a heading's is one line."""
    text = linked(block)
    if block.kind is not Kind.HEADING:
        return text
    line = CLOSING_HASHES.sub(r"\\\1", " ".join(text.split("\n")).rstrip())
    return f"{'#' * max(1, min(6, block.level))} {line}"


def linked(block: Block) -> str:
    """The text of a block, escaped, its links written out; a link with another scheme than http(s) is plain text."""
    out: list[str] = []
    at = 0
    for link in sorted(block.links, key=lambda link: link.start):
        raw = block.text[link.start : link.end]
        label = _inline(raw.strip())
        if link.start < at or not label or not link.url.lower().startswith(SAFE_SCHEMES):
            continue
        before = _inline(block.text[at : link.start])
        # White space of the link's text belongs outside of the brackets, and a "!" in front would make it an image.
        lead, tail = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :]
        out.append(before[:-1] + "\\!" if before.endswith("!") and not lead else before)
        out.append(f"{lead}[{label}]({_address(link.url)}){tail}")
        at = link.end
    out.append(_inline(block.text[at:]))
    lines = "".join(out).split("\n")
    return "  \n".join(LINE_START.sub(_escape_start, line) for line in lines)


def _address(url: str) -> str:
    return AMPERSAND.sub("&amp;", quote(url, safe="%/:=&?~#+!$,;'@*", errors="replace"))


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"{space}\\{mark}"


def _inline(text: str) -> str:
    return AMPERSAND.sub("&amp;", SPECIAL.sub(r"\\\1", text))


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    width = max(map(len, rows))
    lines = []
    for number, row in enumerate(rows):
        cells = [_inline(cell).replace("\n", " ") for cell in row]
        # Only the head has to be as wide as the table: shorter rows are filled up by whoever reads them.
        cells += [""] * (width - len(row) if number == 0 else 0)
        lines.append("| " + " | ".join(cells) + " |")
        if number == 0:
            lines.append("|" + " --- |" * width)
    return "\n".join(lines)

"""Markdown of a document or of a single block. What stands in a page is text: every mark of Markdown is escaped."""

from __future__ import annotations

import re
from urllib.parse import quote

from filters.document import Block, Document, Kind

SPECIAL = re.compile(r"([\\`*_\[\]<>~|])")
LINE_START = re.compile(r"^(\s*)([#+\-=]|\d{1,9}[.)])(?=\s|$|[-=#+])")
AMPERSAND = re.compile(r"&(?=#?\w{1,31};)")
SAFE_SCHEMES = ("http://", "https://", "mailto:")
INDENT = 4


def markdown(document: Document) -> str:
    """The document as CommonMark with pipe tables; lists are tight, other blocks stand a blank line apart."""
    out: list[str] = []
    previous: Block | None = None
    counters: dict[int, int] = {}
    for block in document.blocks:
        number = _count(block, previous, counters)
        if previous is not None:
            out.append("\n" if _same_list(previous, block) else "\n\n")
        out.append(block_markdown(block, number))
        previous = block
    return "".join(out)


def _same_list(previous: Block, block: Block) -> bool:
    return previous.kind is Kind.ITEM and block.kind is Kind.ITEM


def _count(block: Block, previous: Block | None, counters: dict[int, int]) -> int:
    """The number of an ordered item within its list."""
    if block.kind is not Kind.ITEM:
        if not (block.kind is Kind.PARAGRAPH and block.level):
            counters.clear()
        return 1
    for depth in [depth for depth in counters if depth > block.level]:
        del counters[depth]
    beside = previous is not None and previous.kind is Kind.ITEM and previous.level == block.level
    if previous is not None and beside and previous.hints.parent != block.hints.parent:
        counters.pop(block.level, None)
    counters[block.level] = counters.get(block.level, 0) + 1
    return counters[block.level]


def block_markdown(block: Block, number: int = 1) -> str:
    """One block as CommonMark; ``number`` is that of an ordered list item."""
    if block.kind is Kind.CODE:
        longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        language = re.sub(r"[^a-z0-9+#-]", "", block.language)
        return f"{fence}{language}\n{block.text}\n{fence}"
    if block.kind is Kind.TABLE and block.rows:
        return _table(block.rows)
    text = linked(block)
    if block.kind is Kind.HEADING:
        return f"{'#' * max(1, min(6, block.level))} {text.replace(chr(10), ' ')}"
    if block.kind is Kind.ITEM:
        indent = " " * (INDENT * (max(1, block.level) - 1))
        marker = f"{number}." if block.ordered else "-"
        return f"{indent}{marker} " + text.replace("\n", f"\n{indent}{' ' * (len(marker) + 1)}")
    if block.kind is Kind.QUOTATION:
        return "\n".join("> " * max(1, block.level) + line for line in text.split("\n"))
    if block.level:
        indent = " " * (INDENT * (block.level - 1) + 3)
        return indent + text.replace("\n", f"\n{indent}")
    return text


def linked(block: Block) -> str:
    """The text of a block, escaped, its links written out; a link with another scheme than http(s) is plain text."""
    out: list[str] = []
    at = 0
    for link in sorted(block.links, key=lambda link: link.start):
        if link.start < at or link.end <= link.start or not link.url.lower().startswith(SAFE_SCHEMES):
            continue
        out.append(_inline(block.text[at : link.start]))
        label = _inline(block.text[link.start : link.end].strip())
        url = quote(link.url, safe="%/:=&?~#+!$,;'@*")
        # White space of the link's text belongs outside of the brackets.
        raw = block.text[link.start : link.end]
        lead, tail = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :]
        out.append(f"{lead}[{label}]({url}){tail}" if label else raw)
        at = link.end
    out.append(_inline(block.text[at:]))
    lines = "".join(out).split("\n")
    return "  \n".join(LINE_START.sub(_escape_start, line) for line in lines)


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"{space}\\{mark}"


def _inline(text: str) -> str:
    return AMPERSAND.sub("&amp;", SPECIAL.sub(r"\\\1", text))


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    width = max(map(len, rows))
    lines = []
    for number, row in enumerate(rows):
        cells = [_inline(cell).replace("\n", " ") for cell in row] + [""] * (width - len(row))
        lines.append("| " + " | ".join(cells) + " |")
        if number == 0:
            lines.append("|" + " --- |" * width)
    return "\n".join(lines)

"""Cuts a parsed page into blocks, in the order a reader meets them, with what the DOM says of each.

One walk over the tree and no recursion: a page may be nested as deep as its author likes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from filters.document import Hints, Kind, Link
from pipelines.element_text import (
    BLANK,
    BLANKS,
    CONTROLS,
    HEADINGS,
    INLINE,
    SKIPPED,
    fold,
    is_sign,
    is_text,
    number_in,
    visible_text,
)
from pipelines.hidden import Concealment
from pipelines.table_cells import table_rows

BOLD = frozenset(("b", "strong"))
CODE = frozenset(("code", "kbd", "samp", "var", "data", "math"))
STYLED = BOLD | CODE | {"a"}
LISTS = frozenset(("ul", "ol", "menu", "dir"))
ITEMS = frozenset(("li", "dd"))
NOT_IN_CELLS = ("table", "pre", "h1", "h2", "h3", "form", "iframe", "article")
CELL_LIMIT = 800  # characters; a longer cell is a page laid out as a table, not data
COLUMN_LIMIT = 100  # a wider row is no table that anybody reads
CLASS_LIMIT = 400
# A hostile page opens two thousand elements and puts everything into the innermost. Paths keep their ends, and of the
# elements that hold a block the outermost are told.
PATH_LIMIT = 400  # characters
ANCESTOR_LIMIT = 100
# An address on the same site with nothing in it that would have to be resolved.
PLAIN_PATH = re.compile(r"/[\w%~+=.-]+(?:/[\w%~+=.-]+)*/?", re.ASCII)
INITIAL = re.compile(r"drop|initial|lettrine|first-?letter|\bcap\b")
CODE_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source)-([a-z0-9+#]+)", re.IGNORECASE)


@dataclass(slots=True)
class Frame:
    """An open element of the walk that is more than inline."""

    tag: str
    number: int
    path: str
    classes: str
    hidden: str
    site: str = ""  # what the page's source says against it
    begun: bool = False  # a list item that already has its first block
    lists: tuple[str, ...] = ()  # the tags of the lists around, outermost first
    role: Frame | None = None  # the nearest heading or item, the element itself included
    quotations: int = 0  # open quotations inside of that
    counted: int = 0  # what the page counts an item as, or the first one of a list


class Style(NamedTuple):
    """How the text of an open element is read, be it inline or not."""

    inline: bool
    link: int = -1
    bold: bool = False
    code: bool = False  # inside an inline element whose letters are all meant


class Piece(NamedTuple):
    """A block of the page; ``ancestors`` are the numbers of the elements that hold it, outermost first."""

    kind: Kind
    text: str
    hints: Hints
    ancestors: tuple[int, ...]
    level: int = 0
    ordered: bool = False
    links: tuple[Link, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    language: str = ""
    number: int = 0


@dataclass(slots=True)
class Run:
    """Inline text that was gathered and has not become a block yet: (text, link number, bold)."""

    parts: list[tuple[str, int, bool]] = field(default_factory=list)

    def ends_in_break(self) -> bool:
        """Whether nothing but white space came after the last line break."""
        last = next((text for text, _, _ in reversed(self.parts) if text == "\n" or text.strip()), "")
        return last == "\n"

    def finish(self) -> tuple[str, list[tuple[int, int, int]], float]:
        """Empties the run: text with folded white space, (start, end, link) spans, share of bold characters."""
        if len(self.parts) == 1:  # as in most blocks
            raw, link, heavy = self.parts.pop()
            text = BLANK.sub(" ", raw).lstrip(" \n").rstrip()
            return text, [(0, len(text), link)] if link >= 0 and text else [], float(heavy and text != "")
        out: list[str] = []
        spans: list[tuple[int, int, int]] = []
        length = bold = 0
        last = "\n"
        for raw, link, heavy in self.parts:
            if last in " \n" and not raw.strip(BLANKS):
                continue
            text = raw if raw == "\n" else BLANK.sub(" ", raw)
            if last in " \n":
                text = text.lstrip(" \n")
            if not text:
                continue
            if text == "\n" and last == " ":
                # The blank before a line break goes, or the offsets of later links would be off by one.
                out[-1] = out[-1][:-1]
                length -= 1
            last = text[-1]
            if link >= 0 and text != "\n":
                if spans and spans[-1][2] == link:
                    spans[-1] = (spans[-1][0], length + len(text), link)
                else:
                    spans.append((length, length + len(text), link))
            out.append(text)
            length += len(text)
            bold += len(text) if heavy else 0
        self.parts.clear()
        text = "".join(out).rstrip()
        fitting = [(start, min(end, len(text)), link) for start, end, link in spans if start < len(text)]
        return text, fitting, min(1.0, bold / len(text)) if text else 0.0


@dataclass(slots=True)
class Segmenter:
    """Gathers the blocks of one tree."""

    base_url: str
    concealment: Concealment
    styles: list[Style] = field(default_factory=list)  # of all open elements
    frames: list[Frame] = field(default_factory=list)  # of those that are not inline
    pieces: list[Piece] = field(default_factory=list)
    run: Run = field(default_factory=Run)
    hrefs: list[tuple[str, str]] = field(default_factory=list)
    seam: bool = False  # whether an inline element began or ended since the last text
    count: int = 0
    said: Mapping[HtmlElement, str] = field(default_factory=dict)  # by the page's source, of elements
    origin: str | None = None  # scheme and host of the page, where its address has a form that can be read

    def walk(self, root: HtmlElement) -> None:
        """Visit every element below ``root`` once."""
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        styles, parts = self.styles, self.run.parts
        skipped: HtmlElement | None = None
        for event, element in walker:
            if event == "start":
                style = self._open(element)
                self.seam = element.tag != "wbr"
                if style is None:
                    skipped = element
                    walker.skip_subtree()
                    continue
                styles.append(style)
                text = element.text
            else:
                self.seam = False
                if event == "end":
                    if element is not skipped and not styles.pop().inline:
                        self._flush()
                        self._close()
                    self.seam = element.tag != "wbr"
                if not styles:
                    continue
                text = element.tail
            # A run never begins with white space: most of a page's stands there.
            if text and (parts or text.strip(BLANKS)):
                self._read(text, styles[-1])
        parts.clear()

    def _read(self, text: str, style: Style) -> None:
        """Add what an element holds to the run.

        Where a small letter meets a capital at the edge of an element (a name in one, a trade in the next), style
        sheets keep them apart and we have to: of a hundred such places that people had read on real pages, one was
        one word.
        """
        parts = self.run.parts
        if self.seam and parts and text[0].isupper() and parts[-1][0][-1].islower() and not style.code:
            parts.append((" ", -1, False))
        parts.append((text, style.link, style.bold))

    def _open(self, element: HtmlElement) -> Style | None:
        """How an element's text is read; None where nothing in it is left to read.

        Whole blocks (code, data tables) are gathered at once.
        """
        tag = str(element.tag)
        self.count += 1
        if is_sign(element) if tag not in SKIPPED else not (tag in CONTROLS and is_text(element)):
            return None
        if tag == "br":
            if self.run.ends_in_break():
                self._flush()
            else:
                self.run.parts.append(("\n", -1, False))
            return None
        above = self.frames[-1] if self.frames else Frame("", 0, "", "", "")
        around = self.styles[-1] if self.styles else Style(inline=False)
        # The nearest way of hiding counts: a page that a script unfolds may hold text that nothing unfolds.
        hidden = self.concealment.reason(element) or above.hidden
        if tag in INLINE and hidden == above.hidden and element not in self.said:
            if around.inline and tag not in STYLED:
                return around
            link = self._link(element) if tag == "a" else around.link
            return Style(True, link, around.bold or tag in BOLD, around.code or tag in CODE)
        self._flush()
        link = self._link(element) if tag == "a" else around.link
        self._enter(element, tag, hidden, above)
        if tag == "pre" or (tag == "table" and self._is_data(element)):
            self._whole(element, tag)
            self._close()
            return None
        return Style(False, link, tag in BOLD)

    def _enter(self, element: HtmlElement, tag: str, hidden: str, above: Frame) -> None:
        """Open an element that is more than inline; what it does not say holds as it does around it."""
        own = f"{element.get('class', '')} {element.get('id', '')}".strip().lower()
        frame = Frame(
            tag,
            self.count,
            f"{above.path}/{tag}"[-PATH_LIMIT:] if above.path else tag,
            f"{own} | {above.classes}"[:CLASS_LIMIT] if own else above.classes,
            hidden,
            self.said.get(element, above.site),
        )
        frame.lists, frame.role, frame.quotations = above.lists, above.role, above.quotations
        if tag in HEADINGS or tag in ITEMS:
            frame.role, frame.quotations = frame, 0
            if tag == "li":
                frame.counted = number_in(element, "value") or above.counted
                above.counted = 0
        elif tag in LISTS:
            frame.lists = (*above.lists, tag)
            frame.counted = number_in(element, "start")
        elif tag == "blockquote":
            frame.quotations += 1
        self.frames.append(frame)

    def _close(self) -> None:
        # a heading is its own role: without this it would be left to the collector of garbage
        self.frames.pop().role = None

    def _link(self, element: HtmlElement) -> int:
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            return -1
        if href[:8].lower().startswith(("https://", "http://")):
            url = href
        elif self.origin is not None and PLAIN_PATH.fullmatch(href) and "/." not in href:
            url = self.origin + href
        else:
            try:
                url = urljoin(self.base_url, href)
            except ValueError:
                return -1
        self.hrefs.append((url, element.get("rel", "").lower()))
        return len(self.hrefs) - 1

    def _is_data(self, table: HtmlElement) -> bool:
        """Data has rows and columns of short cells; anything else is a layout and its cells are containers."""
        if table.get("role") in ("presentation", "none"):
            return False
        if any(next(table.iterdescendants(tag), None) is not None for tag in NOT_IN_CELLS):
            return False
        rows = table_rows(table)
        if (
            len(rows) < 2
            or not 2 <= max(map(len, rows)) <= COLUMN_LIMIT
            or max(len(cell) for row in rows for cell in row) > CELL_LIMIT
        ):
            return False
        return not any(self.concealment.reason(inner) for inner in table.iterdescendants(etree.Element))

    def _whole(self, element: HtmlElement, tag: str) -> None:
        if tag == "table":
            for caption in element.iterchildren("caption"):
                if title := fold("".join(visible_text(caption))):
                    self._add(Kind.PARAGRAPH, title)
            rows = table_rows(element)
            text = "\n".join(" | ".join(row) for row in rows)
            self._add(Kind.TABLE, text, rows=rows, links=tuple(self._links_within(element, text)))
            return
        text = "".join(visible_text(element, breaks=True)).strip("\n").rstrip()
        inner = element.find(".//code")
        named = CODE_LANGUAGE.search(
            f"{element.get('class', '')} {'' if inner is None else inner.get('class', '')}"
        )
        if text.strip():
            self._add(Kind.CODE, text, language=named[1].lower() if named else "")

    def _links_within(self, element: HtmlElement, text: str) -> Iterator[Link]:
        """The links of a data table, each looked up in the text of its own cell."""
        begin = 0
        for cell in element.iter("td", "th"):
            own = fold("".join(visible_text(cell)))
            at = begin = max(begin, text.find(own, begin))
            for anchor in cell.iter("a"):
                words = fold("".join(visible_text(anchor)))
                number = self._link(anchor)
                start = text.find(words, at, begin + len(own)) if words and number >= 0 else -1
                if start >= 0:
                    at = start + len(words)
                    yield Link(start, at, *self.hrefs[number])
            begin += len(own)

    def _flush(self) -> None:
        """Make a block of the run, if it holds anything to read."""
        if not self.run.parts:
            return
        text, spans, bold = self.run.finish()
        if not text or (len(text) < 3 and not any(map(str.isalnum, text))):
            return
        if initial := self._initial(text):
            text, spans = initial + text, [(start + 1, end + 1, link) for start, end, link in spans]
        links = (
            tuple([Link(start, end, *self.hrefs[number]) for start, end, number in spans]) if spans else ()
        )
        kind, level, ordered = self._kind()
        self._add(kind, text, level, ordered, links=links, marked=bold)

    def _initial(self, text: str) -> str:
        """The capital in an element of its own to which ``text`` is the rest of the word; it is no block any more."""
        last = self.pieces[-1] if self.pieces and text[0].islower() else None
        if last is None or len(last.text) != 1 or not last.text.isupper():
            return ""
        return self.pieces.pop().text if INITIAL.search(last.hints.classes.partition("|")[0]) else ""

    def _kind(self) -> tuple[Kind, int, bool]:
        """Kind, level and (of a list item) whether its list is ordered, by the nearest element that says so."""
        here = self.frames[-1]
        role = here.role
        if role is None:
            quotations = here.quotations
            return (Kind.QUOTATION, quotations, False) if quotations else (Kind.PARAGRAPH, 0, False)
        if role.tag in HEADINGS:
            return Kind.HEADING, HEADINGS[role.tag], False
        depth = max(1, len(here.lists))
        if role.begun:
            return Kind.PARAGRAPH, depth, False
        role.begun = True
        return Kind.ITEM, depth, here.lists[-1:] == ("ol",)

    def _add(
        self,
        kind: Kind,
        text: str,
        level: int = 0,
        ordered: bool = False,
        *,
        links: tuple[Link, ...] = (),
        rows: tuple[tuple[str, ...], ...] = (),
        language: str = "",
        marked: float = 0.0,
    ) -> None:
        here = self.frames[-1]
        parent = self.frames[-2].number if len(self.frames) > 1 else here.number
        hints = Hints(
            here.path, here.classes, here.hidden, parent=parent, marked=round(marked, 2), site=here.site
        )
        numbers = tuple([frame.number for frame in self.frames[:ANCESTOR_LIMIT]])
        number = here.role.counted if ordered and here.role is not None else 0
        self.pieces.append(Piece(kind, text, hints, numbers, level, ordered, links, rows, language, number))


def segment(
    tree: HtmlElement, base_url: str, said: Mapping[HtmlElement, str] | None = None
) -> tuple[list[Piece], Counter[tuple[str, str]]]:
    """All blocks of a page, boilerplate and hidden ones too, and how often each (path, classes) occurs.

    ``said`` is what the page's source says against elements, and so against all inside them.
    """
    body = tree.find("body")
    segmenter = Segmenter(base_url, Concealment(tree), said=said or {})
    with suppress(ValueError):
        segmenter.origin = urljoin(base_url, "/").removesuffix("/")
    segmenter.walk(tree if body is None else body)
    return segmenter.pieces, Counter((p.hints.path, p.hints.classes) for p in segmenter.pieces)

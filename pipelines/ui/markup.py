"""Markdown of stored pages as HTML that is safe to show.

Two fences stand one behind the other: the Markdown parser escapes raw HTML, and what it renders passes
an allow-list. Neither is trusted to be enough alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pipelines.ui.safety import defused, safe_url

# fmt: off
_TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on
_ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "div": {"class", "tabindex", "role", "aria-label"},  # only ever written by ``_tables``
}
_REL = "nofollow noopener noreferrer"

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


class Outline:
    """Gives an article's headings levels without gaps, from h2 down; the page's title is its only h1."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def level(self, wanted: int) -> int:
        """The level to show for a heading that the page had at ``wanted`` (1 to 6)."""
        while self._open and self._open[-1] >= wanted:
            self._open.pop()
        self._open.append(wanted)
        return min(1 + len(self._open), 6)


def html(markdown: str, outline: Outline, title: str = "") -> Markup:
    """``markdown`` as sanitised HTML: no images, no scripts, absolute http, https and mailto links only.

    ``title``: a first heading that only repeats it is left out, since the page shows it already.
    """
    tokens = _parser.parse(defused(markdown))
    if title and _repeats(tokens, title):
        tokens = tokens[3:]
    current = 2
    for token in tokens:
        if token.type == "heading_open":
            current = outline.level(int(token.tag[1]))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{current}"
        for child in token.children or ():
            if child.type == "image":
                _image_as_words(child)
    rendered = str(_parser.renderer.render(_tables(tokens), _parser.options, {}))
    cleaned = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        link_rel=_REL,
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(cleaned)  # noqa: S704 - it has just passed the allow-list


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href"):
        return safe_url(value) or None
    # nh3 lets "title" and "lang" through on every tag; "rel" is its own doing
    return value if name == "rel" or name in _ATTRIBUTES.get(tag, ()) else None


def _image_as_words(token: Token) -> None:
    """A remote image would tell its server who reads; its description is all that is shown."""
    words = token.content.strip()
    token.type, token.tag, token.nesting, token.children = "text", "", 0, None
    token.content = f"[image: {words}]" if words else "[image]"


def _tables(tokens: Sequence[Token]) -> list[Token]:
    """Wide tables scroll inside a box that the keyboard can reach."""
    wrapped: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            box = Token("scroll_open", "div", 1, block=True)
            box.attrs = {"class": "scroll", "tabindex": 0, "role": "region", "aria-label": "Table"}
            wrapped.append(box)
        wrapped.append(token)
        if token.type == "table_close":
            wrapped.append(Token("scroll_close", "div", -1, block=True))
    return wrapped


def _repeats(tokens: Sequence[Token], title: str) -> bool:
    if len(tokens) < 3 or tokens[0].type != "heading_open":
        return False
    words = "".join(child.content for child in tokens[1].children or ())
    return _plain(words) == _plain(title)


def _plain(text: str) -> str:
    return " ".join(defused(text).casefold().split())

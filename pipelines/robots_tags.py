"""What a page asks of robots: ``X-Robots-Tag`` headers and ``robots`` meta tags.

Only what concerns a corpus is read: ``noindex`` (the page does not want to be taken), ``noarchive`` (no copy of it
is to be shown or passed on) and ``none``, which is ``noindex`` and more. What is said to another robot by its name
does not concern us.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.page import Page

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    _Target = ParserTarget[None]
else:
    _Target = object

AGENT = "winnow"
"""The name by which a page may speak to us alone."""

READ_BYTES = 512 * 1024
"""How much of a page is looked through: such tags stand in its head."""

# directives with a colon of their own; any other word before a colon is the name of a robot
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_MEANING = {"noindex": {"noindex"}, "none": {"noindex"}, "noarchive": {"noarchive"}, "nocache": {"noarchive"}}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Asks:
    """Where a page says ``noindex`` and ``noarchive``; empty where it does not."""

    noindex: str = ""
    noarchive: str = ""

    @property
    def words(self) -> str:
        """What it asks, as one word or two; empty for a page that asks nothing."""
        return ", ".join(name for name in ("noindex", "noarchive") if getattr(self, name))


def asks(page: Page) -> Asks:
    """What a page asks of robots."""
    found: dict[str, str] = {}
    for name, value in page.headers:
        if name == "x-robots-tag":
            _add(found, _of_header(value), "X-Robots-Tag")
    head = page.body[:READ_BYTES]
    if head.startswith(_UTF16) or b"robots" in head.lower() or AGENT.encode() in head.lower():
        target = _Metas()
        with contextlib.suppress(etree.LxmlError, ValueError):
            etree.fromstring(head, etree.HTMLParser(target=target, no_network=True, huge_tree=False))
        for content in target.contents:
            _add(found, content, "robots meta tag")
    return Asks(found.get("noindex", ""), found.get("noarchive", ""))


def nofollow(headers: Iterable[str]) -> bool:
    """Whether ``X-Robots-Tag`` headers ask not to follow the links of their page."""
    directives = (one.strip() for value in headers for one in _of_header(value).lower().split(","))
    return any(directive in {"nofollow", "none"} for directive in directives)


def _of_header(value: str) -> str:
    before, colon, after = value.partition(":")
    agent = before.strip().lower()
    if not colon or "," in agent or agent in _VALUED:
        return value
    return after if agent == AGENT else ""


def _add(found: dict[str, str], directives: str, where: str) -> None:
    for directive in directives.lower().split(","):
        for meaning in _MEANING.get(directive.strip(), ()):
            found.setdefault(meaning, f"{where}: {directive.strip()}")


class _Metas(_Target):
    """Collects the contents of ``robots`` meta tags without building a tree."""

    def __init__(self) -> None:
        self.contents: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "meta" and attributes.get("name", "").strip().lower() in {"robots", AGENT}:
            self.contents.append(attributes.get("content", ""))

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        return None

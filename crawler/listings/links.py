"""Reads the links of HTML pages, and which of them leads to the next page of a list."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from lxml import etree

from crawler.listings.listing import Entry, Listing, Target, joined, listing
from pipelines.robots_tags import AGENT

MOST_LINKS = 100_000  # of a page; nobody has made half as many, and each takes some 300 bytes
TEXT_LIMIT = 200  # characters of the words of a link
# Lists without rel=next: what their links to older entries say, and how such URLs count.
OLDER = re.compile(
    r"^\W*(?:next|older|more)\b(?:\W+(?:page|posts|articles|entries|stories))?\W*$", re.IGNORECASE
)
COUNTED = re.compile(r"(?:[?&](?:page|paged|p|pg|start|offset)=\d+|/(?:page|p)[/-]?\d+/?)$", re.IGNORECASE)


def read_links(body: bytes, url: str, encoding: str = "") -> Listing:
    """The links of an HTML page in their order; ``more`` holds the one to the next page of a list.

    That is the one that says so (``rel=next``), or one whose words ("Older posts") and whose URL (``/page/2``) both do.
    Links that the page asks not to be followed (``rel=nofollow``, a robots meta tag) are left out.
    """
    target = _LinkTarget(url)
    try:
        parser = etree.HTMLParser(target=target, encoding=encoding or None, no_network=True, huge_tree=False)
    except LookupError:
        parser = etree.HTMLParser(target=target, no_network=True, huge_tree=False)
    with contextlib.suppress(etree.LxmlError, ValueError):  # what was read before it broke is in the target
        etree.fromstring(body, parser)
    target.finish()
    if target.nofollow:
        return Listing(())
    pages = (entry for entry in target.links if entry.url not in target.following)
    return listing(pages, map(Entry, target.following))


class _LinkTarget(Target):
    """Collects links without building a tree, whose depth a page could choose."""

    def __init__(self, url: str) -> None:
        self.base = url
        self._based = False
        self.links: list[Entry] = []
        self.following: dict[str, None] = {}
        self.nofollow = False
        self._open = ""
        self._text: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "base" and attributes.get("href") and not self._based:
            self.base, self._based = joined(self.base, attributes["href"]), True  # HTML: the first one counts
        elif tag == "meta" and attributes.get("name", "").strip().lower() in {"robots", AGENT}:
            self.nofollow |= any(
                word in attributes.get("content", "").lower() for word in ("nofollow", "none")
            )
        elif tag in {"a", "area", "link"} and attributes.get("href"):
            self._link(tag, attributes)

    def _link(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "a":
            self.finish()
        if len(self.links) + len(self.following) >= MOST_LINKS:
            return
        relations = attributes.get("rel", "").lower().split()
        found = joined(self.base, attributes["href"].strip())
        if not found.startswith(("http://", "https://")) or "nofollow" in relations:
            return
        if "next" in relations:
            self.following[found] = None
        elif tag == "area":
            self.links.append(Entry(found))
        elif tag == "a":
            self._open, self._text, self._length = found, [], 0

    def end(self, tag: str) -> None:
        if tag == "a":
            self.finish()

    def finish(self) -> None:
        """Close the link that is open, if there is one."""
        if not self._open:
            return
        found, text = self._open, " ".join("".join(self._text).split())[:TEXT_LIMIT]
        self._open = ""
        if OLDER.match(text) and COUNTED.search(found):
            self.following[found] = None
        else:
            self.links.append(Entry(found, text))

    def data(self, text: str) -> None:
        if self._open and self._length < 2 * TEXT_LIMIT:
            self._text.append(text[:TEXT_LIMIT])
            self._length += len(text)

    def close(self) -> None:
        return None

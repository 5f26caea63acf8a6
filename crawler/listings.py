"""Reads feeds, sitemaps and the links of pages: bytes in, URLs out. Their writers may mean us harm.

XML is read without DTDs, entities and network; what is broken is read as far as it goes.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    _Target = ParserTarget[None]
else:
    _Target = object


class UnreadableListingError(ValueError):
    """A body that is not the feed or sitemap it should be; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Listing:
    """``pages`` to fetch, and ``more`` listings to read: a feed's next page, the sitemaps of an index."""

    pages: tuple[str, ...]
    more: tuple[str, ...] = ()


def unpacked(body: bytes, limit: int) -> bytes:
    """The body, or what a gzip file holds, up to ``limit`` bytes. Raises ``UnreadableListingError``."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise UnreadableListingError(f"a broken gzip file: {error}") from None
    if len(plain) > limit:
        raise UnreadableListingError(f"a gzip file that unpacks to more than {limit / 2**20:g} MiB")
    return plain


def read_feed(body: bytes, url: str) -> Listing:
    """The entries of an RSS, Atom or JSON feed, in its order. Raises ``UnreadableListingError``."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_feed(body, url)
    root = _xml(body)
    name = _local(root)
    if name not in {"rss", "rdf", "feed"}:
        raise UnreadableListingError(f"not a feed: its outermost element is <{name}>")
    pages, more = [], []
    for element in root.iter(tag=etree.Element):
        kind = _local(element)
        if kind in {"item", "entry"}:
            link = _atom_link(element, "alternate") if kind == "entry" else _rss_link(element)
            if link:
                pages.append(_joined(_base(element, url), link.strip()))
        elif kind in {"feed", "channel"}:
            following = _atom_link(element, "next")
            if following:
                more.append(_joined(_base(element, url), following.strip()))
    return Listing(tuple(dict.fromkeys(pages)), tuple(dict.fromkeys(more)))


def read_sitemap(body: bytes, url: str) -> Listing:
    """The pages of a sitemap, or the sitemaps of an index; also of a plain list and of robots.txt.

    Raises ``UnreadableListingError``.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return _text_sitemap(start.decode("utf-8", "replace"), url)
    target = _SitemapTarget()
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        etree.fromstring(body, parser)
    except etree.LxmlError as error:
        if not target.root:
            raise UnreadableListingError(f"not XML: {_said(error)}") from None
    if target.root not in {"urlset", "sitemapindex"}:
        raise UnreadableListingError(f"not a sitemap: its outermost element is <{target.root}>")
    return Listing(
        tuple(dict.fromkeys(_joined(url, found) for found in target.pages)),
        tuple(dict.fromkeys(_joined(url, found) for found in target.sitemaps)),
    )


def read_links(body: bytes, url: str, encoding: str = "") -> Listing:
    """The links of an HTML page in their order; ``more`` holds the one to the next page of a list.

    Links that the page asks not to be followed (``rel=nofollow``, a robots meta tag) are left out.
    """
    target = _LinkTarget(url)
    try:
        parser = etree.HTMLParser(target=target, encoding=encoding or None, no_network=True, huge_tree=False)
    except LookupError:
        parser = etree.HTMLParser(target=target, no_network=True, huge_tree=False)
    with contextlib.suppress(etree.LxmlError, ValueError):  # what was read before it broke is in the target
        etree.fromstring(body, parser)
    if target.nofollow:
        return Listing(())
    return Listing(tuple(dict.fromkeys(target.links)), tuple(dict.fromkeys(target.following)))


def _xml(body: bytes) -> etree._Element:
    try:
        # ``recover`` reads a feed with a stray ampersand to its end; entities stay unexpanded
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
        )
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableListingError(f"not XML: {_said(error)}") from None
    if root is None:
        raise UnreadableListingError("not XML: nothing in it")
    return root


def _said(error: Exception) -> str:
    return (str(error).splitlines() or ["nothing in it"])[0][:200]


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _base(element: etree._Element, url: str) -> str:
    bases = [
        node.get("{http://www.w3.org/XML/1998/namespace}base", "")
        for node in (element, *element.iterancestors())
    ]
    for base in reversed(bases):
        url = _joined(url, base)
    return url


def _rss_link(item: etree._Element) -> str:
    guid = ""
    for child in item:
        if isinstance(child.tag, str):
            text = (child.text or "").strip()
            if _local(child) == "link" and (text or child.get("href")):
                return text or child.get("href", "")
            if _local(child) == "guid" and child.get("isPermaLink", "true") != "false":
                guid = text
    return guid if guid.startswith(("http://", "https://")) else ""


def _atom_link(element: etree._Element, wanted: str) -> str:
    """The link of this relation; without ``rel`` it is the alternate, and HTML is preferred."""
    found = [
        child
        for child in element
        if isinstance(child.tag, str)
        and _local(child) == "link"
        and child.get("href")
        and child.get("rel", "alternate") == wanted
    ]
    found.sort(key=lambda link: "html" not in link.get("type", "html"))
    return found[0].get("href", "") if found else ""


def _json_feed(body: bytes, url: str) -> Listing:
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise UnreadableListingError(f"not JSON: {_said(error)}") from None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise UnreadableListingError("not a JSON feed: it has no list of items")
    links = [item.get("url") or item.get("external_url") for item in items if isinstance(item, dict)]
    following = data.get("next_url")
    return Listing(
        tuple(dict.fromkeys(_joined(url, link) for link in links if isinstance(link, str) and link)),
        (_joined(url, following),) if isinstance(following, str) and following else (),
    )


def _text_sitemap(text: str, url: str) -> Listing:
    lines = [line.strip() for line in text.splitlines()]
    named = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("sitemap:")]
    if named:
        return Listing((), tuple(dict.fromkeys(_joined(url, one) for one in named)))
    pages = [line for line in lines if line.startswith(("http://", "https://"))]
    if not pages:
        raise UnreadableListingError("not a sitemap: neither XML nor a list of URLs")
    return Listing(tuple(dict.fromkeys(pages)))


class _SitemapTarget(_Target):
    """Collects ``loc`` elements without building a tree: sitemaps hold up to 50,000 of them."""

    def __init__(self) -> None:
        self.root = ""
        self.pages: list[str] = []
        self.sitemaps: list[str] = []
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2].lower()
        self.root = self.root or name
        self._path.append(name)
        self._text = []

    def data(self, text: str) -> None:
        if self._path and self._path[-1] == "loc":
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._path[-2:] in (["url", "loc"], ["sitemap", "loc"]):
            found = "".join(self._text).strip()
            if found:
                (self.pages if self._path[-2] == "url" else self.sitemaps).append(found)
        if self._path:
            self._path.pop()

    def close(self) -> None:
        return None


class _LinkTarget(_Target):
    """Collects links without building a tree, whose depth a page could choose."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.links: list[str] = []
        self.following: list[str] = []
        self.nofollow = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "base" and attributes.get("href"):
            self.base = _joined(self.base, attributes["href"])
        elif tag == "meta" and attributes.get("name", "").lower() == "robots":
            self.nofollow |= any(
                word in attributes.get("content", "").lower() for word in ("nofollow", "none")
            )
        elif tag in {"a", "area", "link"} and attributes.get("href"):
            self._link(tag, attributes)

    def _link(self, tag: str, attributes: Mapping[str, str]) -> None:
        relations = attributes.get("rel", "").lower().split()
        found = _joined(self.base, attributes["href"].strip())
        if not found.startswith(("http://", "https://")) or "nofollow" in relations:
            return
        if "next" in relations:
            self.following.append(found)
        elif tag != "link":
            self.links.append(found)

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        return None


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url).partition("#")[0]
    except ValueError:
        return ""

"""Reads sitemaps and their indexes, plain lists of URLs, and the sitemaps that a robots.txt names."""

from __future__ import annotations

from io import BytesIO, TextIOWrapper

from lxml import etree

from crawler.listings.listing import (
    MOST_ENTRIES,
    Entry,
    Listing,
    Target,
    UnreadableListingError,
    joined,
    listing,
    moment_of,
    said,
)

READ = ("loc", "lastmod", "publication_date", "title")


def read_sitemap(body: bytes, url: str) -> Listing:
    """The pages of a sitemap, or the sitemaps of an index; also of a plain list and of robots.txt.

    The date of either is its ``lastmod``, or in a news sitemap the page's publication date. Raises
    ``UnreadableListingError``.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return _text_sitemap(body, url)
    target = _SitemapTarget(url)
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        etree.fromstring(body, parser)
    except etree.LxmlError as error:
        if not target.root:
            raise UnreadableListingError(f"not XML: {said(error)}") from None
    if target.root not in {"urlset", "sitemapindex"}:
        raise UnreadableListingError(f"not a sitemap: its outermost element is <{target.root}>")
    return listing(target.pages, target.sitemaps, target.left)


def _text_sitemap(body: bytes, url: str) -> Listing:
    sitemaps: list[Entry] = []
    pages: list[Entry] = []
    left = 0
    for raw in TextIOWrapper(BytesIO(body), "utf-8-sig", "replace"):
        line = raw.strip()
        if len(sitemaps) + len(pages) >= MOST_ENTRIES:
            left += bool(line)
        elif line.lower().startswith("sitemap:"):
            sitemaps.append(Entry(joined(url, line.split(":", 1)[1].strip())))
        elif line.startswith(("http://", "https://")):
            pages.append(Entry(line))
    if sitemaps:
        return listing((), sitemaps, left)
    if not pages:
        raise UnreadableListingError("not a sitemap: neither XML nor a list of URLs")
    return listing(pages, left=left)


class _SitemapTarget(Target):
    """Collects ``url`` and ``sitemap`` elements without building a tree: sitemaps hold up to 50,000 of them."""

    def __init__(self, url: str) -> None:
        self.root = ""
        self.pages: list[Entry] = []
        self.sitemaps: list[Entry] = []
        self.left = 0
        self._url = url
        self._path: list[str] = []
        self._text: list[str] = []
        self._told: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2].lower()
        self.root = self.root or name
        self._path.append(name)
        self._text = []
        if name in {"url", "sitemap"}:
            self._told = {}

    def data(self, text: str) -> None:
        if self._path and self._path[-1] in READ:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = self._path.pop() if self._path else ""
        if name == "loc" and self._path[-1:] not in (["url"], ["sitemap"]):
            return  # an image's or a video's own
        if name in READ:
            self._told.setdefault(name, "".join(self._text).strip())
        elif name in {"url", "sitemap"} and self._told.get("loc"):
            self._add(name)
            self._told = {}

    def _add(self, name: str) -> None:
        if len(self.pages) + len(self.sitemaps) >= MOST_ENTRIES:
            self.left += 1
            return
        found = joined(self._url, self._told["loc"])
        changed = moment_of(self._told.get("lastmod") or self._told.get("publication_date", ""))
        if name == "sitemap":
            self.sitemaps.append(Entry(found, changed=changed))
            return
        self.pages.append(Entry(found, self._told.get("title", "")[:300], changed))

    def close(self) -> None:
        if self.root == "urlset" and self._told.get("loc"):  # the file was cut short inside of an entry
            self._add("url")

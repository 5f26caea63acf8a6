"""Looks at a site for the ways in which its pages can be found."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin

from lxml import etree

from crawler.frontier import score
from crawler.listings import (
    Entry,
    Listing,
    UnreadableListingError,
    read_feed,
    read_links,
    read_sitemap,
    unpacked,
)
from crawler.listings.listing import Target
from crawler.source import SourceError
from crawler.spider import SourceSpider
from crawler.spiders.sitemap import LARGEST

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
# where feeds and sitemaps are that no page names
USUAL_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/news-sitemap.xml")
PARTS = 4  # sitemaps of an index that are read, those first whose names speak of articles
OF_ARTICLES = re.compile(r"post|article|blog|news|guide", re.IGNORECASE)
LIKE_AN_ARTICLE = 1.5  # by the score of a link
FEW = 3  # such links make a page a list


@dataclass
class Survey:
    """What was found: the front page's title, and the feeds and sitemaps that could be read.

    ``articles`` are the URLs that the feeds name, ``urls`` those of sitemaps and of the front page's links.
    """

    title: str = ""
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    front_links: list[str] = field(default_factory=list)

    @property
    def is_list(self) -> bool:
        """Whether the front page itself lists articles."""
        return len(self.front_links) >= FEW


class SurveySpider(SourceSpider):
    """Reads the front page and robots.txt, then tries the feeds and sitemaps that they name, or the usual ones."""

    name = "survey"
    listing_bytes = LARGEST
    found: ClassVar[Survey]

    async def start(self) -> AsyncIterator[Any]:
        self._roles: dict[str, str] = {}
        front = self.source.start[0]
        for url, role in ((front, "front"), (urljoin(front, "/robots.txt"), "robots")):
            self._roles[url] = role
            for request in self.listing(url):
                yield request

    def _try(self, urls: Iterable[str], role: str) -> Listing:
        """A listing that leads to these."""
        new = [urljoin(self.source.start[0], url) for url in urls]
        self._roles |= {url: role for url in new if url not in self._roles}
        return Listing((), tuple(map(Entry, new)))

    def read(self, response: Response) -> Listing:
        assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
        role = self._roles.get(response.request.meta["asked"], "")
        body = unpacked(response.body, LARGEST)
        if role == "front":
            return self._read_front(body, response.url)
        if role == "robots":
            try:
                named = [part.url for part in read_sitemap(body, response.url).more]
                return self._try(named or USUAL_SITEMAPS, "sitemap")
            except UnreadableListingError:  # it names no sitemap
                return self._try(USUAL_SITEMAPS, "sitemap")
        if role == "feed":
            self._read_feed(body, response.url)
            return Listing(())
        return self._read_sitemap(body, response.url, role)

    def failed(self, failure: Failure) -> Iterator[Any]:
        yield from super().failed(failure) or ()
        asked = failure.request.meta["asked"]  # type: ignore[attr-defined]
        if self._roles.get(asked) == "robots":
            for part in self._try(USUAL_SITEMAPS, "sitemap").more:
                yield from self.listing(part.url)

    def _read_feed(self, body: bytes, url: str) -> None:
        pages = read_feed(body, url).pages
        if pages:
            self.found.feeds.append(url)
            self.found.articles += pages

    def _read_sitemap(self, body: bytes, url: str, role: str) -> Listing:
        found = read_sitemap(body, url)
        self.found.urls += found.pages
        if role == "part":
            return Listing(())
        self.found.sitemaps.append(url)
        named = [part.url for part in found.more]
        parts = sorted(named, key=lambda part: OF_ARTICLES.search(part) is None)[:PARTS]
        return self._try(parts, "part")

    def _read_front(self, body: bytes, url: str) -> Listing:
        with contextlib.suppress(UnreadableListingError):
            self._read_feed(body, url)  # it was the address of the feed itself
            return Listing(())
        target = _FrontPage()
        with contextlib.suppress(etree.LxmlError, ValueError):
            etree.fromstring(body, etree.HTMLParser(target=target, no_network=True, huge_tree=False))
        self.found.title = " ".join(target.title.split())[:200]
        links = [entry for entry in read_links(body, url).entries if self.source.on_site(entry.url)]
        self.found.urls += [entry.url for entry in links]
        self.found.front_links += [e.url for e in links if score(e.url, e.text) >= LIKE_AN_ARTICLE]
        feeds = [urljoin(url, href) for href in target.feeds if "comments" not in href]
        return self._try(dict.fromkeys(feeds) or USUAL_FEEDS, "feed")


class _FrontPage(Target):
    def __init__(self) -> None:
        self.title = ""
        self.feeds: list[str] = []
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._in_title = tag == "title" and not self.title
        if tag == "link" and attributes.get("type", "").lower() in FEED_TYPES and attributes.get("href"):
            self.feeds.append(attributes["href"].strip())

    def end(self, tag: str) -> None:
        self._in_title = False

    def data(self, text: str) -> None:
        if self._in_title:
            self.title += text

    def close(self) -> None:
        return None


def survey(
    url: str, *, contact: str = "", allow_private: bool = False, settings: Mapping[str, object] | None = None
) -> Survey:
    """Look at a site, as politely as a crawl. One survey or crawl a process.

    Raises ``SourceError`` where the URL is none, nobody can reach us, or there is no feed, no sitemap and no list.
    """
    from crawler.process import Crawling
    from crawler.progress import Progress
    from crawler.run import named_sources
    from pipelines.archive import Archive
    from pipelines.items import Desk
    from pipelines.profile import load_profile
    from pipelines.store import Store
    from pipelines.store.rows import post_rows
    from pipelines.workers import Curators

    found = Survey()
    spider = type("BoundSurvey", (SurveySpider,), {"found": found})
    with ExitStack() as stack:
        # what is read on the way is kept nowhere, and its books only tell us why nothing was found
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="winnow-")))
        lines = (
            "way = 'site'",
            f"start = [{json.dumps(url)}]",
            f"allow_private = {json.dumps(allow_private)}",
        )
        (folder / "survey.toml").write_text("\n".join(lines), encoding="utf-8")
        try:
            sources = named_sources(["survey"], folder, contact=contact)
        except SourceError as error:
            told = re.sub(r"^.*survey\.toml(:\d+)?: ", "", str(error))
            raise SourceError(told.replace("the sites of 'survey'", url)) from None
        store = stack.enter_context(Store.open(folder / "corpus.db"))
        archive = stack.enter_context(Archive.open(folder / "archive.db"))
        curators = stack.enter_context(Curators(post_rows, workers=1))
        desk = Desk(store, archive, curators, store.start_run("crawl", load_profile()), curators.fingerprint)
        shown = Progress(desk, enabled=False)
        log = folder / "crawl.log"
        Crawling(sources, desk, shown, log, 0, False, settings or {}, spider).run()
        if not (found.feeds or found.sitemaps or found.is_list):
            fates = store.connection.execute("SELECT url, reason FROM fetches ORDER BY id").fetchall()
            told = "".join(f"\n  {tried}: {reason}" for tried, reason in fates)
            # a source of one's own network is seldom meant, so nothing but this option makes one
            private = not allow_private and all(reason.startswith("refused: ") for _, reason in fates)
            hint = "\nIf it is a site of your own network, say --allow-private." if private and fates else ""
            raise SourceError(
                f"{url} names no feed and no sitemap that can be read, and lists no articles; a source of way"
                f" 'list', 'site' or 'urls' can still be written by hand. What was tried:{told}{hint}"
            )
    return found

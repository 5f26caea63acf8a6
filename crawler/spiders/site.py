"""Pages that are found by following links from start pages, within patterns and a depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from crawler.barren import Barren
from crawler.listings import Entry, Listing, read_links
from crawler.spider import SourceSpider, may_be_page
from pipelines.charset import decode
from pipelines.robots_tags import nofollow

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from pipelines.items import Fetched
    from pipelines.page import Page


class SiteSpider(SourceSpider):
    """``start`` holds pages whose links are read.

    A link found by ``allow`` is a page to keep, whose links are read too; one found by ``follow``, or to the
    next page of a list, is read for its links only. A link to anything else is not discovered at all.
    """

    name = "site"

    _barren: Barren

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._barren = Barren(crawler.settings.getint("BARREN_PAGES"))
        crawler.signals.connect(spider.curated, signals.item_scraped)
        return spider

    def curated(self, item: Fetched) -> None:
        """A page was curated: those that are like it are worth as much."""
        self._barren.tell(item.page.url, article=self.desk.gave_article(item.page.url))

    def no_longer(self, url: str) -> str:
        return self._barren.against(url)

    def _against(self, entry: Entry) -> str:
        return super()._against(entry) or self.no_longer(entry.url)

    def listing(self, url: str, **meta: object) -> Iterator[Request]:
        """Lists of links are written by scripts as often as articles are."""
        if self.source.browser and (missing := self.unseen()):
            if self.desk.discover(url, self.source.name):
                self.skip(url, missing)
            return
        yield from super().listing(url, render=self.source.browser, **meta)

    def read(self, response: Response) -> Listing:
        told = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return _links(response.body, response.url, kind, told)

    def follow(self, response: Response, found: Listing) -> Iterator[Request]:
        yield from self._follow(found, self._depth(response))

    def read_page(self, response: Response) -> Iterator[Any]:
        yield from super().read_page(response)
        yield from self._follow(self.read(response), self._depth(response))

    def _depth(self, response: Response) -> int:
        depth: int = response.meta.get("links_deep", 0)
        return depth

    def failed(self, failure: Failure) -> Iterator[Any]:
        """Also follow the links of a page that did not change: the answer left its body out."""
        yield from super().failed(failure) or ()
        request: Request = failure.request  # type: ignore[attr-defined]
        page = self.desk.unchanged_page(request.meta["asked"])
        if page is not None:
            yield from self._follow(_links_of(page), request.meta.get("links_deep", 0))

    def leave(self, entry: Entry, deep: int) -> Iterator[Request]:
        """Also follow the links that the page had when it was last seen: a run may have ended before it did."""
        yield from super().leave(entry, deep)
        page = self.desk.archived(entry.url)
        if page is not None:
            yield from self._follow(_links_of(page), deep)

    def _follow(self, found: Listing, depth: int) -> Iterator[Request]:
        if depth >= self.source.depth:
            return
        most = self.settings.getint("LINKS_PER_PAGE")
        # a list's next page is as deep as the list: a blog's archive may have hundreds of them
        following = [(entry, depth, True) for entry in found.more]
        for entry, deep, listed in [*following, *((entry, depth + 1, False) for entry in found.entries)]:
            url = entry.url
            kind = self._kind(url, listed=listed)
            if kind is None or not self.desk.unknown(url, self.source.name):
                continue
            if not most:
                self.logger.info("more links on one page than are followed")
                return
            most -= 1
            yield from self.listing(url, links_deep=deep) if kind == "listing" else self.page(entry, deep)

    def _kind(self, url: str, *, listed: bool) -> str | None:
        """Whether a link leads to a page to keep, to a list, or nowhere that we want to go."""
        if not self.source.on_site(url) or not may_be_page(url):
            return None
        if listed or (self.source.follows(url) and not (self.source.allow and self.source.wants(url))):
            return "listing"
        return "page" if self.source.wants(url) else None


def _links_of(page: Page) -> Listing:
    """The links of an archived page."""
    told = [value for name, value in page.headers if name == "x-robots-tag"]
    return _links(page.body, page.address, page.header("content-type"), told)


def _links(body: bytes, url: str, content_type: str, robots: Sequence[str]) -> Listing:
    """The links of a page, in the encoding that its text is read in: header and page may lie about that."""
    if nofollow(robots):
        return Listing(())
    return read_links(decode(body, content_type).encode("utf-8", "replace"), url, "utf-8")

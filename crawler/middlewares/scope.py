"""Keeps a crawl on the hosts of its source, also when a redirect leads away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from crawler.fates import Refused
from crawler.traps import trap

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.spider import SourceSpider


class OutOfHours(Refused):
    """The source's hours have run out; a later run goes on."""


class ScopeMiddleware:
    """Refuses requests that leave the source; robots.txt and redirects from it are not the source's pages."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if "asked" not in request.meta:
            return
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        if not spider.source.open_at(datetime.now().time()):
            raise OutOfHours(f"outside the source's hours, {spider.source.hours}", url=request.url)
        if not request.meta.get("listing") and (reason := spider.no_longer(request.url)):
            raise Refused(reason, url=request.url)
        redirected = bool(request.meta.get("redirect_urls"))
        if not spider.source.on_site(request.url):
            host = urlsplit(request.url).hostname or request.url[:80]
            moved = "redirected to" if redirected else "on"
            raise Refused(f"{moved} {host}, which is not one of the source's hosts", url=request.url)
        if redirected and (reason := trap(request.url)):
            raise Refused(f"redirected to {reason}", url=request.url)

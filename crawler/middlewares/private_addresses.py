"""Refuses requests to private addresses and to anything but http and https."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError

from crawler.addresses import refused_url
from crawler.fates import Refused
from crawler.resolver import refused_names

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.spider import SourceSpider


class PrivateAddressMiddleware:
    """Looks at every request, those for robots.txt and those that follow a redirect included.

    Addresses written out are judged here; names are judged by ``crawler.resolver`` once they are resolved.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._private = frozenset(crawler.settings.getlist("PRIVATE_HOSTS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        host = urlsplit(request.url).hostname or ""
        if spider.source.allow_private and host in spider.source.hosts:
            return
        reason = refused_url(request.url)
        if not reason and host in self._private:
            reason = "a host that is private to another source"
        if reason:
            raise Refused(f"refused: {reason}", url=request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Tell a name that was refused from one that does not exist."""
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, CannotResolveHostError) and host in refused_names:
            raise Refused(f"refused: {host} resolves to {refused_names[host]}", url=request.url)

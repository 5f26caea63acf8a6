"""Skips what is neither a page nor a feed, before its body is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from crawler.fates import Refused

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

PAGES = frozenset({"text/html", "application/xhtml+xml"})
LISTINGS = PAGES | {
    "text/xml",
    "application/xml",
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "text/plain",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
}


def content_type(headers: Headers) -> str:
    """The media type without its parameters, in lower case; empty where the server does not say."""
    told = headers.get("Content-Type") or b""
    return told.decode("latin-1").partition(";")[0].strip().lower()


class ContentTypeMiddleware:
    """A page has to be HTML; a feed or sitemap may be what feeds and sitemaps are served as."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls()
        crawler.signals.connect(middleware.headers_received, signals.headers_received)
        return middleware

    def headers_received(self, headers: Headers, request: Request, spider: Spider) -> None:
        """Do not load the body of what will be skipped; the answer itself still goes its way."""
        if self._unwanted(request, headers):
            raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        kind = self._unwanted(request, response.headers)
        if kind and 200 <= response.status < 300:
            wanted = "an HTML page, a feed or a sitemap" if request.meta.get("listing") else "an HTML page"
            raise Refused(
                f"content type {kind[:100]!r}, not {wanted}", status=response.status, url=response.url
            )
        return response

    @staticmethod
    def _unwanted(request: Request, headers: Headers) -> str:
        if "asked" not in request.meta:
            return ""
        kind = content_type(headers)
        return "" if kind in (LISTINGS if request.meta.get("listing") else PAGES) else kind

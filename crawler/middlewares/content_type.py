"""Skips what is neither a page nor a feed, before its body is loaded."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from crawler.fates import Failed, Refused

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
# a page would have to begin with these very bytes to be mistaken
FORMATS = {
    b"%PDF-": "a PDF file",
    b"%!PS-": "a PostScript file",
    b"\x89PNG\r\n": "a PNG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a ZIP or office file",
    b"\x1f\x8b\x08": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an office file",
    b"\x7fELF": "a program",
}


def content_type(headers: Headers) -> str:
    """The media type without its parameters, in lower case; empty where the server does not say."""
    told = headers.get("Content-Type") or b""
    return told.decode("latin-1").partition(";")[0].strip().lower()


def told_by(body: bytes) -> str:
    """What a body is by its first bytes, where they are those of another format; empty for what may be HTML."""
    return next((name for start, name in FORMATS.items() if body.startswith(start)), "")


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
        if "asked" in request.meta and response.status == HTTPStatus.PARTIAL_CONTENT:
            raise Failed("HTTP 206: only a part of the page", status=206, url=response.url)
        if (
            "asked" in request.meta
            and not ({"listing", "part"} & request.meta.keys())
            and (name := told_by(response.body))
        ):
            reason = f"the body is {name}, although its content type says {content_type(response.headers)!r}"
            raise Refused(reason, status=response.status, url=response.url)
        return response

    @staticmethod
    def _unwanted(request: Request, headers: Headers) -> str:
        if "asked" not in request.meta or request.meta.get("part"):
            return ""
        kind = content_type(headers)
        return "" if kind in (LISTINGS if request.meta.get("listing") else PAGES) else kind

"""Asks for a feed, sitemap or list only if it changed, and reads it as it was where it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from pipelines.page import VALIDATORS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.spider import SourceSpider
    from pipelines.listings import HeldListing, Listings

# of a response: the site said that the listing is what it was, or the index that leads to it did
UNCHANGED = "unchanged"
SPARED = "spared"


class ListingsMiddleware:
    """Each address that is asked has validators of its own, so that a redirect elsewhere is not taken for the same.

    Where a browser renders a listing, what the site says of the bytes says nothing of what its scripts write.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        if not self._concerns(request):
            return None
        if self._listings.spares(request.url, request.meta.get("listed", "")):
            held = self._listings.of(request.url)
            if held is not None:
                return _as_held(request, request.url, Headers(), held, [SPARED])
        for name in VALIDATORS:  # those of the address that led here
            request.headers.pop(name, None)
        if not request.meta.get("anew"):
            request.headers.update(self._listings.validators(request.url))
        return None

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """An answer that leaves the body out gets the one that it had before."""
        if response.status != 304 or not self._concerns(request):
            return response
        if not any(name in request.headers for name in VALIDATORS):
            return response
        held = self._listings.of(request.url)
        if held is None:  # damaged
            return request.replace(meta={**request.meta, "anew": True}, dont_filter=True)
        flags = [*response.flags, UNCHANGED]
        return _as_held(request, response.url, response.headers.copy(), held, flags)

    @staticmethod
    def _concerns(request: Request) -> bool:
        return bool(request.meta.get("listing")) and not request.meta.get("render")

    @property
    def _listings(self) -> Listings:
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        return spider.desk.listings


def _as_held(request: Request, url: str, headers: Headers, held: HeldListing, flags: list[str]) -> Response:
    headers["Content-Type"] = held.content_type
    kind = responsetypes.from_args(headers=headers, url=url, body=held.body)
    return kind(url, 200, headers, held.body, request=request, flags=flags)

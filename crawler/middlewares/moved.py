"""Tells pages that have moved for good from those that are elsewhere for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from crawler.fates import Failed, Refused
from pipelines.address import normal_url

if TYPE_CHECKING:
    from scrapy.http import Response

FOR_GOOD = frozenset({301, 308})


class Moved(Refused):
    """A page is at another address for good; ``url`` is that address."""


class MovedMiddleware(RedirectMiddleware):
    """Follows redirects, but those of a page that has moved for good: its new address is asked for in its own name.

    So a page has one post, whichever of its addresses it was found by.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        answer = super().process_response(request, response)
        if not isinstance(answer, Request) or response.status not in FOR_GOOD:
            return answer
        if "asked" not in request.meta or request.meta.get("listing") or request.meta.get("redirect_urls"):
            return answer
        if normal_url(answer.url) == normal_url(request.url):
            return answer
        if request.meta.get("moves", 0) >= self.max_redirect_times:
            raise Failed("redirected too often", status=response.status, url=answer.url)
        raise Moved("moved for good", status=response.status, url=answer.url)

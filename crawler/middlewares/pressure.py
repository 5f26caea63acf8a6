"""Holds requests back while as many fetched pages wait for a worker as the memory should hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.spider import SourceSpider
    from pipelines.items import Desk


class PressureMiddleware:
    """The first that a request meets: one that is held back occupies no connection, and its time does not run yet.

    Scrapy's own bound is one of bytes for every spider, and there are many spiders.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if "asked" in request.meta:
            await self._desk.room.wait()

    def process_response(self, request: Request, response: Response) -> Response:
        if "asked" in request.meta:
            self._desk.came_in(request.meta["asked"], len(response.body))
        return response

    @property
    def _desk(self) -> Desk:
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        return spider.desk

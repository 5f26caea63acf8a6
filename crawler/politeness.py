"""Throttles by how fast a site answers, and never below what its robots.txt asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.extensions.throttle import AutoThrottle

from crawler.middlewares.robots import RobotsMiddleware

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response


class Politeness(AutoThrottle):
    """AutoThrottle with ``Crawl-delay`` as the floor."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if key is not None and slot is not None and robots is not None:
            slot.delay = max(slot.delay, robots.delay(key))

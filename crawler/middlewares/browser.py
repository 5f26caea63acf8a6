"""Lets a browser finish the pages of sources whose text is written by scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse
from scrapy.http.request import NO_CALLBACK

from crawler.browser import Part, Renderer, RenderError, available
from crawler.fates import Failed
from crawler.middlewares.content_type import PAGES, content_type

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# of one source and run; sites load the same scripts for every page
REMEMBERED_BYTES = 32 * 1024 * 1024
# they speak of the page before its scripts ran
_OF_THE_SHELL = ("ETag", "Last-Modified", "Content-Length", "Content-Encoding")


class BrowserMiddleware:
    """Renders answers to requests with ``render`` in their meta; parts go through the downloader like pages."""

    def __init__(self, crawler: Crawler) -> None:
        if not available():
            raise NotConfigured("no browser can be driven")
        self._crawler = crawler
        settings = crawler.settings
        self._renderer = Renderer(
            settings["USER_AGENT"], settings.getint("DOWNLOAD_MAXSIZE"), settings.getfloat("RENDER_SECONDS")
        )
        self._known: dict[str, Part | None] = {}
        self._room = REMEMBERED_BYTES
        crawler.signals.connect(self._renderer.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The page as its scripts leave it."""
        told = content_type(response.headers)
        if not request.meta.get("render") or response.status != 200 or told not in PAGES:
            return response
        try:
            header = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
            text = await self._renderer.render(response.url, response.body, header, self._part)
        except RenderError as error:
            raise Failed(str(error), status=response.status, url=response.url) from None
        headers = response.headers.copy()
        for name in _OF_THE_SHELL:
            headers.pop(name, None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        body = text.encode("utf-8", "replace")
        return HtmlResponse(
            response.url,
            response.status,
            headers,
            body,
            request=request,
            flags=response.flags,
            encoding="utf-8",
        )

    async def _part(self, url: str) -> Part | None:
        if url not in self._known:
            part = await self._fetched(url)
            size = len(part.body) if part is not None else 0
            if size > self._room:
                return part
            self._room -= size
            self._known[url] = part
        return self._known[url]

    async def _fetched(self, url: str) -> Part | None:
        meta = {"asked": url, "part": True, "dont_retry": True}
        assert self._crawler.engine is not None  # noqa: S101 - an answer came through it
        try:
            request = Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)
            response = await self._crawler.engine.download_async(request)
        except Exception:  # noqa: BLE001 - refused, failed or no URL: the page has to do without
            return None
        told = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return Part(response.status, told, response.body)

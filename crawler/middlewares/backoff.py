"""Tries again what may be temporary, after a wait that grows, and leaves a site alone that asks for it or is silent."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from twisted.python.failure import Failure

from crawler.fates import Failed
from pipelines.store.connection import written

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# by these a site says that it is asked too much
TOO_MUCH = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

SILENT_PAGES = 8
"""Pages in a row that were given up without any answer, until a host is left for the next crawl: the network may be
gone, and every page would be waited for in vain for a minute or more."""

LONGEST_ASKED = 366 * 24 * 3600.0  # seconds; a site that wants more does not know what it says

_SILENCE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)


@dataclass
class _Host:
    """What is known of a host in this run; ``until`` is a moment of the monotonic clock."""

    until: float = 0.0
    silent: int = 0


class BackoffMiddleware(RetryMiddleware):
    """Waits ``RETRY_WAIT_SECONDS``, then three times as long each time, or what ``Retry-After`` asks for.

    A host that answers 429 or 503 is asked for nothing meanwhile, and half as often afterwards; one that wants more
    time than ``RETRY_WAIT_MAX_SECONDS`` for nothing more in this run. An answer that did not come in time is asked for
    once more only.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._wait = crawler.settings.getfloat("RETRY_WAIT_SECONDS")
        self._longest = crawler.settings.getfloat("RETRY_WAIT_MAX_SECONDS")
        self._slowest = crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        self._hosts: dict[str, _Host] = {}
        self.give_up_log_level = "INFO"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        name, host = self._host(request)
        if host.silent >= SILENT_PAGES:
            raise Failed(
                f"{name} did not answer {SILENT_PAGES} times in a row; left for the next crawl",
                url=request.url,
            )
        wait = host.until - time.monotonic()
        if wait > self._longest:
            raise _left_alone(request, wait)
        if wait > 0:
            await asyncio.sleep(wait)

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        _, host = self._host(request)
        host.silent = 0
        asked = retry_after(response.headers.get("Retry-After"))
        answer = super().process_response(request, response)
        pause = max(asked, self._pause(request if answer is response else answer))
        if response.status in TOO_MUCH:
            host.until = max(host.until, time.monotonic() + pause)
            self._slow_down(request, pause)
        if answer is not response:
            if asked > self._longest:
                return response  # come back in another run rather than too early in this one
            await asyncio.sleep(pause)
        return answer

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        again = not (isinstance(exception, DownloadTimeoutError) and request.meta.get("retry_times", 0))
        # a site that drips would hold up its other pages for minutes
        answer = super().process_exception(request, exception) if again else None
        if answer is not None:
            await asyncio.sleep(self._pause(request))
        elif isinstance(exception, _SILENCE):
            self._host(request)[1].silent += 1
        return answer

    def _host(self, request: Request) -> tuple[str, _Host]:
        name = urlsplit(request.url).netloc
        return name, self._hosts.setdefault(name, _Host())

    def _slow_down(self, request: Request, pause: float) -> None:
        assert self.crawler.engine is not None  # noqa: S101 - it is the engine that got the answer
        slot = self.crawler.engine.downloader.slots.get(urlsplit(request.url).hostname or "")
        if slot is None:
            return
        slot.delay = max(slot.delay, min(slot.delay * 2, self._slowest))
        # requests that wait in the slot have passed us: as if the last one had been sent after the pause
        slot.lastseen = max(slot.lastseen, time.monotonic() + min(pause, self._longest))
        while pause > self._longest and slot.queue:  # or a site could hold up the run for as long as it likes
            waiting, answer = slot.queue.popleft()
            answer.errback(Failure(_left_alone(waiting, pause)))  # type: ignore[no-untyped-call]

    def _pause(self, request: Request | Response) -> float:
        tries: int = request.meta.get("retry_times", 0)
        return float(min(self._wait * 3**tries, self._longest))


def _left_alone(request: Request, seconds: float) -> Failed:
    """Why a request is not sent to a host that wants so much time."""
    until = datetime.now(UTC) + timedelta(seconds=min(seconds, LONGEST_ASKED))
    told = f"{urlsplit(request.url).netloc} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC"
    return Failed(told, url=request.url, not_before=written(until))


def retry_after(value: bytes | None) -> float:
    """Seconds that a ``Retry-After`` header asks to wait, a year at most; 0 where it says nothing that can be read."""
    told = (value or b"").decode("latin-1").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:12]), LONGEST_ASKED)
    try:
        seconds = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        return min(max(seconds, 0.0), LONGEST_ASKED)
    except (ValueError, TypeError, OverflowError):
        return 0.0

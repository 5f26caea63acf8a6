"""Tries again what may be temporary, after a wait that grows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import DownloadTimeoutError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings


class BackoffMiddleware(RetryMiddleware):
    """Waits ``RETRY_WAIT_SECONDS``, then three times as long each time, or what ``Retry-After`` asks for.

    An answer that did not come in time is asked for once more only.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._wait = settings.getfloat("RETRY_WAIT_SECONDS")
        self._longest = settings.getfloat("RETRY_WAIT_MAX_SECONDS")
        self.give_up_log_level = "INFO"

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        answer = super().process_response(request, response)
        if answer is not response:
            asked = retry_after(response.headers.get("Retry-After"))
            if asked > self._longest:
                return response  # come back in another run rather than too early in this one
            await asyncio.sleep(max(asked, self._pause(request)))
        return answer

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        if isinstance(exception, DownloadTimeoutError) and request.meta.get("retry_times", 0):
            return None  # a site that drips would hold up its other pages for minutes
        answer = super().process_exception(request, exception)
        if answer is not None:
            await asyncio.sleep(self._pause(request))
        return answer

    def _pause(self, request: Request) -> float:
        tries: int = request.meta.get("retry_times", 0)
        return float(min(self._wait * 3**tries, self._longest))


def retry_after(value: bytes | None) -> float:
    """Seconds that a ``Retry-After`` header asks to wait; 0 where it says nothing that can be read."""
    told = (value or b"").decode("latin-1").strip()
    if told.isdigit() and len(told) < 10:
        return float(told)
    try:
        return max((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0

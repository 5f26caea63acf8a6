"""What an answer of a site is as a page, and what its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.middlewares.backoff import retry_after
from pipelines.page import Page
from pipelines.revisits import MOST_RETRY_HOURS, later
from pipelines.store.connection import now

if TYPE_CHECKING:
    from scrapy.http import Response

# what a server tells of its connection or of a visitor, and nothing of the page
_NOT_THE_PAGE = frozenset({"set-cookie", "connection", "keep-alive", "transfer-encoding"})


def page_of(response: Response) -> Page:
    """The page of an answer, under the URL that was asked for."""
    assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
    asked = response.request.meta["asked"]
    headers = tuple(
        (name, value.decode("latin-1"))
        for name, values in (
            (key.decode("latin-1").lower(), found) for key, found in response.headers.items()
        )
        if name not in _NOT_THE_PAGE
        for value in values
    )
    final = response.url if response.url != asked else ""
    return Page(asked, response.body, final, response.status, headers, now())


def header(response: Response, name: str) -> str:
    """The first value of a header, or an empty string."""
    return (response.headers.get(name) or b"").decode("latin-1")


def not_before(response: Response | None) -> str:
    """When the site wants to be asked again, as far as it may put that off; empty where it does not say."""
    seconds = retry_after(response.headers.get("Retry-After")) if response is not None else 0.0
    if not seconds:
        return ""
    return later(now(), min(seconds / 3600, MOST_RETRY_HOURS))

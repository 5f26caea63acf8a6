"""Says in words, and as a state, why a URL gave no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError

if TYPE_CHECKING:
    from pipelines.store import State


class Refused(IgnoreRequest):
    """We chose not to fetch, or not to keep, what a URL leads to; ``url`` is where that was decided.

    ``not_before`` is when the site wants to be asked again, ISO 8601 in UTC (empty: it does not say).
    """

    def __init__(
        self, reason: str, *, status: int | None = None, url: str = "", not_before: str = ""
    ) -> None:
        super().__init__(reason)
        self.not_before = not_before
        self.reason = reason
        self.status = status
        self.url = url


class Failed(Refused):
    """We tried, and it cannot be had."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What to write of a URL."""

    state: State
    reason: str
    status: int | None = None
    final_url: str = ""
    not_before: str = ""


def fate_of(error: BaseException | None, *, max_bytes: int, seconds: float) -> Fate:
    """The fate of a URL whose request ended with ``error``; the limits are quoted where they were hit."""
    if isinstance(error, Failed):
        return Fate("failed", error.reason, error.status, error.url, error.not_before)
    if isinstance(error, Refused):
        return Fate("skipped", error.reason, error.status, error.url)
    if isinstance(error, HttpError):
        return _fate_of_status(error)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Fate("failed", f"the body unpacks to more than {max_bytes / 2**20:.3g} MiB")
    if isinstance(error, IgnoreRequest) and "redirections" in str(error):
        return Fate("failed", "redirected too often")
    if isinstance(error, DownloadCancelledError):
        return Fate("failed", f"the body is larger than {max_bytes / 2**20:.3g} MiB")
    if isinstance(error, DownloadTimeoutError):
        return Fate("failed", f"not complete after {seconds:g} s")
    return Fate("failed", _words_for(error))


def _words_for(error: BaseException | None) -> str:
    if isinstance(error, DownloadFailedError) and _raised_in(error, "OpenSSL", "service_identity"):
        return "the site's certificate cannot be trusted, or the encrypted connection failed"
    if isinstance(error, DownloadFailedError) and _raised_in(error, "crawler.handler"):
        return "the headers of the answer do not end"
    if isinstance(error, ValueError) and "url" in str(error).lower():
        return f"redirected to what is no URL that can be fetched: {_first_line(error)}"
    known: tuple[tuple[type[BaseException], str], ...] = (
        (CannotResolveHostError, "the host's name cannot be resolved"),
        (DownloadConnectionRefusedError, "the host refused the connection"),
        (ResponseDataLossError, "the connection broke before the body was complete"),
        (DownloadFailedError, "the connection broke, or what answered does not speak HTTP"),
        (UnsupportedURLSchemeError, "only http and https are fetched"),
    )
    for kind, reason in known:
        if isinstance(error, kind):
            return reason
    return f"{type(error).__name__}: {_first_line(error)}"


def _fate_of_status(error: HttpError) -> Fate:
    response = error.response
    status, url = response.status, response.url
    if status == 304:
        return Fate("unchanged", "the site says that the page did not change", status, url)
    if 300 <= status < 400:
        where = response.headers.get("Location") or b""
        shown = where.decode("latin-1")[:200]
        reason = f"HTTP {status} to {shown!r}, which is not fetched" if shown else f"HTTP {status} to nowhere"
        return Fate("failed", reason, status, url)
    said = {404: "not found", 410: "gone", 403: "forbidden", 401: "wants a login", 429: "too many requests"}
    words = f": {said[status]}" if status in said else ": the site failed" if status >= 500 else ""
    return Fate("failed", f"HTTP {status}{words}", status, url)


def _raised_in(error: BaseException, *modules: str) -> bool:
    """Whether one of the causes that Twisted gathered comes from these modules."""
    reasons = getattr(error.__cause__, "reasons", ())
    return any(reason.type.__module__.startswith(modules) for reason in reasons)


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [""])[0][:300]

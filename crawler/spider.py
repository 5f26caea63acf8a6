"""What all spiders share: every URL they come across gets a line in the run's books, and a fate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.linkextractors import IGNORED_EXTENSIONS

from crawler.fates import fate_of
from crawler.listings import Listing, UnreadableListingError
from crawler.traps import trap
from pipelines.items import Desk, Fetched, moment
from pipelines.page import Page

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.source import Source

# what a server tells of its connection or of a visitor, and nothing of the page
_NOT_THE_PAGE = frozenset({"set-cookie", "connection", "keep-alive", "transfer-encoding"})
_NO_PAGES = frozenset(f".{extension}" for extension in IGNORED_EXTENSIONS)


class SourceSpider(Spider):
    """Crawls one source; a subclass reads its listings with ``read``.

    ``limit`` is the number of pages fetched at most (0: all); with ``dry_run`` only listings are fetched.
    """

    # the only listings that are large: the protocol allows 50 MiB
    listing_bytes: int | None = None

    def __init__(self, *, source: Source, desk: Desk, limit: int = 0, dry_run: bool = False) -> None:
        super().__init__()
        self.source = source
        self.desk = desk
        self.limit = min(limit or source.limit, source.limit or limit)
        self.dry_run = dry_run
        self.taken = 0
        self.listings = 0

    async def start(self) -> AsyncIterator[Any]:
        for url in self.source.start:
            for request in self.listing(url):
                yield request

    def read(self, response: Response) -> Listing:
        """The pages and further listings that a listing names. Raises ``UnreadableListingError``."""
        raise NotImplementedError

    # Requests

    def listing(self, url: str) -> Iterator[Request]:
        """A request for a listing, unless there is something against it."""
        if not self.desk.discover(url, self.source.name):
            return
        if self.listings >= self.settings.getint("LISTING_PAGES"):
            self.skip(
                url, f"more than {self.settings.getint('LISTING_PAGES')} feeds, sitemaps or lists in a run"
            )
            return
        self.listings += 1
        meta = {"download_maxsize": self.listing_bytes} if self.listing_bytes else {}
        yield from self._request(url, self.read_listing, {"listing": True, **meta})

    def page(self, url: str, **meta: object) -> Iterator[Request]:
        """A request for a page to keep, unless there is something against it."""
        if not self.desk.discover(url, self.source.name):
            return
        reason = self._against(url)
        if not reason:
            self.taken += 1
            reason = "dry run: would be fetched" if self.dry_run else ""
        if reason:
            self.skip(url, reason)
            return
        yield from self._request(url, self.read_page, dict(meta), headers=self.desk.validators(url))

    def pages(self, urls: Sequence[str]) -> Iterator[Request]:
        """Requests for pages; under a limit those first that were never seen, or not for the longest time."""
        for url in sorted(urls, key=self.desk.last_seen) if self.limit else urls:
            yield from self.page(url)

    def _request(
        self,
        url: str,
        callback: Callable[[Response], Iterable[Any]],
        meta: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Iterator[Request]:
        try:
            yield Request(
                url,
                callback=callback,
                errback=self.failed,
                meta={"asked": url, **meta},
                headers=headers or {},
                dont_filter=True,  # the desk tells what was seen; Scrapy's filter drops without a word
            )
        except ValueError as error:
            self.skip(url, f"not a URL that can be requested: {error}")

    def _against(self, url: str) -> str:
        if reason := trap(url):
            return reason
        if not self.source.on_site(url):
            return f"on {_host(url)}, which is not one of the source's hosts"
        if not self.source.wants(url):
            return "the source's patterns leave it out"
        if self.limit and self.taken >= self.limit:
            return f"left for another run: the limit of {self.limit} pages was reached"
        return ""

    # Answers

    def read_listing(self, response: Response) -> Iterator[Any]:
        """Follow what a listing names; the listing itself is no page."""
        try:
            found = self.read(response)
        except UnreadableListingError as error:
            self.note(response, "failed", str(error))
            return
        except Exception as error:  # noqa: BLE001 - a listing that breaks our reader costs that listing only
            self.note(response, "failed", f"cannot be read: {type(error).__name__}: {error}"[:300])
            return
        self.note(response, "skipped", f"read for its links ({len(found.pages)}), no page to keep")
        yield from self.follow(response, found)

    def follow(self, response: Response, found: Listing) -> Iterator[Request]:
        """Requests for what a listing names."""
        yield from self.pages(found.pages)
        for url in found.more:
            yield from self.listing(url)

    def read_page(self, response: Response) -> Iterator[Any]:
        """Hand the page over."""
        yield Fetched(page_of(response), self.source.name)

    def failed(self, failure: Failure) -> Iterable[Any] | None:
        """Write down why a URL gave nothing."""
        request: Request = failure.request  # type: ignore[attr-defined]
        fate = fate_of(
            failure.value,
            max_bytes=request.meta.get("download_maxsize") or self.settings.getint("DOWNLOAD_MAXSIZE"),
            seconds=self.settings.getfloat("DOWNLOAD_TIMEOUT"),
        )
        state, reason = fate.state, fate.reason
        conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        if state == "unchanged" and not conditional:
            state, reason = "failed", "HTTP 304, although we have no earlier copy"
        response = getattr(failure.value, "response", None)
        asked = request.meta["asked"]
        self.desk.note(
            asked,
            state,
            reason,
            source=self.source.name,
            status=fate.status,
            final_url=fate.final_url or request.url,
            answer=page_of(response) if state == "unchanged" and response is not None else None,
        )
        return None

    def note(self, response: Response, state: Any, reason: str) -> None:
        """Write down the fate of a URL that was answered."""
        assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
        self.desk.note(
            response.request.meta["asked"],
            state,
            reason,
            source=self.source.name,
            status=response.status,
            final_url=response.url,
            size=len(response.body),
        )

    def skip(self, url: str, reason: str) -> None:
        """Write down that a URL is not requested."""
        self.desk.note(url, "skipped", reason, source=self.source.name)


def page_of(response: Response) -> Page:
    """The page of an answer, under the URL that was asked for."""
    assert response.request is not None  # noqa: S101 - as above
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
    return Page(asked, response.body, final, response.status, headers, moment())


def may_be_page(url: str) -> bool:
    """Whether a link may lead to a page: the names of images, archives and the like say that they do not."""
    try:
        path = urlsplit(url).path.lower()
    except ValueError:
        return False
    return not path.endswith(tuple(_NO_PAGES))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"

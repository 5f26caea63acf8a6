"""What all spiders share: every URL they come across gets a line in the run's books, and a fate."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.linkextractors import IGNORED_EXTENSIONS

from crawler.answer import header, not_before, page_of
from crawler.browser import INSTALL, NEEDS_BROWSER, available
from crawler.discovery import Discovery
from crawler.entry_page import entry_page
from crawler.fates import fate_of
from crawler.frontier import Frontier, yields
from crawler.line import Line, Waiting
from crawler.listings import Entry, Listing, UnreadableListingError
from crawler.listings.listing import before, no_newer
from crawler.middlewares.listings import SPARED, UNCHANGED
from crawler.middlewares.moved import Moved
from crawler.middlewares.scope import OutOfHours
from crawler.source import COUNTER
from crawler.traps import trap
from pipelines.items import MISSING, Desk, Fetched
from pipelines.page import VALIDATORS
from pipelines.store.connection import now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.source import Source

_NO_PAGES = frozenset(f".{extension}" for extension in IGNORED_EXTENSIONS)


WOULD_BE_FETCHED = "dry run: would be fetched"

# pages that are asked for before the best of what was found meanwhile come first
ROUND = 8
AT_ONCE = 32  # requests in memory where no limit asks for the best first; the other pages wait on disk


class SourceSpider(Spider):
    """Crawls one source; a subclass reads its listings with ``read``.

    ``limit`` is the number of pages taken at most (0: all), ``taken`` how many of them an earlier way of the source
    has used up; with ``dry_run`` only listings are fetched. ``since`` leaves out pages that are listed as unchanged
    since before that day (``YYYY-MM-DD``).
    """

    # the only listings that are large: the protocol allows 50 MiB
    listing_bytes: int | None = None

    def __init__(
        self,
        *,
        source: Source,
        desk: Desk,
        limit: int = 0,
        dry_run: bool = False,
        taken: int = 0,
        since: str = "",
    ) -> None:
        super().__init__()
        self.source = source
        self.desk = desk
        self.limit = min(limit or source.limit, source.limit or limit)
        self.dry_run = dry_run
        self.since = since
        self.taken = taken
        self.discovery = Discovery(source, desk)
        self.best = Frontier(yields(desk.judged(source.name)) if self.limit else {})
        self.line = Line()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.discovery.most = crawler.settings.getint("LISTING_PAGES")
        crawler.signals.connect(spider.next_pages, signals.scheduler_empty)
        crawler.signals.connect(spider.next_round, signals.spider_idle)
        crawler.signals.connect(spider.broken, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for url in self.source.start:
            for request in self.counted(url, 1) if COUNTER in url else self.listing(url):
                yield request

    def closed(self, reason: str) -> None:
        """Let the way be due again before its own time where it was not read to its end (Scrapy calls this)."""
        if not self.dry_run:
            self.discovery.end()

    def read(self, response: Response) -> Listing:
        """The pages and further listings that a listing names. Raises ``UnreadableListingError``."""
        raise NotImplementedError

    # Requests

    def listing(self, url: str, **meta: object) -> Iterator[Request]:
        """A request for a listing, unless there is something against it."""
        if not self.desk.discover(url, self.source.name):
            return
        if reason := self.discovery.against(url, str(meta.get("listed", ""))):
            self.skip(url, reason)
            return
        size = {"download_maxsize": self.listing_bytes} if self.listing_bytes else {}
        yield from self._request(url, self.read_listing, {"listing": True, **size, **meta})

    def counted(self, pattern: str, number: int) -> Iterator[Request]:
        """A request for the page of this number of a list whose pages are counted."""
        yield from self.listing(pattern.replace(COUNTER, str(number)), counted=(pattern, number))

    def page(self, entry: Entry, deep: int = 0, moves: int = 0) -> Iterator[Request]:
        """Let a page to keep wait for its turn, unless there is something against it; then, what it leads to."""
        if not self.desk.discover(entry.url, self.source.name):
            return
        if reason := self._against(entry):
            self.skip(entry.url, reason)
        elif reason := self._resting(entry):
            self.skip(entry.url, reason)
            yield from self.leave(entry, deep)
        elif self.limit:
            self.best.add(Waiting(entry, deep, moves), self.desk.last_seen(entry.url))
            for hopeless in self.best.shed(max(self.limit - self.taken, 0) + ROUND):
                self.skip(hopeless.entry.url, self._over_limit(), for_now=True)
        else:
            self.line.add(Waiting(entry, deep, moves))

    def leave(self, entry: Entry, deep: int) -> Iterator[Request]:
        """Go on from a page that is left alone for now: one that has moved is asked for where it is."""
        if target := self.desk.moved_to(entry.url):
            yield from self.page(Entry(target, entry.text), deep)

    def next_pages(self) -> int:
        """Ask for pages that have waited longest, as soon as nothing else is to be asked for; how many."""
        return self._ask(self.line, AT_ONCE)

    def next_round(self) -> None:
        """Ask for the best pages that wait, as soon as all that was asked for has been answered."""
        if self._ask(self.best, ROUND) or self.next_pages():
            raise DontCloseSpider

    def _ask(self, waiting: Frontier | Line, most: int) -> int:
        requests: list[Request] = []
        while waiting and len(requests) < most:
            requests += self._take(waiting.pop())
        assert self.crawler.engine is not None  # noqa: S101 - it is the engine that wants to know
        for request in requests:
            self.crawler.engine.crawl(request)
        return len(requests)

    def broken(self, failure: Failure) -> None:
        """A disk that is full ends the run wherever that is found; other mistakes cost what was being read."""
        if isinstance(failure.value, sqlite3.Error | OSError):
            told = f"{type(failure.value).__name__}: {failure.value}"
            self.desk.fault = self.desk.fault or told

    def _take(self, page: Waiting) -> Iterator[Request]:
        entry = page.entry
        if reason := self._room():
            self.skip(entry.url, reason, for_now=True)
            return
        reason = self.unseen()
        if not reason:
            self.taken += 1
            reason = WOULD_BE_FETCHED if self.dry_run else ""
        if reason:
            self.skip(entry.url, reason)
            return
        meta = {
            "render": self.source.browser,
            "links_deep": page.deep,
            "listed": entry.changed,
            "text": entry.text,
            "moves": page.moves,
        }
        yield from self._request(entry.url, self.read_page, meta, headers=self.desk.validators(entry.url))

    def no_longer(self, url: str) -> str:
        """Why a page is not asked for any more by what was learned since it was found; empty where it still is."""
        return ""

    def unseen(self) -> str:
        """Why a page that a browser has to render cannot be had; empty where it can."""
        if self.source.browser and not available():
            return f"{NEEDS_BROWSER} ({INSTALL})"
        return ""

    def _room(self) -> str:
        return self._over_limit() if self.limit and self.taken >= self.limit else ""

    def _over_limit(self) -> str:
        return f"left for another run: the limit of {self.limit} pages was reached"

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

    def _against(self, entry: Entry) -> str:
        url = entry.url
        if reason := trap(url):
            return reason
        if not url.startswith(("http://", "https://")):
            return "only http and https are fetched"
        if not self.source.on_site(url):
            return f"on {_host(url)}, which is not one of the source's hosts"
        if reason := self.source.left_out_by(url):
            return reason
        if self.since and before(entry.changed, self.since):
            return f"listed as last changed on {entry.changed[:10]}, before {self.since}"
        return ""

    def _resting(self, entry: Entry) -> str:
        """Why a page that is known need not be asked for now; sites err in their dates, so what is due is asked for."""
        listed = self.desk.listed(entry.url)
        if no_newer(entry.changed, listed):
            known = f"known, and listed as not changed since {entry.changed[:10]}"
            return "" if self.desk.overdue(entry.url) else known
        return "" if entry.changed and listed else self.desk.not_due(entry.url)

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
        if found.entries or found.more:
            self._hold(response)
        left = f", {found.left:,} more are left" if found.left else ""
        told = f"read for its links ({len(found.entries)}), no page to keep{left}{self._of_before(response)}"
        self.note(response, "skipped", told)
        counted = self._next_counted(response, found)
        named = hash(found.pages) if found.pages else None
        if named is not None and named == response.meta.get("named_before"):
            found = replace(found, more=())  # a list without an end says the same on every further page
        for request in self.follow(response, found):
            if isinstance(request, Request) and request.meta.get("listing"):
                request.meta["named_before"] = named
            yield request
        yield from counted

    @staticmethod
    def _of_before(response: Response) -> str:
        """Why a listing was read as it was before; empty where the site has sent it."""
        if SPARED in response.flags:
            return f"; not asked for, as it is listed as not changed since {response.meta['listed'][:10]}"
        return "; unchanged since it was last read" if UNCHANGED in response.flags else ""

    def _hold(self, response: Response) -> None:
        if response.meta.get("render") or SPARED in response.flags:
            return  # what the site says of its bytes says nothing of what its scripts write
        told = {name: header(response, name) for name in ("ETag", "Last-Modified", "Content-Type")}
        self.desk.keep_listing(
            response.url,
            response.body,
            etag=told["ETag"],
            last_modified=told["Last-Modified"],
            content_type=told["Content-Type"],
            listed=response.meta.get("listed", ""),
            unchanged=UNCHANGED in response.flags,
        )

    def _next_counted(self, response: Response, found: Listing) -> Iterator[Any]:
        """The next page of a list whose pages are counted, as long as they bring something new."""
        assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
        pattern, number = response.request.meta.get("counted", ("", 0))
        fresh = any(
            self.source.on_site(url) and self.source.wants(url) and self.desk.unknown(url, self.source.name)
            for url in found.pages
        )
        return (
            self.counted(pattern, number + 1)
            if pattern and fresh and number < self.source.pages
            else iter(())
        )

    def follow(self, response: Response, found: Listing) -> Iterator[Any]:
        """Requests for what a listing names, and the pages that it carries whole."""
        for entry in found.entries:
            if entry.article is not None and self.source.full_text and not self.dry_run:
                yield from self._carried(entry, response.url)
            else:
                yield from self.page(entry)
        for part in self.discovery.in_turn(found.more):
            yield from self.listing(part.url, listed=part.changed)

    def _carried(self, entry: Entry, feed: str) -> Iterator[Fetched]:
        if not self.desk.discover(entry.url, self.source.name):
            return
        reason, full = self._against(entry) or self._resting(entry), self._room()
        if reason or full:
            self.skip(entry.url, reason or full, for_now=not reason)
            return
        self.taken += 1
        yield Fetched(entry_page(entry, feed), self.source.name, entry.changed)

    def read_page(self, response: Response) -> Iterator[Any]:
        """Hand the page over."""
        assert response.request is not None  # noqa: S101 - as above
        meta = response.request.meta
        yield Fetched(page_of(response), self.source.name, meta["listed"], meta.get("retry_times", 0))

    def failed(self, failure: Failure) -> Iterable[Any] | None:
        """Write down why a URL gave nothing."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Moved):
            return self._moved(request, failure.value)
        fate = fate_of(
            failure.value,
            max_bytes=request.meta.get("download_maxsize") or self.settings.getint("DOWNLOAD_MAXSIZE"),
            seconds=self.settings.getfloat("DOWNLOAD_TIMEOUT"),
        )
        state, reason = fate.state, fate.reason
        listing = bool(request.meta.get("listing"))
        if isinstance(failure.value, OutOfHours):
            if listing:
                self.discovery.leave(now())
            self.skip(request.meta["asked"], reason, for_now=not listing)
            return None
        conditional = any(name in request.headers for name in VALIDATORS)
        if state == "unchanged" and not conditional:
            state, reason = "failed", "HTTP 304, although we have no earlier copy"
        response = getattr(failure.value, "response", None)
        asked = request.meta["asked"]
        self.discovery.failed |= listing and state == "failed" and fate.status not in MISSING
        self.desk.note(
            asked,
            state,
            reason,
            source=self.source.name,
            status=fate.status,
            final_url=fate.final_url or request.url,
            answer=page_of(response) if state == "unchanged" and response is not None else None,
            not_before=fate.not_before or not_before(response),
            listing=listing,
            retries=request.meta.get("retry_times", 0),
        )
        if state == "unchanged":
            self.desk.remember_listed(asked, request.meta.get("listed", ""))
        return None

    def _moved(self, request: Request, moved: Moved) -> Iterator[Request]:
        asked, meta = request.meta["asked"], request.meta
        self.taken -= 1
        self.desk.moved(asked, moved.url, source=self.source.name, status=moved.status or 0)
        return self.page(
            Entry(moved.url, meta["text"], meta["listed"]), meta["links_deep"], meta["moves"] + 1
        )

    def note(self, response: Response, state: Any, reason: str) -> None:
        """Write down the fate of a listing that was answered."""
        assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
        self.discovery.failed |= state == "failed"
        self.desk.note(
            response.request.meta["asked"],
            state,
            reason,
            source=self.source.name,
            status=None
            if SPARED in response.flags
            else 304
            if UNCHANGED in response.flags
            else response.status,
            final_url=response.url,
            size=0 if {SPARED, UNCHANGED} & set(response.flags) else len(response.body),
            listing=True,
            retries=response.request.meta.get("retry_times", 0),
        )

    def skip(self, url: str, reason: str, *, for_now: bool = False) -> None:
        """Write down that a URL is not requested, or ``for_now``: it is due, whether or not its listing is."""
        if for_now:
            self.desk.expect([url], self.source.name)
        self.desk.note(url, "skipped", reason, source=self.source.name, for_now=for_now)


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

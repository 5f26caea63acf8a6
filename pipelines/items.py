"""Where fetched pages go: archived, curated in worker processes, stored. The only module here for Scrapy.

Every URL that a spider discovers ends with one row in ``fetches``, whatever becomes of it; the ``Desk``
keeps these books for all spiders of a run.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self, cast

from pipelines.address import normal_url, post_id
from pipelines.archive import Archive, ArchiveError
from pipelines.curate import Status
from pipelines.page import Page
from pipelines.store import FetchRecord, State, Store, UrlRecord
from pipelines.workers import Curators, TemplateCountsOf

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Beyond this many characters a URL is a trap, and its row only has to say so.
URL_SHOWN = 2000


def moment() -> str:
    """The present moment in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that a spider fetched, and the name of the source it came from: the item of every spider.

    ``listed`` is when a feed or sitemap says that the page was last changed (empty: it does not say).
    """

    page: Page
    source: str
    listed: str = ""


@dataclass
class Desk:
    """The books of one run: what was discovered, and what became of it.

    ``states`` counts fates so far, ``on_fate`` hears of each (for progress). ``fault`` holds the reason why
    nothing can be stored any more (a full disk), which ends the run.
    """

    store: Store
    archive: Archive
    curators: Curators
    run: int
    fingerprint: str
    template_counts: TemplateCountsOf | None = None
    on_fate: Callable[[str, State, str], None] | None = None
    states: Counter[str] = field(default_factory=Counter)
    fault: str = ""
    _open: dict[str, str] = field(default_factory=dict)
    _closed: dict[str, tuple[State, str]] = field(default_factory=dict)

    @property
    def discovered(self) -> int:
        """How many URLs the run has come across."""
        return len(self._open) + len(self._closed)

    @property
    def left(self) -> int:
        """How many of them have no fate yet."""
        return len(self._open)

    def unknown(self, url: str, source: str) -> bool:
        """Whether the run has no fate for a URL yet.

        What one source skipped, by its own patterns or limits, another may still want.
        """
        key = _key(url)
        state, other = self._closed.get(key, ("skipped", ""))
        return key not in self._open and state == "skipped" and other != source

    def discover(self, url: str, source: str) -> bool:
        """Open a line for a URL; ``False`` where there is one."""
        if not self.unknown(url, source):
            return False
        key = _key(url)
        if key in self._closed:
            del self._closed[key]
            self.states["skipped"] -= 1
        self._open[key] = source
        return True

    def note(
        self,
        url: str,
        state: State,
        reason: str,
        *,
        source: str,
        status: int | None = None,
        final_url: str = "",
        size: int | None = None,
        answer: Page | None = None,
    ) -> None:
        """Close the line of a URL that gave no page to curate; ``answer`` carries renewed validators."""
        url = _key(url)
        if final_url and normal_url(final_url) == url:
            final_url = ""
        post = post_id(url) if state == "unchanged" else None
        row = FetchRecord(url, state, source, reason, status, post, final_url[:URL_SHOWN], size, moment())
        try:
            with self.store.transaction():
                self.store.record_fetch(self.run, row)
                if state in {"failed", "unchanged"}:
                    self._remember(url, source, state, answer)
        except (sqlite3.Error, OSError) as error:
            self.fault = self.fault or f"{type(error).__name__}: {error}"
        self._close(url, source, state, reason)

    async def take(self, fetched: Fetched) -> None:
        """Archive a page, curate it unless this very body already was, store what came of it."""
        page, source = fetched.page, fetched.source
        archived = self.archive.put(page, source)
        if self.store.current(page.url, archived.body_hash, self.fingerprint):
            self.note(
                page.url,
                "unchanged",
                "this very page was curated under these very rules before",
                source=source,
                status=page.status,
                final_url=page.final_url,
                size=len(page.body),
                answer=page,
            )
            return
        if not archived.new:  # what is curated is what a replay would find
            page = replace(self.archive.get(archived.capture), url=page.url)
        counts = self.template_counts(page.url) if self.template_counts is not None else None
        outcome = await asyncio.wrap_future(self.curators.submit(page, counts))
        with self.store.transaction():
            saved = self.store.save_with_fetch(outcome, source, self.run)
            self._remember(page.url, source, saved.state, page)
        self._close(_key(page.url), source, saved.state, outcome.reason)

    def catch_up(self, source: str) -> Iterator[None]:
        """Curate the source's pages that an interrupted run archived and no more; yields after each."""
        waiting = [
            capture.id
            for capture in self.archive.latest(source)
            if (known := self.store.url(capture.url)) is None or known.body_hash != capture.body_hash
        ]
        pages = (self.archive.get(capture) for capture in waiting)
        for outcome in self.curators.map(pages, template_counts=self.template_counts):
            self.store.save(outcome, source, self.run)
            yield

    def last_seen(self, url: str) -> str:
        """When a URL was last fetched, ISO 8601; empty: never, which sorts first."""
        known = self.store.url(url)
        return (known.last_seen if known else None) or ""

    def validators(self, url: str) -> dict[str, str]:
        """Headers that ask for a page only if it changed; none unless its last body is curated as of now."""
        known = self.store.url(url)
        if known is None or known.fingerprint != self.fingerprint:
            return {}
        if known.curated not in (Status.ACCEPTED, Status.REJECTED):
            return {}
        told = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in told.items() if value}

    def listed(self, url: str) -> str:
        """When the page that we have was listed as last changed; empty: not known, or there is no such page."""
        return self.store.listed(url)

    def remember_listed(self, url: str, listed: str) -> None:
        """Remember that the page that we have is the one that was listed with this date."""
        if listed:
            self.store.record_listed(url, listed)

    def judged(self, source: str) -> list[tuple[str, bool]]:
        """The URL of every page that a source gave so far, and whether it was accepted."""
        return self.store.judged(source)

    def unchanged_page(self, url: str) -> Page | None:
        """The archived copy of a page that ended as *unchanged*."""
        state, _ = self._closed.get(_key(url), ("", ""))
        capture = self.archive.latest_of(url) if state == "unchanged" else None
        return self.archive.get(capture.id) if capture is not None else None

    def close_open(self, state: State, reason: str) -> None:
        """Give every URL that was discovered and has no fate this one: nothing is left out of the books."""
        for url, source in list(self._open.items()):
            self.note(url, state, reason, source=source)

    def _close(self, key: str, source: str, state: State, reason: str) -> None:
        self._open.pop(key, None)
        self._closed[key] = (state, source)
        self.states[state] += 1
        if self.on_fate is not None:
            self.on_fate(key, state, reason)

    def _remember(self, url: str, source: str, state: State, page: Page | None = None) -> None:
        known = self.store.url(url)
        failed = state in {"failed", "errored"}
        told = (page.header("etag"), page.header("last-modified")) if page else ("", "")
        if known is not None and (page is None or page.status == 304) and not any(told):
            told = (known.etag, known.last_modified)  # an answer without a body may leave them out
        etag, modified = ("", "") if state == "errored" else told
        self.store.record_url(
            UrlRecord(
                url,
                source,
                etag,
                modified,
                known.next_due if known else None,
                (known.failures if known else 0) + 1 if failed else 0,
                state,
                moment(),
            )
        )


def _key(url: str) -> str:
    normal = normal_url(url)
    return normal if len(normal) <= URL_SHOWN else f"{normal[:URL_SHOWN]}… ({len(normal)} characters)"


class HasDesk(Protocol):
    """A spider of a run."""

    desk: Desk


class CuratingPipeline:
    """Hands every page that a spider yields to the desk of its run."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Fetched:
        """Archive, curate, store; a page that cannot be is *errored*, a disk that is full ends the run."""
        desk = cast("HasDesk", self._crawler.spider).desk
        try:
            await desk.take(item)
            desk.remember_listed(item.page.url, item.listed)
        except asyncio.CancelledError:
            # the pool was closed under it: archived, and the next crawl curates it first
            desk.note(item.page.url, "skipped", "stopped before it was curated", source=item.source)
        except ArchiveError as error:
            desk.note(item.page.url, "errored", str(error), source=item.source, status=item.page.status)
        except (sqlite3.Error, OSError) as error:
            desk.fault = desk.fault or f"{type(error).__name__}: {error}"
            await self._crawler.stop_async()
        return item

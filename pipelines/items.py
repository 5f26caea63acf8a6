"""Where fetched pages go: archived, curated in worker processes, stored.

Every URL that a spider discovers ends with one row in ``fetches``, whatever becomes of it; the ``Desk``
keeps these books for all spiders of a run.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.address import URL_SHOWN, book_key, normal_url, post_id
from pipelines.answers import Answers
from pipelines.archive import Archive
from pipelines.closed import Closed
from pipelines.curate import Status
from pipelines.listings import Listings
from pipelines.page import Page, conditions
from pipelines.revisits import USUAL, Bounds, Visit, plan, planned
from pipelines.robots_tags import asks
from pipelines.room import Room
from pipelines.store import AnswerKind, FetchRecord, State, Store, UrlRecord, UrlState
from pipelines.store.connection import now
from pipelines.store.rows import PostRows
from pipelines.unfinished import Unfinished
from pipelines.unread import Unread
from pipelines.workers import Curators, TemplateCountsOf

# HTTP says of these that there is no such page; the others may be temporary
MISSING = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that a spider fetched, and the name of the source it came from: the item of every spider.

    ``listed`` is when a feed or sitemap says that the page was last changed (empty: it does not say), ``retries`` how
    often it had to be asked for again.
    """

    page: Page
    source: str
    listed: str = ""
    retries: int = 0


@dataclass
class Desk:
    """The books of one run: what was discovered, and what became of it.

    ``states`` counts fates so far, ``missing`` the failed pages that are no longer there; ``on_fate`` hears of each
    fate (for progress). ``fault`` holds the reason why nothing can be stored any more (a full disk), which ends the
    run. With ``due_only`` pages that were seen lately are left alone until they are due, which ``bounds`` limits
    by source.
    """

    store: Store
    archive: Archive
    curators: Curators[PostRows]
    run: int
    fingerprint: str
    template_counts: TemplateCountsOf | None = None
    on_fate: Callable[[str, State, str], None] | None = None
    states: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    fault: str = ""
    due_only: bool = False
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    room: Room = field(default_factory=Room)

    def __post_init__(self) -> None:
        self._closed = Closed(self.store.connection, self.run)
        self._open = Unfinished()
        self.answers = Answers(self.archive)
        self.listings = Listings(self.archive)
        self.unread = Unread(self.store)

    @property
    def discovered(self) -> int:
        """How many URLs the run has come across."""
        return len(self._open) + self._closed.total

    @property
    def left(self) -> int:
        """How many of them have no fate yet."""
        return len(self._open)

    def unknown(self, url: str, source: str) -> bool:
        """Whether the run has no fate for a URL yet.

        What one source skipped, by its own patterns or limits, another may still want.
        """
        key = book_key(url)
        if key in self._open:
            return False
        state, other = self._closed.of(key) or ("skipped", "")
        return state == "skipped" and other != source

    def discover(self, url: str, source: str) -> bool:
        """Open a line for a URL; ``False`` where there is one."""
        if not self.unknown(url, source):
            return False
        key = book_key(url)
        if self._closed.of(key) is not None:
            self._closed.take_back(key)
            self.states["skipped"] -= 1
        self._open.add(key, source)
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
        not_before: str = "",
        listing: bool = False,
        retries: int = 0,
        for_now: bool = False,
    ) -> None:
        """Close the line of a URL that gave no page to curate; ``answer`` carries renewed validators.

        What is skipped ``for_now`` and was expected is asked for by the next run; what is skipped otherwise is not.

        ``not_before`` is when the site wants to be asked again, where it says so; a ``listing`` has no other time of
        its own, as its source has one.
        """
        url = book_key(url)
        if final_url and normal_url(final_url) == url:
            final_url = ""
        post = post_id(url) if state == "unchanged" else None
        shown = final_url[:URL_SHOWN]
        row = FetchRecord(url, state, source, reason, status, post, shown, size, now(), retries)
        try:
            if state == "failed" and status in MISSING and not listing:
                self.missing += 1
                self.answers.note(url, "gone", now())
            elif state == "unchanged":
                self.answers.forget(url)
            with self.store.transaction():
                self.store.record_fetch(self.run, row)
                if state == "skipped" and not for_now:
                    self.store.expect_no_more(url, source)
                if state in {"failed", "unchanged"} and not listing:
                    visit = Visit.SAME if state == "unchanged" else Visit.FAILED
                    self._remember(
                        url, source, state, Visit.MISSING if status in MISSING else visit, answer, not_before
                    )
                elif state == "failed" and not_before:
                    self.unread.put_off(url, not_before)
        except (sqlite3.Error, OSError) as error:
            self.fault = self.fault or f"{type(error).__name__}: {error}"
        self._close(url, source, state, reason)

    def end_way(self, listing: str, left: str, *, failed: bool) -> None:
        """See ``Unread.end_way``."""
        try:
            self.unread.end_way(listing, left, failed=failed)
        except (sqlite3.Error, OSError) as error:
            self.fault = self.fault or f"{type(error).__name__}: {error}"

    async def take(self, fetched: Fetched) -> None:
        """Archive a page, curate it unless this very body already was, store what came of it."""
        page, source = fetched.page, fetched.source
        if asked := asks(page).noindex:
            self._withdraw(page, source, asked)
            return
        archived = self.archive.put(page, source)
        if self.store.current(page.url, archived.body_hash, self.curated_under(page.url)):
            self.note(
                page.url,
                "unchanged",
                "this very page was curated under these very rules before",
                source=source,
                status=page.status,
                final_url=page.final_url,
                size=len(page.body),
                answer=page,
                retries=fetched.retries,
            )
            return
        if not archived.new:  # what is curated is what a replay would find
            page = replace(self.archive.get(archived.capture), url=page.url)
        counts = self.template_counts(page.url) if self.template_counts is not None else None
        rows = await asyncio.wrap_future(self.curators.submit(page, counts))
        self.answers.forget(page.url)
        with self.store.transaction():
            before = self.store.url(page.url)
            saved = self.store.save_with_fetch(rows, source, self.run, retries=fetched.retries)
            self._remember(page.url, source, saved.state, self._visit(before, page.url), page)
        self._close(book_key(page.url), source, saved.state, rows.reason)

    def moved(self, url: str, target: str, *, source: str, status: int) -> None:
        """Close the line of a URL whose page has moved for good: it is another name of the one at ``target``."""
        self._answered(url, "moved", normal_url(target), source)
        reason = f"moved for good to {target[:URL_SHOWN]}"
        self.note(url, "skipped", reason, source=source, status=status, final_url=target)

    def _withdraw(self, page: Page, source: str, asked: str) -> None:
        self._answered(page.url, "noindex", asked, source)
        self.note(
            page.url,
            "skipped",
            f"the page asks not to be taken ({asked})",
            source=source,
            status=page.status,
            final_url=page.final_url,
            size=len(page.body),
        )

    def _answered(self, url: str, kind: AnswerKind, detail: str, source: str) -> None:
        try:
            self.answers.note(url, kind, now(), detail)
            with self.store.transaction():
                self._remember(book_key(url), source, "skipped", Visit.SAME)
        except (sqlite3.Error, OSError) as error:
            self.fault = self.fault or f"{type(error).__name__}: {error}"

    def _visit(self, before: UrlState | None, url: str) -> Visit:
        """What a visit found that gave a page; texts can be compared where the same rules made them."""
        after = self.store.url(url)
        if after is not None and after.curated == Status.ERRORED:
            return Visit.FAILED
        if before is None or not before.body_hash or after is None:
            return Visit.NEW
        if before.fingerprint != after.fingerprint:
            return Visit.SAME if before.body_hash == after.body_hash else Visit.CHANGED
        return Visit.SAME if before.text_hash == after.text_hash else Visit.CHANGED

    def not_due(self, url: str) -> str:
        """Why a URL is left alone by a crawl of what is due; empty for one to ask for."""
        known = self.store.url(url) if self.due_only else None
        moment = self._planned(known) if known is not None else ""
        return f"not due before {moment}" if moment > now() else ""

    def overdue(self, url: str) -> bool:
        """Whether the time for another visit to a known URL has come."""
        known = self.store.url(url)
        moment = self._planned(known) if known is not None else ""
        return bool(moment) and moment <= now()

    def _planned(self, known: UrlState) -> str:
        """When a URL is due under the bounds of its source as they are now; empty: nobody planned it."""
        bounds = self.bounds.get(known.source, USUAL)
        return planned(
            known.next_due or "", known.last_seen or "", known.revisit_hours, known.failures, bounds
        )

    def moved_to(self, url: str) -> str:
        """Where a page has moved to for good, as was found by an earlier run; empty where it has not."""
        answer = self.answers.of(url)
        return answer.detail if answer is not None and answer.kind == "moved" else ""

    def archived(self, url: str) -> Page | None:
        """The page of a URL as it was last fetched."""
        capture = self.archive.latest_of(url)
        return self.archive.get(capture.id) if capture is not None else None

    def gave_article(self, url: str) -> bool:
        """Whether the page of a URL was accepted when it was last curated, and no other URL has the very same body."""
        known = self.store.url(url)
        if known is None or known.curated != Status.ACCEPTED:
            return False
        return not self.archive.elsewhere(url, known.body_hash)

    def due(self, source: str) -> list[str]:
        """The URLs of a source that are due, those that have waited longest first."""
        moment = now()
        known = self.store.due(source, moment, self.bounds.get(source, USUAL).most)
        return [url for due, url in sorted((self._planned(one), one.url) for one in known) if due <= moment]

    def catch_up(self, source: str) -> Iterator[None]:
        """Curate the source's pages that an interrupted run archived and no more; yields after each."""
        waiting = [
            capture.id
            for capture in self.archive.latest(source)
            if (known := self.store.url(capture.url)) is None or known.body_hash != capture.body_hash
        ]
        pages = (self.archive.get(capture) for capture in waiting)
        for rows in self.curators.map(pages, template_counts=self.template_counts):
            self.store.save(rows, source, self.run)
            yield

    def last_seen(self, url: str) -> str:
        """When a URL was last fetched, ISO 8601; empty: never, which sorts first."""
        known = self.store.url(url)
        return (known.last_seen if known else None) or ""

    def curated_under(self, url: str) -> str:
        """The fingerprint of what the archived page of a URL would be curated under now."""
        capture = self.archive.latest_of(url)
        return self.curators.sites.fingerprint(self.fingerprint, url, capture.fetched_at if capture else "")

    def validators(self, url: str) -> dict[str, str]:
        """Headers that ask for a page only if it changed; none unless its last body is curated as of now."""
        known = self.store.url(url)
        if known is None or known.fingerprint != self.curated_under(url):
            return {}
        if known.curated not in (Status.ACCEPTED, Status.REJECTED):
            return {}
        if not self.archive.known(url, known.body_hash):
            return {}  # a power cut may take the archive's last page and leave what was made of it
        return conditions(known.etag, known.last_modified)

    def listed(self, url: str) -> str:
        """When the page that we have was listed as last changed; empty: not known, or there is no such page."""
        return self.store.listed(url)

    def remember_listed(self, url: str, listed: str) -> None:
        """Remember that the page that we have is the one that was listed with this date."""
        if listed:
            self.store.record_listed(url, listed)

    def keep_listing(
        self,
        url: str,
        body: bytes,
        *,
        etag: str,
        last_modified: str,
        content_type: str,
        unchanged: bool,
        listed: str = "",
    ) -> None:
        """Hold a listing that was read, to ask for it only if it changed, or that the site says that it did not.

        ``listed`` is when its index says that it was last changed (empty: it does not).
        """
        told = {"etag": etag, "last_modified": last_modified, "at": now(), "listed": listed}
        if unchanged:
            self.listings.renew(url, **told)
        else:
            self.listings.keep(url, body, content_type=content_type, **told)

    def judged(self, source: str) -> list[tuple[str, bool]]:
        """The URL of every page that a source gave so far, and whether it was accepted."""
        return self.store.judged(source)

    def unchanged_page(self, url: str) -> Page | None:
        """The archived copy of a page that ended as *unchanged*."""
        fate = self._closed.of(book_key(url))
        return self.archived(url) if fate is not None and fate[0] == "unchanged" else None

    def expect(self, urls: Iterable[str], source: str) -> None:
        """Remember pages that are to be fetched: they are due until they were, whether or not this run comes to it."""
        self.store.expect(urls, source)

    def close_open(self, state: State, reason: str) -> None:
        """Give every URL that was discovered and has no fate this one: nothing is left out of the books."""
        while lines := self._open.some():
            with self.store.transaction():
                for url, source in lines:
                    self.note(url, state, reason, source=source, for_now=True)
                    self._open.remove(url)  # a key that was cut short has another one

    def shut(self, url: str, source: str, state: State, reason: str) -> None:
        """Close the line of a URL, whose fate is in the books."""
        self._close(book_key(url), source, state, reason)

    def came_in(self, url: str, size: int) -> None:
        """An answer of so many bytes is there, and takes up room until its line is closed."""
        self.room.take(book_key(url), size)

    def _close(self, key: str, source: str, state: State, reason: str) -> None:
        self.room.give_up(key)
        self._open.remove(key)
        self._closed.put(key, state, source)
        self.states[state] += 1
        if self.on_fate is not None:
            self.on_fate(key, state, reason)

    def _remember(
        self,
        url: str,
        source: str,
        state: State,
        visit: Visit,
        page: Page | None = None,
        not_before: str = "",
    ) -> None:
        known = self.store.url(url)
        failed = state in {"failed", "errored"}
        failures = (known.failures if known else 0) + 1 if failed else 0
        seen = now()
        hours = known.revisit_hours if known else None
        following = plan(visit, hours, failures, seen, not_before, self.bounds.get(source, USUAL))
        told = (page.header("etag"), page.header("last-modified")) if page else ("", "")
        if known is not None and (page is None or page.status == 304) and not any(told):
            told = (known.etag, known.last_modified)  # an answer without a body may leave them out
        if known is not None and known.source and state == "unchanged":
            source = known.source  # whoever saw it again, it is still theirs of whom its post is
        etag, modified = ("", "") if state == "errored" else told
        self.store.record_url(
            UrlRecord(
                url,
                source,
                etag,
                modified,
                following.due,
                failures,
                state,
                seen,
                following.hours,
            )
        )

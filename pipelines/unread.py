"""Feeds, sitemaps and lists that were not read, and when they are to be read instead.

A listing is no source's page, and the table ``urls`` has a row of it only where something is left: of one that its site
wants to be left alone (*failed*), and of one that a way begins with which was not read to its end (*skipped*).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.address import book_key
from pipelines.revisits import Visit, plan
from pipelines.store import Store, UrlRecord, UrlState, queries
from pipelines.store.connection import now


class Unread:
    """What of a store's listings is left."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_off(self, listing: str, until: str) -> None:
        """Remember that a listing is not to be had before a moment, as its site says."""
        self._record(listing, until, 1, "failed")

    def put_off_until(self, listing: str) -> str:
        """Until when the site of a listing wants it to be left alone; empty where it never said so."""
        known = self._of(listing)
        return (known.next_due or "") if known is not None and known.last_state == "failed" else ""

    def left_until(self, listing: str) -> str:
        """When a way is due that begins with a listing and was not read to its end; empty where nothing was left."""
        known = self._of(listing)
        return (known.next_due or "") if known is not None else ""

    def end_way(self, listing: str, left: str, *, failed: bool) -> None:
        """Remember when the way that begins with a listing is to be read again, before its own time.

        That is at ``left`` (empty: nothing was left), and where something that it leads to ``failed``, when failures
        are tried again; a listing that its site has put off waits for as long.
        """
        known = self._of(listing)
        if (known is None and not left and not failed) or self.put_off_until(listing) > now():
            return
        failures = (known.failures if known is not None else 0) + 1 if failed else 0
        retry = plan(Visit.FAILED, None, failures, now()).due if failed else ""
        due = min((moment for moment in (left, retry) if moment), default=None)
        self._record(listing, due, failures, "skipped")

    def last_asked(self, urls: Iterable[str], before: int) -> dict[str, str]:
        """When each of these URLs was last asked for in a run before that one, ISO 8601; empty: never."""
        keys = {url: book_key(url) for url in urls}
        asked = queries.last_asked(self._store.connection, keys.values(), before)
        return {url: asked.get(key, "") for url, key in keys.items()}

    def _of(self, listing: str) -> UrlState | None:
        """The row of a listing; None where there is none, or it is that of a page."""
        known = self._store.url(book_key(listing))
        return known if known is not None and not known.source else None

    def _record(self, listing: str, due: str | None, failures: int, state: str) -> None:
        url, seen = book_key(listing), now()
        known = self._store.url(url)
        if known is None or not known.source:  # a page has a time of its own
            record = UrlRecord(url, next_due=due, failures=failures, last_state=state, last_seen=seen)
            self._store.record_url(record)

"""Feeds, sitemaps and lists that were not read, and when they are to be read instead.

A listing is no source's page, and the table ``urls`` has a row of it only where something is left: of one that its site
wants to be left alone (*failed*), and of one that a way begins with which was not read to its end (*skipped*).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.address import normal_url
from pipelines.revisits import Visit, plan
from pipelines.store import Store, UrlRecord, queries
from pipelines.store.connection import now


class Unread:
    """What of a store's listings is left."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_off(self, listing: str, until: str) -> None:
        """Remember that a listing is not to be had before a moment, as its site says."""
        known = self._store.url(listing)
        if known is None or not known.source:
            record = UrlRecord(listing, next_due=until, failures=1, last_state="failed", last_seen=now())
            self._store.record_url(record)

    def put_off_until(self, listing: str) -> str:
        """Until when the site of a listing wants it to be left alone; empty where it never said so."""
        known = self._store.url(listing)
        return (known.next_due or "") if known and not known.source and known.last_state == "failed" else ""

    def left_until(self, listing: str) -> str:
        """When a way is due that begins with a listing and was not read to its end; empty where nothing was left."""
        known = self._store.url(listing)
        return (known.next_due or "") if known and not known.source else ""

    def end_way(self, listing: str, left: str, *, failed: bool) -> None:
        """Remember when the way that begins with a listing is to be read again, before its own time.

        That is at ``left`` (empty: nothing was left), and where something that it leads to ``failed``, when failures
        are tried again; a listing that its site has put off waits for as long.
        """
        known = self._store.url(listing)
        if known is not None and known.source:
            return  # it is a page, which has a time of its own
        if (known is None and not left and not failed) or self.put_off_until(listing) > now():
            return
        failures = (known.failures if known is not None else 0) + 1 if failed else 0
        retry = plan(Visit.FAILED, None, failures, now()).due if failed else ""
        due = min((moment for moment in (left, retry) if moment), default=None)
        self._store.record_url(
            UrlRecord(listing, next_due=due, failures=failures, last_state="skipped", last_seen=now())
        )

    def last_asked(self, urls: Iterable[str], before: int) -> dict[str, str]:
        """When each of these URLs was last asked for in a run before that one, ISO 8601; empty: never."""
        keys = {url: normal_url(url) for url in urls}
        asked = queries.last_asked(self._store.connection, keys.values(), before)
        return {url: asked.get(key, "") for url, key in keys.items()}

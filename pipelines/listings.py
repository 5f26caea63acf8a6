"""Feeds, sitemaps and lists as they were last read, so that a site has to send only those that changed.

What a listing led to is not remembered beside it: it is read again as it was, and everything that it names takes its
usual way. So a run that was cut short loses nothing that it found, and patterns, dates and times of visits hold as if
the site had sent it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.address import normal_url, storable
from pipelines.archive import Archive
from pipelines.packing import MAX_BODY, packed_alone, unpacked_alone
from pipelines.page import conditions
from pipelines.store.connection import immediate, written

TRUSTED_DAYS = 14
"""For so long the date that an index gives a sitemap is taken at its word. Sites err in their dates, and what is new on
a site whose index stands still is found after two weeks, at a fourteenth of what it costs to ask every day."""

SETTLED_DAYS = 2
"""A sitemap that had changed so lately when it was read may have changed again on the day that its date names, in
whatever time zone that day was meant."""

FORGOTTEN_DAYS = 400
"""A listing that nobody asked for in so long (a source that is no more, the pages of a feed that is shorter now) is
forgotten; ways that are read once a year keep theirs."""


@dataclass(frozen=True, slots=True)
class HeldListing:
    """A listing as it was last sent: the body unpacked, and the media type that it was sent as."""

    body: bytes
    content_type: str


class Listings:
    """The listings in an archive, the last answer of each URL; only those that a site can say did not change.

    It says so in its answer, or by the date in the index of its sitemaps.
    """

    def __init__(self, archive: Archive) -> None:
        self._connection = archive.connection

    def validators(self, url: str) -> dict[str, str]:
        """Headers that ask for a listing only if it changed; none where it is not held."""
        row = self._connection.execute(
            "SELECT etag, last_modified FROM listings WHERE url = ?", (normal_url(url),)
        ).fetchone()
        return conditions(*row) if row else {}

    def of(self, url: str) -> HeldListing | None:
        """The listing of a URL; None where there is none, or it is damaged."""
        row = self._connection.execute(
            "SELECT data, size, content_type FROM listings WHERE url = ?", (normal_url(url),)
        ).fetchone()
        body = unpacked_alone(row[0], row[1]) if row else None
        return None if body is None else HeldListing(body, row[2])

    def spares(self, url: str, listed: str, today: datetime | None = None) -> bool:
        """Whether a listing need not be asked for that its index lists as last changed then; never where it does not.

        ``listed`` is a day or a moment in UTC, ISO 8601. The copy that is held was listed with the same date or a later
        one, was read at least ``SETTLED_DAYS`` after it, and no longer than ``TRUSTED_DAYS`` ago.
        """
        row = self._connection.execute(
            "SELECT listed, read_at FROM listings WHERE url = ? AND listed <> ''", (normal_url(url),)
        ).fetchone()
        if not listed or row is None or listed[: len(row[0])] > row[0]:
            return False
        read = datetime.fromisoformat(row[1])
        changed = datetime.fromisoformat(row[0][:10]).replace(tzinfo=UTC)
        trusted = (today or datetime.now(UTC)) - timedelta(days=TRUSTED_DAYS)
        return read >= trusted and read.replace(hour=0, minute=0, second=0) >= changed + timedelta(
            days=SETTLED_DAYS
        )

    def keep(
        self,
        url: str,
        body: bytes,
        *,
        etag: str,
        last_modified: str,
        content_type: str,
        at: str,
        listed: str = "",
    ) -> None:
        """Hold the answer of a URL that could be read, ``listed`` with a date or not.

        One without date and validators has to be sent anew each time, so that a copy serves nobody.
        """
        url = normal_url(url)
        with immediate(self._connection):
            self._connection.execute("DELETE FROM listings WHERE url = ?", (url,))
            if not (etag or last_modified or listed) or len(body) > MAX_BODY:
                return
            told = (url, storable(etag), storable(last_modified), storable(content_type))
            self._connection.execute(
                "INSERT INTO listings (url, etag, last_modified, content_type, size, data, read_at, listed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*told, len(body), packed_alone(body), at, storable(listed)),
            )

    def renew(self, url: str, *, etag: str, last_modified: str, at: str, listed: str = "") -> None:
        """The site says that the listing did not change; validators and the date that come along hold from now on."""
        with immediate(self._connection):
            self._connection.execute(
                "UPDATE listings SET etag = coalesce(nullif(?, ''), etag),"
                " last_modified = coalesce(nullif(?, ''), last_modified), read_at = ?, listed = ? WHERE url = ?",
                (storable(etag), storable(last_modified), at, storable(listed), normal_url(url)),
            )

    def forget(self, today: datetime | None = None) -> int:
        """Forget listings that nobody asked for in ``FORGOTTEN_DAYS``; how many there were."""
        before = (today or datetime.now(UTC)) - timedelta(days=FORGOTTEN_DAYS)
        with immediate(self._connection):
            done = self._connection.execute("DELETE FROM listings WHERE read_at < ?", (written(before),))
        return done.rowcount

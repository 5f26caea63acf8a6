"""What the archive holds and how much room it takes; and what of it may go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipelines.address import host
from pipelines.archive import Archive, ArchiveError
from pipelines.store.connection import immediate, one_moment, written

By = Literal["source", "host"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a source or a host has in the archive; sizes in bytes.

    A body of several URLs counts once to each name, so names may sum to more than the whole. ``packed``
    counts bodies without the dictionaries that they share.
    """

    name: str
    urls: int
    captures: int
    bodies: int
    raw: int
    packed: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Room:
    """The room that the archive takes; ``unused`` bytes of its file a vacuum gives back.

    ``listings`` are the feeds, sitemaps and lists that are held to ask for them only if they changed.
    """

    whole: Holding
    dictionaries: int
    dictionary_bytes: int
    listings: int
    listing_bytes: int
    file: int
    unused: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a prune removed, or would remove."""

    captures: int
    urls: int
    bodies: int
    raw: int
    packed: int
    dictionaries: int
    dictionary_bytes: int

    @property
    def freed(self) -> int:
        """Bytes that the archive's contents shrink by."""
        return self.packed + self.dictionary_bytes


_WANTED = {"source": "source", "host": "host_of(url)"}
_HOLDINGS = """SELECT c.name, c.urls, c.captures, b.bodies, b.raw, b.packed, c.first, c.last
FROM (SELECT {name} AS name, count(DISTINCT url) AS urls, count(*) AS captures,
        coalesce(min(nullif(fetched_at, '')), '') AS first, max(fetched_at) AS last
      FROM captures GROUP BY 1) c
JOIN (SELECT name, count(*) AS bodies, sum(size) AS raw, sum(length(data)) AS packed
      FROM (SELECT DISTINCT {name} AS name, body FROM captures) JOIN bodies ON hash = body GROUP BY 1) b
  ON b.name = c.name
ORDER BY b.packed DESC, c.name"""  # length() of a blob does not read it


def holdings(archive: Archive, by: By) -> list[Holding]:
    """What each source, or each host, holds, those that take most room first."""
    archive.connection.create_function("host_of", 1, host, deterministic=True)
    return [Holding(*row) for row in archive.connection.execute(_HOLDINGS.format(name=_WANTED[by]))]


def room(archive: Archive) -> Room:
    """How much the archive holds in all, and how large its file is."""
    connection = archive.connection
    with one_moment(connection):
        rows = connection.execute(_HOLDINGS.format(name="''")).fetchall()
        count, taken = connection.execute(
            "SELECT count(*), coalesce(sum(length(data)), 0) FROM dictionaries"
        ).fetchone()
        listings, listed = connection.execute(
            "SELECT count(*), coalesce(sum(length(data)), 0) FROM listings"
        ).fetchone()
        pragmas = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        ]
        size, pages, free = pragmas
        whole = Holding(*rows[0]) if rows else Holding("", 0, 0, 0, 0, 0, "", "")
        return Room(whole, count, taken, listings, listed, size * pages, size * free)


def prune(
    archive: Archive,
    held: Iterable[tuple[str, str]],
    *,
    keep_versions: int = 1,
    older_than_days: int | None = None,
    dry_run: bool = False,
    today: datetime | None = None,
) -> Pruned:
    """Remove captures that nothing rests on, then the bodies and dictionaries that nothing needs any more.

    A capture goes when its URL has at least ``keep_versions`` newer ones and it was fetched more than
    ``older_than_days`` ago; one without a date is never old. The latest capture of a URL stays in any
    case, and so does one whose URL and body are among ``held`` (``queries.held_bodies``). ``today`` is
    what ages are counted from: now, if not given.
    """
    connection = archive.connection
    before = "~"  # later than any date
    if older_than_days is not None:
        moment = (today or datetime.now(UTC)) - timedelta(days=older_than_days)
        before = written(moment.astimezone(UTC))
    connection.execute("CREATE TEMP TABLE held (url TEXT, body TEXT, PRIMARY KEY (url, body)) WITHOUT ROWID")
    try:
        connection.executemany("INSERT OR IGNORE INTO held VALUES (?, ?)", held)
        with one_moment(connection) if dry_run else immediate(connection):
            connection.execute(_GOING, (before, older_than_days is None, max(keep_versions, 1)))
            captures, urls, bodies, raw, packed = connection.execute(_COUNTED).fetchone()
            done = Pruned(captures, urls, bodies, raw, packed, *_dictionaries(connection))
            if not dry_run:
                for statement in _REMOVED:
                    connection.execute(statement)
    finally:
        for table in ("held", "going"):
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    return done


def _dictionaries(connection: sqlite3.Connection) -> tuple[int, int]:
    row: tuple[int, int] = connection.execute(
        f"SELECT count(*), coalesce(sum(length(data)), 0) FROM dictionaries WHERE id NOT IN ({_NEEDED})"  # noqa: S608
    ).fetchone()
    return row


def vacuum(archive: Archive) -> None:
    """Give the room of what was removed back to the disk. Raises ArchiveError while others write."""
    try:
        archive.connection.execute("VACUUM")
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise ArchiveError(
            f"{archive.path}: in use, so its file stays as large as it is; what was to go is gone."
            " Run this again when no crawl or import is at work"
        ) from error


_GOING = """CREATE TEMP TABLE going AS
SELECT id, url, body FROM (
  SELECT id, url, body, fetched_at,
    row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC, id DESC) AS version
  FROM main.captures) AS v
WHERE fetched_at < ?1 AND (?2 OR fetched_at <> '') AND version > ?3
  AND NOT EXISTS (SELECT 1 FROM temp.held WHERE held.url = v.url AND held.body = v.body)"""
_LOST = """SELECT body FROM temp.going
WHERE NOT EXISTS (
  SELECT 1 FROM captures c WHERE c.body = going.body AND c.id NOT IN (SELECT id FROM temp.going))"""
_NEEDED = f"SELECT dictionary FROM bodies WHERE dictionary IS NOT NULL AND hash NOT IN ({_LOST})"  # noqa: S608
_COUNTED = f"""SELECT (SELECT count(*) FROM temp.going), (SELECT count(DISTINCT url) FROM temp.going),
  count(*), coalesce(sum(size), 0), coalesce(sum(length(data)), 0)
FROM bodies WHERE hash IN ({_LOST})"""  # noqa: S608
_REMOVED = (
    "DELETE FROM captures WHERE id IN (SELECT id FROM temp.going)",
    "DELETE FROM bodies WHERE NOT EXISTS (SELECT 1 FROM captures WHERE body = hash)",
    "DELETE FROM dictionaries WHERE id NOT IN (SELECT dictionary FROM bodies WHERE dictionary IS NOT NULL)",
)

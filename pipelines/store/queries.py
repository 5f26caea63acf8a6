"""What commands and reports read from corpus.db."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.address import normal_url
from pipelines.store.records import Accounting, State
from pipelines.store.rows import FRAGMENT_COLUMNS, Row

# the posts that a run judged, whatever became of them afterwards
_JUDGED = (
    "(SELECT post FROM fetches WHERE run = ? AND state IN ('accepted', 'rejected') AND post IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Removed:
    """How many blocks of how many posts a rule removed or trimmed."""

    rule: str
    blocks: int
    posts: int


@dataclass(frozen=True, slots=True)
class Reason:
    """How many posts have a status for a reason; ``rule`` is the one that rejected them (or empty)."""

    status: str
    rule: str
    reason: str
    posts: int


def accounting(connection: sqlite3.Connection, run: int, source: str | None = None) -> Accounting:
    """A run's fetches by state: all of them, or those of one source."""
    rows = connection.execute(
        "SELECT state, count(*) FROM fetches WHERE run = ? AND (? IS NULL OR source = ?) GROUP BY state",
        (run, source, source),
    )
    counts: dict[str, int] = dict(rows.fetchall())
    leaves = {name: counts.get(name, 0) for name in ("accepted", "rejected", "unchanged", "errored")}
    fetched = sum(leaves.values())
    skipped, failed = counts.get("skipped", 0), counts.get("failed", 0)
    return Accounting(fetched + skipped + failed, fetched, skipped, failed, **leaves)


def removed_by_rule(connection: sqlite3.Connection, run: int | None = None) -> list[Removed]:
    """Blocks removed or trimmed by each rule, most first."""
    where, values = _judged(run)
    rows = connection.execute(
        "SELECT rule, count(*), count(DISTINCT post) FROM fragments"  # noqa: S608 - a constant of this module
        f" WHERE decision IN ('removed', 'trimmed') {where} GROUP BY rule ORDER BY 2 DESC, 1",
        values,
    )
    return [Removed(*row) for row in rows]


def by_reason(connection: sqlite3.Connection, run: int | None = None) -> list[Reason]:
    """Posts by status, rule and reason, most first."""
    where, values = _judged(run, "id")
    rows = connection.execute(
        "SELECT status, coalesce(rule, ''), reason, count(*) FROM posts"  # noqa: S608 - as above
        f" WHERE true {where} GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        values,
    )
    return [Reason(*row) for row in rows]


def _judged(run: int | None, column: str = "post") -> tuple[str, tuple[int, ...]]:
    return ("", ()) if run is None else (f"AND {column} IN {_JUDGED}", (run,))


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A block as a fragment holds it; ``span`` is what a trim kept of it."""

    index: int
    text: str
    decision: str
    rule: str
    reason: str
    span: tuple[int, int] | None

    @classmethod
    def of(cls, row: Row) -> StoredBlock:
        """The block of a row with the columns ``FRAGMENT_COLUMNS``."""
        _, index, _, _, text, _, decision, rule, _, reason, _, _, start, end, _ = row
        span = (int(start), int(end)) if start is not None and end is not None else None
        return cls(int(index or 0), str(text), str(decision), str(rule or ""), str(reason), span)


def stored_blocks(connection: sqlite3.Connection, post: str) -> list[StoredBlock]:
    """All blocks of a post, in the order of the page."""
    rows = connection.execute(
        f'SELECT {FRAGMENT_COLUMNS} FROM fragments WHERE post = ? ORDER BY "index"',  # noqa: S608
        (post,),
    )
    return [StoredBlock.of(row) for row in rows]


def stored_status(connection: sqlite3.Connection, post: str) -> str:
    """How a page was judged (a copy counts as what it is, accepted); empty where it is no post."""
    row = connection.execute("SELECT status FROM posts WHERE id = ?", (post,)).fetchone()
    status: str = row[0] if row else ""
    return "accepted" if status == "duplicate" else status


def spoken_of_by(connection: sqlite3.Connection, rule: str) -> set[str]:
    """The posts of which a rule said something."""
    return {post for (post,) in connection.execute("SELECT post FROM verdicts WHERE rule = ?", (rule,))}


def last_fetch(connection: sqlite3.Connection, source: str, before: int) -> str:
    """When a URL of a source was last answered, or left out on purpose, in a run before; empty: never.

    Only runs that came to their end count: one that was cut short has left pages for the next.
    """
    (last,) = connection.execute(
        "SELECT max(at) FROM fetches JOIN runs ON runs.id = run"
        " WHERE source = ? AND run < ? AND state <> 'failed' AND runs.status = 'finished'",
        (source, before),
    ).fetchone()
    return last or ""


def last_read(connection: sqlite3.Connection, urls: Iterable[str], before: int) -> str:
    """The same of some URLs, such as those that a source begins with: the feed may be due and the sitemap not."""
    (last,) = connection.execute(
        "SELECT max(at) FROM json_each(?) JOIN fetches ON fetches.url = value JOIN runs ON runs.id = run"
        " WHERE run < ? AND state <> 'failed' AND runs.status = 'finished'",
        (json.dumps(list(urls)), before),
    ).fetchone()
    return last or ""


def last_asked(connection: sqlite3.Connection, urls: Iterable[str], before: int) -> dict[str, str]:
    """When each of some URLs was last asked for, whatever came of it; those that never were are not in it."""
    rows = connection.execute(
        "SELECT url, max(at) FROM json_each(?) JOIN fetches ON fetches.url = value"
        " WHERE run < ? AND (state = 'failed' OR status IS NOT NULL) GROUP BY url",
        (json.dumps(list(urls)), before),
    )
    return dict(rows.fetchall())


def fate(connection: sqlite3.Connection, run: int, url: str) -> tuple[State, str] | None:
    """State and source of a URL in a run; None where it has no row there."""
    row: tuple[State, str] | None = connection.execute(
        "SELECT state, source FROM fetches WHERE run = ? AND url = ?", (run, normal_url(url))
    ).fetchone()
    return row


def judged(connection: sqlite3.Connection, source: str) -> list[tuple[str, bool]]:
    """The posts of a source by URL, and whether each is wanted; those that could not be read say nothing."""
    rows = connection.execute(
        "SELECT url, status IN ('accepted', 'duplicate') FROM posts WHERE source = ? AND status <> 'errored'"
        " ORDER BY url",
        (source,),
    )
    return [(url, bool(wanted)) for url, wanted in rows]


def articles_by_source(connection: sqlite3.Connection) -> dict[str, int]:
    """See ``Store.articles_by_source``."""
    return dict(
        connection.execute(
            "SELECT source, count(*) FROM posts WHERE status = 'accepted' GROUP BY source"
        ).fetchall()
    )


def listed(connection: sqlite3.Connection, url: str) -> str:
    """See ``Store.listed``."""
    row = connection.execute(
        "SELECT listed FROM urls WHERE url = ? AND curated IN ('accepted', 'rejected')", (url,)
    ).fetchone()
    return row[0] if row else ""


def curated_bodies(connection: sqlite3.Connection) -> dict[str, str]:
    """The hash of the body that each URL was last curated from, whatever that gave."""
    return dict(connection.execute("SELECT url, body_hash FROM urls WHERE curated <> ''").fetchall())


def held_bodies(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """URL and hash of each body that a stored post was curated from, or a URL's last outcome."""
    return set(
        connection.execute(
            "SELECT url, body_hash FROM posts UNION SELECT url, body_hash FROM urls WHERE curated <> ''"
        )
    )


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it stands in ``runs``; ``finished`` is None while it goes on, ``left_out`` has a line an error."""

    id: int
    kind: str
    started: str
    finished: str | None
    status: str
    profile: str
    fingerprint: str
    winnow_version: str
    left_out: str


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What became of the URLs of one source in one run."""

    run: int
    source: str
    accounting: Accounting


def runs(connection: sqlite3.Connection, limit: int = 20) -> list[RunRow]:
    """The latest runs, newest first."""
    columns = ", ".join(RunRow.__dataclass_fields__)
    rows = connection.execute(f"SELECT {columns} FROM runs ORDER BY id DESC LIMIT ?", (limit,))  # noqa: S608
    return [RunRow(*row) for row in rows]


def by_source(connection: sqlite3.Connection, run: int) -> list[SourceCounts]:
    """A run's accounting for each of its sources, by name."""
    names = connection.execute("SELECT DISTINCT source FROM fetches WHERE run = ? ORDER BY source", (run,))
    return [SourceCounts(run, name, accounting(connection, run, name)) for (name,) in names.fetchall()]


def past_of_source(
    connection: sqlite3.Connection, source: str, before: int, limit: int = 10
) -> list[SourceCounts]:
    """The same for a source in the finished runs of the same kind before a run, newest first."""
    rows = connection.execute(
        "SELECT DISTINCT run FROM fetches JOIN runs ON runs.id = run WHERE source = ? AND run < ?"
        " AND runs.kind = (SELECT kind FROM runs WHERE id = ?) AND runs.status = 'finished'"
        " ORDER BY run DESC LIMIT ?",
        (source, before, before, limit),
    )
    return [SourceCounts(run, source, accounting(connection, run, source)) for (run,) in rows.fetchall()]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another address of an article; ``kind`` is ``copy``, ``claimed``, ``redirect`` or ``moved``."""

    url: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Copies:
    """``kept`` is the address of the post that is kept instead of this one (empty: this one is), ``aliases`` are all
    other addresses of the article that is kept.
    """

    kept: str = ""
    reason: str = ""
    aliases: tuple[Alias, ...] = ()


def copies_of(connection: sqlite3.Connection, url: str) -> Copies:
    """What a corpus knows of the copies of the page at a URL, as of the last time that it was settled."""
    row = connection.execute(
        "SELECT posts.id, kept.id, kept.url, posts.reason FROM posts"
        " LEFT JOIN posts AS kept ON kept.id = posts.duplicate_of WHERE posts.url = ?",
        (normal_url(url),),
    ).fetchone()
    if row is None:
        return Copies()
    own, kept, kept_url, reason = row
    aliases = connection.execute(
        "SELECT url, kind, reason FROM aliases WHERE post = ? ORDER BY kind = 'copy' DESC, url, reason",
        (kept or own,),
    )
    return Copies(kept_url or "", reason if kept else "", tuple(Alias(*alias) for alias in aliases))

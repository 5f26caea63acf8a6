"""What commands and reports read from corpus.db."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipelines.store.records import Accounting
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


def accounting(connection: sqlite3.Connection, run: int) -> Accounting:
    """A run's fetches by state."""
    rows = connection.execute("SELECT state, count(*) FROM fetches WHERE run = ? GROUP BY state", (run,))
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


def curated_bodies(connection: sqlite3.Connection) -> dict[str, str]:
    """The hash of the body that each URL was last curated from, whatever that gave."""
    return dict(connection.execute("SELECT url, body_hash FROM urls WHERE curated <> ''").fetchall())

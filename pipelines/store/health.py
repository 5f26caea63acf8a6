"""What each source gave in each run, measured at the run's end; and which sources are in quarantine."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, astuple, dataclass, fields

from filters.rule import registry
from filters.rules.spam_text import SpamText
from filters.wordlist_rule import WordlistRule
from pipelines.store.queries import accounting
from pipelines.store.records import Accounting

SPAM_PAGE = 1 / 3
"""A page is spam when rules on spam speak of blocks that hold this share of its text. Of 120 articles with ads put into
them one does, and the rest stay below .26; of 23 pages made of real spam and teasers 18 do."""

# what people and exports see of the accepted posts: not those that a source in quarantine brought since
_SHOWN = (
    "{posts}.status = 'accepted' AND NOT ({posts}.source IN (SELECT name FROM sources WHERE quarantined_since <> '')"
    " AND {posts}.first_seen >= (SELECT quarantined_since FROM sources WHERE name = {posts}.source))"
)


def shown(posts: str = "posts") -> str:
    """The SQL condition on ``posts``, or on the name that it has in a query, for what the corpus holds."""
    return _SHOWN.format(posts=posts)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one source gave in one run.

    ``articles``: addresses come across, fetched or known, that are articles of the corpus; ``spam_pages``: of the
    pages judged (accepted or rejected), those that are spam; ``list_items``: on the accepted pages among
    these, and ``list_items_kept`` of them.
    """

    run: int
    source: str
    discovered: int
    fetched: int
    skipped: int
    failed: int
    accepted: int
    rejected: int
    unchanged: int
    errored: int
    articles: int
    spam_pages: int
    list_items: int
    list_items_kept: int

    @property
    def accounting(self) -> Accounting:
        """The fates of its URLs."""
        return Accounting(*astuple(self)[2:10])

    @property
    def judged(self) -> int:
        """Pages that rules spoke on in this run."""
        return self.accepted + self.rejected


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A source whose posts, from ``since`` on (ISO 8601), are kept and not shown; found in ``run``."""

    source: str
    reason: str
    since: str
    run: int


def measure(connection: sqlite3.Connection, run: int) -> list[SourceRun]:
    """What each source gave in a run, by name, as its fetches and posts tell it now."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT DISTINCT source FROM fetches WHERE run = ? ORDER BY source", (run,)
        )
    ]
    articles, spam, lists = _articles(connection, run), _spam(connection, run), _lists(connection, run)
    return [
        SourceRun(
            run=run,
            source=name,
            **asdict(accounting(connection, run, name)),
            articles=articles.get(name, 0),
            spam_pages=spam.get(name, 0),
            list_items=lists.get(name, (0, 0))[0],
            list_items_kept=lists.get(name, (0, 0))[1],
        )
        for name in names
    ]


def record(connection: sqlite3.Connection, run: int) -> None:
    """Write what ``measure`` finds."""
    connection.execute("DELETE FROM source_runs WHERE run = ?", (run,))
    marks = ", ".join("?" for _ in fields(SourceRun))
    connection.executemany(
        f"INSERT INTO source_runs ({_COLUMNS}) VALUES ({marks})",  # noqa: S608 - our own columns
        [astuple(row) for row in measure(connection, run)],
    )


def _articles(connection: sqlite3.Connection, run: int) -> dict[str, int]:
    return dict(
        connection.execute(
            "SELECT f.source, count(*) FROM fetches f JOIN posts p ON p.url = f.url WHERE f.run = ?"
            " AND f.state NOT IN ('failed', 'errored') AND p.status IN ('accepted', 'duplicate') GROUP BY 1",
            (run,),
        ).fetchall()
    )


def _spam(connection: sqlite3.Connection, run: int) -> dict[str, int]:
    rules = sorted(name for name, rule in registry().items() if issubclass(rule, (WordlistRule, SpamText)))
    marks = ", ".join("?" for _ in rules)
    found = connection.execute(
        "SELECT source, count(*) FROM (SELECT f.source, "  # noqa: S608 - marks only
        " (SELECT sum(length(text)) FROM fragments WHERE post = f.post) AS whole,"
        " (SELECT sum(length(text)) FROM fragments WHERE post = f.post"
        f'   AND "index" IN (SELECT "index" FROM verdicts WHERE post = f.post AND rule IN ({marks}))) AS spam'
        " FROM fetches f WHERE f.run = ? AND f.state IN ('accepted', 'rejected') AND f.post IS NOT NULL)"
        " WHERE spam >= ? * whole AND whole > 0 GROUP BY 1",
        (*rules, run, SPAM_PAGE),
    )
    return dict(found.fetchall())


def _lists(connection: sqlite3.Connection, run: int) -> dict[str, tuple[int, int]]:
    found = connection.execute(
        "SELECT f.source, count(*), sum(g.decision <> 'removed') FROM fetches f JOIN fragments g ON g.post = f.post"
        " WHERE f.run = ? AND f.state = 'accepted' AND g.kind = 'item' GROUP BY 1",
        (run,),
    )
    return {source: (items, kept) for source, items, kept in found}


_COLUMNS = ", ".join(field.name for field in fields(SourceRun))
_SELECT = f"SELECT {', '.join(f's.{field.name}' for field in fields(SourceRun))} FROM source_runs s"  # noqa: S608


def of_run(connection: sqlite3.Connection, run: int) -> list[SourceRun]:
    """What each source gave in a run: as recorded at its end, or as it stands while it goes on."""
    rows = connection.execute(f"{_SELECT} WHERE s.run = ? ORDER BY s.source", (run,)).fetchall()
    return [SourceRun(*row) for row in rows] or measure(connection, run)


def past(connection: sqlite3.Connection, source: str, before: int, limit: int) -> list[SourceRun]:
    """The same of a source in the finished runs of the same kind before a run, newest first."""
    rows = connection.execute(
        f"{_SELECT} JOIN runs r ON r.id = s.run WHERE s.source = ? AND s.run < ? AND r.status = 'finished'"  # noqa: S608
        " AND r.kind = (SELECT kind FROM runs WHERE id = ?) ORDER BY s.run DESC LIMIT ?",
        (source, before, before, limit),
    )
    return [SourceRun(*row) for row in rows]


def latest_crawls(connection: sqlite3.Connection) -> list[SourceRun]:
    """What each source gave in its latest crawl that came to its end."""
    rows = connection.execute(
        f"{_SELECT} WHERE s.run = (SELECT max(o.run) FROM source_runs o JOIN runs r ON r.id = o.run"  # noqa: S608
        " WHERE o.source = s.source AND r.kind = 'crawl' AND r.status = 'finished') ORDER BY s.source"
    )
    return [SourceRun(*row) for row in rows]


def quarantines(connection: sqlite3.Connection) -> list[Quarantine]:
    """The sources in quarantine, by name."""
    rows = connection.execute(
        "SELECT name, quarantine_reason, quarantined_since, quarantine_run FROM sources"
        " WHERE quarantined_since <> '' ORDER BY name"
    )
    return [Quarantine(*row) for row in rows]


def released(connection: sqlite3.Connection, source: str) -> int | None:
    """The run for which a source was in quarantine until a person let it go; None: it never was."""
    row = connection.execute(
        "SELECT quarantine_run FROM sources WHERE name = ? AND quarantined_since = ''", (source,)
    ).fetchone()
    return None if row is None else row[0]


def started(connection: sqlite3.Connection, run: int) -> str:
    """When a run began."""
    (moment,) = connection.execute("SELECT started FROM runs WHERE id = ?", (run,)).fetchone()
    return str(moment)


def put_in(connection: sqlite3.Connection, quarantine: Quarantine) -> None:
    """Write a quarantine."""
    connection.execute(
        "UPDATE sources SET quarantine_reason = ?, quarantined_since = ?, quarantine_run = ? WHERE name = ?",
        (quarantine.reason, quarantine.since, quarantine.run, quarantine.source),
    )


def let_go(connection: sqlite3.Connection, source: str) -> bool:
    """End a quarantine; False where there was none. The run stays on record: see ``released``."""
    changed = connection.execute(
        "UPDATE sources SET quarantine_reason = '', quarantined_since = ''"
        " WHERE name = ? AND quarantined_since <> ''",
        (source,),
    )
    return changed.rowcount > 0

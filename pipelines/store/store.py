"""Writing the corpus: runs, posts with everything that hangs on them, fetches, and what is known of URLs."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields, replace
from importlib import metadata
from pathlib import Path

from filters.chain import Chain
from pipelines.address import normal_url, storable
from pipelines.curate import Outcome, Status
from pipelines.site_settings import SiteSettings
from pipelines.store import health, migrations, queries
from pipelines.store.absent import mark
from pipelines.store.connection import Connected, connect, immediate, now
from pipelines.store.posts import save
from pipelines.store.processes import is_gone
from pipelines.store.records import (
    Accounting,
    Answer,
    FetchRecord,
    RunKind,
    RunStatus,
    Saved,
    Source,
    UrlRecord,
    UrlState,
)
from pipelines.store.rows import PostRows, post_rows, rule_rows
from pipelines.store.settle import settle

_URL_STATE = ", ".join(field.name for field in fields(UrlState))


class Store(Connected):
    """corpus.db, open for writing (or, with ``create=False``, as it is); use it from one thread at a time.

    Every method that writes does so in one ``BEGIN IMMEDIATE`` transaction; ``transaction()`` joins several.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Store:
        """Open the corpus; ``create`` makes the file and brings an older schema up to date.

        Raises StoreError with a message for people (SchemaError: made by another version of winnow).
        """
        return cls(connect(Path(path), migrations.corpus, create=create), Path(path))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside lands together or not at all; nesting joins the outer transaction."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth += 1
            try:
                with immediate(self.connection):
                    yield
            finally:
                self._depth -= 1

    # Runs

    def start_run(
        self, kind: RunKind, chain: Chain, *, alone: bool = False, left_out: Iterable[str] = ()
    ) -> int:
        """Begin a run under the rules of a profile; runs whose process is gone are closed as *killed*.

        ``alone``: no other run of this kind can be at work, whatever process or machine has its number or name by now.
        ``left_out``: what is wrong with each source that the run leaves out.
        """
        host, pid, told = socket.gethostname(), os.getpid(), storable("\n".join(left_out))
        with self.transaction():
            for run, kind_of_run in self.connection.execute(
                "SELECT id, kind FROM runs WHERE status = 'running'"
            ).fetchall():
                if (alone and kind_of_run == kind) or is_gone(self.connection, run):
                    self._close_run(run, "killed")
            self._write_rules(chain)
            added = self.connection.execute(
                "INSERT INTO runs (kind, started, status, profile, fingerprint, winnow_version, host, pid,"
                " left_out) VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?)",
                (kind, now(), storable(chain.name), chain.fingerprint, winnow_version(), host, pid, told),
            )
        assert added.lastrowid is not None  # noqa: S101 - an INSERT has one
        return added.lastrowid

    def finish_run(self, run: int, status: RunStatus = "finished") -> Accounting:
        """End a run, with the counts of its fetches written into its row."""
        with self.transaction():
            return self._close_run(run, status)

    def _close_run(self, run: int, status: RunStatus) -> Accounting:
        counts = self.accounting(run)
        assignments = ", ".join(f"{field.name} = ?" for field in fields(counts))
        self.connection.execute(
            f"UPDATE runs SET finished = ?, status = ?, {assignments} WHERE id = ?",  # noqa: S608
            (now(), status, *astuple(counts), run),
        )
        health.record(self.connection, run)
        return counts

    def _write_rules(self, chain: Chain) -> None:
        rows = rule_rows(chain)
        self.connection.executemany(
            "INSERT INTO rules (id, version, family, scope, summary, settings, step, retired)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
            " family = excluded.family, scope = excluded.scope, summary = excluded.summary,"
            " settings = excluded.settings, step = excluded.step, retired = 0"
            " WHERE (version, family, scope, summary, settings, step, retired) IS NOT"
            " (excluded.version, excluded.family, excluded.scope, excluded.summary, excluded.settings,"
            " excluded.step, 0)",
            rows,
        )
        known = {row[0] for row in rows}
        for (name,) in self.connection.execute("SELECT id FROM rules WHERE retired = 0").fetchall():
            if name not in known:
                self.connection.execute("UPDATE rules SET retired = 1, step = NULL WHERE id = ?", (name,))

    # Sources, fetches, URLs

    def record_source(self, source: Source) -> None:
        """Write what is known of a source."""
        row = tuple(storable(v) if isinstance(v, str) else int(v) for v in astuple(source))
        with self.transaction():
            self.connection.execute(
                "INSERT INTO sources (name, title, homepage, licence, kind, enabled, notes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET title = excluded.title,"
                " homepage = excluded.homepage, licence = excluded.licence, kind = excluded.kind,"
                " enabled = excluded.enabled, notes = excluded.notes"
                " WHERE (title, homepage, licence, kind, enabled, notes) IS NOT (excluded.title,"
                " excluded.homepage, excluded.licence, excluded.kind, excluded.enabled, excluded.notes)",
                row,
            )

    def record_fetch(self, run: int, record: FetchRecord) -> None:
        """Write the fate of a URL in a run; a later one replaces an earlier one, *skipped* replaces none."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO fetches (run, url, final_url, source, state, reason, status, bytes, post, at, retries)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM posts WHERE id = ?), ?, ?)"
                " ON CONFLICT (run, url) DO UPDATE SET final_url = excluded.final_url,"
                " source = excluded.source, state = excluded.state, reason = excluded.reason,"
                " status = excluded.status, bytes = excluded.bytes, post = excluded.post,"
                " at = excluded.at, retries = excluded.retries WHERE excluded.state <> 'skipped'",
                (
                    run,
                    normal_url(record.url),
                    normal_url(record.final_url),
                    storable(record.source),
                    record.state,
                    storable(record.reason),
                    record.status,
                    record.bytes,
                    record.post,
                    record.at or now(),
                    record.retries,
                ),
            )

    def record_url(self, record: UrlRecord) -> None:
        """Remember a URL for the next crawl; what curating gave (hashes, post) is not touched."""
        told = (getattr(record, field.name) for field in fields(UrlRecord))
        row = tuple(storable(v) if isinstance(v, str) else v for v in told)
        with self.transaction():
            self.connection.execute(
                "INSERT INTO urls (url, source, etag, last_modified, next_due, failures, last_state,"
                " last_seen, revisit_hours) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
                " source = excluded.source, etag = excluded.etag, last_modified = excluded.last_modified,"
                " next_due = excluded.next_due, failures = excluded.failures,"
                " last_state = excluded.last_state, last_seen = excluded.last_seen,"
                " revisit_hours = excluded.revisit_hours"
                " WHERE (source, etag, last_modified, next_due, failures, last_state, last_seen, revisit_hours)"
                " IS NOT (excluded.source, excluded.etag, excluded.last_modified, excluded.next_due,"
                " excluded.failures, excluded.last_state, excluded.last_seen, excluded.revisit_hours)",
                row,
            )

    def url(self, url: str) -> UrlState | None:
        """What is known of a URL."""
        row = self.connection.execute(
            f"SELECT {_URL_STATE} FROM urls WHERE url = ?",  # noqa: S608 - names of our own fields
            (normal_url(url),),
        ).fetchone()
        return UrlState(*row) if row else None

    def site_settings(self) -> dict[str, SiteSettings]:
        """What sources say of the pages of their sites, by the source's name."""
        rows = self.connection.execute("SELECT source, settings FROM site_settings ORDER BY source")
        return {source: SiteSettings.from_json(told) for source, told in rows.fetchall()}

    def record_site_settings(self, settings: Mapping[str, SiteSettings]) -> None:
        """Write down what sources say now; those that are not named stay as they were."""
        with self.transaction():
            for source, told in settings.items():
                self.connection.execute("DELETE FROM site_settings WHERE source = ?", (storable(source),))
                if told:
                    self.connection.execute(
                        "INSERT INTO site_settings VALUES (?, ?)",
                        (storable(source), storable(told.as_json())),
                    )

    def listed(self, url: str) -> str:
        """When the page that was last curated was listed as changed; empty: nobody said, or it could not be read."""
        return queries.listed(self.connection, normal_url(url))

    def record_listed(self, url: str, listed: str) -> None:
        """Remember when the page of a URL is listed as last changed, as ``YYYY-MM-DD`` or with a time in UTC."""
        with self.transaction():
            self.connection.execute(
                "UPDATE urls SET listed = ? WHERE url = ? AND listed <> ?",
                (storable(listed), normal_url(url), storable(listed)),
            )

    def expect(self, urls: Iterable[str], source: str) -> None:
        """Remember that pages are to be fetched; nothing changes for those that are known."""
        moment = now()
        with self.transaction():
            self.connection.executemany(
                "INSERT INTO urls (url, source, next_due) VALUES (?, ?, ?) ON CONFLICT (url) DO NOTHING",
                ((normal_url(url), storable(source), moment) for url in urls),
            )

    def expect_no_more(self, url: str, source: str) -> None:
        """Forget a page of a source that was to be fetched, and was not."""
        with self.transaction():
            self.connection.execute(
                "DELETE FROM urls WHERE url = ? AND source = ? AND last_seen IS NULL"
                " AND curated = '' AND moved_to = ''",
                (normal_url(url), source),
            )

    def due(self, source: str, moment: str, most_hours: float) -> Iterator[UrlState]:
        """The URLs of a source whose next visit is due at a moment, or was planned for after more than so many hours.

        Those that have moved for good are not among them: what they have moved to is.
        """
        rows = self.connection.execute(
            f"SELECT {_URL_STATE} FROM urls WHERE source = ? AND (next_due <= ? OR revisit_hours > ?)"  # noqa: S608
            " AND moved_to = ''",
            (source, moment, most_hours),
        )
        return (UrlState(*row) for row in rows)

    def current(self, url: str, body_hash: str, fingerprint: str) -> bool:
        """Whether this very body was curated under these very rules, and could be read.

        This, not the archive, says that a fetched page ends as *unchanged*: a body may have been archived
        by a run that was killed before it was curated.
        """
        known = self.url(url)
        return known is not None and (
            (known.body_hash, known.fingerprint) == (body_hash, fingerprint)
            and known.curated in (Status.ACCEPTED, Status.REJECTED)
        )

    # Posts

    def save(self, made: Outcome | PostRows, source: str, run: int) -> Saved:
        """Write a post, its texts, fragments, verdicts and topics; write nothing where nothing changed.

        An *errored* outcome leaves an earlier post as it is.
        """
        with self.transaction():
            return save(self.connection, _rows(made), source, run)

    def save_with_fetch(
        self,
        made: Outcome | PostRows,
        source: str,
        run: int,
        *,
        unchanged_if_same: bool = False,
        retries: int = 0,
    ) -> Saved:
        """``save`` and the page's row of ``fetches`` in one transaction.

        With ``unchanged_if_same`` a readable page whose post did not change is counted as *unchanged*,
        which is what a replay wants to know.
        """
        rows = _rows(made)
        with self.transaction():
            saved = self.save(rows, source, run)
            if unchanged_if_same and not saved.changed and rows.status is not Status.ERRORED:
                saved = replace(saved, state="unchanged")
            self.record_fetch(
                run,
                FetchRecord(
                    rows.url,
                    saved.state,
                    source,
                    rows.reason,
                    rows.http_status,
                    saved.post,
                    rows.final_url,
                    rows.size,
                    retries=retries,
                ),
            )
        return saved

    def save_anew(self, rows: PostRows, source: str, run: int) -> None:
        """``save`` for a page that the run may have judged before, when less was known of its site."""
        with self.transaction():
            saved = self.save(rows, source, run)
            if not saved.held:
                self.connection.execute(
                    "UPDATE fetches SET state = ?, reason = ?"
                    " WHERE run = ? AND post = ? AND state IN ('accepted', 'rejected')",
                    (saved.state, rows.reason, run, saved.post),
                )

    def settle(self, answers: Iterable[Answer] | None = None) -> int:
        """Decide anew which accepted posts are copies of which; how many posts changed. See ``settle``.

        ``answers`` are all that the archive holds: which pages are gone, have moved or are withdrawn. Without them
        that stays as it stood.
        """
        with self.transaction():
            if answers is not None:
                mark(self.connection, answers)
            return settle(self.connection)

    # Health of sources

    def quarantine(self, quarantine: health.Quarantine) -> None:
        """Keep what a source brings out of sight; nothing is deleted."""
        with self.transaction():
            health.put_in(self.connection, quarantine)

    def release(self, source: str) -> bool:
        """End a source's quarantine; False where it was in none."""
        with self.transaction():
            return health.let_go(self.connection, source)

    # Reading, for the end of a run

    def accounting(self, run: int) -> Accounting:
        """The fates of a run's URLs, counted from its fetches."""
        return queries.accounting(self.connection, run)

    def removed_by_rule(self, run: int | None = None) -> list[queries.Removed]:
        """How many blocks each rule removed or trimmed, most first: in the posts a run judged, or in all."""
        return queries.removed_by_rule(self.connection, run)

    def by_reason(self, run: int | None = None) -> list[queries.Reason]:
        """How many posts ended in which status for which reason: those a run judged, or all."""
        return queries.by_reason(self.connection, run)

    def runs(self, limit: int = 20) -> list[queries.RunRow]:
        """The latest runs, newest first."""
        return queries.runs(self.connection, limit)

    def by_source(self, run: int) -> list[queries.SourceCounts]:
        """A run's accounting for each of its sources."""
        return queries.by_source(self.connection, run)

    def past_of_source(self, source: str, before: int, limit: int = 10) -> list[queries.SourceCounts]:
        """The accounting of a source in finished runs of the same kind before a run, newest first."""
        return queries.past_of_source(self.connection, source, before, limit)

    def spoken_of_by(self, rule: str) -> set[str]:
        """The ids of the posts of which a rule said something."""
        return queries.spoken_of_by(self.connection, rule)

    def last_fetch(self, source: str, before: int) -> str:
        """When a URL of a source was last answered in a run before that one, ISO 8601; empty: never."""
        return queries.last_fetch(self.connection, source, before)

    def last_read(self, urls: Iterable[str], before: int) -> str:
        """When one of these URLs was last read in a finished run before that one, ISO 8601; empty: never."""
        return queries.last_read(self.connection, map(normal_url, urls), before)

    def judged(self, source: str) -> list[tuple[str, bool]]:
        """The URL of every post of a source, and whether it was accepted (or is a copy of one that was)."""
        return queries.judged(self.connection, source)

    def held_bodies(self) -> set[tuple[str, str]]:
        """URL and hash of each body that something stored came from."""
        return queries.held_bodies(self.connection)

    def articles_by_source(self) -> dict[str, int]:
        """How many accepted posts each source gave."""
        return queries.articles_by_source(self.connection)

    def curated_bodies(self) -> dict[str, str]:
        """By URL, the hash of the body it was last curated from."""
        return queries.curated_bodies(self.connection)


def _rows(made: Outcome | PostRows) -> PostRows:
    return made if isinstance(made, PostRows) else post_rows(made)


def winnow_version() -> str:
    """The version of the installed distribution; ``0`` when run from a bare checkout."""
    try:
        return metadata.version("pm-winnow")
    except metadata.PackageNotFoundError:
        return "0"

"""Opening the databases: pragmas, schema checks, and errors that say what to do."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database, Migrations

BUSY_SECONDS = 30.0
WAL_TRIES = 100  # 50 ms apart


class StoreError(Exception):
    """A database that cannot be used as it is; the message says which file and what to do."""


class SchemaError(StoreError):
    """The file's schema is not the one that this version of winnow reads and writes."""


class Connected:
    """A database of ours that is open."""

    connection: sqlite3.Connection

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def now() -> str:
    """The present moment, as all tables hold it."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """A moment in UTC, to the second, as all tables hold it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(
    path: Path, migrations: Migrations, *, create: bool, unrecorded: Iterable[str] = ()
) -> sqlite3.Connection:
    """Open a database of ours, bringing its schema up to date if ``create`` says that we may write.

    ``unrecorded`` names the tables of a file that is ours although it does not say which steps it has seen.

    WAL lets Datasette read while a crawl writes; ``synchronous=NORMAL`` is safe in WAL against any end of
    the process. Raises StoreError for a missing or foreign file and SchemaError for another version's.
    """
    if not create and not path.is_file():
        raise StoreError(f"{path}: there is no such database yet; a crawl or an import makes it")
    if not path.parent.is_dir():
        if not create:
            raise StoreError(f"{path.parent}: there is no such folder")
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened: {error}") from error
    try:
        _prepare(connection, path, migrations, set(unrecorded), create=create)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StoreError(f"{path}: not usable as a database: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(
    connection: sqlite3.Connection, path: Path, migrations: Migrations, unrecorded: set[str], *, create: bool
) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0 and not create:
        raise SchemaError(f"{path}: an empty database; a crawl or an import fills it")
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    # One moment for all that is read: another process may be making the same tables right now.
    connection.execute("BEGIN")
    try:
        pending = _pending(database, path, migrations, unrecorded)
    finally:
        connection.execute("ROLLBACK")
    if pending:
        if not create:
            raise SchemaError(
                f"{path}: made by an older winnow; run a crawl or an import once to bring it up to date"
            )
        _write_ahead(connection)
        with immediate(connection):
            # the lock is ours now: another process may have done it in between
            if _pending(database, path, migrations, unrecorded):
                migrations.apply(database)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL; SQLite does not wait for others who open the file at that moment, so this does."""
    for _ in range(WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _pending(database: Database, path: Path, migrations: Migrations, unrecorded: set[str]) -> bool:
    """Whether steps are missing; raises where the file is not ours or is ahead of us."""
    applied = [step.name for step in migrations.applied(database)]
    ours = [step.name for step in migrations.pending(database)]
    known = {step.name for step in Migrations.pending(migrations, Database(memory=True))}
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise SchemaError(
            f"{path}: made by a newer winnow (it knows the steps {', '.join(unknown)}); update winnow"
        )
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
    ).fetchall()
    if not applied and tables and {name for (name,) in tables} != unrecorded:
        raise SchemaError(
            f"{path}: a database that winnow did not make (it has a table {tables[0][0]!r});"
            " name another folder with --data"
        )
    return bool(ours)


def scratch(table: str) -> sqlite3.Connection:
    """A database of one table that no other process sees, and that goes with its connection.

    It is in memory up to the size of SQLite's cache, 2 MiB, and beyond it in a temporary file (where ``TMPDIR`` says).
    """
    db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    db.execute(table)
    return db


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction that takes its lock at once, so that it waits instead of failing half-way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """What is read inside stands as it did at one moment, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

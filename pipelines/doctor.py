"""Looks for what keeps winnow from working, and says what to do about it. Changes nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from filters import ProfileError
from pipelines.profile import load_profile

DISTRIBUTION = "pm-winnow"
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
REVIEW = "review.db"
DATABASES = {
    "corpus.db": "the posts that Datasette shows",
    "archive.db": "the pages as they were fetched",
    REVIEW: "what curators decided",
}
LOW_DISK = 1 << 30
NO_DISK = 50 << 20
LONG_WAL = 256 << 20


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``todo`` says what mends it, empty where nothing has to be."""

    level: Level
    what: str
    found: str
    todo: str = ""


def examine(data: Path, profile: str = "default") -> Iterator[Check]:
    """All checks of this machine, the data folder and a profile, in the order in which to mend them."""
    yield _python()
    yield _sqlite()
    yield from _dependencies()
    yield _profile(profile)
    yield from _folder(data)
    for name, purpose in DATABASES.items():
        if name != REVIEW or (data / name).exists():
            yield from _database(data / name, purpose)


def _python() -> Check:
    # older ones do not get as far as this line
    return Check(Level.OK, "Python", ".".join(map(str, sys.version_info[:3])))


def _sqlite() -> Check:
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        return Check(
            Level.FAIL, "SQLite", found, f"It has to be {oldest} or later: use a newer Python build."
        )
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError:
            return Check(Level.FAIL, "SQLite", f"{found} without FTS5", "Use a Python whose SQLite has FTS5.")
    return Check(Level.OK, "SQLite", f"{found} with full-text search")


def _dependencies() -> Iterator[Check]:
    try:
        told = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        yield Check(
            Level.FAIL, "winnow", "not installed", "Install it: `make demo`, or `pip install -e .` here."
        )
        return
    yield Check(Level.OK, "winnow", version)
    # what only an extra wants, or another Python, is not wanted here
    wanted = [need for need in told if need.marker is None or need.marker.evaluate({"extra": ""})]
    wrong = [problem for requirement in wanted if (problem := _unmet(requirement))]
    for problem in wrong:
        yield Check(Level.FAIL, "dependency", problem, "Install the pins: `pip install -r requirements.txt`.")
    if not wrong:
        yield Check(Level.OK, "dependencies", f"all {len(wanted)} as required")


def _unmet(requirement: Requirement) -> str:
    """What is wrong with an installed dependency; empty when it fits."""
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing; {requirement.specifier} is required"
    fits = requirement.specifier.contains(found, prereleases=True)
    return "" if fits else f"{requirement.name} is {found}, but {requirement.specifier} is required"


def _profile(name: str) -> Check:
    try:
        chain = load_profile(name)
    except ProfileError as error:
        return Check(
            Level.FAIL, "profile", str(error), "Mend the profile; `winnow rules` lists rules and settings."
        )
    return Check(Level.OK, "profile", f"{name}: {len(chain.rules)} rules, fingerprint {chain.fingerprint}")


def _folder(data: Path) -> Iterator[Check]:
    if data.exists() and not data.is_dir():
        yield Check(
            Level.FAIL, "data folder", f"{data} is a file", "Name a folder with --data or WINNOW_DATA."
        )
        return
    place = data
    while not place.exists() and place != place.parent:
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        yield Check(
            Level.FAIL, "data folder", f"{place} cannot be written to", "Change its owner, or use --data."
        )
    elif place != data:
        yield Check(Level.OK, "data folder", f"{data} is not there yet; a crawl or an import makes it")
    else:
        yield Check(Level.OK, "data folder", str(data))
    free = shutil.disk_usage(place).free
    level = Level.FAIL if free < NO_DISK else Level.WARN if free < LOW_DISK else Level.OK
    todo = (
        "" if level is Level.OK else "Make room before the next crawl: pages are kept as they were fetched."
    )
    yield Check(level, "free disk", f"{free / (1 << 30):.1f} GiB", todo)


def _database(path: Path, purpose: str) -> Iterator[Check]:
    name = path.name
    if not path.exists():
        yield Check(Level.OK, name, f"not there yet ({purpose})")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield Check(Level.FAIL, name, "cannot be read and written", f"Change the owner or mode of {path}.")
        return
    try:
        with contextlib.closing(
            sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
        ) as connection:
            yield from _inside(connection, path, purpose)
    except sqlite3.Error as error:
        yield Check(
            Level.FAIL,
            name,
            f"not a usable database: {error}",
            _mend(path),
        )


def _inside(connection: sqlite3.Connection, path: Path, purpose: str) -> Iterator[Check]:
    name = path.name
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        yield Check(Level.FAIL, name, f"damaged: {verdict}", _mend(path))
        return
    yield Check(Level.OK, name, f"whole, {path.stat().st_size / (1 << 20):.1f} MiB ({purpose})")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, parent, _ = broken[0]
        found = f"{len(broken)} rows point nowhere, such as row {row} of {table} (at {parent})"
        yield Check(Level.FAIL, f"{name} keys", found, _mend(path))
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        todo = f'Nobody may read while a crawl writes: sqlite3 {path} "PRAGMA journal_mode=WAL".'
        yield Check(Level.WARN, f"{name} journal", mode, todo)
    log = path.with_name(name + "-wal")
    if log.exists() and log.stat().st_size > LONG_WAL:
        found = f"{log.stat().st_size / (1 << 20):.0f} MiB wait to be moved into the database"
        todo = f'Stop long readers, then: sqlite3 {path} "PRAGMA wal_checkpoint(TRUNCATE)".'
        yield Check(Level.WARN, f"{name} journal", found, todo)
    schema = _schema(path)
    yield schema
    if name == "corpus.db" and schema.level is Level.OK:
        yield from _last_run(connection)


def _last_run(connection: sqlite3.Connection) -> Iterator[Check]:
    last = connection.execute(
        "SELECT id, kind, started, status FROM runs ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if last is None:
        return
    from pipelines.store.processes import is_gone

    run, kind, started, status = last
    status = "killed" if is_gone(connection, run) else status
    found = f"run {run} ({kind}, {started}): {status}"
    if status in {"killed", "interrupted", "failed"}:
        yield Check(Level.WARN, "last run", found, f"Run the {kind} again: what is done is kept.")
    else:
        yield Check(Level.OK, "last run", found)


def _mend(path: Path) -> str:
    if path.name == "corpus.db":
        return f"Move {path} away and run `winnow replay`: it is made again from archive.db."
    return f"Restore {path} from a copy."


def _schema(path: Path) -> Check:
    """Whether this winnow and the file agree about the schema."""
    from pipelines.archive import Archive
    from pipelines.store import SchemaError, Store, StoreError
    from pipelines.store.review import Review

    label = f"{path.name} schema"
    try:
        if path.name == "corpus.db":
            Store.open(path, create=False).close()
        elif path.name == "archive.db":
            Archive.open(path, create=False).close()
        else:
            Review.open(path, create=False).close()
    except SchemaError as error:
        return Check(Level.FAIL, label, str(error))
    except StoreError as error:
        return Check(Level.FAIL, label, str(error), _mend(path))
    return Check(Level.OK, label, "as this version reads and writes it")

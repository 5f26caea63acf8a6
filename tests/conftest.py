"""What tests of several packages share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Tables = dict[str, list[tuple[Any, ...]]]
TablesOf = Callable[..., Tables]

# what tells when and by which run a row was written, and nothing of the corpus
HISTORY = {
    *("run", "first_seen", "changed_at", "last_seen", "last_state", "next_due", "revisit_hours", "seen"),
    *("gone_since", "since", "last", "tries"),
}
BOOKS = {"runs", "fetches", "source_runs"}


def read_tables(database: Path, *, leave_out: set[str] = HISTORY) -> Tables:
    """All tables of a database but its books, sorted, without the columns that are left out."""
    tables: Tables = {}
    with closing(sqlite3.connect(database, timeout=10)) as db:
        names = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if name not in BOOKS and "_fts" not in name and not name.startswith(("sqlite_", "_sqlite"))
        ]
        for table in names:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(f'"{column}"' for column in columns if column not in leave_out)
            tables[table] = sorted(db.execute(f"SELECT {chosen} FROM {table}").fetchall(), key=repr)
    return tables


@pytest.fixture(scope="session")
def tables_of() -> TablesOf:
    """Reads what a corpus or an archive says, see ``read_tables``."""
    return read_tables


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """A file's tests stay together: a crawl or a served database is then made once and not in every process."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    return LoadFileScheduling(config, log) if config.getoption("dist") == "load" else None

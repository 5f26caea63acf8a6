"""The URLs of a run that have no fate yet, on disk: a sitemap may name more of them than the memory should hold."""

from __future__ import annotations

from pipelines.store.connection import scratch


class Unfinished:
    """By URL, the source that it was discovered for; a file of SQLite that no other sees, and that goes with us.

    Raises ``sqlite3.Error`` where the disk for temporary files is full.
    """

    def __init__(self) -> None:
        self._db = scratch("CREATE TABLE lines (url TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID")
        self._number = 0

    def __del__(self) -> None:
        self._db.close()

    def __len__(self) -> int:
        return self._number

    def __contains__(self, url: str) -> bool:
        return self._db.execute("SELECT 1 FROM lines WHERE url = ?", (url,)).fetchone() is not None

    def add(self, url: str, source: str) -> None:
        """Open the line of a URL that has none."""
        self._db.execute("INSERT INTO lines VALUES (?, ?)", (url, source))
        self._number += 1

    def remove(self, url: str) -> None:
        """Close the line of a URL; nothing happens where there is none."""
        self._number -= self._db.execute("DELETE FROM lines WHERE url = ?", (url,)).rowcount

    def some(self, most: int = 1000) -> list[tuple[str, str]]:
        """URLs and sources of some lines; empty where none is open."""
        return self._db.execute("SELECT url, source FROM lines LIMIT ?", (most,)).fetchall()

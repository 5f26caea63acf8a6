"""Pages that wait for their turn where no limit asks for the best first: in the order they were found in, on disk."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from crawler.listings import Entry
from pipelines.store.connection import scratch

READ = 100  # rows at a time


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page, ``deep`` links from where the crawl began, to which so many ``moves`` for good have led."""

    entry: Entry
    deep: int = 0
    moves: int = 0


class Line:
    """First in, first out; a file of SQLite that no other sees, and that goes with us.

    A request of Scrapy's takes some 2 KiB of memory, and a site's sitemaps may name millions of pages. What an entry
    carries whole is not kept. Raises ``sqlite3.Error`` where the disk for temporary files is full.
    """

    def __init__(self) -> None:
        self._db = scratch("CREATE TABLE line (url, text, changed, deep, moves)")
        self._next: deque[Waiting] = deque()
        self._number = 0

    def __del__(self) -> None:
        self._db.close()

    def __len__(self) -> int:
        return self._number

    def add(self, page: Waiting) -> None:
        """Let a page wait."""
        entry = page.entry
        row = (entry.url, entry.text, entry.changed, page.deep, page.moves)
        self._db.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?)", row)
        self._number += 1

    def pop(self) -> Waiting:
        """The page that has waited longest. Raises ``IndexError`` where none waits."""
        if not self._next:
            self._read()
        self._number -= bool(self._next)
        return self._next.popleft()

    def _read(self) -> None:
        rows = self._db.execute("SELECT rowid, * FROM line ORDER BY rowid LIMIT ?", (READ,)).fetchall()
        for _, url, text, changed, deep, moves in rows:
            self._next.append(Waiting(Entry(url, text, changed), deep, moves))
        if rows:
            self._db.execute("DELETE FROM line WHERE rowid <= ?", (rows[-1][0],))

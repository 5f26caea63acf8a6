"""What became of the URLs of a run so far: the latest in memory, all of them in the books on disk."""

from __future__ import annotations

import sqlite3
from typing import TypeAlias

from pipelines.store import State, queries

Fate: TypeAlias = tuple[State, str]

HELD = 50_000
"""URLs in memory, some 15 MiB: links lead to what was met lately, mostly; what is older is looked up, which takes a
hundredth of a millisecond. A crawl of millions of pages takes no more than one of 50,000."""


class Closed:
    """State and source of every URL of a run that has a fate; ``total`` is how many there are."""

    def __init__(self, connection: sqlite3.Connection, run: int, held: int = HELD) -> None:
        self._connection = connection
        self._run = run
        self._most = held
        self._held: dict[str, Fate] = {}
        self._alike: dict[Fate, Fate] = {}  # a few, which thousands of URLs share
        self.total = 0

    def of(self, key: str) -> Fate | None:
        """The fate of a URL; None where it has none yet."""
        found = self._held.get(key)
        if found is None and self.total > len(self._held):
            found = queries.fate(self._connection, self._run, key)
            if found is not None:
                self._hold(key, found)
        return found

    def put(self, key: str, state: State, source: str) -> None:
        """A URL that had no fate has one, and it is in the books."""
        self.total += 1
        self._hold(key, (state, source))

    def take_back(self, key: str) -> None:
        """A URL that had a fate is looked at again."""
        self.total -= 1
        self._held.pop(key, None)

    def _hold(self, key: str, fate: Fate) -> None:
        self._held[key] = self._alike.setdefault(fate, fate)
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]

"""How many fetched pages may wait for a worker: a fast site must not fill the memory while slow pages are curated."""

from __future__ import annotations

import asyncio

PAGES = 64  # some seconds of work for a few workers: enough that none of them waits for the network
BYTES = 64 * 1024 * 1024  # of bodies


class Room:
    """Knows the pages in hand, by URL; ``wait`` returns when there is room for more. For one event loop only.

    What was asked for before the room was full still comes in, so the bound is exceeded by no more than the requests
    under way.
    """

    def __init__(self, pages: int = PAGES, size: int = BYTES) -> None:
        self._most, self._size = pages, size
        self._held: dict[str, int] = {}
        self._bytes = 0
        self._free = asyncio.Event()
        self._free.set()

    def take(self, url: str, size: int) -> None:
        """A page of so many bytes has come in; this never waits, as the page is there already."""
        self.give_up(url)
        self._held[url] = size
        self._bytes += size
        if len(self._held) >= self._most or self._bytes >= self._size:
            self._free.clear()

    def give_up(self, url: str) -> None:
        """The page is done with; nothing happens for one that is not held."""
        self._bytes -= self._held.pop(url, 0)
        if len(self._held) < self._most and self._bytes < self._size:
            self._free.set()

    async def wait(self) -> None:
        """Return when there is room."""
        await self._free.wait()

"""How a crawl comes along, on standard error: a live line on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipelines.pace import PLAIN_SECONDS, counted, left

if TYPE_CHECKING:
    from pipelines.items import Desk


def told(states: Counter[str], discovered: int, waiting: int, seconds: float) -> str:
    """Counts, rate, and the time that what is known of will take: more pages may turn up on the way."""
    done = discovered - waiting
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{done:,} of {discovered:,} URLs", counted(states), f"{rate:.1f} a second"]
    return ", ".join(filter(None, [*parts, left(done, discovered, seconds)]))


class Progress:
    """Shows the books of a run; ``tick`` is called every second or so."""

    def __init__(self, desk: Desk, *, enabled: bool = True, stream: TextIO | None = None) -> None:
        self._desk = desk
        self._stream = stream or sys.stderr
        self._enabled = enabled
        self._began = self._told = time.monotonic()
        self._live: Live | None = None

    def start(self) -> None:
        """Begin to show."""
        if self._enabled and self._stream.isatty():
            self._live = Live(console=Console(file=self._stream), auto_refresh=False, transient=True)
            self._live.start()

    def tick(self) -> None:
        """Show how it stands."""
        now = time.monotonic()
        if self._live is not None:
            self._live.update(Text(self._line(now), overflow="ellipsis", no_wrap=True), refresh=True)
        elif self._enabled and now - self._told >= PLAIN_SECONDS:
            self._told = now
            self.say(self._line(now))

    def say(self, text: str) -> None:
        """A line that stays."""
        if self._live is not None:
            self._live.console.print(text, highlight=False, markup=False)
        else:
            self._stream.write(f"{text}\n")
            self._stream.flush()

    def stop(self) -> None:
        """Show the end of it."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._enabled:
            self.say(self._line(time.monotonic()))

    def _line(self, now: float) -> str:
        desk = self._desk
        return "crawl: " + told(desk.states, desk.discovered, desk.left, now - self._began)

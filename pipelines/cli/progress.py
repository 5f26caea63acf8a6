"""Progress of long work, on standard error: a live line on a terminal, a plain one a minute elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from pipelines.pace import PLAIN_SECONDS, counted, left


class Progress(Protocol):
    """Hears what became of each page."""

    def step(self, state: str) -> None:
        """One more page ended in this state."""


class Plain:
    """One line a minute: how many, what became of them, how fast, how long still."""

    def __init__(self, what: str, total: int | None, stream: TextIO, *, every: float = PLAIN_SECONDS) -> None:
        self._what, self._total, self._stream, self._every = what, total, stream, every
        self._states: Counter[str] = Counter()
        self._began = self._told = time.monotonic()
        self._news = True

    def step(self, state: str) -> None:
        self._states[state] += 1
        self._news = True
        now = time.monotonic()
        if now - self._told >= self._every:
            self._told = now
            self._tell(now)

    def _tell(self, now: float) -> None:
        self._news = False
        done = self._states.total()
        rate = done / max(now - self._began, 0.001)
        of = f" of {self._total:,}" if self._total else ""
        ahead = left(done, self._total or 0, max(now - self._began, 0.001))
        states = f" ({counted(self._states)})" if self._states else ""
        self._stream.write(
            f"{self._what}: {done:,}{of}{states}, {rate:.1f} a second{ahead and f', {ahead}'}\n"
        )
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._news:
            self._tell(time.monotonic())


class Live:
    """A bar with counts, rate and time left."""

    def __init__(self, what: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bars

        self._states: Counter[str] = Counter()
        self._began = time.monotonic()
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[states]}"),
            TextColumn("{task.fields[rate]:.1f}/s"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True),
        )
        self._task = self._bars.add_task(what, total=total, states="", rate=0.0)

    def step(self, state: str) -> None:
        self._states[state] += 1
        rate = self._states.total() / max(time.monotonic() - self._began, 0.001)
        self._bars.update(self._task, advance=1, states=counted(self._states), rate=rate)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def progress(what: str, total: int | None = None) -> Plain | Live:
    """Live on a terminal, plain lines where there is none."""
    return Live(what, total) if sys.stderr.isatty() else Plain(what, total, sys.stderr)


def pages_in(paths: Sequence[str]) -> int | None:
    """How many pages the inputs hold, where names tell it: one an HTML file, unknown for all else."""
    from pipelines.inputs import HTML, JSONL, WARC

    count = 0
    for given in paths:
        path = Path(given)
        for file in path.rglob("*") if path.is_dir() else [path]:
            name = file.name.lower()
            if given == "-" or name.endswith((*JSONL, *WARC)):
                return None
            count += name.endswith(HTML)
    return count

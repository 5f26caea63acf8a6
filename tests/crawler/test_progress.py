"""How a crawl comes along: counts, rate and time left, live on a terminal and a line a minute elsewhere."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field

import pytest

from crawler import progress
from crawler.progress import Progress, told
from pipelines.pace import PLAIN_SECONDS


@dataclass
class Books:
    """What is read of a desk."""

    states: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @property
    def discovered(self) -> int:
        return self.left + self.states.total()


@dataclass
class Clock:
    """Seconds that go by when a test says so."""

    seconds: float = 1000.0

    def monotonic(self) -> float:
        return self.seconds


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def shown(books: Books, stream: io.StringIO, *, enabled: bool = True) -> Progress:
    return Progress(books, enabled=enabled, stream=stream)  # type: ignore[arg-type]  # it reads no more of a desk


def test_a_line_tells_counts_rate_and_time_left() -> None:
    states = Counter(accepted=1200, failed=3, skipped=0)
    assert told(states, 1503, 300, 60) == (
        "1,203 of 1,503 URLs, 1,200 accepted, 3 failed, 20.1 a second, about 0:15 left"
    )
    assert told(Counter(), 0, 0, 0) == "0 of 0 URLs, 0.0 a second"


def test_elsewhere_than_on_a_terminal_there_is_a_line_a_minute(clock: Clock) -> None:
    books, stream = Books(left=10), io.StringIO()
    crawl = shown(books, stream)
    crawl.start()
    for _ in range(int(2 * PLAIN_SECONDS) + 5):
        clock.seconds += 1
        crawl.tick()
    crawl.say("blog is left alone until its hours come: 22:00-06:00.")
    books.states["accepted"], books.left = 10, 0
    crawl.stop()
    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["crawl: 0 of 10 URLs, 0.0 a second"] * 2
    assert lines[2] == "blog is left alone until its hours come: 22:00-06:00."
    assert lines[3:] == ["crawl: 10 of 10 URLs, 10 accepted, 0.1 a second"]


def test_on_a_terminal_one_line_is_written_anew_and_others_stay(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said stays, word for word, and the counts are told once more at the end."""
    monkeypatch.setenv("TERM", "xterm")
    books, stream = Books(left=2), Terminal()
    crawl = shown(books, stream)
    crawl.start()
    for number in (1, 2):
        clock.seconds += 1
        books.states["accepted"], books.left = number, 2 - number
        crawl.tick()
        if number == 1:
            crawl.say("[red]blog[/red] is due")
    crawl.stop()
    written = stream.getvalue()
    assert "[red]blog[/red] is due\n" in written
    assert "1 of 2 URLs, 1 accepted" in written
    assert "\x1b[2K" in written, "the line is taken back before it is written anew"
    assert written.endswith("crawl: 2 of 2 URLs, 2 accepted, 1.0 a second\n")


def test_who_wants_no_progress_hears_only_what_is_said(clock: Clock) -> None:
    stream = Terminal()
    crawl = shown(Books(left=3), stream, enabled=False)
    crawl.start()
    clock.seconds += 1000
    crawl.tick()
    crawl.say("No source is due.")
    crawl.stop()
    assert stream.getvalue() == "No source is due.\n"

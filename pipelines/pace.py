"""How long work says how it comes along: counts, rate, time left, the same words wherever it is told."""

from __future__ import annotations

from collections import Counter

PLAIN_SECONDS = 60.0
"""Between two lines where nobody watches a terminal: a log of a night's crawl stays readable."""


def counted(states: Counter[str]) -> str:
    """``12 accepted, 3 rejected``, in the order of the alphabet; states without any are left out."""
    return ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()) if number)


def left(done: int, total: int, seconds: float) -> str:
    """``about 2:05 left``, for ``done`` of ``total`` in ``seconds``; empty where nothing tells it."""
    if done <= 0 or seconds <= 0 or total <= done:
        return ""
    return f"about {clock((total - done) * seconds / done)} left"


def clock(seconds: float) -> str:
    """``2:05``, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""URLs of a run that have no fate yet, of which a site may name more than the memory should hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipelines.unfinished import Unfinished


def test_a_line_is_open_until_it_is_closed() -> None:
    lines = Unfinished()
    lines.add("https://blog.example/1", "blog")
    lines.add("https://blog.example/2", "other")
    assert ("https://blog.example/1" in lines, "https://blog.example/3" in lines) == (True, False)
    assert sorted(lines.some()) == [("https://blog.example/1", "blog"), ("https://blog.example/2", "other")]
    assert len(lines.some(1)) == 1
    lines.remove("https://blog.example/1")
    lines.remove("https://blog.example/1")
    assert (len(lines), "https://blog.example/1" in lines) == (1, False)
    lines.remove("https://blog.example/2")
    assert (len(lines), lines.some()) == (0, [])


def memory() -> int:
    """What the process has of it now, in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel")
def test_many_lines_take_no_memory() -> None:
    """They would take 60 MiB and more."""
    lines = Unfinished()
    before = memory()
    for number in range(200_000):
        lines.add(f"https://blog.example/guides/{number:0200}", "blog")
    assert memory() - before < 20
    assert len(lines) == 200_000

"""A server in a process of its own, for tests that look at what a command serves."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest


@contextmanager
def served(arguments: Sequence[str], log: Path) -> Iterator[str]:
    """The address of a server that is started by a command, which writes into a log."""
    with log.open("w") as stream:
        process = subprocess.Popen(arguments, stdout=stream, stderr=stream)
    try:
        for _ in range(300):
            told = re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text())
            if told or process.poll() is not None:
                break
            time.sleep(0.1)
        assert told, log.read_text()
        yield told[1]
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[str]]:
    """``served``, for tests that start what they look at."""
    return served

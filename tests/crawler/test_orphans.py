"""No worker outlives a crawl, whatever ends it and whatever the worker is doing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

# a page is in its hands for ever, and it hears no signal
DEAF = """
import ctypes, os, signal
from pathlib import Path

def curator(profile):
    def curate(page, *more):
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
        (Path(__file__).parent / f"busy-{os.getpid()}").touch()
        ctypes.PyDLL(None).sleep(600)
    return curate
"""
CRAWL = """
import functools, json, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from crawler import process, run
run.Curators = functools.partial(run.Curators, curator="deaf:curator")
if sys.argv[3] == "exception":
    async def broken(self, runner):
        while len(list(Path(sys.argv[2]).glob("busy-*"))) < 2:
            await process.asyncio.sleep(0.05)
        raise RuntimeError("a defect of ours")
    process.Crawling._tick = broken
    told_main = process.Crawling._main
    async def main(self, runner):
        await process.asyncio.gather(told_main(self, runner), broken(self, runner))
    process.Crawling._main = main
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
told = json.loads(sys.argv[1])
sys.exit(run.crawl(told.pop("names"), data=Path(told.pop("data")), **told).status)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM twice", "SIGINT twice", "exception"])
def test_no_worker_outlives_its_crawl(crawls: Crawls, tmp_path: Path, end: str) -> None:
    crawls.source("busy", "urls", [f"{{base}}/guide/{number}" for number in range(4)])
    (tmp_path / "deaf.py").write_text(DEAF)
    told = {
        "names": ["busy"],
        "data": str(tmp_path / "data"),
        "sources_dir": str(crawls.sources),
        "base": crawls.base,
        "workers": 2,
    }
    with subprocess.Popen(
        [sys.executable, "-c", CRAWL, json.dumps(told), str(tmp_path), end],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            limit = time.monotonic() + 180
            while len(busy := list(tmp_path.glob("busy-*"))) < 2 and time.monotonic() < limit:
                time.sleep(0.05)
            workers = [int(path.name.partition("-")[2]) for path in busy]
            assert len(workers) == 2
            if end != "exception":
                assert all(alive(pid) for pid in workers)
                name, *again = end.split()
                process.send_signal(signal.Signals[name])
                if again:  # once asks for what is under way to be finished, twice for the end
                    time.sleep(1)
                    process.send_signal(signal.Signals[name])
            process.wait(60)
        finally:
            process.kill()
    limit = time.monotonic() + 30
    while any(alive(pid) for pid in workers) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in workers)

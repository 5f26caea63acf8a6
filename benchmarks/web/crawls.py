"""Runs the real ``winnow crawl`` on the loopback web and watches it: time, CPU, memory, processes that stay behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from benchmarks.web.server import Asked

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE_SECONDS = 0.5
# what compiling costs is no part of a crawl: an installed winnow was compiled once
_IMPORTS = "import crawler.run, scrapy.crawler; from pipelines.worker import curator; curator('default')"
_WINNOW = "import sys; from pipelines.cli import main; main(sys.argv[1:])"
_INSIDE = "import sys; from benchmarks.web.inside import main; main(sys.argv[1:])"


class Server:
    """The process that serves the web."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port: int = json.loads(self._line())["port"]

    def reset(self) -> None:
        """Begin the count of what is asked for anew."""
        self._ask("reset")

    def asked(self) -> Asked:
        """What was asked for since the last reset."""
        return self._ask("asked")

    def _ask(self, question: str) -> Asked:
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return cast("Asked", json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - a pipe
        return self._process.stdout.readline()


@contextmanager
def served(sites: int, pages: int, seed: int, sources: Path, *, hanging: bool) -> Iterator[Server]:
    """Serve the web in a process of its own; its sources are written into a folder."""
    told = [f"--sites={sites}", f"--pages={pages}", f"--seed={seed}", f"--sources={sources}"]
    told += [] if hanging else ["--no-hanging"]
    with subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", "benchmarks.web.server", *told],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


@dataclass
class Watched:
    """How a crawl went: seconds of wall and of CPU (workers included), MiB of its parent over time."""

    status: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: list[tuple[float, float]] = field(default_factory=list)
    workers: int = 0
    orphans: list[int] = field(default_factory=list)

    @property
    def halves(self) -> tuple[float, float]:
        """The most memory that the parent held in the first and in the second half of its time, in MiB."""
        half = self.memory[-1][0] / 2 if self.memory else 0.0
        first = [held for at, held in self.memory if at <= half]
        second = [held for at, held in self.memory if at > half]
        return max(first, default=0.0), max(second, default=0.0)


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which all modules lie compiled in a folder."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder)}
    subprocess.run([sys.executable, "-c", _IMPORTS], cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own
    return environment


def crawl(
    names: Sequence[str],
    data: Path,
    sources: Path,
    environment: Mapping[str, str],
    *,
    inside: bool = False,
    workers: int = 2,
) -> Watched:
    """Crawl the named sources (none: all) as a user does; ``inside``: with extraction inside the reactor."""
    told = ["crawl", *(names or ["--all"]), f"--data={data}", f"--sources={sources}", f"--workers={workers}"]
    watched = Watched()
    began = time.monotonic()
    command = [sys.executable, "-c", _INSIDE if inside else _WINNOW, *told]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - our own
    seen: dict[int, str] = {}
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(process.pid, watched, seen, began, done))
    watching.start()
    try:
        _, status, used = os.wait4(process.pid, 0)
    except BaseException:
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    finally:
        done.set()
        watching.join()
    watched.seconds = time.monotonic() - began
    process.returncode = watched.status = os.waitstatus_to_exitcode(status)
    watched.cpu = used.ru_utime + used.ru_stime
    watched.workers = len(seen)
    watched.orphans = [pid for pid, start in seen.items() if _stat(pid)[1:] == (start,)]
    return watched


def _watch(pid: int, watched: Watched, seen: dict[int, str], began: float, done: threading.Event) -> None:
    while not done.wait(SAMPLE_SECONDS):
        held = _resident(pid)
        if held:
            watched.memory.append((time.monotonic() - began, held))
        for child in Path("/proc").iterdir():
            if child.name.isdigit():
                parent, *start = _stat(int(child.name))
                if parent == str(pid):
                    seen.setdefault(int(child.name), *start)


def _stat(pid: int) -> tuple[str, ...]:
    """The parent of a process and when it was started, as ``/proc`` has them; one empty string where it is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ("",)
    return ("",) if told[0] == "Z" else (told[1], told[19])


def _resident(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0

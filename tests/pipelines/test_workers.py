"""The worker pool, with workers that really hang, crash, swell and are killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.curate import Outcome, Status
from pipelines.page import Page
from pipelines.workers import Curators, whole

# What a page asks of the worker that gets it: the ways in which extractors really end.
ROGUE = """
import ctypes, os, signal, time
from pipelines.curate import Outcome, Status
from filters.document import Document

def curator(profile):
    if profile != "default":
        raise RuntimeError("no such rogue")
    return curate

def curate(page, template_counts):
    order = page.body.decode()
    if order == "raise":
        raise ValueError("bad page")
    if order == "loop":
        while True:
            try:
                while True: pass
            except Exception:
                pass
    if order == "deaf":  # C code that hears no signal: it holds the interpreter lock and restarts its sleep
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        ctypes.PyDLL(None).sleep(600)
    if order == "crash":
        ctypes.string_at(0)
    if order == "exit":
        os._exit(7)
    if order == "swell":
        bytearray(1 << 40)
    if order.startswith("sleep"):
        time.sleep(float(order.split()[1]))
    document = Document(url=page.address, site=str(os.getpid()))
    return Outcome(page, Status.ACCEPTED, "", document, document)
"""


def page(order: str, number: int = 0) -> Page:
    return Page(url=f"https://pm.example/{number}", body=order.encode())


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie that nobody has waited for does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def workers_of(parent: int) -> set[int]:
    """The processes that a process has started and not ended, whichever thread did."""
    told = (path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children"))
    return {int(pid) for line in told for pid in line.split()}


def wait_until(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


@pytest.fixture
def rogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "rogue.py").write_text(ROGUE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "rogue:curator"


@pytest.fixture
def pool(rogue: str) -> Iterator[Curators[Outcome]]:
    with Curators(whole, workers=1, page_seconds=1, curator=rogue) as curators:
        yield curators


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("raise", "ValueError: bad page"),
        ("loop", "took longer than 1 s"),
        ("deaf", "its worker was killed"),
        ("crash", "ended by SIGSEGV"),
        ("exit", "exit status 7"),
        ("swell", "needs more than the 2048 MiB"),
    ],
)
def test_a_rogue_page_costs_itself_only(pool: Curators[Outcome], order: str, reason: str) -> None:
    """The page ends as errored with the true reason, and the pages around it are curated."""
    before, rogue_page, after = list(pool.map([page("ok", 1), page(order, 2), page("ok", 3)]))
    assert rogue_page.status is Status.ERRORED
    assert reason in rogue_page.reason
    assert rogue_page.page == page(order, 2)
    assert rogue_page.profile == pool.fingerprint
    assert [before.status, after.status] == [Status.ACCEPTED, Status.ACCEPTED]


def test_a_worker_killed_between_two_pages_costs_no_page(pool: Curators[Outcome]) -> None:
    """A kill of an idle worker is not the next page's doing."""
    pid = int(pool.submit(page("ok")).result().before.site)
    os.kill(pid, signal.SIGKILL)
    outcome = pool.submit(page("ok")).result()
    assert outcome.status is Status.ACCEPTED
    assert int(outcome.before.site) != pid


def test_a_worker_killed_at_work_costs_its_page(pool: Curators[Outcome]) -> None:
    """The reason names the signal."""
    pid = int(pool.submit(page("ok")).result().before.site)
    future = pool.submit(page("loop"))
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    assert "SIGKILL" in future.result().reason


def test_workers_that_were_started_wait_for_pages(rogue: str) -> None:
    """All of them, before there is a page."""
    with Curators(whole, workers=2, curator=rogue) as pool:
        pool.start()
        assert wait_until(lambda: len(workers_of(os.getpid())) == 2)
        started = workers_of(os.getpid())
        assert int(pool.submit(page("ok")).result().before.site) in started
        assert workers_of(os.getpid()) == started
    assert not any(alive(pid) for pid in started)


def test_a_worker_is_replaced_after_its_number_of_pages(rogue: str) -> None:
    """Leaks in C libraries end with the worker."""
    with Curators(whole, workers=1, recycle_after=2, curator=rogue) as pool:
        pids = [outcome.before.site for outcome in pool.map(page("ok", n) for n in range(5))]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
    assert not any(alive(int(pid)) for pid in pids)


def test_map_keeps_the_order_and_reads_no_further_than_its_window(rogue: str) -> None:
    """A slow page holds back the ones behind it, and a long input is not read into memory."""
    read = []

    def pages() -> Iterator[Page]:
        for number in range(12):
            read.append(number)
            yield page("sleep 0.2" if number == 0 else "ok", number)

    with Curators(whole, workers=2, curator=rogue) as pool:
        outcomes = pool.map(pages(), window=3)
        first = next(outcomes)
        assert len(read) <= 4
        urls = [first.page.url, *(outcome.page.url for outcome in outcomes)]
    assert urls == [page("", number).url for number in range(12)]


def test_being_stopped_while_a_worker_starts_is_told_as_that(
    rogue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real signal in the middle of ``Thread.start``, where the thread is known to the pool and does not run yet."""
    started = threading.Thread.start

    def stopped(thread: threading.Thread) -> None:
        if thread.name == "curator":
            signal.raise_signal(signal.SIGINT)
        started(thread)

    monkeypatch.setattr(threading.Thread, "start", stopped)
    with pytest.raises(KeyboardInterrupt), Curators(whole, workers=1, curator=rogue) as pool:
        pool.submit(page("ok"))


def test_closing_ends_pages_at_work_and_leaves_no_process(rogue: str) -> None:
    """Ctrl-C does not wait for a page that hangs."""
    pool = Curators(whole, workers=1, curator=rogue)
    pid = int(pool.submit(page("ok")).result().before.site)
    futures = [pool.submit(page("deaf")), pool.submit(page("ok"))]
    time.sleep(0.2)
    pool.close()
    assert all(future.cancelled() for future in futures)
    assert not alive(pid)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(page("ok"))


def test_a_worker_that_cannot_start_says_why(rogue: str, tmp_path: Path) -> None:
    """Every page tells the reason; none waits for ever."""
    with Curators(whole, workers=1, curator="rogue:no_such_function") as pool:
        outcome = pool.submit(page("ok")).result()
    assert outcome.status is Status.ERRORED
    assert "no_such_function" in outcome.reason


PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pipelines.page import Page
from pipelines.workers import Curators, whole
pool = Curators(whole, workers=2, curator="rogue:curator")
both = [pool.submit(Page(url="https://pm.example/", body=b"sleep 0.5")) for _ in range(2)]
print(*{future.result().before.site for future in both}, flush=True)
order = sys.argv[2].encode()
both = [pool.submit(Page(url="https://pm.example/", body=order)) for _ in range(2)]
time.sleep(600)
"""


@pytest.mark.parametrize(("order", "end"), [("ok", "SIGKILL"), ("deaf", "SIGKILL"), ("loop", "SIGTERM")])
def test_no_worker_survives_its_parent(rogue: str, tmp_path: Path, order: str, end: str) -> None:
    """Whatever ends the parent and whatever the workers are doing."""
    with parent(tmp_path, order) as (process, pids):
        time.sleep(0.3)
        assert all(alive(pid) for pid in pids)
        process.send_signal(signal.Signals[end])
        process.wait()
        assert wait_until(lambda: not any(alive(pid) for pid in pids))


def test_ctrl_c_is_the_parents_to_handle(rogue: str, tmp_path: Path) -> None:
    """It reaches the whole process group; the workers neither die of it nor print."""
    with parent(tmp_path, "ok") as (process, pids):
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.3)
        assert all(alive(pid) for pid in pids)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert errors.count("Traceback") == 1  # the parent's own, which does not catch it
        assert errors.rstrip().endswith("KeyboardInterrupt")
        assert wait_until(lambda: not any(alive(pid) for pid in pids))


@contextlib.contextmanager
def parent(folder: Path, order: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process of its own with two workers that have been given ``order``, and the workers' ids."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), order],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            pids = [int(pid) for pid in process.stdout.readline().split()]
            assert len(pids) == 2
            yield process, pids
        finally:
            process.kill()

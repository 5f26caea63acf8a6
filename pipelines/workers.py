"""Curates pages in worker processes: a hostile page costs itself, never the run.

``concurrent.futures.ProcessPoolExecutor`` gives up as a whole when one worker dies, and a page that
hangs in C code hangs it for good. Here a thread in the parent owns each worker, so that a worker
can be killed and replaced while the others go on.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Generic, Self, TypeVar, cast

from filters.template import TemplateCounts
from pipelines.curate import Outcome, errored
from pipelines.page import Page
from pipelines.profile import load_profile
from pipelines.site_settings import PageSettings, Sites

# The worker's first words: it finds our packages as its parent does, wherever the parent was started.
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from pipelines.worker import work; work(int(sys.argv[1]), **json.loads(sys.argv[3]))"
)
START_SECONDS = 120.0
MEMORY_MB = 2048

TemplateCountsOf = Callable[[str], TemplateCounts | None]
"""Says what the page at a URL shares with others of its site."""


Made = TypeVar("Made")
"""What is wanted of an outcome."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has loaded its profile, or says why it could not."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has a page in its hands: from here on the page answers for what happens."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker made of a page; ``retires``: it wants to be replaced before the next one."""

    made: object
    retires: bool = False


class WorkerError(Exception):
    """A worker ended, hung or never started; the message says which, for the page's reason."""


class PoolClosedError(RuntimeError):
    """A page came in when the pool was closed already."""


@dataclass(frozen=True, slots=True)
class _Task(Generic[Made]):
    page: Page
    template_counts: TemplateCounts | None
    future: Future[Made]
    settings: PageSettings | None = None

    @property
    def message(self) -> tuple[object, ...]:
        """What the worker is sent."""
        told = (self.page, self.template_counts)
        return told if self.settings is None else (*told, self.settings)


def whole(outcome: Outcome) -> Outcome:
    """All of an outcome."""
    return outcome


class Curators(Generic[Made]):
    """Worker processes that each load ``profile`` once and curate one page at a time.

    ``finish`` is what is wanted of an outcome, such as ``whole`` or ``post_rows``: a function of a module, since it is
    called in the worker and only what it returns comes over.

    A page that takes longer than ``page_seconds``, wants more than ``memory_mb`` MiB of address space or
    kills its worker ends as *errored* with the reason, and costs that page only. A worker is replaced
    after ``recycle_after`` pages, so that leaks in C libraries do not add up (2,000 real pages left 24 MiB behind).
    Workers start when they are first needed, or at ``start``, and end with the parent, however it ends: they hold one
    end of a pipe whose other end dies with it, and on Linux the kernel kills them besides.

    ``sites`` are what sources say of the pages of their sites. ``curator`` names the function
    (``"module:function"``) that turns the profile's name into what curates a page. Raises ``ProfileError`` when the
    profile cannot be loaded.
    """

    def __init__(
        self,
        finish: Callable[[Outcome], Made],
        profile: str = "default",
        *,
        workers: int = 2,
        page_seconds: float = 60,
        recycle_after: int = 5000,
        memory_mb: int = MEMORY_MB,
        curator: str = "pipelines.worker:curator",
        sites: Sites | None = None,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self.workers = workers
        self.sites = sites or Sites()
        self.fingerprint = load_profile(profile).fingerprint
        self._finish = finish
        self._page_seconds = page_seconds
        self._told = json.dumps(
            {
                "profile": profile,
                "page_seconds": page_seconds,
                "recycle_after": recycle_after,
                "memory_mb": memory_mb,
                "curator": curator,
                "finish": f"{finish.__module__}:{finish.__qualname__}",
                "fingerprint": self.fingerprint,
            }
        )
        self._tasks: queue.SimpleQueue[_Task[Made] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open: dict[Future[Made], None] = {}
        self._slots: list[_Slot[Made]] = []
        self._closed = False

    def submit(self, page: Page, template_counts: TemplateCounts | None = None) -> Future[Made]:
        """Curate one page, with what is known of its site.

        The future always ends with what is wanted of an outcome, or as cancelled when the pool closes.
        """
        future: Future[Made] = Future()
        with self._lock:
            if self._closed:
                raise PoolClosedError("the worker pool is closed")
            self._open[future] = None
            future.add_done_callback(self._forget)
            if len(self._slots) < min(self.workers, len(self._open)):
                self._add()
        settings = self.sites.of(page.url, page.fetched_at)
        self._tasks.put(_Task(page, template_counts, future, settings))
        return future

    def start(self) -> None:
        """Start all workers now, so that they are ready when the first page comes."""
        with self._lock:
            while len(self._slots) < self.workers and not self._closed:
                self._add()

    def failed(self, page: Page, reason: str) -> Made:
        """What is wanted of the outcome of a page that could not be curated."""
        return self._finish(errored(page, reason, self.fingerprint))

    def fingerprint_of(self, url: str, fetched_at: str) -> str:
        """What the page of a URL, fetched at a moment (ISO 8601), is curated under."""
        return self.sites.fingerprint(self.fingerprint, url, fetched_at)

    def map(
        self, pages: Iterable[Page], *, window: int = 0, template_counts: TemplateCountsOf | None = None
    ) -> Iterator[Made]:
        """What is wanted of the outcomes, in input order, reading at most ``window`` pages ahead (0: four a worker)."""
        ahead = window or self.workers * 4
        waiting: deque[Future[Made]] = deque()
        try:
            for page in pages:
                counts = template_counts(page.url) if template_counts is not None else None
                waiting.append(self.submit(page, counts))
                if len(waiting) >= ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End all workers now; pages that are not done are cancelled. Closing twice does no harm."""
        with self._lock:
            self._closed = True
            slots, self._slots = self._slots, []
            unfinished = list(self._open)
        for future in unfinished:
            future.cancel()
        for slot in slots:
            self._tasks.put(None)
            slot.stop()
        for slot in slots:
            # a signal may have come before its thread had started; then there is nothing to wait for, and from now on
            # it starts no worker
            if slot.is_alive():
                slot.join()

    def _add(self) -> None:
        slot = _Slot(self._tasks, self._told, self._page_seconds, self.failed)
        self._slots.append(slot)
        slot.start()

    def _forget(self, future: Future[Made]) -> None:
        self._open.pop(future, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Slot(threading.Thread, Generic[Made]):
    """One place in the pool: the thread that owns a worker, feeds it and replaces it.

    The thread also has to be the one that starts the process: Linux sends the parent-death signal when
    the *thread* that started a child ends.
    """

    def __init__(
        self,
        tasks: queue.SimpleQueue[_Task[Made] | None],
        told: str,
        page_seconds: float,
        failed: Callable[[Page, str], Made],
    ) -> None:
        super().__init__(name="curator", daemon=True)
        self._tasks = tasks
        self._told = told
        # the worker's own alarm comes first; this one is for code that does not hear it
        self._patience = page_seconds * 1.5 + 1
        self._failed = failed
        self._lock = threading.Lock()
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def run(self) -> None:
        # Inherited by the workers: Ctrl-C reaches the whole process group, and it is the parent's to handle.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with suppress(WorkerError):  # the first page tries again, and tells
                self._ready()
            while (task := self._tasks.get()) is not None and not self._stopped:
                if task.future.cancelled():
                    continue
                try:
                    made = self._curate(task)
                except WorkerError as died:
                    self._end()
                    made = self._failed(task.page, str(died))
                except Exception as error:  # noqa: BLE001 - whatever it is, the pages behind this one still want a thread
                    self._end()
                    made = self._failed(task.page, f"{type(error).__name__}: {error}")
                # left pending until now, so that closing the pool can cancel a page that is being worked on
                if task.future.set_running_or_notify_cancel():
                    task.future.set_result(made)
        finally:
            self._end()

    def stop(self) -> None:
        """Kill the worker; the thread ends when it notices."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _curate(self, task: _Task[Made]) -> Made:
        connection = self._hand_over(task)
        late = "the page took longer than {:.0f} s and its worker was killed"
        done = self._receive(connection, self._patience, late)
        if not isinstance(done, Done):
            raise WorkerError(f"the worker answered with {type(done).__name__}")
        if done.retires:
            self._end()
        return cast("Made", done.made)

    def _hand_over(self, task: _Task[Made]) -> Connection:
        """The connection to a worker that has begun the page; one that died before costs no page."""
        for _ in range(2):
            connection = self._ready()
            try:
                connection.send(task.message)
                self._receive(connection, START_SECONDS, "a worker did not take the page within {:.0f} s")
            except (WorkerError, ConnectionError) as error:
                self._end()
                reason = str(error)
            else:
                return connection
        raise WorkerError(reason)

    def _ready(self) -> Connection:
        if self._connection is not None and self._process is not None and self._process.poll() is None:
            return self._connection
        self._end()
        ours, theirs = Pipe()
        with theirs, self._lock:
            if self._stopped:
                raise WorkerError("the worker pool was closed")
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-c", START, str(theirs.fileno()), json.dumps(sys.path), self._told],
                stdin=subprocess.PIPE,  # never written to: its end of file tells that we are gone
                stdout=subprocess.DEVNULL,  # ours may be carrying results
                pass_fds=(theirs.fileno(),),
            )
            self._connection = ours
        ready = self._receive(ours, START_SECONDS, "a worker was not ready after {:.0f} s")
        if not isinstance(ready, Ready) or ready.error:
            raise WorkerError(f"a worker could not start: {getattr(ready, 'error', ready)}")
        return ours

    def _receive(self, connection: Connection, seconds: float, late: str) -> object:
        try:
            if not connection.poll(seconds):
                raise WorkerError(late.format(seconds))
            return connection.recv()
        except (EOFError, ConnectionResetError):
            raise WorkerError(self._epitaph()) from None

    def _epitaph(self) -> str:
        if self._process is None:
            return "the worker is gone"
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "the worker closed its connection"
        if status >= 0:
            return f"the worker ended with exit status {status}"
        return f"the worker was ended by {signal.Signals(-status).name}"

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            if process.stdin is not None:
                process.stdin.close()
            process.wait()

"""The life of one worker process; ``pipelines.workers`` starts it and owns it."""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from pipelines.curate import Outcome, curate, errored
from pipelines.page import Page
from pipelines.workers import Begun, Done, Ready

PR_SET_PDEATHSIG = 1  # linux/prctl.h


CuratePage = Callable[..., Outcome]
"""Takes a page, what is known of its site, and, where its source says something of it, that."""


class PageTimeout(BaseException):
    """The alarm of a page; not an ``Exception``, since extractors swallow those."""


def curator(profile: str) -> CuratePage:
    """What curates a page under a profile."""
    from pipelines.profile import load_profile

    chain = load_profile(profile)
    return lambda page, template_counts, settings=None: curate(page, chain, template_counts, settings)


def work(
    descriptor: int,
    *,
    profile: str,
    page_seconds: float,
    recycle_after: int,
    memory_mb: int,
    curator: str,
    finish: str,
    fingerprint: str,
) -> None:
    """Curate the pages that come through the connection until it closes, or it is time to be replaced."""
    _die_with_parent()
    connection = Connection(descriptor)
    # What libraries log about odd pages ends up in outcomes; thirty lines a page on the terminal help nobody.
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, _alarm)
    try:
        curate_page: CuratePage = _named(curator)(profile)
        finished: Callable[[Outcome], object] = _named(finish)
    except Exception as error:  # noqa: BLE001 - told to the parent, which has the means to say it
        connection.send(Ready(f"{type(error).__name__}: {error}"))
        return
    _limit_memory(memory_mb)
    connection.send(Ready())
    for count in range(1, recycle_after + 1):
        try:
            page, *known = connection.recv()
        except (EOFError, ConnectionResetError):
            return
        connection.send(Begun())
        outcome, spoilt = _curate(curate_page, page, known, page_seconds, memory_mb)
        if not outcome.profile:
            outcome = replace(outcome, profile=fingerprint)
        retires = spoilt or count == recycle_after or _swollen(memory_mb)
        connection.send(Done(finished(outcome), retires))
        if retires:
            return


def _named(told: str) -> Any:
    """What a module calls so, told as ``module:name``."""
    module, _, name = told.partition(":")
    return getattr(importlib.import_module(module), name)


def _curate(
    curate_page: CuratePage,
    page: Page,
    known: Sequence[object],
    seconds: float,
    memory_mb: int,
) -> tuple[Outcome, bool]:
    """The outcome of a page, and whether the worker is of no use any more."""
    # After an alarm or a failed allocation nobody knows what state the C libraries are in: start afresh.
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            return curate_page(page, *known), False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except PageTimeout:
        return errored(page, f"the page took longer than {seconds:g} s"), True
    except MemoryError:
        return errored(page, f"the page needs more than the {memory_mb} MiB a worker may use"), True
    except Exception as error:  # noqa: BLE001 - bad input costs one page
        return errored(page, f"{type(error).__name__}: {error}"), True


def _alarm(signum: int, frame: FrameType | None) -> None:
    raise PageTimeout


def _die_with_parent() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        # hears of the parent's death even while C code holds the interpreter lock
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    threading.Thread(target=_watch_stdin, name="watch", daemon=True).start()


def _watch_stdin() -> None:
    # the parent never writes: this returns when it is gone (also where there is no parent-death signal)
    os.read(0, 1)
    os._exit(1)


def _limit_memory(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def _swollen(megabytes: int) -> bool:
    """Whether the worker once held more than half of what it may use: memory is rarely given back."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak > megabytes * 1024 * (1024 if sys.platform == "darwin" else 1) / 2

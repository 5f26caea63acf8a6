"""CPU time of winnow's curate beside trafilatura's extract with metadata: same pages, in turn."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import trafilatura
from trafilatura.meta import reset_caches

from benchmarks.evaluation.intervals import Estimate, estimate
from benchmarks.evaluation.measures import Pair
from benchmarks.evaluation.pages import Article
from benchmarks.evaluation.systems import page_of
from filters import load_profile
from filters.language import detected
from pipelines.curate import curate

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """``ratio`` is winnow's CPU time over trafilatura's, of all pages; the others are pages a CPU second."""

    ratio: Estimate
    winnow: float
    trafilatura: float
    pages: int


def cost(articles: Iterable[Article]) -> Cost | None:
    """Time every page once with each; ``None`` without pages.

    Who is first changes from page to page, and what trafilatura and htmldate remember of a page is cleared before each
    turn, or the second would find the first one's work done. What a process loads once, such as the models of
    languages, is loaded before.
    """
    chain = load_profile()
    detected("words of no language that is known")
    pairs: list[Pair] = []
    for number, article in enumerate(articles):
        page = page_of(article.html(), article.url)

        def ours() -> object:
            return curate(page, chain)  # noqa: B023 - called before the loop goes on

        def theirs() -> object:
            return trafilatura.extract(page.body, url=page.url, with_metadata=True)  # noqa: B023

        if number % 2:
            peer = _seconds(theirs)
            own = _seconds(ours)
        else:
            own = _seconds(ours)
            peer = _seconds(theirs)
        pairs.append((own, peer))
    pairs = pairs[WARM_UP:] if len(pairs) > 2 * WARM_UP else pairs
    ratio = estimate(pairs)
    if ratio is None:
        return None
    own, peer = (sum(pair[i] for pair in pairs) for i in (0, 1))
    return Cost(ratio, len(pairs) / own, len(pairs) / peer, len(pairs))


def _seconds(work: Callable[[], object]) -> float:
    reset_caches()  # collects garbage too, so nobody pays for the other's
    gc.freeze()
    began = time.process_time()
    work()
    spent = time.process_time() - began
    gc.unfreeze()
    return spent

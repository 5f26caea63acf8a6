"""Shares and means over pages, with the interval in which 95% of resampled page sets have them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from benchmarks.evaluation.measures import Pair

RESAMPLES = 1000
SEED = 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` is the sum of all first figures over that of all second ones; ``pages`` had any."""

    value: float
    low: float
    high: float
    pages: int


def estimate(pairs: Sequence[Pair], resamples: int = RESAMPLES) -> Estimate | None:
    """The share of sums with its percentile bootstrap interval (2.5% and 97.5%), drawn by page.

    ``None`` where no page has a count. With counts of one it is a mean. The draws depend on the number of pages
    alone, so two systems measured on the same pages are compared on the same resamples.
    """
    pairs = [pair for pair in pairs if pair[1]]
    if not pairs:
        return None
    sums, counts = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    value = sum(sums) / sum(counts)
    if len(pairs) == 1:
        return Estimate(value, value, value, 1)
    drawn = sorted(sum(pick(sums)) / sum(pick(counts)) for pick in _draws(len(pairs), resamples))
    low, high = drawn[int(0.025 * resamples)], drawn[min(resamples - 1, int(0.975 * resamples))]
    return Estimate(value, low, high, len(pairs))


@cache
def _draws(pages: int, resamples: int) -> list[Callable[[Sequence[float]], tuple[float, ...]]]:
    rng = random.Random(SEED)  # noqa: S311
    return [itemgetter(*rng.choices(range(pages), k=pages)) for _ in range(resamples)]

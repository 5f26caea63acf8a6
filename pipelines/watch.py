"""Whether a source does as it always did: a run beside the source's own past, and quarantine for what turned to spam.

Everything follows from ``source_runs``, which is written when a run ends, and from what a person let go.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from pipelines.store import Store, health
from pipelines.store.health import Quarantine, SourceRun

PAST = 10
"""Earlier runs that a run is held against: a daily crawl forgets in a week and a half."""

LEAST_PAST = 3
"""Runs before "usual" means anything: of two, one may be the odd one."""

SPREADS = 3.0
"""Spreads (of median absolute deviations, scaled to a standard deviation) from the median: were runs normally
distributed, 1 in 700 would be an alarm on one side."""

ARTICLES_DOWN = 0.3  # of the usual: a feed of ten that shows eight has had a quiet week
LISTS_DOWN = 0.15  # a site's pages differ in their menus by about a tenth
ERRORS_UP = 0.1
SPAM_UP = 0.1
LEAST_ARTICLES, LEAST_ITEMS, LEAST_TRIED = 5, 20, 5  # fewer say nothing of a site

SPAM_WINDOW = 10
"""Pages judged last, over as many runs as it takes: a blog that posts twice a day is seen within a week."""

LEAST_SPAM = 3
QUARANTINE_PAGES, QUARANTINE_SHARE, QUARANTINE_PAST = 5, 0.5, 0.25
"""A source has turned to spam when at least half of the window is spam, five pages of it, and a quarter of
what came before was not: what always was like that is for a person to judge."""

Alarm = Literal["articles", "spam", "lists", "errors", "books", "run", "source", "quarantine"]


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of earlier values, and how far they lie from it."""

    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, in words; ``source`` is empty where it concerns the run."""

    alarm: Alarm
    source: str
    told: str


@dataclass(frozen=True, slots=True)
class Spam:
    """The pages judged last: ``spam`` of ``judged``, since ``first`` run, beside the share before these."""

    judged: int
    spam: int
    first: int
    before: float | None

    @property
    def share(self) -> float:
        """Of the pages judged."""
        return self.spam / self.judged if self.judged else 0.0


def usual(values: Sequence[float]) -> Usual | None:
    """Median and spread; None for fewer than ``LEAST_PAST`` values."""
    if len(values) < LEAST_PAST:
        return None
    median = statistics.median(values)
    return Usual(median, 1.4826 * statistics.median(abs(value - median) for value in values))


def findings(now: SourceRun, past: Sequence[SourceRun], released: int | None = None) -> Iterator[Finding]:
    """What is wrong with a source in a run that came to its end.

    ``past`` is newest first; ``released`` the run for which a person let the source out of quarantine.
    """
    if not now.accounting.balanced:
        yield Finding("books", now.source, "its books do not balance, which is a defect of winnow's")
    yield from _articles(now, past)
    yield from _spam(now, past, released)
    yield from _lists(now, past)
    yield from _errors(now, past)


def _articles(now: SourceRun, past: Sequence[SourceRun]) -> Iterator[Finding]:
    was = usual([run.articles for run in past])
    if was is None or was.median < LEAST_ARTICLES:
        return
    if now.articles < was.median - max(SPREADS * was.spread, ARTICLES_DOWN * was.median):
        yield Finding("articles", now.source, f"{now.articles:,} articles, {was.median:,.0f} are usual")


def spam_of(now: SourceRun, past: Sequence[SourceRun], released: int | None = None) -> Spam:
    """The last ``SPAM_WINDOW`` judged pages, in whole runs, and the share of spam in the runs before.

    A source that a person let go is held against what it gave from the run on that it was quarantined for:
    that is what the person found to be right.
    """
    judged = spam = 0
    first = now.run
    rest = [now, *(run for run in past if released is None or run.run >= released)]
    while rest and judged < SPAM_WINDOW:
        run = rest.pop(0)
        judged += run.judged
        spam += run.spam_pages
        if run.spam_pages:
            first = run.run
    before = sum(run.judged for run in rest)
    return Spam(judged, spam, first, sum(run.spam_pages for run in rest) / before if before else None)


def _spam(now: SourceRun, past: Sequence[SourceRun], released: int | None) -> Iterator[Finding]:
    seen = spam_of(now, past, released)
    if seen.spam < LEAST_SPAM or not now.spam_pages or (released is not None and seen.before is None):
        return
    before = seen.before or 0.0
    chance = max(before, 0.01)
    if seen.share - before > max(SPAM_UP, SPREADS * sqrt(chance * (1 - chance) / seen.judged)):
        told = f"{seen.spam} of the {seen.judged} pages judged last are spam"
        yield Finding(
            "spam", now.source, told + (f", {before:.0%} were before" if seen.before is not None else "")
        )


def _lists(now: SourceRun, past: Sequence[SourceRun]) -> Iterator[Finding]:
    was = usual([survival for run in past if (survival := list_survival(run)) is not None])
    survival = list_survival(now)
    if was is None or survival is None:
        return
    if survival < was.median - max(SPREADS * was.spread, LISTS_DOWN):
        told = f"{survival:.0%} of the list items on its pages are kept, {was.median:.0%} are usual"
        yield Finding("lists", now.source, told)


def _errors(now: SourceRun, past: Sequence[SourceRun]) -> Iterator[Finding]:
    tried = now.fetched + now.failed
    share = error_share(now)
    if share is None or (tried < LEAST_TRIED and now.fetched):
        return
    was = usual([earlier for run in past if (earlier := error_share(run)) is not None])
    most = 0.5 if was is None else was.median + max(SPREADS * was.spread, ERRORS_UP)
    if share > most or not now.fetched:
        told = f"{now.failed + now.errored:,} of {tried:,} addresses failed or could not be read"
        yield Finding("errors", now.source, told + (f", {was.median:.0%} are usual" if was else ""))


def list_survival(run: SourceRun) -> float | None:
    """The share of the list items on accepted pages that is kept; None for fewer than ``LEAST_ITEMS``."""
    return run.list_items_kept / run.list_items if run.list_items >= LEAST_ITEMS else None


def error_share(run: SourceRun) -> float | None:
    """The share of the addresses tried that failed or could not be read; None where none was tried."""
    tried = run.fetched + run.failed
    return (run.failed + run.errored) / tried if tried else None


def spam_share(run: SourceRun) -> float | None:
    """The share of the judged pages that is spam; None where none was judged."""
    return run.spam_pages / run.judged if run.judged else None


def turned(now: SourceRun, past: Sequence[SourceRun], released: int | None = None) -> Spam | None:
    """The pages that say that a source has turned to spam, or None."""
    seen = spam_of(now, past, released)
    enough = seen.spam >= QUARANTINE_PAGES and seen.share >= QUARANTINE_SHARE
    if not enough or (seen.before is None and released is not None):
        return None
    return seen if (seen.before or 0.0) < QUARANTINE_PAST else None


def keep_watch(store: Store) -> list[Quarantine]:
    """Put sources that turned to spam in quarantine, by their latest finished crawl; those put in now."""
    inside = {quarantine.source for quarantine in health.quarantines(store.connection)}
    found = []
    for now in health.latest_crawls(store.connection):
        released = health.released(store.connection, now.source)
        if now.source in inside or (released is not None and now.run <= released):
            continue
        seen = turned(now, health.past(store.connection, now.source, now.run, PAST), released)
        if seen is not None:
            reason = f"{seen.spam} of the {seen.judged} pages judged last, up to run {now.run}, are spam"
            found.append(
                Quarantine(now.source, reason, health.started(store.connection, seen.first), now.run)
            )
    for quarantine in found:
        store.quarantine(quarantine)
    return found

"""When an address is asked for again: sooner where its page changes, later where it stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from pipelines.store.connection import written

FIRST_HOURS = 72.0
"""A page that was not seen before is seen again after three days: most corrections come in an article's first days."""

LEAST_HOURS = 24.0
MOST_HOURS = 64 * 24.0
"""The bounds where a source has none of its own: no page is seen more than once a day, and each at least every 64 days
(some six times a year)."""

RETRY_HOURS = 1.0
MOST_RETRY_HOURS = 7 * 24.0
"""What failed is tried again after an hour, then after twice as long each time, up to a week."""

GONE_TRIES = 3
GONE_APART_HOURS = 12.0
"""A page is gone when it was not there three times in a row; tries within half a day of one another count as one."""


class Visit(Enum):
    """What a visit found."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a page that answers is left alone, at least and at most, in hours."""

    least: float = LEAST_HOURS
    most: float = MOST_HOURS

    def hold(self, hours: float) -> float:
        """The hours within the bounds."""
        return min(max(hours, self.least), self.most)


USUAL = Bounds()


@dataclass(frozen=True, slots=True)
class Plan:
    """``due``: when to come again, ISO 8601 in UTC; ``hours``: how long a page that answers is left alone by now."""

    due: str
    hours: float | None


def plan(
    visit: Visit,
    hours: float | None,
    failures: int,
    now: str,
    not_before: str = "",
    bounds: Bounds = USUAL,
) -> Plan:
    """When to come again after a visit.

    ``hours`` is how long the page was left alone until now (None: never seen), ``failures`` how often in a row it
    could not be had, this visit included, ``now`` the moment of the visit. A change halves the time between visits,
    a visit without one doubles it, within the ``bounds``. What fails changes nothing in that: a page does not get
    duller by being away. A site that asks to be left alone until ``not_before`` is.
    """
    if visit is Visit.NEW:
        hours = bounds.hold(FIRST_HOURS)
    elif visit is Visit.CHANGED:
        hours = bounds.hold((hours or FIRST_HOURS) / 2)
    elif visit is Visit.SAME:
        hours = bounds.hold((hours or FIRST_HOURS) * 2)
    wait = hours or FIRST_HOURS
    if visit is Visit.FAILED:
        wait = min(RETRY_HOURS * 2.0 ** min(max(failures - 1, 0), 20), MOST_RETRY_HOURS)
    elif visit is Visit.MISSING:
        wait = LEAST_HOURS if failures < GONE_TRIES else max(bounds.most, LEAST_HOURS)
    return Plan(max(later(now, wait), not_before), hours)


def planned(due: str, last_seen: str, hours: float | None, failures: int, bounds: Bounds) -> str:
    """When a page is due whose plan was made under bounds that may have been others.

    ``due`` and ``hours`` are the plan's, ``last_seen`` is when it was made, ``failures`` how often in a row the page
    could not be had: the times of those are no matter of the bounds.
    """
    if failures or not hours or not last_seen or bounds.hold(hours) == hours:
        return due
    return later(last_seen, bounds.hold(hours))


def later(moment: str, hours: float) -> str:
    """The moment so many hours after another, both ISO 8601 in UTC to the second."""
    return written(datetime.fromisoformat(moment) + timedelta(hours=hours))

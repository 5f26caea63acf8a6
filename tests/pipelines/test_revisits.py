"""When an address is asked for again."""

from __future__ import annotations

import pytest

from pipelines.revisits import (
    GONE_TRIES,
    LEAST_HOURS,
    MOST_HOURS,
    MOST_RETRY_HOURS,
    USUAL,
    Bounds,
    Visit,
    later,
    plan,
    planned,
)

NOW = "2026-01-01T00:00:00Z"


def hours(visits: list[Visit], bounds: Bounds = USUAL) -> list[float]:
    """How long a page is left alone after each visit."""
    known: float | None = None
    found = []
    for visit in visits:
        planned = plan(visit, known, 0, NOW, bounds=bounds)
        assert planned.hours is not None
        assert planned.due == later(NOW, planned.hours)
        known = planned.hours
        found.append(known)
    return found


def test_what_changes_is_seen_sooner_and_what_does_not_later() -> None:
    assert hours([Visit.NEW, Visit.SAME, Visit.SAME, Visit.CHANGED]) == [72, 144, 288, 144]


def test_a_source_may_have_bounds_of_its_own() -> None:
    assert hours([Visit.NEW, *[Visit.CHANGED] * 9], Bounds(2, 100))[-1] == 2
    assert hours([Visit.NEW, *[Visit.SAME] * 9], Bounds(2, 100))[-1] == 100
    assert hours([Visit.NEW], Bounds(2, 48)) == [48], "also the first time"
    assert hours([Visit.NEW, Visit.CHANGED], Bounds(200, 400)) == [200, 200]


def test_there_are_bounds() -> None:
    assert hours([Visit.NEW, *[Visit.SAME] * 20])[-1] == MOST_HOURS
    assert hours([Visit.NEW, *[Visit.CHANGED] * 20])[-1] == LEAST_HOURS


@pytest.mark.parametrize(("failures", "wait"), [(1, 1), (2, 2), (3, 4), (7, 64), (9, 168), (10_000, 168)])
def test_what_fails_is_tried_soon_and_then_less_often(failures: int, wait: float) -> None:
    """And how long the page was left alone before is not forgotten by that."""
    planned = plan(Visit.FAILED, 300.0, failures, NOW)
    assert planned == plan(Visit.FAILED, 300.0, failures, NOW)
    assert (planned.due, planned.hours) == (later(NOW, wait), 300.0)
    assert wait <= MOST_RETRY_HOURS


def test_a_missing_page_is_looked_for_daily_until_it_counts_as_gone() -> None:
    assert plan(Visit.MISSING, 300.0, GONE_TRIES - 1, NOW).due == later(NOW, LEAST_HOURS)
    assert plan(Visit.MISSING, 300.0, GONE_TRIES, NOW).due == later(NOW, MOST_HOURS)


def test_a_site_that_names_a_time_is_left_alone_until_then() -> None:
    assert plan(Visit.FAILED, None, 1, NOW, "2026-01-03T00:00:00Z").due == "2026-01-03T00:00:00Z"
    assert plan(Visit.FAILED, None, 1, NOW, "2025-12-31T00:00:00Z").due == later(NOW, 1)


def test_a_plan_is_held_to_the_bounds_of_now() -> None:
    due = later(NOW, 100.0)
    assert planned(due, NOW, 100.0, 0, USUAL) == due
    assert planned(due, NOW, 100.0, 0, Bounds(2, 48)) == later(NOW, 48)
    assert planned(due, NOW, 100.0, 0, Bounds(200, 400)) == later(NOW, 200)
    assert planned(due, NOW, 100.0, 1, Bounds(2, 48)) == due, "what failed has a time of its own"
    assert planned(due, NOW, None, 0, Bounds(2, 48)) == due, "as has what never answered"

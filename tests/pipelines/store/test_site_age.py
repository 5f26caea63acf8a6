"""Days before a site: they follow from all posts of it, and a mirror that claims one is not kept for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from pipelines.curate import Outcome
from pipelines.store import Store
from pipelines.store.site_age import beginning

MakeOutcome = Callable[..., Outcome]
SettleInOrders = Callable[[Sequence[Outcome], int, int], Iterator[Store]]


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["2019-05-01", "2020-01-01", "2021-03-04", "2024-01-01"], "2019-05-01"),
        (["2001-01-01", "2019-05-01", "2020-01-01", "2021-03-04"], "2019-05-01"),
        (["1999-12-31", "2007-01-01", "2019-05-01", "2020-01-01"], "2019-05-01"),
        # a day that many pages have is no day of its own
        (["2001-01-01", "2001-01-01", "2001-01-01", "2019-05-01", "2020-01-01"], "2019-05-01"),
        (["2001-01-01", "2019-05-01", "2020-01-01"], ""),
        (["2001-01-01", "2007-05-01", "2013-01-01", "2020-01-01"], ""),
        ([], ""),
    ],
)
def test_a_site_begins_where_its_posts_follow_each_other(days: list[str], first: str) -> None:
    assert beginning(reversed(days)) == first


def posts(outcome: MakeOutcome) -> list[Outcome]:
    """A site of four posts, one of them dated long before it, and the original of that one elsewhere."""
    dates = {"a": "2021-01-01", "b": "2021-06-01", "c": "2022-01-01"}
    own = [
        outcome(f"https://mirror.example/{name}", f"Text {name}.", title=f"Post {name}", published=day)
        for name, day in dates.items()
    ]
    return [
        *own,
        outcome("https://mirror.example/copied", "The very same text.", published="2001-01-01"),
        outcome("https://origin.example/brief", "The very same text.", published="2020-02-02"),
    ]


def test_in_whatever_order_they_come(settled: SettleInOrders, outcome: MakeOutcome) -> None:
    """The mirror's day is no reason to keep its copy, and stays a day that a reader may doubt."""
    answers = set()
    for store in settled(posts(outcome), 11, 4):
        rows = store.connection.execute("SELECT url, before_site, status FROM posts ORDER BY url").fetchall()
        answers.add(tuple(rows))
        assert store.settle() == 0
    assert answers == {
        (
            ("https://mirror.example/a", 0, "accepted"),
            ("https://mirror.example/b", 0, "accepted"),
            ("https://mirror.example/c", 0, "accepted"),
            ("https://mirror.example/copied", 1, "duplicate"),
            ("https://origin.example/brief", 0, "accepted"),
        )
    }


def test_a_day_that_was_mended_is_no_longer_doubted(store: Store, run: int, outcome: MakeOutcome) -> None:
    for page in posts(outcome):
        store.save(page, "blog", run)
    store.settle()
    told = "SELECT before_site FROM posts WHERE url = 'https://mirror.example/copied'"
    assert store.connection.execute(told).fetchone() == (1,)
    for day in ("2021-07-07", None):
        store.connection.execute("UPDATE posts SET before_site = 1 WHERE url LIKE '%copied'")
        store.save(
            outcome("https://mirror.example/copied", "The very same text.", published=day), "blog", run
        )
        store.settle()
        assert store.connection.execute(told).fetchone() == (0,)

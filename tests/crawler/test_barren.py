"""What is fruitless for long is left alone, and what only looks like it is not."""

from __future__ import annotations

import pytest

from crawler.barren import Barren, shape

BASE = "https://blog.example"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("/calendar/2026/05/", "/calendar/1999/12/"),
        ("/events?month=5&year=2026", "/events?year=1&month=12"),
        ("/search?q=product", "/search?q=manager"),
        ("/item/3f9a1c77e2", "/item/00b1ffa9c3"),
        ("/p/12", "/p/7"),
    ],
)
def test_what_a_program_made_has_one_shape(url: str, other: str) -> None:
    assert shape(BASE + url) == shape(BASE + other)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("/guides/how-to-grow", "/guides/how-to-stay"),
        ("/2026/05/how-to-grow", "/2026/05/how-to-stay"),
        ("/calendar/2026/", "/calendar/2026/05/"),
        ("/search?q=product", "/search?q=product&page=2"),
    ],
)
def test_articles_have_shapes_of_their_own(url: str, other: str) -> None:
    assert shape(BASE + url) != shape(BASE + other)


def test_an_article_begins_the_count_anew() -> None:
    barren = Barren(3)
    for number in range(9):
        barren.tell(f"{BASE}/p/{number}", article=number % 3 == 2)
        assert barren.against(f"{BASE}/p/77") == ""
    for number in range(3):
        barren.tell(f"{BASE}/p/{number}", article=False)
    assert barren.against(f"{BASE}/p/77") == "a URL like 3 in a row that gave no article (blog.example/p/0)"
    assert barren.against(f"{BASE}/q/77") == ""

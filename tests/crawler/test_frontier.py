"""Which links come first: what is known of them before they are fetched, and the same order every time."""

from __future__ import annotations

import pytest

from crawler.frontier import Frontier, score, section, yields
from crawler.line import READ, Line, Waiting
from crawler.listings import Entry

SITE = "https://blog.example"


def test_articles_on_the_subject_come_before_other_articles_lists_and_spam() -> None:
    links = [
        ("/blog/how-to-grow-as-a-product-manager", "How to grow as a product manager"),
        ("/blog/2026/03/our-office-dog-and-his-friends", "Our office dog"),
        ("/about", "About"),
        ("/tag/product-management", "Product management"),
        ("/blog/best-online-casino-bonus-for-product-managers", "Casino bonus"),
    ]
    scores = [score(SITE + path, text) for path, text in links]
    assert scores[0] == max(scores)
    assert scores[1] > max(scores[2:])
    assert score(f"{SITE}/p/17") < score(f"{SITE}/p/17", "Interview questions for product managers")


def test_the_words_of_a_link_count_where_its_address_says_nothing() -> None:
    assert score(f"{SITE}/?p=7", "What nobody tells you about product careers") > score(
        f"{SITE}/?p=7", "Read"
    )


def test_a_part_of_the_site_that_gave_articles_comes_before_one_that_gave_none() -> None:
    past = [(f"{SITE}/craft/{n}", True) for n in range(8)] + [(f"{SITE}/news/{n}", False) for n in range(8)]
    known = yields(past)
    assert known == {"/craft/": 0.9, "/news/": 0.1}
    assert (
        score(f"{SITE}/craft/x", "", known)
        > score(f"{SITE}/new/x", "", known)
        > score(f"{SITE}/news/x", "", known)
    )
    assert section(f"{SITE}/post") == section(SITE) == "/"


def test_a_frontier_gives_what_was_never_seen_then_what_was_not_for_long_and_the_best_first() -> None:
    frontier = Frontier()
    frontier.add(Waiting(Entry(f"{SITE}/tag/pm")), "")
    frontier.add(Waiting(Entry(f"{SITE}/product-interview-guide")), "2026-02-01")
    frontier.add(Waiting(Entry(f"{SITE}/cats")), "2026-01-01")
    frontier.add(Waiting(Entry(f"{SITE}/product-roadmap-guide"), deep=2), "")
    frontier.add(Waiting(Entry(f"{SITE}/dogs")), "2026-01-01")
    order = [frontier.pop() for _ in range(len(frontier))]
    assert [slug(page) for page in order] == [
        "product-roadmap-guide",
        "pm",
        "cats",
        "dogs",
        "product-interview-guide",
    ]
    assert order[0].deep == 2


def test_a_frontier_lets_go_of_what_has_no_chance() -> None:
    """Some at a time, and the best stay."""
    frontier = Frontier()
    pages = [f"{SITE}/tag/{n}" for n in range(6)] + [f"{SITE}/product-guide-{n}" for n in range(4)]
    left = []
    for url in pages:
        frontier.add(Waiting(Entry(url)), "")
        left += frontier.shed(4)
    assert len(frontier) + len(left) == len(pages)
    assert len(frontier) <= 8
    assert [slug(frontier.pop()) for _ in range(4)] == [f"product-guide-{n}" for n in range(4)]


def test_a_line_gives_what_came_first_and_all_that_it_was_told() -> None:
    line = Line()
    pages = [
        Waiting(Entry(f"{SITE}/{n}", f"Entry {n}", "2026-01-01"), n % 3, n % 2) for n in range(2 * READ + 5)
    ]
    for page in pages[:-1]:
        line.add(page)
    found = [line.pop(), line.pop()]
    line.add(pages[-1])
    found += [line.pop() for _ in range(len(line))]
    assert found == pages
    assert not line
    with pytest.raises(IndexError):
        line.pop()
    assert len(line) == 0


def slug(page: Waiting) -> str:
    return page.entry.url.rpartition("/")[2]


def test_odd_addresses_have_a_score_too() -> None:
    for url in ("https://[broken/", "", "mailto:x", f"{SITE}/%ff%00", f"{SITE}/" + "a-" * 5000):
        assert isinstance(score(url, "\x00" * 10), float)

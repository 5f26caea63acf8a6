"""Sites without an end: lists, calendars, the number of a visit in every link, 50,000 links, a deep page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.room import PAGES
from tests.crawler.conftest import QUICK

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Site

BARREN = 20  # pages in a row without an article; others are on their way, or wait to be curated
LISTS = 3  # further pages that a list really has
CROWD = 50_000


@dataclass(frozen=True)
class Crawl:
    states: dict[str, str]
    reasons: dict[str, str]
    asked: list[str]
    errors: list[str]


def listed(number: int) -> str:
    """A page of a list; those after the last name what the last one named, and a page after themselves."""
    last = min(number, LISTS)
    guides = "".join(f'<a href="/guide/{last}{n}">guide</a>' for n in range(2))
    return f'{guides}<a rel="next" href="/list/page/{number + 1}/">older</a>'


@pytest.fixture(scope="module")
def crawl(site: Site, crawls: Crawls, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    def page(text: str) -> Any:
        return lambda handler: handler.say(text.encode())

    site.answers = {f"/list/page/{number}/": page(listed(number)) for number in range(1, 300)}
    site.answers |= {
        f"/calendar/{month}/": page(f'<h1>Month</h1><a href="/calendar/{month + 1}/">next month</a>')
        for month in range(50)
    }
    visits = iter(range(10**6))

    def visited(handler: Any) -> None:
        links = "".join(
            f'<a href="/shop/{n}?PHPSESSID={next(visits):016}">x</a><a href="/shop/{n};jsessionid={next(visits)}">x</a>'
            for n in range(3)
        )
        handler.say(links.encode())

    site.answers |= {f"/shop/{n}": visited for n in range(3)} | {"/shop": visited}
    crowd = "".join(f'<a href="/crowd/{n}">x</a>' for n in range(CROWD))
    site.answers |= {
        "/crowd": page(f'<a href="/guide/90">first</a>{crowd}<a href="/guide/91">last</a>'),
        "/deep": page("<div>" * 60_000 + '<a href="/guide/92">deep down</a>'),
    }
    # a calendar whose every page leads to many, all of them within its depth
    site.answers |= {
        f"/days/{day}/": page("".join(f'<a href="/days/{day * 5 + n}/">{n}</a>' for n in range(1, 6)))
        for day in range(4000)
    }
    # one article under addresses without an end
    copies = "".join(f'<a href="/copy/{n}?from={n}">copy</a>' for n in range(200))
    site.answers |= {
        f"/copy/{n}?from={n}": page(site.guide(93).decode().replace("</article>", f"{copies}</article>"))
        for n in range(200)
    }
    site.answers["/closed"] = lambda handler: handler.say(
        b'<a href="/guide/94">not to be followed</a>', X_Robots_Tag="nofollow"
    )
    lying = '<meta charset=windows-1251><a href="/guide/96">Руководство</a>'
    site.answers["/lying"] = lambda handler: handler.say(lying.encode(), kind="text/html; charset=utf-16")
    wide = '<html><body><a href="/guide/97">Руководство</a></body></html>'
    site.answers["/wide"] = lambda handler: handler.say(wide.encode("utf-16-le"))
    site.answers["/copies"] = page(f'{copies}<a href="/guide/95">article</a>')
    crawls.source("days", "site", ["{base}/days/0/"], allow=["/days/"], depth=9)
    crawls.source(
        "copies",
        "site",
        ["{base}/copies", "{base}/closed", "{base}/lying", "{base}/wide"],
        allow=["/copy/", "/guide/"],
    )
    crawls.source("list", "site", ["{base}/list/page/1/"], allow=["/guide/"])
    crawls.source("calendar", "site", ["{base}/calendar/0/"], allow=["/calendar/"], depth=4)
    crawls.source("visits", "site", ["{base}/shop"], allow=["/shop/"], depth=50)
    crawls.source("crowd", "site", ["{base}/crowd"], allow=["/guide/", "/crowd/"], deny=["/crowd/"])
    crawls.source("deep", "site", ["{base}/deep"], allow=["/guide/"])
    before = len(site.seen)
    data = tmp_path_factory.mktemp("endless")
    names = ["list", "calendar", "visits", "crowd", "deep", "days", "copies"]
    status, _, errors = crawls.run(names, data, settings={**QUICK, "BARREN_PAGES": BARREN})
    assert status == 0, errors
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute("SELECT url, state, reason FROM fetches").fetchall()
    paths = [(url.removeprefix(site.url), state, reason) for url, state, reason in rows]
    return Crawl(
        {path: state for path, state, _ in paths},
        {path: reason for path, _, reason in paths},
        site.paths[before:],
        errors,
    )


def test_a_list_without_an_end_is_left_at_its_first_repetition(crawl: Crawl) -> None:
    """And all that it really names is kept."""
    asked = [path for path in crawl.asked if path.startswith("/list/")]
    assert asked == [f"/list/page/{number}/" for number in range(1, LISTS + 2)]
    kept = {f"/guide/{number}{n}" for number in range(1, LISTS + 1) for n in range(2)}
    assert {crawl.states[path] for path in kept} == {"accepted"}


def test_a_calendar_is_followed_no_deeper_than_the_source_says(crawl: Crawl) -> None:
    assert [path for path in crawl.asked if path.startswith("/calendar/")] == [
        f"/calendar/{month}/" for month in range(5)
    ]


def test_the_number_of_a_visit_makes_no_other_pages(crawl: Crawl) -> None:
    assert sorted(path for path in crawl.asked if path.startswith("/shop")) == [
        "/shop",
        "/shop/0",
        "/shop/1",
        "/shop/2",
    ]


def test_a_page_of_50000_links_is_read(crawl: Crawl) -> None:
    """What the source does not want costs nothing, and hides nothing of what it wants."""
    assert crawl.states["/guide/90"] == crawl.states["/guide/91"] == "accepted"
    assert not any(path.startswith("/crowd/") for path in crawl.states)


def test_a_link_on_a_page_that_is_nested_deeply_is_found(crawl: Crawl) -> None:
    assert crawl.states["/guide/92"] == "accepted"


@pytest.mark.parametrize(("trap", "like"), [("/days/", "/days/0/"), ("/copy/", "/copy/0?from")])
def test_what_was_fruitless_for_long_is_left_alone(crawl: Crawl, trap: str, like: str) -> None:
    """A calendar as wide as it is deep, copies of one article without an end: the rest is booked with the reason."""
    asked = [path for path in crawl.asked if path.startswith(trap)]
    assert BARREN <= len(asked) <= BARREN + PAGES + 16
    left = [path for path, state in crawl.states.items() if path.startswith(trap) and state == "skipped"]
    assert len(left) > BARREN
    assert all(crawl.reasons[path].startswith(f"a URL like {BARREN} in a row") for path in left[1:])
    assert like in crawl.reasons[left[-1]]


def test_articles_beside_what_is_fruitless_are_kept(crawl: Crawl) -> None:
    assert crawl.states["/guide/95"] == "accepted"


def test_links_are_not_followed_where_the_header_says_so(crawl: Crawl) -> None:
    assert "/guide/94" not in crawl.states


def test_links_are_found_whatever_header_and_page_say_of_their_encoding(crawl: Crawl) -> None:
    assert crawl.states["/guide/96"] == crawl.states["/guide/97"] == "accepted"

"""A sitemap, feed or list that was not read has its turn before its way is due again, and none is left for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.crawler.test_backoff import rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.conftest import Answer, Crawls, Handler, Site

AT_ONCE = {"RETRY_TIMES": 0, "RETRY_WAIT_SECONDS": 0.01}
MONTH = 700


def index(site: Site, parts: list[str]) -> Answer:
    found = "".join(f"<sitemap><loc>{site.url}{path}</loc></sitemap>" for path in parts)
    body = f"<sitemapindex>{found}</sitemapindex>".encode()
    return lambda handler: handler.say(body, kind="text/xml")


def sitemap(site: Site, number: int) -> Answer:
    body = f"<urlset><url><loc>{site.url}/guide/{number}</loc></url></urlset>".encode()
    return lambda handler: handler.say(body, kind="text/xml")


@pytest.fixture
def monthly(site: Site, crawls: Crawls) -> Crawls:
    """The only source: an index of sitemaps that is due once a month."""
    for old in crawls.sources.glob("*.toml"):
        old.unlink()
    parts = [f"/part{number}.xml" for number in range(5)]
    site.answers = {path: sitemap(site, number) for number, path in enumerate(parts)}
    site.answers["/parts.xml"] = index(site, parts)
    crawls.source("monthly", "sitemap", ["{base}/parts.xml"], every_hours=MONTH)
    return crawls


def asked(site: Site, crawls: Crawls, data: Path, **settings: int) -> list[str]:
    """The sitemaps that a crawl of what is due asks for."""
    site.seen.clear()
    crawls.run([], data, everything=False, settings={**AT_ONCE, **settings})
    return sorted(path for path in site.paths if path.endswith(".xml"))


def pass_hours(data: Path, hours: float) -> None:
    """Let everything lie back by so many hours."""
    for table, column in (("urls", "next_due"), ("urls", "last_seen"), ("fetches", "at")):
        rows(
            data,
            f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)",
            f"-{hours} hours",
        )


def hours_ahead(data: Path) -> float:
    """In how many hours the way is due, as the corpus says."""
    ((due,),) = rows(data, "SELECT next_due FROM urls WHERE url LIKE '%/parts.xml'")
    return (datetime.fromisoformat(due) - datetime.now(UTC)) / timedelta(hours=1)


def test_a_sitemap_that_failed_is_tried_again_before_its_month_is_over(
    site: Site, monthly: Crawls, tmp_path: Path
) -> None:
    """After an hour, then after two; and not at all any more once it was read."""
    working = site.answers["/part3.xml"]
    site.answers["/part3.xml"] = lambda handler: handler.say(b"broken", 500)
    assert len(asked(site, monthly, tmp_path)) == 6
    assert asked(site, monthly, tmp_path) == []
    assert hours_ahead(tmp_path) == pytest.approx(1, abs=0.2)

    pass_hours(tmp_path, 1.01)
    assert "/part3.xml" in asked(site, monthly, tmp_path)
    assert hours_ahead(tmp_path) == pytest.approx(2, abs=0.2)

    site.answers["/part3.xml"] = working
    pass_hours(tmp_path, 2.01)
    assert "/part3.xml" in asked(site, monthly, tmp_path)
    assert rows(tmp_path, "SELECT count(*) FROM posts") == [(5,)]

    pass_hours(tmp_path, MONTH / 2)
    assert asked(site, monthly, tmp_path) == []
    pass_hours(tmp_path, MONTH / 2)
    assert len(asked(site, monthly, tmp_path)) == 6


def test_a_sitemap_that_cannot_be_read_is_tried_again_and_one_that_is_gone_is_not(
    site: Site, monthly: Crawls, tmp_path: Path
) -> None:
    site.answers["/part1.xml"] = lambda handler: handler.say(b"", 410)
    asked(site, monthly, tmp_path)
    pass_hours(tmp_path, 24)
    assert asked(site, monthly, tmp_path) == []

    pass_hours(tmp_path, MONTH)
    site.answers["/part2.xml"] = lambda handler: handler.say(b"<html>soon</html>", kind="text/xml")
    assert "/part2.xml" in asked(site, monthly, tmp_path)
    pass_hours(tmp_path, 1.01)
    assert "/part2.xml" in asked(site, monthly, tmp_path)


def test_a_sitemap_whose_site_wants_hours_gets_them(site: Site, monthly: Crawls, tmp_path: Path) -> None:
    def busy(handler: Handler) -> None:
        handler.say(b"later", 503, Retry_After="36000")

    working, site.answers["/part4.xml"] = site.answers["/part4.xml"], busy
    site.answers["/part0.xml"] = lambda handler: handler.say(b"broken", 500)
    asked(site, monthly, tmp_path)
    pass_hours(tmp_path, 1.01)
    again = asked(site, monthly, tmp_path)
    assert "/part0.xml" in again
    assert "/part4.xml" not in again

    site.answers["/part4.xml"] = working
    pass_hours(tmp_path, 9)
    assert "/part4.xml" in asked(site, monthly, tmp_path)


def test_more_sitemaps_than_a_run_reads_are_read_in_some_runs(
    site: Site, monthly: Crawls, tmp_path: Path
) -> None:
    """Although neither their index nor their site says which of them changed, and then not before the month is over."""
    first = asked(site, monthly, tmp_path, LISTING_PAGES=3)
    assert first == ["/part0.xml", "/part1.xml", "/parts.xml"]
    assert asked(site, monthly, tmp_path, LISTING_PAGES=3) == ["/part2.xml", "/part3.xml", "/parts.xml"]
    last = asked(site, monthly, tmp_path, LISTING_PAGES=3)
    assert "/part4.xml" in last
    assert rows(tmp_path, "SELECT count(*) FROM posts") == [(5,)]
    assert asked(site, monthly, tmp_path, LISTING_PAGES=3) == []

    pass_hours(tmp_path, MONTH + 1)
    seen = {path for _ in range(3) for path in asked(site, monthly, tmp_path, LISTING_PAGES=3)}
    assert len(seen) == 6


def test_a_sitemap_with_an_endless_address_has_its_turn_like_any_other(
    site: Site, monthly: Crawls, tmp_path: Path
) -> None:
    """Its line in the books is cut, and must be found again by that."""
    parts = [f"/part{number}.xml?{'x' * 2100}{number}" for number in range(3)]
    site.answers["/parts.xml"] = index(site, parts)
    runs = [
        {path for path in site.paths if "/part" in path}
        for _ in range(3)
        if monthly.run([], tmp_path, everything=False, settings={**AT_ONCE, "LISTING_PAGES": 3})
    ]
    assert set(parts) <= runs[-1]
    assert asked(site, monthly, tmp_path, LISTING_PAGES=3) == []

"""A site that asks for time gets it, one that does not answer is not waited for, and the next crawl goes on."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crawler.middlewares.backoff import SILENT_PAGES
from crawler.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.conftest import Answer, Crawls, Handler, Site

ONE_BY_ONE = {"CONCURRENT_REQUESTS": 1, "RETRY_WAIT_SECONDS": 0.01, "DOWNLOAD_TIMEOUT": 30}
WAIT = 3


def rows(data: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute(sql, values).fetchall()
        db.commit()
    return found


def guides(numbers: range) -> list[str]:
    return [f"{{base}}/guide/{number}" for number in numbers]


@pytest.mark.parametrize("status", [429, 503])
def test_nothing_is_asked_while_a_site_wants_time(
    site: Site, crawls: Crawls, tmp_path: Path, status: int
) -> None:
    """Not the page that was answered so, and none of the others."""
    times: list[float] = []

    def busy(handler: Handler) -> None:
        times.append(time.monotonic())
        if len(times) == 2:
            handler.say(b"later", status, Retry_After=str(WAIT))
        else:
            handler.say(handler.site.guide(int(handler.path[-1])))

    site.answers = {f"/guide/{number}": busy for number in range(4)}
    crawls.source("busy", "urls", guides(range(4)), delay=0.05)
    assert crawls.run(["busy"], tmp_path, settings={**ONE_BY_ONE, "CONCURRENT_REQUESTS": 4})[0] == 0
    assert rows(tmp_path, "SELECT state, count(*) FROM fetches GROUP BY 1") == [("accepted", 4)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert len(gaps) == 4
    # one more may have been on its way already
    assert max(gaps[1:3]) > WAIT * 0.8


def test_a_site_that_wants_an_hour_is_left_to_another_run(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """And that run is not before."""
    site.seen.clear()
    site.answers = {"/guide/1": lambda handler: handler.say(b"", 429, Retry_After="7200")}
    crawls.source("hourly", "urls", guides(range(4)))
    assert crawls.run(["hourly"], tmp_path, settings=ONE_BY_ONE)[0] == 0
    fates = rows(tmp_path, "SELECT substr(url, -1), state, reason FROM fetches ORDER BY 1")
    assert [state for _, state, _ in fates] == ["accepted", "failed", "failed", "failed"]
    assert fates[1][2] == "HTTP 429: too many requests"
    assert "asked to be left alone until" in fates[2][2]
    assert site.paths.count("/guide/1") == 1
    assert not {"/guide/2", "/guide/3"} & set(site.paths)
    soon = (datetime.now(UTC) + timedelta(minutes=100)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert rows(tmp_path, "SELECT count(*) FROM urls WHERE next_due > ?", soon) == [(4,)]


def test_what_waited_for_its_turn_at_such_a_site_does_not_hold_up_the_run(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """Requests that were let through before the site said so wait behind the one that it answered."""
    site.seen.clear()
    site.answers = {"/guide/1": lambda handler: handler.say(b"", 429, Retry_After="7200")}
    crawls.source("hourly", "urls", guides(range(8)), delay=0.3)
    settings = {"RETRY_WAIT_SECONDS": 0.01, "CONCURRENT_REQUESTS": 4}
    with crawls.start(["hourly"], tmp_path, settings=settings) as process:
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
    fates = dict(rows(tmp_path, "SELECT substr(url, -1), state FROM fetches"))
    assert fates == {str(number): "failed" if number else "accepted" for number in range(8)}
    assert [path for path in site.paths if "guide" in path] == ["/guide/0", "/guide/1"]


def test_a_host_that_does_not_answer_is_left_for_the_next_crawl(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """As when the network is gone: the pages that were waited for are not all of them, and none is lost."""
    pages = 2 * SILENT_PAGES + 2

    def silent(handler: Handler) -> None:
        handler.close_connection = True

    site.seen.clear()
    site.answers = {f"/guide/{number}": silent for number in range(1, pages)}
    crawls.source("gone", "urls", guides(range(pages)), every_hours=1000)
    crawls.run(["gone"], tmp_path, settings={**ONE_BY_ONE, "RETRY_TIMES": 0})
    reasons = dict(rows(tmp_path, "SELECT reason, count(*) FROM fetches WHERE state = 'failed' GROUP BY 1"))
    told = f"{site.url[7:]} did not answer {SILENT_PAGES} times in a row; left for the next crawl"
    assert reasons.pop(told) == pages - 1 - SILENT_PAGES
    assert sum(reasons.values()) == SILENT_PAGES

    site.answers.clear()
    site.seen.clear()
    crawls.run([], tmp_path, everything=False, settings=ONE_BY_ONE)
    assert [path for path in site.paths if path != "/robots.txt"] == [], "within the hour nothing is due"
    rows(tmp_path, "UPDATE urls SET next_due = '2026-01-01T00:00:00Z' WHERE failures > 0")
    status, _, errors = crawls.run([], tmp_path, everything=False, settings=ONE_BY_ONE)
    assert status == 0, errors
    assert rows(tmp_path, "SELECT count(*) FROM posts WHERE status <> 'errored'") == [(pages,)]
    assert site.paths.count("/guide/0") == 0


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        ("", "12:00", True),
        ("22:00-06:00", "23:30", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "06:00", False),
        ("22:00-06:00", "12:00", False),
        ("09:00-17:00", "09:00", True),
        ("09:00-17:00", "17:00", False),
    ],
)
def test_hours(hours: str, moment: str, is_open: bool) -> None:
    source = Source(name="nightly", way="urls", start=(), hours=hours)
    assert source.open_at(datetime.strptime(moment, "%H:%M").time()) == is_open


def test_a_source_is_left_alone_outside_its_hours(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    site.seen.clear()
    site.answers = {}
    now = datetime.now()
    begin, end = now + timedelta(hours=2), now + timedelta(hours=3)
    crawls.source("nightly", "urls", guides(range(2)), hours=f"{begin:%H:%M}-{end:%H:%M}")
    status, _, errors = crawls.run(["nightly"], tmp_path)
    assert status == 0
    assert any(f"nightly is left alone until its hours come: {begin:%H:%M}" in line for line in errors)
    assert site.seen == []
    crawls.source("nightly", "urls", guides(range(2)), hours=f"{end:%H:%M}-{begin:%H:%M}")
    crawls.run(["nightly"], tmp_path)
    assert "/guide/1" in site.paths


# By its clock it is before six until a file is there, and after six from then on.
NIGHT = """
import json, sys
from datetime import datetime
from pathlib import Path
morning = Path(sys.argv[2])
class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) if tz else datetime(2026, 1, 1, 6 if morning.exists() else 5, 30)
from crawler import run, ways
from crawler.middlewares import scope
ways.datetime = scope.datetime = Clock
told = json.loads(sys.argv[1])
sys.exit(run.crawl(told.pop("names"), data=Path(told.pop("data")), **told).status)
"""


def test_hours_that_run_out_leave_the_rest_to_the_next_night(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """Also of a feed that names other pages by then."""
    data, morning = tmp_path / "data", tmp_path / "morning"

    def feed(*numbers: int) -> Answer:
        items = "".join(f"<item><link>{site.url}/guide/{number}</link></item>" for number in numbers)
        body = f"<rss><channel>{items}</channel></rss>".encode()
        return lambda handler: handler.say(body, kind="text/xml")

    def last_of_the_night(handler: Handler) -> None:
        morning.touch()
        handler.say(handler.site.guide(1))

    def crawl() -> None:
        told = {
            "names": [],
            "data": str(data),
            "sources_dir": str(crawls.sources),
            "base": crawls.base,
            "workers": 1,
            "everything": False,
            "settings": ONE_BY_ONE,
        }
        site.seen.clear()
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", NIGHT, json.dumps(told), str(morning)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    for old in crawls.sources.glob("*.toml"):
        old.unlink()
    site.answers = {"/feed.xml": feed(0, 1, 2, 3), "/guide/1": last_of_the_night}
    crawls.source("nightly", "feed", ["{base}/feed.xml"], hours="22:00-06:00", deny=["/guide/9"])
    crawl()
    fates = dict(rows(data, "SELECT substr(url, -1), state FROM fetches WHERE url LIKE '%/guide/%'"))
    assert fates == {"0": "accepted", "1": "accepted", "2": "skipped", "3": "skipped"}
    reasons = rows(
        data, "SELECT DISTINCT reason FROM fetches WHERE url LIKE '%/guide/%' AND state = 'skipped'"
    )
    assert reasons == [("outside the source's hours, 22:00-06:00",)]
    assert not {"/guide/2", "/guide/3"} & set(site.paths)
    crawl()
    assert site.seen == [], "it is day"

    morning.unlink()
    site.answers = {
        "/feed.xml": feed(7, 8, 9),
        "/guide/3": lambda handler: handler.say(b"", kind="image/png"),
    }
    crawl()
    assert sorted(path for path in site.paths if "guide" in path) == ["/guide/2", "/guide/3"]
    crawl()
    assert site.seen == [], "one is there, and the other was no page"


def test_what_a_limit_leaves_is_taken_by_the_next_runs(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """They need not wait for the sitemap, which is due in a month."""
    for old in crawls.sources.glob("*.toml"):
        old.unlink()
    found = "".join(f"<url><loc>{site.url}/guide/{number}</loc></url>" for number in range(5))
    body = f"<urlset>{found}<url><loc>{site.url}/picture.png</loc></url></urlset>".encode()
    site.answers = {
        "/monthly.xml": lambda handler: handler.say(body, kind="text/xml"),
        "/picture.png": lambda handler: handler.say(b"", kind="image/png"),
    }
    crawls.source("monthly", "sitemap", ["{base}/monthly.xml"], every_hours=700, limit=2)
    asked = []
    for _ in range(4):
        site.seen.clear()
        crawls.run([], tmp_path, everything=False)
        asked.append(sorted(path for path in site.paths if path != "/robots.txt"))
    assert asked[0][-1] == "/monthly.xml"
    assert [len(paths) for paths in asked] == [3, 2, 2, 0]
    assert rows(tmp_path, "SELECT count(*) FROM posts") == [(5,)]
    assert rows(tmp_path, "SELECT count(*) FROM urls WHERE last_seen IS NULL") == [(0,)]


def test_the_books_tell_what_was_asked_for_again(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """Also where a connection breaks that was used before, which clients like to use again on their own."""

    def broken(handler: Handler) -> None:
        handler.close_connection = True

    def flaky(handler: Handler) -> None:
        if handler.site.paths.count("/guide/2") == 1:
            handler.say(b"later", 503)
        else:
            handler.say(handler.site.guide(2))

    site.seen.clear()
    site.answers = {"/guide/1": broken, "/guide/2": flaky}
    crawls.source("again", "urls", guides(range(4)))
    crawls.run(["again"], tmp_path, settings={**ONE_BY_ONE, "RETRY_TIMES": 2})
    told = rows(tmp_path, "SELECT substr(url, -1), state, retries FROM fetches ORDER BY 1")
    assert told == [("0", "accepted", 0), ("1", "failed", 2), ("2", "accepted", 1), ("3", "accepted", 0)]
    for number, _, retries in told:
        assert site.paths.count(f"/guide/{number}") == 1 + retries

"""A feed, sitemap or list that did not change is not sent again, and all that it names is there all the same."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.archive import Archive
from pipelines.listings import FORGOTTEN_DAYS, Listings
from tests.crawler.test_interrupted import rows, wait_for_posts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.conftest import Crawls, Handler, Site

DAY = "Sun, 01 Nov 2026 08:00:00 GMT"
ANSWERED = 3


@dataclass
class Listed:
    """A listing of the site, with what it was asked and how often it sent its body."""

    path: str
    body: bytes
    kind: str
    etag: str = ""
    modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0

    def __call__(self, handler: Handler) -> None:
        told = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(told)
        same = (self.etag and told.get("if-none-match") == self.etag) or (
            not self.etag and self.modified and told.get("if-modified-since") == self.modified
        )
        validators = {"ETag": self.etag, "Last_Modified": self.modified}
        headers: dict[str, Any] = {name: value for name, value in validators.items() if value} | self.headers
        if same:
            handler.say(b"", 304, None, **headers)
            return
        self.sent += 1
        handler.say(self.body, kind=self.kind, **headers)


def feed(site: Site, numbers: list[int], more: str = "") -> bytes:
    entries = "".join(
        f"<entry><title>Guide {n}</title><link href='{site.url}/guide/{n}'/></entry>" for n in numbers
    )
    following = f"<link rel='next' href='{more}'/>" if more else ""
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{following}{entries}</feed>".encode()


def sitemap(site: Site, numbers: list[int]) -> bytes:
    found = "".join(
        f"<url><loc>{site.url}/guide/{n}</loc><lastmod>2026-11-01</lastmod></url>" for n in numbers
    )
    return f"<urlset>{found}</urlset>".encode()


def links(numbers: list[int], more: str = "") -> bytes:
    found = "".join(f"<a href='/guide/{n}'>Руководство {n}</a>" for n in numbers)
    following = f"<a rel=next href='{more}'>older</a>" if more else ""
    return f"<meta charset=windows-1251>{found}{following}".encode("cp1251")


def books(data: Path) -> dict[str, int]:
    names = ("discovered", "fetched", "skipped", "failed", "accepted", "rejected", "unchanged", "errored")
    (row,) = rows(data, f"SELECT {', '.join(names)} FROM runs ORDER BY id DESC LIMIT 1")
    counts = {name: int(str(value)) for name, value in zip(names, row, strict=True)}
    assert counts["discovered"] == counts["fetched"] + counts["skipped"] + counts["failed"]
    assert counts["fetched"] == sum(counts[name] for name in names[4:])
    return counts


def fates(data: Path, site: Site) -> dict[str, tuple[Any, ...]]:
    found = rows(
        data, "SELECT url, state, status, bytes, reason FROM fetches WHERE run = (SELECT max(id) FROM runs)"
    )
    return {str(url).removeprefix(site.url): told for url, *told in found}  # type: ignore[misc]


@pytest.fixture
def listed(site: Site, crawls: Crawls) -> dict[str, Listed]:
    """A feed of two pages, a sitemap behind an index and a list of two pages, each with the validator of its kind."""
    for old in crawls.sources.glob("*.toml"):
        old.unlink()
    every = [
        Listed("/feed.xml", feed(site, [1, 2], "/feed.xml?page=2"), "application/atom+xml", etag='W/"a1"'),
        Listed("/feed.xml?page=2", feed(site, [3]), "application/atom+xml", etag='"a2"', modified=DAY),
        Listed(
            "/sitemap.xml",
            f"<sitemapindex><sitemap><loc>{site.url}/s.xml.gz</loc></sitemap></sitemapindex>".encode(),
            "application/xml",
            modified=DAY,
        ),
        Listed("/s.xml.gz", gzip.compress(sitemap(site, [4, 5]), mtime=0), "application/gzip", modified=DAY),
        Listed("/list/", links([6], "/list/page/2/"), "text/html", etag='"l1"'),
        Listed("/list/page/2/", links([7]), "text/html", etag='"l2"'),
    ]
    site.answers.clear()
    site.seen.clear()
    for one in every:
        site.answers[one.path] = one
    crawls.source("feed", "feed", ["{base}/feed.xml"])
    crawls.source("sitemap", "sitemap", ["{base}/sitemap.xml"])
    crawls.source("list", "site", ["{base}/list/"], allow=["/guide/"])
    return {one.path: one for one in every}


def test_an_unchanged_listing_is_not_sent_again_and_leads_where_it_led(
    listed: dict[str, Listed], site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    names = ["feed", "sitemap", "list"]
    assert crawls.run(names, tmp_path)[0] == 0
    first, before = books(tmp_path), fates(tmp_path, site)
    assert first["accepted"] == 7
    assert all(one.sent == 1 for one in listed.values())

    for _ in range(2):
        assert crawls.run(names, tmp_path)[0] == 0
        again, now = books(tmp_path), fates(tmp_path, site)
        assert {path: one.sent for path, one in listed.items()} == dict.fromkeys(listed, 1)
        assert now.keys() == before.keys()
        assert again["discovered"] == first["discovered"]
        assert again["unchanged"] == 5, "guides 4 and 5 are listed with the date they had, and are left alone"
        for path in listed:
            state, status, size, reason = now[path]
            assert (state, status, size) == ("skipped", 304, 0)
            assert reason == before[path][3] + "; unchanged since it was last read"
    assert all("gzip" in one.asked[0]["accept-encoding"] for one in listed.values())


def test_of_a_listing_that_changed_only_what_is_new_is_fetched(
    listed: dict[str, Listed], site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    assert crawls.run(["feed", "sitemap"], tmp_path)[0] == 0
    front = listed["/feed.xml"]
    front.body, front.etag = feed(site, [9, 1, 2], "/feed.xml?page=2"), '"a3"'
    part = listed["/s.xml.gz"]
    part.body, part.modified = (
        gzip.compress(sitemap(site, [4, 5, 10]), mtime=0),
        "Mon, 02 Nov 2026 08:00:00 GMT",
    )
    site.seen.clear()
    told = crawls.run(["feed", "sitemap"], tmp_path)
    assert told[0] == 0
    now = fates(tmp_path, site)
    assert [now[f"/guide/{number}"][0] for number in (9, 10)] == ["accepted", "accepted"]
    assert books(tmp_path)["accepted"] == 2
    assert now["/feed.xml"][1] == 200
    assert now["/feed.xml?page=2"][1] == now["/sitemap.xml"][1] == 304
    assert not {"/guide/4", "/guide/5"} & set(site.paths), "the sitemap dates them as before"

    assert crawls.run(["feed"], tmp_path)[0] == 0
    assert front.asked[-1]["if-none-match"] == '"a3"', "the validator of the listing as it is now"


def test_validators_that_come_with_a_304_hold_from_then_on(
    listed: dict[str, Listed], crawls: Crawls, tmp_path: Path
) -> None:
    crawls.run(["feed"], tmp_path)
    second = listed["/feed.xml?page=2"]
    second.headers = {"ETag": '"renewed"'}
    for expected in ('"a2"', '"renewed"'):
        crawls.run(["feed"], tmp_path)
        assert second.asked[-1]["if-none-match"] == expected


def test_a_killed_crawl_finds_again_what_an_unchanged_feed_named(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """The feed was read and says that it did not change; most of what it names was never fetched."""
    numbers = list(range(12))
    one = Listed("/gated.xml", feed(site, numbers), "application/atom+xml", etag='"g"')
    site.answers = {one.path: one}
    crawls.source("gated", "feed", ["{base}/gated.xml"])
    site.gated = ANSWERED
    site.gate.clear()
    unhurried = {"CONCURRENT_REQUESTS": 2, "CONCURRENT_REQUESTS_PER_DOMAIN": 2}
    try:
        with crawls.start(["gated"], tmp_path, settings=unhurried) as process:
            wait_for_posts(tmp_path, ANSWERED - 1)
            process.send_signal(signal.SIGKILL)
    finally:
        site.gate.set()
    assert crawls.run(["gated"], tmp_path)[0] == 0
    assert one.sent == 1
    assert one.asked[-1]["if-none-match"] == '"g"'
    counts = books(tmp_path)
    assert (counts["discovered"], counts["fetched"]) == (13, 12)
    assert rows(tmp_path, "SELECT count(*) FROM posts") == [(12,)]


def test_a_limit_leaves_the_rest_for_the_next_run_of_an_unchanged_feed(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    one = Listed("/limited.xml", feed(site, [1, 2, 3, 4, 5]), "application/atom+xml", etag='"x"')
    site.answers = {one.path: one}
    crawls.source("limited", "feed", ["{base}/limited.xml"], limit=2)
    for fetched in (2, 4, 5):
        assert crawls.run(["limited"], tmp_path)[0] == 0
        assert rows(tmp_path, "SELECT count(*) FROM posts") == [(fetched,)]
    assert one.sent == 1


def test_a_listing_whose_copy_is_damaged_is_asked_for_anew(
    listed: dict[str, Listed], site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    crawls.run(["feed"], tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        db.execute("UPDATE listings SET data = x'28b52ffd00' WHERE url LIKE '%/feed.xml'")
        db.commit()
    assert crawls.run(["feed"], tmp_path)[0] == 0
    assert listed["/feed.xml"].sent == 2
    assert fates(tmp_path, site)["/feed.xml"][1] == 200
    assert books(tmp_path)["unchanged"] == 3


def test_a_redirect_that_leads_elsewhere_is_not_asked_with_the_validators_of_before(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """Two feeds of one date: what the first said of itself says nothing of the second."""
    old = Listed("/old.xml", feed(site, [1]), "application/atom+xml", modified=DAY)
    new = Listed("/new.xml", feed(site, [2]), "application/atom+xml", modified=DAY)
    site.answers = {
        "/old.xml": old,
        "/new.xml": new,
        "/feed": lambda handler: handler.say(b"", 302, Location="/old.xml"),
    }
    crawls.source("moving", "feed", ["{base}/feed"])
    crawls.run(["moving"], tmp_path)
    crawls.run(["moving"], tmp_path)
    assert (old.sent, len(old.asked)) == (1, 2)
    site.answers["/feed"] = lambda handler: handler.say(b"", 302, Location="/new.xml")
    crawls.run(["moving"], tmp_path)
    assert new.sent == 1
    assert fates(tmp_path, site)["/guide/2"][0] == "accepted"


def index(site: Site, parts: dict[str, str]) -> bytes:
    found = "".join(
        f"<sitemap><loc>{site.url}{path}</loc><lastmod>{day}</lastmod></sitemap>"
        for path, day in parts.items()
    )
    return f"<sitemapindex>{found}</sitemapindex>".encode()


def test_a_sitemap_that_its_index_lists_as_unchanged_is_not_asked_for(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """On a site without validators, and all that it names is there all the same."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    parts = {"/old.xml": "2020-05-01", "/moving.xml": "2020-05-01", "/new.xml": today}
    top = Listed("/index.xml", index(site, parts), "application/xml")
    listings = [
        Listed(path, sitemap(site, [number]), "text/xml") for number, path in enumerate(parts, start=1)
    ]
    site.answers = {one.path: one for one in (top, *listings)}
    crawls.source("dated", "sitemap", ["{base}/index.xml"])
    assert crawls.run(["dated"], tmp_path)[0] == 0
    assert books(tmp_path)["accepted"] == 3

    top.body = index(site, {**parts, "/moving.xml": "2020-06-01"})
    for one in listings:
        one.body = sitemap(site, [*range(1, 4), 7])
    before = len(site.seen)
    assert crawls.run(["dated"], tmp_path)[0] == 0
    assert [one.sent for one in listings] == [1, 2, 2], "what changed today may have changed since"
    told = fates(tmp_path, site)
    state, status, size, reason = told["/old.xml"]
    assert (state, status, size) == ("skipped", None, 0)
    assert reason.endswith("not asked for, as it is listed as not changed since 2020-05-01")
    assert told["/guide/1"][0] == "skipped", "it is still named by the listing that was not asked for"
    assert told["/guide/7"][0] == "accepted"
    assert "/old.xml" not in site.paths[before:]

    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        db.execute("UPDATE listings SET read_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-15 days')")
        db.commit()
    crawls.run(["dated"], tmp_path)
    assert listings[0].sent == 2, "sites err in their dates"


def test_listings_that_are_spared_leave_room_for_others(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """An index of more sitemaps than a run reads is read whole in some runs."""
    parts = {f"/part{number}.xml": "2020-05-01" for number in range(5)}
    listings = [Listed(path, sitemap(site, [number]), "text/xml") for number, path in enumerate(parts)]
    top = Listed("/parts.xml", index(site, parts), "application/xml")
    site.answers = {one.path: one for one in (top, *listings)}
    crawls.source("parts", "sitemap", ["{base}/parts.xml"])
    for posts in (2, 4, 5):
        crawls.run(["parts"], tmp_path, settings={"LISTING_PAGES": 3})
        assert rows(tmp_path, "SELECT count(*) FROM posts") == [(posts,)]
    assert [one.sent for one in listings] == [1] * 5


def test_only_listings_with_validators_are_held_and_none_for_ever(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        listings = Listings(archive)

        def keep(url: str, etag: str) -> None:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            listings.keep(url, b"<feed/>", etag=etag, last_modified="", content_type="text/xml", at=at)

        keep("https://blog.example/feed", '"1"')
        keep("https://blog.example/plain", "")
        held = listings.of("https://blog.example/feed")
        assert held is not None
        assert (held.body, held.content_type) == (b"<feed/>", "text/xml")
        assert listings.of("https://blog.example/plain") is None
        keep("https://blog.example/feed", "")
        assert listings.validators("https://blog.example/feed") == {}, "it does not tell any more"

        keep("https://blog.example/feed", '"2"')
        assert listings.forget() == 0
        archive.connection.execute(
            "UPDATE listings SET read_at = strftime('%Y-%m-%dT%H:%M:%SZ', read_at, ?)",
            (f"-{FORGOTTEN_DAYS + 1} days",),
        )
        assert listings.forget() == 1

"""Pages are seen again when they are due; what is gone, has moved or does not want to be taken is known as such."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.address import post_id
from pipelines.batch import replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import TablesOf
    from tests.crawler.conftest import Crawls, Handler, Site

EXTRA = "<p>Since last spring the product manager also owns the price, which the roadmap has to show.</p>"
KEPT = {"accepted", "duplicate"}  # the guides are much alike
SEEN_AGAIN = 4 * 24  # hours; more than any first visit is left alone


@dataclass
class Crawled:
    """A folder that is crawled again and again, and what its site was asked in the last crawl."""

    data: Path
    crawls: Crawls
    site: Site

    def crawl(self, names: tuple[str, ...] = (), *, failing: bool = False, **more: Any) -> list[str]:
        """Crawl what is due (or the named sources); the paths that were asked for."""
        self.site.seen.clear()
        status, _, errors = self.crawls.run(list(names), self.data, everything=bool(names), **more)
        assert status == failing, errors
        with closing(sqlite3.connect(self.data / "corpus.db")) as db:
            (row,) = db.execute(
                "SELECT discovered, fetched, skipped, failed, accepted + rejected + unchanged + errored"
                " FROM runs ORDER BY id DESC LIMIT 1"
            ).fetchall()
        assert row[0] == row[1] + row[2] + row[3]
        assert row[1] == row[4]
        return [path for path in self.site.paths if path != "/robots.txt"]

    def rows(self, sql: str, *values: object, database: str = "corpus.db") -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data / database)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            found = db.execute(sql, values).fetchall()
            db.commit()
        return found

    def fate(self, path: str) -> tuple[str, str]:
        """State and reason of a path in the last run."""
        ((state, reason),) = self.rows(
            "SELECT state, reason FROM fetches WHERE url = ? AND run = (SELECT max(id) FROM runs)",
            self.site.url + path,
        )
        return state, reason

    def post(self, path: str) -> dict[str, Any]:
        with closing(sqlite3.connect(self.data / "corpus.db")) as db:
            db.row_factory = sqlite3.Row
            row = db.execute("SELECT * FROM posts WHERE id = ?", (post_id(self.site.url + path),)).fetchone()
        return dict(row) if row else {}

    def later(self, hours: float) -> None:
        """Let time go by: what is remembered lies so much further back."""
        ago = f"-{hours} hours"
        form = "strftime('%Y-%m-%dT%H:%M:%SZ', {}, ?)"
        for table, column in (("urls", "next_due"), ("urls", "last_seen"), ("fetches", "at")):
            self.rows(f"UPDATE {table} SET {column} = {form.format(column)}", ago)
        for table, column in (("captures", "fetched_at"), ("answers", "since"), ("answers", "last")):
            self.rows(f"UPDATE {table} SET {column} = {form.format(column)}", ago, database="archive.db")


@pytest.fixture
def crawled(site: Site, crawls: Crawls, tmp_path: Path) -> Crawled:
    for old in crawls.sources.glob("*.toml"):
        old.unlink()
    site.answers.clear()
    return Crawled(tmp_path, crawls, site)


def guide(number: int, extra: str = "", **headers: str) -> Callable[[Handler], None]:
    more: dict[str, Any] = {"etag": True, **headers}
    return lambda handler: handler.say(handler.site.guide(number, extra), **more)


def moved(location: str, status: int = 301) -> Callable[[Handler], None]:
    return lambda handler: handler.say(b"", status, Location=location)


def test_pages_that_change_are_seen_sooner_and_stable_ones_later(crawled: Crawled) -> None:
    crawled.crawls.source("steady", "urls", ["{base}/guide/1", "{base}/guide/2"], every_hours=1)
    assert sorted(crawled.crawl()) == ["/guide/1", "/guide/2"]
    crawled.later(2)
    assert crawled.crawl() == [], "the source is due and its pages are not"
    state, reason = crawled.fate("/guide/1")
    assert state == "skipped"
    assert reason.startswith("not due before 20")

    crawled.later(SEEN_AGAIN)
    crawled.site.answers["/guide/2"] = guide(2, EXTRA)
    assert sorted(crawled.crawl()) == ["/guide/1", "/guide/2"]
    assert [crawled.fate(f"/guide/{number}")[0] for number in (1, 2)] == ["unchanged", "accepted"]
    hours = dict(crawled.rows("SELECT substr(url, -1), revisit_hours FROM urls"))
    assert hours == {"1": 144.0, "2": 36.0}
    crawled.later(48)
    assert crawled.crawl() == ["/guide/2"]
    assert sorted(crawled.crawl(("steady",))) == ["/guide/1", "/guide/2"], "who names a source means it"


def test_what_no_listing_names_any_more_is_seen_again(crawled: Crawled) -> None:
    """A feed holds its last ten entries; the pages before them change as well."""
    crawled.crawls.source("feed", "urls", ["{base}/guide/1"], every_hours=1)
    crawled.crawl()
    crawled.crawls.source("feed", "urls", ["{base}/guide/2"], every_hours=1000)
    crawled.crawl(("feed",))
    crawled.later(SEEN_AGAIN)
    assert sorted(crawled.crawl()) == ["/guide/1", "/guide/2"]
    assert crawled.fate("/guide/1")[0] == "unchanged"


def test_a_page_is_gone_when_it_was_missing_three_times_and_its_post_stays(
    crawled: Crawled, tables_of: TablesOf
) -> None:
    crawled.crawls.source("leaving", "urls", ["{base}/guide/1", "{base}/guide/2"])
    crawled.crawl(("leaving",))
    crawled.site.answers["/guide/2"] = lambda handler: handler.say(b"", status=410)
    for number in range(3):
        crawled.later(24)
        crawled.crawl(("leaving",))
        crawled.crawl(("leaving",))  # the same day: it does not count
        assert bool(crawled.post("/guide/2")["gone_since"]) == (number == 2)
    post = crawled.post("/guide/2")
    assert post["status"] in KEPT
    ((since,),) = crawled.rows("SELECT since FROM answers", database="archive.db")
    assert post["gone_since"] == since
    assert crawled.fate("/guide/2") == ("failed", "HTTP 410: gone")

    (crawled.data / "corpus.db").rename(crawled.data / "old.db")
    replay(crawled.data, workers=1)
    assert crawled.post("/guide/2")["gone_since"] == since, "it follows from the archive"

    del crawled.site.answers["/guide/2"]
    crawled.crawl(("leaving",))
    assert crawled.post("/guide/2")["gone_since"] is None


def test_a_page_that_moved_for_good_has_one_post_and_two_addresses(crawled: Crawled) -> None:
    site = crawled.site
    crawled.crawls.source("moving", "urls", ["{base}/guide/1", "{base}/old"], every_hours=1)
    crawled.crawl()
    assert crawled.fate("/old")[0] == "failed"

    site.answers |= {"/old": moved("/guide/1"), "/guide/1": moved("/guide/9", 308)}
    crawled.later(SEEN_AGAIN)
    assert sorted(crawled.crawl()) == ["/guide/1", "/guide/9", "/old"]
    assert crawled.fate("/old") == ("skipped", f"moved for good to {site.url}/guide/1")
    assert crawled.fate("/guide/1") == ("skipped", f"moved for good to {site.url}/guide/9")
    assert crawled.fate("/guide/9")[0] == "accepted"
    # nine says other words than one did, and still it is the same page
    assert crawled.post("/old") == {}
    old, new = crawled.post("/guide/1"), crawled.post("/guide/9")
    assert (old["status"], old["duplicate_of"]) == ("duplicate", new["id"])
    assert old["reason"] == f"Moved to {site.url}/guide/9."
    aliases = crawled.rows("SELECT url, moved_to FROM urls WHERE post = ? ORDER BY url", new["id"])
    assert [url for url, _ in aliases] == [f"{site.url}{path}" for path in ("/guide/1", "/guide/9", "/old")]
    assert [to for _, to in aliases] == [f"{site.url}/guide/9", "", f"{site.url}/guide/9"]

    # what moved is asked for where it is, and its old addresses now and then
    crawled.later(80)
    crawled.site.answers["/guide/9"] = guide(9, EXTRA)
    assert crawled.crawl() == ["/guide/9"]
    assert crawled.fate("/guide/9")[0] == "accepted"


@pytest.mark.parametrize("limit", [0, 50])
def test_moves_without_an_end_end(crawled: Crawled, limit: int) -> None:
    """Each leads to an address that nobody has seen, also where the pages wait for the best to come first."""
    crawled.site.answers |= {f"/move/{number}": moved(f"/move/{number + 1}") for number in range(30)}
    crawled.crawls.source("endless", "urls", ["{base}/move/0"], limit=limit)
    asked = crawled.crawl(("endless",), failing=True)
    assert asked == [f"/move/{number}" for number in range(6)]
    assert crawled.fate("/move/5") == ("failed", "redirected too often")


def test_moves_in_a_circle_end(crawled: Crawled) -> None:
    crawled.site.answers |= {"/a": moved("/b"), "/b": moved("/a"), "/self": moved("/self")}
    crawled.crawls.source("circle", "urls", ["{base}/a", "{base}/self", "{base}/guide/1"])
    assert sorted(set(crawled.crawl(("circle",)))) == ["/a", "/b", "/guide/1", "/self"]
    assert crawled.fate("/a")[0] == crawled.fate("/b")[0] == "skipped"
    assert crawled.fate("/self") == ("failed", "redirected too often")
    assert crawled.rows("SELECT url FROM urls WHERE moved_to <> ''") == []


def test_a_page_that_asks_not_to_be_taken_is_not(crawled: Crawled, tables_of: TablesOf) -> None:
    """By a header or by its own words; one that begins to ask is withdrawn, and comes back when it no longer does."""
    quiet = "</article><meta name=Robots content='follow, NoIndex'>"
    crawled.site.answers |= {
        "/guide/1": guide(1, X_Robots_Tag="noindex"),
        "/guide/2": guide(2, quiet),
        "/guide/3": guide(3, X_Robots_Tag="otherbot: noindex"),
        "/guide/4": guide(4, X_Robots_Tag="noarchive"),
    }
    crawled.crawls.source("shy", "urls", [f"{{base}}/guide/{number}" for number in range(1, 6)])
    crawled.crawl(("shy",))
    assert crawled.fate("/guide/1") == ("skipped", "the page asks not to be taken (X-Robots-Tag: noindex)")
    assert crawled.fate("/guide/2") == ("skipped", "the page asks not to be taken (robots meta tag: noindex)")
    assert [crawled.post(f"/guide/{number}").get("robots") for number in range(1, 6)] == [
        *(None, None),
        *("", "noarchive", ""),
    ]
    urls = crawled.rows("SELECT url FROM captures", database="archive.db")
    assert len(urls) == 3, "what is not taken is not archived either"

    crawled.site.answers["/guide/5"] = guide(5, quiet)
    crawled.crawl(("shy",))
    post = crawled.post("/guide/5")
    assert (post["status"], post["reason"]) == ("rejected", post["withdrawn"])
    assert post["reason"].endswith("the page asks not to be taken: robots meta tag: noindex.")
    before = tables_of(crawled.data / "corpus.db", leave_out=set())
    replay(crawled.data, workers=1)
    assert tables_of(crawled.data / "corpus.db", leave_out=set()) == before

    del crawled.site.answers["/guide/5"]
    crawled.crawl(("shy",))
    assert crawled.post("/guide/5")["status"] in KEPT
    assert crawled.post("/guide/5")["withdrawn"] == ""


def test_links_are_followed_from_pages_that_are_not_due(crawled: Crawled) -> None:
    """A run may have ended between a page and its links."""
    link = "<p><a href='/guide/2'>the second part</a></p>"
    crawled.site.answers["/guide/1"] = guide(1, link)
    crawled.site.answers["/"] = lambda handler: handler.say(b"<a href=/guide/1>one</a>")
    crawled.crawls.source("linked", "site", ["{base}/"], allow=["/guide/"], every_hours=1)
    crawled.crawl()
    # as if the run had been killed before the second part
    second = post_id(f"{crawled.site.url}/guide/2")
    crawled.rows("UPDATE posts SET status = 'accepted', duplicate_of = NULL")
    for table, column in (("urls", "post"), ("fetches", "post"), ("posts", "id")):
        crawled.rows(f"DELETE FROM {table} WHERE {column} = ?", second)
    crawled.rows("DELETE FROM captures WHERE url LIKE '%/guide/2'", database="archive.db")
    crawled.later(2)
    assert crawled.crawl() == ["/", "/guide/2"]
    assert crawled.post("/guide/2")["status"] in KEPT


def test_a_source_sets_the_bounds_of_its_visits(crawled: Crawled) -> None:
    paths = ["{base}/guide/1", "{base}/guide/2"]
    bounds = {"revisit_least_hours": 2, "revisit_most_hours": 30}
    crawled.crawls.source("bounded", "urls", paths, every_hours=1, **bounds)
    crawled.crawl()
    assert crawled.rows("SELECT DISTINCT revisit_hours FROM urls") == [(30.0,)]
    crawled.site.answers["/guide/2"] = guide(2, EXTRA)
    crawled.later(31)
    assert sorted(crawled.crawl()) == ["/guide/1", "/guide/2"]
    assert dict(crawled.rows("SELECT substr(url, -1), revisit_hours FROM urls")) == {"1": 30.0, "2": 15.0}


def test_other_bounds_hold_for_visits_that_were_planned_before(crawled: Crawled) -> None:
    """Also in what a dry run says; what failed keeps its own time."""
    paths = ["{base}/guide/1", "{base}/guide/2"]
    crawled.crawls.source("bounded", "urls", paths, every_hours=1)
    crawled.crawl()
    crawled.rows("UPDATE urls SET revisit_hours = 1000, next_due = '2999-01-01T00:00:00Z'")
    crawled.rows("UPDATE urls SET failures = 1 WHERE url LIKE '%/2'")
    crawled.later(50)
    assert crawled.crawl() == []
    crawled.crawls.source("bounded", "urls", paths, every_hours=1, revisit_most_hours=48)
    output = crawled.crawls.run([], crawled.data, everything=False, dry_run=True)[1]
    assert output.split() == [crawled.site.url + "/guide/1"]
    assert crawled.crawl() == ["/guide/1"]
    crawled.crawls.source("bounded", "urls", paths, every_hours=1, revisit_least_hours=500)
    crawled.later(100)
    assert crawled.crawl() == [], "and a source may be asked less often from now on"


def test_a_dry_run_names_what_is_due_and_writes_nothing(crawled: Crawled) -> None:
    """By what was crawled before: not what is known and not due, but new pages and those whose time has come."""
    links = "".join(f"<li><a href='/guide/{n}'>Guide {n}</a></li>" for n in (1, 2)).encode()
    crawled.site.answers["/list"] = lambda handler: handler.say(links, etag=True)
    crawled.crawls.source("steady", "list", ["{base}/list"], every_hours=20)
    crawled.crawls.source("rare", "urls", ["{base}/guide/7"], every_hours=1000)

    def rehearse(names: tuple[str, ...] = ()) -> tuple[set[str], str, list[str]]:
        before = {path.name: path.read_bytes() for path in crawled.data.glob("*.db")}
        crawled.site.seen.clear()
        status, output, errors = crawled.crawls.run(
            list(names), crawled.data, everything=bool(names), dry_run=True
        )
        assert status == 0, errors
        assert {path.name: path.read_bytes() for path in crawled.data.glob("*.db")} == before
        assert not any(path.startswith("/guide/") for path in crawled.site.paths)
        return (
            {line.removeprefix(crawled.site.url) for line in output.split()},
            "\n".join(errors),
            crawled.site.paths,
        )

    found, told, _ = rehearse()
    assert found == {"/guide/1", "/guide/2", "/guide/7"}
    assert not (crawled.data / "corpus.db").exists()
    assert "3 pages of 2 sources would be fetched now" in told

    crawled.crawl()
    found, told, asked = rehearse()
    assert (found, asked) == (set(), [])
    assert "No source is due before 20" in told
    assert "steady: its list is not due before 20" in told
    assert "rare: its urls is not due before" in told

    crawled.later(21)
    more = links + b"<a href='/guide/3'>Guide 3</a>"
    crawled.site.answers["/list"] = lambda handler: handler.say(more, etag=True)
    found, told, asked = rehearse()
    assert found == {"/guide/3"}
    assert "1 pages of 1 sources would be fetched now; 2 are known and not due yet" in told
    assert "/list" in asked
    assert rehearse(("steady",))[0] == {"/guide/1", "/guide/2", "/guide/3"}, "who names a source means it"

    crawled.later(60)
    assert rehearse()[0] == {"/guide/1", "/guide/2", "/guide/3", "/guide/7"}
    assert set(crawled.crawl()) == {"/list", "/guide/1", "/guide/2", "/guide/3", "/guide/7"}


def test_a_feed_is_left_alone_for_as_long_as_its_site_says(crawled: Crawled) -> None:
    """Also by the runs that a timer starts meanwhile; the source's other way, elsewhere, is not held up by it."""
    crawled.site.answers["/feed.xml"] = lambda handler: handler.say(b"later", 429, Retry_After="7200")
    crawled.crawls.source("busy", "feed", ["{base}/feed.xml"], every_hours=0.5)
    crawled.crawls.source("other", "urls", ["{base}/guide/1"], every_hours=0.001)
    assert sorted(crawled.crawl()) == ["/feed.xml", "/guide/1"]
    crawled.later(1)
    assert crawled.crawl() == []
    feed = f"<rss><channel><item><link>{crawled.site.url}/guide/2</link></item></channel></rss>".encode()
    crawled.site.answers["/feed.xml"] = lambda handler: handler.say(feed, kind="application/rss+xml")
    crawled.later(1.1)
    assert sorted(crawled.crawl()) == ["/feed.xml", "/guide/2"]
    assert crawled.rows("SELECT count(*) FROM urls WHERE source = 'busy'") == [(1,)], "a feed is no page"

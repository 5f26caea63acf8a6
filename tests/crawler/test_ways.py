"""The ways of finding pages on a real site: what is found, what is left, and what a second crawl does."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.store import Store

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Site

RSS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<rss version="2.0"><channel><title>Guides &b;</title>
<item><title>one</title><link> /guide/1 </link></item>
<item><title>two</title><guid>{base}/guide/2</guid></item>
<item><title>none</title><guid isPermaLink="false">17</guid></item>
<item><title>away</title><link>http://elsewhere.example/guide</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/guide/">
<link rel="next" href="/atom-2.xml"/>
<entry><link rel="self" href="/no"/><link type="text/html" href="3"/></entry>
<entry><link rel="alternate" href="/guide/1"/></entry></feed>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{base}/posts.xml.gz</loc></sitemap><sitemap><loc>{base}/gone.xml</loc></sitemap>
</sitemapindex>"""
POSTS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>{base}/guide/11</loc><lastmod>2026-01-01</lastmod></url>
<url><loc>{base}/guide/12</loc></url><url><loc>{base}/tag/pm</loc></url></urlset>"""
FRONT = """<base href="/list/"><a href="../guide/21">21</a> <a href="/guide/21#top">again</a>
<a href="/guide/22" rel="nofollow">22</a> <a href="javascript:alert(1)">js</a>
<a href="mailto:a@b.example">m</a>
<a href="/guide/23.pdf">pdf</a> <a href="/about">about</a> <a href="/topics/career">topics</a>
<a href="http://elsewhere.example/guide/1">away</a> <a rel="next" href="?page=2">older</a>"""
OLDER = """<a href="/guide/24">24</a>"""
TOPIC = """<a href="/guide/25">25</a><a href="/topics/deeper">deeper</a>"""
DEEPER = """<a href="/guide/26">26</a><a href="/topics/deepest">deepest</a>"""
DEEPEST = """<a href="/guide/27">too deep</a>"""
ROTA = """<urlset><url><loc>/guide/31</loc></url><url><loc>/guide/32</loc></url></urlset>"""
CROWDED = "".join(f'<a href="/crowd/{number}">x</a>' for number in range(3000))


@dataclass(frozen=True)
class Crawl:
    data: Path
    runs: list[dict[str, tuple[str, str]]]
    errors: list[str]


@pytest.fixture(scope="module")
def crawl(site: Site, crawls: Crawls, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    def page(text: str, kind: str = "text/html") -> Any:
        return lambda handler: handler.say(text.replace("{base}", site.url).encode(), kind=kind)

    posts = gzip.compress(POSTS.replace("{base}", site.url).encode())
    json_feed = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "4", "url": "/guide/4"}, 5]}'
    site.answers = {
        "/rss.xml": page(RSS, "application/rss+xml"),
        "/atom.xml": page(ATOM, "application/atom+xml"),
        "/atom-2.xml": page("<feed><entry><link href='/guide/5'/></entry>", "text/xml"),
        "/feed.json": page(json_feed, "application/feed+json"),
        "/not-a-feed": page("<html><p>hello</html>"),
        "/sitemap.xml": page(INDEX, "application/xml"),
        "/posts.xml.gz": lambda handler: handler.say(posts, kind="application/x-gzip"),
        "/": page(FRONT),
        "/list/?page=2": page(OLDER),
        "/topics/career": page(TOPIC),
        "/topics/deeper": page(DEEPER),
        "/topics/deepest": page(DEEPEST),
        "/guide/21": lambda handler: handler.say(site.guide(21, "<a href='/guide/28'>next</a>"), etag=True),
        "/crowded": page(CROWDED),
        "/rota.xml": page(ROTA, "text/xml"),
    }
    feeds = ["{base}/rss.xml", "{base}/atom.xml", "{base}/feed.json", "{base}/not-a-feed"]
    crawls.source("feeds", "feed", feeds)
    crawls.source("map", "sitemap", ["{base}/sitemap.xml"], deny=["/tag/"])
    crawls.source("links", "site", ["{base}/"], allow=["/guide/\\d+$"], follow=["/topics/"], depth=3)
    crawls.source("crowd", "site", ["{base}/crowded"], limit=2)
    crawls.source("rota", "sitemap", ["{base}/rota.xml"], limit=1)
    data = tmp_path_factory.mktemp("ways") / "data"
    told: list[str] = []
    for _ in range(2):
        settings = {"LINKS_PER_PAGE": 10, "RETRY_TIMES": 0}
        status, _, errors = crawls.run(["feeds", "map", "links", "crowd", "rota"], data, settings=settings)
        assert status == 0, errors
        told += errors
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute("SELECT run, url, state, reason FROM fetches").fetchall()
    runs = [
        {url.removeprefix(site.url): (state, reason) for run, url, state, reason in rows if run == number}
        for number in (1, 2)
    ]
    return Crawl(data, runs, told)


def accepted(run: dict[str, tuple[str, str]]) -> set[str]:
    return {url for url, (state, _) in run.items() if state == "accepted"}


def test_feeds_name_their_entries(crawl: Crawl) -> None:
    """RSS by link or permalink, Atom by its base and its pages, JSON; entities are not expanded."""
    assert accepted(crawl.runs[0]) >= {f"/guide/{number}" for number in (1, 2, 3, 4, 5)}
    assert crawl.runs[0]["http://elsewhere.example/guide"][0] == "skipped"
    assert crawl.runs[0]["/rss.xml"] == ("skipped", "read for its links (3), no page to keep")
    assert crawl.runs[0]["/not-a-feed"] == ("failed", "not a feed: its outermost element is <html>")
    assert "/no" not in crawl.runs[0]


def test_sitemaps_name_their_pages(crawl: Crawl) -> None:
    """Through an index and a gzip file; a sitemap that is gone is told and costs no other."""
    assert accepted(crawl.runs[0]) >= {"/guide/11", "/guide/12"}
    assert crawl.runs[0]["/tag/pm"] == ("skipped", "left out by the source's deny = '/tag/'")
    assert crawl.runs[0]["/gone.xml"] == ("failed", "HTTP 404: not found")


def test_links_are_followed_within_patterns_depth_and_paging(crawl: Crawl) -> None:
    """From articles too; nofollow, other hosts, files and other schemes are no pages of ours."""
    assert accepted(crawl.runs[0]) >= {f"/guide/{number}" for number in (21, 24, 25, 26, 28)}
    for path in ("/list/?page=2", "/topics/career", "/topics/deeper", "/topics/deepest"):
        assert crawl.runs[0][path][1].startswith("read for its links")
    for path in ("/guide/22", "/guide/23.pdf", "/about", "/guide/27", "http://elsewhere.example/guide/1"):
        assert path not in crawl.runs[0]


def test_a_page_of_a_thousand_links_does_not_flood_the_crawl(crawl: Crawl) -> None:
    crowd = {url: fate for url, fate in crawl.runs[0].items() if url.startswith("/crowd/")}
    assert len(crowd) <= 10
    assert sum(state == "failed" for state, _ in crowd.values()) == 2
    assert any("limit of 2 pages" in reason for _, reason in crowd.values())


def test_under_a_limit_each_run_takes_what_was_not_seen_for_the_longest_time(crawl: Crawl) -> None:
    """Or the pages behind the first few would never have their turn."""
    turns = [{url for url in accepted(run) if url in ("/guide/31", "/guide/32")} for run in crawl.runs]
    assert turns == [{"/guide/31"}, {"/guide/32"}]


def test_a_second_crawl_finds_nothing_new(crawl: Crawl, site: Site) -> None:
    """It asks with the validators of the first, and pages that did not change are *unchanged*."""
    first, second = crawl.runs
    unchanged = {url for url, (state, _) in second.items() if state == "unchanged"}
    assert unchanged == accepted(first) - {"/guide/31", "/guide/11"}
    # its sitemap gives it a date, and the same as before
    assert second["/guide/11"] == ("skipped", "known, and listed as not changed since 2026-01-01")
    assert set(first) == set(second)
    asked = [headers for path, headers in site.seen if path == "/guide/1"]
    assert ["If-None-Match" in headers for headers in asked] == [False, True]


def test_both_runs_balance_and_leave_one_post_a_page(crawl: Crawl) -> None:
    with Store.open(crawl.data / "corpus.db", create=False) as store:
        assert all(store.accounting(run).balanced for run in (1, 2))
        runs = store.connection.execute("SELECT status, accepted, unchanged FROM runs ORDER BY id").fetchall()
        posts = store.connection.execute("SELECT count(*) FROM posts").fetchone()[0]
    pages = len(accepted(crawl.runs[0]))
    # one page had its turn in the first run, another in the second
    assert runs == [("finished", pages, 0), ("finished", 1, pages - 2)]
    assert posts == pages + 1


def test_it_is_quiet(crawl: Crawl) -> None:
    """Beside its progress, twice over."""
    assert crawl.errors == []


def test_a_dry_run_names_the_pages_within_the_limit_and_fetches_none(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    seen = len(site.seen)
    status, output, _ = crawls.run(["map", "rota"], tmp_path / "data", dry_run=True)
    assert status == 0
    # the second source takes one page a run
    assert set(output.split()) == {f"{site.url}/guide/{number}" for number in (11, 12, 31)}
    assert not any(path.startswith("/guide/") for path, _ in site.seen[seen:])
    assert not (tmp_path / "data").exists()

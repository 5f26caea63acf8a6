"""``winnow sources`` on a real site: what is found and written, what a check shows, what is switched where."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.patterns import guess_patterns
from crawler.source import Find, load_source, shipped, source_files

if TYPE_CHECKING:
    from tests.crawler.conftest import Answer, Site


def winnow(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    code = "from pipelines.cli import main; main()"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def page(text: str, kind: str = "text/html") -> Answer:
    return lambda handler: handler.say(text.encode(), kind=kind)


@pytest.fixture
def blog(site: Site) -> Site:
    """A blog with a feed that its front page names, and an index of sitemaps that robots.txt names."""
    entries = "".join(f"<entry><link href='/guide/{n}/part'/></entry>" for n in range(601, 606))
    urls = "".join(f"<url><loc>/guide/{n}/part</loc></url>" for n in range(601, 611))
    lists = "".join(f"<url><loc>/tag/{word}/all</loc></url><url><loc>/about/us</loc></url>" for word in "ab")
    site.answers = {
        "/": page("<title>PM &amp; me</title><link rel=alternate type='application/atom+xml' href='/a.xml'>"),
        "/a.xml": page(f"<feed>{entries}</feed>", "application/atom+xml"),
        "/robots.txt": page("Sitemap: /index.xml", "text/plain"),
        "/index.xml": page(
            "<sitemapindex><sitemap><loc>/tags.xml</loc></sitemap><sitemap><loc>/posts.xml</loc></sitemap>"
            "</sitemapindex>",
            "text/xml",
        ),
        "/posts.xml": page(f"<urlset>{urls}</urlset>", "text/xml"),
        "/tags.xml": page(f"<urlset>{lists}</urlset>", "text/xml"),
    }
    return site


def test_a_site_is_added_checked_enabled_and_listed(blog: Site, tmp_path: Path) -> None:
    """As a person does it, with no word about folders: what is theirs lies beside the databases."""
    added = winnow("sources", "add", f"{blog.url}/", "--name", "blog", "--allow-private", cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    assert added.stdout == "blog\n"
    path = tmp_path / "data" / "sources" / "blog.toml"
    source = load_source(path)
    assert (source.title, source.enabled, source.verified) == ("PM & me", False, False)
    assert (source.way, source.start) == ("feed", (f"{blog.url}/a.xml",))
    assert source.find == (Find(way="sitemap", start=(f"{blog.url}/index.xml",), every_hours=700),)
    assert source.deny == ("/about/", "/tag/")
    assert source.wants(f"{blog.url}/guide/9/part")
    assert not source.wants(f"{blog.url}/team/9")

    path.write_text(path.read_text().replace("enabled = false", "enabled = false\ndelay = 0", 1))
    checked = winnow("sources", "check", "blog", "--pages", "2", "--mark", "--json", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    told = json.loads(checked.stdout)
    entries = {seen["url"].removeprefix(blog.url): seen["entries"] for seen in told["listings"]}
    assert entries == {"/a.xml": 5, "/index.xml": 0, "/posts.xml": 10, "/tags.xml": 3}
    assert told["matching"] == 10
    assert {skipped["reason"]: skipped["urls"] for skipped in told["skipped"]} == {
        "left out by the source's deny = '/about/'": 1,
        "left out by the source's deny = '/tag/'": 2,
    }
    assert [(seen["status"], seen["kind"]) for seen in told["pages"]] == [("accepted", "guide")] * 2
    assert told["pages"][0]["title"].startswith("How to grow as a product manager, part 60")
    assert load_source(path).verified
    assert load_source(path).verified_on >= "2026-01-01"
    assert not (tmp_path / "data" / "corpus.db").exists()

    assert winnow("sources", "enable", "blog", cwd=tmp_path).returncode == 0
    crawled = winnow("crawl", cwd=tmp_path)
    assert crawled.returncode == 0, crawled.stderr
    rows = json.loads(winnow("sources", "list", "--json", cwd=tmp_path).stdout)
    (row,) = [row for row in rows if row["name"] == "blog"]
    with closing(sqlite3.connect(tmp_path / "data" / "corpus.db")) as db:
        # the guides of this site are much alike, and of copies one is an article
        count = "SELECT count(*) FROM posts WHERE status = ? AND source = 'blog'"
        accepted, copies = (
            db.execute(count, (status,)).fetchone()[0] for status in ("accepted", "duplicate")
        )
    assert accepted + copies == 10
    assert (row["way"], row["enabled"], row["verified"]) == ("feed + sitemap", True, True)
    assert row["articles"] == accepted >= 1
    assert row["due"] > row["last_crawl"] > "2026"
    shown = winnow("sources", "show", "blog", cwd=tmp_path).stdout
    assert "sitemap, every 700 hours, last read 20" in shown
    assert f"articles: {accepted}\n" in shown
    assert winnow("sources", "disable", "blog", cwd=tmp_path).returncode == 0
    assert not load_source(path).enabled


def test_a_source_that_does_not_work_is_told_and_not_marked(blog: Site, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    path = sources / "odd.toml"
    lines = ('way = "feed"', 'start = ["{base}/a.xml", "{base}/gone.xml"]', 'allow = ["/nowhere/"]')
    path.write_text("\n".join([*lines, "delay = 0", "allow_private = true", "verified = false"]))
    told = winnow(
        "sources", "check", "odd", "--mark", "--sources", str(sources), "--base", blog.url, cwd=tmp_path
    )
    assert told.returncode == 1
    assert "/gone.xml: FAILED: HTTP 404" in told.stdout
    assert "5 skipped, left out, as none of the source's allow finds it, such as" in told.stdout
    assert "Does not work yet: no page was fetched" in told.stdout
    assert not load_source(path, base=blog.url).verified


def test_a_front_page_that_lists_articles_is_a_source_too(site: Site, tmp_path: Path) -> None:
    links = "".join(f"<a href='/guide/{n}'>How a product manager plans part {n}</a>" for n in range(4))
    site.answers = {"/": page(f"<title>Guides</title>{links}")}
    added = winnow("sources", "add", f"{site.url}/", "--name", "front", "--allow-private", cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    source = load_source(tmp_path / "data" / "sources" / "front.toml")
    assert (source.way, source.start) == ("list", (f"{site.url}/",))
    assert source.wants(f"{site.url}/guide/77")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "blgo"), ["no source is called 'blgo'", "`winnow sources list` shows them"]),
        (("check", "aha"), ["WINNOW_CONTACT"]),
        (("enable", "nobody"), ["no source is called 'nobody'"]),
        (("add", "https://blog.example/"), ["https://blog.example/ could not reach you", "--contact"]),
        (("add", "http://127.0.0.1/", "--name", "A B"), ["a source cannot be called 'A B'", "--name"]),
        (("add", "blog.example"), ["'blog.example' is not a URL that starts with https://"]),
        (("list", "--sources", "nowhere"), ["no such folder of sources: 'nowhere'"]),
    ],
)
def test_a_mistake_is_told(arguments: tuple[str, ...], words: list[str], tmp_path: Path) -> None:
    done = winnow("sources", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_switched_stays_as_it_was(tmp_path: Path) -> None:
    """Half written, it would stop every crawl."""
    path = tmp_path / "quoted.toml"
    path.write_text('way = "feed"\nstart = ["https://blog.example/feed"]\n"enabled" = false\n')
    before = path.read_text()
    done = winnow("sources", "enable", "quoted", "--sources", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "quoted.toml" in done.stderr
    assert path.read_text() == before


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('way = "feed"\nstart = []\n')
    done = winnow("sources", "list", "--sources", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path / 'broken.toml'}:2: start is empty" in done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == "name way enabled verified due last_crawl articles quarantine".split()
    assert {line[0] for line in lines[1:]} == {*source_files(), "broken"}


def test_a_good_number_of_real_sources_comes_with_winnow() -> None:
    assert len(list(shipped().glob("*.toml"))) >= 30


SITE = "https://www.blog.example"


def test_patterns_are_guessed_from_what_articles_share() -> None:
    """A folder, or a date; and nothing where they share nothing. Lists among the other URLs are denied."""
    shelf = [f"{SITE}/posts/{name}" for name in ("a-b", "c-d", "e-f")]
    guessed = guess_patterns(shelf, [*shelf, f"{SITE}/tag/x/", f"{SITE}/author/y/", f"{SITE}/pricing"])
    assert guessed.allow == (r"^https?://(?:www\.)?blog\.example(?::\d+)?/posts/[^/?#]",)
    assert guessed.deny == ("/author/", "/tag/")
    assert guess_patterns([f"{SITE}/2026/0{n}/x" for n in (1, 2, 3)], []).allow == (
        r"/(?:19|20)\d\d/\d{1,2}/",
    )
    assert guess_patterns([f"{SITE}/{name}" for name in "abcd"], []).allow == ()
    assert guess_patterns(shelf[:2], []).allow == ()
    assert guess_patterns([f"{SITE}/page/{n}/x" for n in range(4)], [f"{SITE}/page/2/"]).deny == ()

"""What a crawl finds by several ways, takes from a feed, leaves alone as unchanged, and takes first under a limit."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.batch import Summary, replay
from pipelines.store import Store

if TYPE_CHECKING:
    from tests.conftest import TablesOf
    from tests.crawler.conftest import Answer, Crawls, Site


def page(text: str, kind: str = "text/html") -> Answer:
    return lambda handler: handler.say(text.encode(), kind=kind)


def fates(data: Path, base: str) -> list[dict[str, tuple[str, str]]]:
    """By run, state and reason of each URL."""
    found: dict[int, dict[str, tuple[str, str]]] = {}
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        for run, url, state, reason in db.execute("SELECT run, url, state, reason FROM fetches ORDER BY id"):
            found.setdefault(run, {})[url.removeprefix(base)] = (state, reason)
    return [found[run] for run in sorted(found)]


def article(site: Site, number: int) -> str:
    """The inside of a guide's article: what a feed carries of it, long enough to be all of it."""
    text = site.guide(number).decode()
    inside = text.partition("</h1>")[2].partition("</article>")[0]
    more = "".join(
        f"<p>In week {week} of part {number} a product manager reviews the roadmap with one stakeholder, writes down"
        f" what the team has learned from {week + number} customers, and decides what comes off the backlog.</p>"
        for week in range(2, 6)
    )
    return inside + more


def test_an_article_that_the_feed_carries_is_taken_from_it(
    site: Site, crawls: Crawls, tmp_path: Path, tables_of: TablesOf
) -> None:
    """The page is not asked for; a replay gives the same corpus, and a second crawl changes nothing."""
    items = [
        {
            "url": f"/guide/{number}",
            "title": f"How to grow as a product manager, part {number}",
            "date_modified": "2026-02-01T00:00:00Z",
            "content_html": article(site, number) if number == 401 else "<p>Short.</p>",
        }
        for number in (401, 402)
    ]
    odd = {"title": "Odd", "content_html": article(site, 403), "date_modified": "2026-02-01"}
    strange = [
        odd | {"url": url} for url in ("gopher://127.0.0.1/guide/403", "http://elsewhere.example/guide/403")
    ]
    site.answers["/whole.json"] = page(json.dumps({"items": [*items, *strange]}), "application/feed+json")
    crawls.source("whole", "feed", ["{base}/whole.json"])
    for _ in range(2):
        status, _, errors = crawls.run(["whole"], tmp_path)
        assert status == 0, errors
    assert "/guide/401" not in site.paths
    assert site.paths.count("/guide/402") == 1
    first, second = fates(tmp_path, site.url)
    assert first["gopher://127.0.0.1/guide/403"] == ("skipped", "only http and https are fetched")
    assert first["http://elsewhere.example/guide/403"][0] == "skipped"
    assert first["/guide/401"] == first["/guide/402"] == ("accepted", "")
    kept = ("skipped", "known, and listed as not changed since 2026-02-01")
    assert second["/guide/401"] == second["/guide/402"] == kept
    before = tables_of(tmp_path / "corpus.db", leave_out=set())
    replayed = replay(tmp_path, workers=1)
    assert isinstance(replayed, Summary)
    assert replayed.accounting.unchanged == 2
    assert tables_of(tmp_path / "corpus.db", leave_out=set()) == before
    with Store.open(tmp_path / "corpus.db", create=False) as store:
        assert all(store.accounting(run).balanced for run in (1, 2, 3))

    items[0]["date_modified"] = items[1]["date_modified"] = "2026-03-01T00:00:00Z"
    crawls.source("whole", "feed", ["{base}/whole.json"], full_text=False)
    status, _, errors = crawls.run(["whole"], tmp_path, since="2026-02-15")
    assert status == 0, errors
    assert "/guide/401" not in site.paths  # the feed that is served still says February
    site.answers["/whole.json"] = page(json.dumps({"items": items}), "application/feed+json")
    status, _, errors = crawls.run(["whole"], tmp_path, since="2026-02-15")
    assert site.paths.count("/guide/401") == 1
    assert site.paths.count("/guide/402") == 2
    *_, early, late = fates(tmp_path, site.url)
    assert early["/guide/402"] == ("skipped", "listed as last changed on 2026-02-01, before 2026-02-15")
    assert (early["/guide/401"][0], late["/guide/401"][0], late["/guide/402"][0]) == (
        "skipped",
        "accepted",
        "unchanged",
    )


@pytest.fixture
def archive(site: Site) -> None:
    """Lists of articles: one counted, one that links its older page, with two articles each."""
    for number in range(1, 5):
        links = [411 + 2 * number, 412 + 2 * number] if number < 4 else [417, 418]
        body = "".join(f"<a href='/guide/{link}'>{link}</a>" for link in links) + "<a href='/imprint'>x</a>"
        site.answers[f"/counted?page={number}"] = page(body)
    site.answers["/archive"] = page("<a href='/guide/431'>x</a><a href='/archive/page/2'>Older posts</a>")
    site.answers["/archive/page/2"] = page("<a href='/guide/432'>x</a>")


@pytest.mark.usefixtures("archive")
def test_lists_are_read_to_their_end(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """By number until a page brings nothing new, or as they link one another; articles are not read for links."""
    start = ["{base}/counted?page={page}", "{base}/archive"]
    crawls.source("lists", "list", start, allow=["/guide/"])
    site.answers["/guide/431"] = lambda handler: handler.say(site.guide(431, "<a href='/guide/439'>x</a>"))
    status, _, errors = crawls.run(["lists"], tmp_path)
    assert status == 0, errors
    (run,) = fates(tmp_path, site.url)
    taken = {path for path, (state, _) in run.items() if state == "accepted"}
    assert taken == {f"/guide/{n}" for n in (413, 414, 415, 416, 417, 418, 431, 432)}
    assert "/counted?page=4" in run
    assert "/counted?page=5" not in run

    crawls.source("few", "list", start[:1], allow=["/guide/"], pages=2)
    status, _, errors = crawls.run(["few"], tmp_path / "few")
    assert status == 0, errors
    assert "/counted?page=3" not in fates(tmp_path / "few", site.url)[0]


def test_a_source_has_several_ways_and_each_is_due_in_its_own_time(
    site: Site, crawls: Crawls, tmp_path: Path
) -> None:
    """The feed every hour, the sitemap every month; the limit is the source's, over both."""
    site.answers["/quick.xml"] = page("<feed><entry><link href='/guide/441'/></entry></feed>", "text/xml")
    urls = "".join(f"<url><loc>/guide/{n}</loc></url>" for n in (441, 442, 443))
    site.answers["/all.xml"] = page(f"<urlset>{urls}</urlset>", "text/xml")
    (crawls.sources / "both.toml").write_text(
        "delay = 0\nallow_private = true\nlimit = 2\n"
        '[[find]]\nway = "feed"\nstart = ["{base}/quick.xml"]\nevery_hours = 1\n'
        '[[find]]\nway = "sitemap"\nstart = ["{base}/all.xml"]\nevery_hours = 700\n'
    )
    quiet: dict[str, Any] = {"everything": False, "sources_dir": str(tmp_path / "own")}
    (tmp_path / "own").mkdir()
    (crawls.sources / "both.toml").rename(tmp_path / "own" / "both.toml")
    data = tmp_path / "data"
    asked: list[set[str]] = []
    for hours in (0, 2, 800):
        with (
            closing(sqlite3.connect(data / "corpus.db"))
            if hours
            else closing(sqlite3.connect(":memory:")) as db
        ):
            if hours:
                db.execute(
                    "UPDATE fetches SET at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?)", (f"-{hours} hours",)
                )
                db.commit()
        seen = len(site.seen)
        status, _, errors = crawls.run([], data, **quiet)
        assert status == 0, errors
        asked.append({path for path in site.paths[seen:] if path.endswith(".xml")})
    assert asked == [{"/quick.xml", "/all.xml"}, {"/quick.xml"}, {"/quick.xml", "/all.xml"}]
    first = fates(data, site.url)[0]
    assert [first[f"/guide/{n}"][0] for n in (441, 442, 443)] == ["accepted", "accepted", "skipped"]
    seen = len(site.seen)
    status, _, errors = crawls.run([], data, **quiet)
    assert (status, len(errors)) == (0, 1)
    assert re.fullmatch(r"No source is due before 20\d\d-\d\d-\d\dT[\d:]{8}Z\.", errors[0])
    assert site.seen[seen:] == []


def test_a_crawl_heeds_hints_and_a_replay_without_the_file_does(
    site: Site, crawls: Crawls, tmp_path: Path, tables_of: TablesOf
) -> None:
    """What was curated under a hint is unchanged for the next crawl under it, and judged anew under another."""
    box = "<p class=box>Product managers love our quarterly roadmap template.</p>"
    site.answers["/guide/461"] = lambda handler: handler.say(site.guide(461, box), etag=True)
    keys: dict[str, Any] = {"hint": []}

    def crawl() -> tuple[str, list[tuple[str, str]]]:
        (crawls.sources / "hinted.toml").unlink(missing_ok=True)
        crawls.source("hinted", "urls", ["{base}/guide/461"])
        path = crawls.sources / "hinted.toml"
        path.write_text(path.read_text() + "".join(keys["hint"]))
        status, _, errors = crawls.run(["hinted"], tmp_path)
        assert status == 0, errors
        with closing(sqlite3.connect(tmp_path / "corpus.db")) as db:
            gone = db.execute("SELECT text, reason FROM fragments WHERE rule = 'site_part'").fetchall()
        return fates(tmp_path, site.url)[-1]["/guide/461"][0], gone

    assert crawl() == ("accepted", [])
    keys["hint"] = ['\n[[hint]]\nprune = "p.box"\nuntil = 2999-01-01\n']
    pruned = [
        ("Product managers love our quarterly roadmap template.", "Its source says so: p.box is pruned.")
    ]
    assert crawl() == ("accepted", pruned)
    assert crawl() == ("unchanged", pruned)
    before = tables_of(tmp_path / "corpus.db", leave_out=set())
    (crawls.sources / "hinted.toml").unlink()
    replayed = replay(tmp_path, workers=1)
    assert isinstance(replayed, Summary)
    assert replayed.accounting.unchanged == 1
    assert tables_of(tmp_path / "corpus.db", leave_out=set()) == before


def test_under_a_limit_the_best_come_first(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """By what their links and addresses promise, wherever they stand on the site."""
    links = [
        ("/tag/x", "All of it"),
        ("/guide/451/", "Our office dog"),
        ("/more", "More"),
        ("/guide/452", "News"),
    ]
    front = "".join(f"<a href='{path}'>{text}</a>" for path, text in links)
    site.answers["/best"] = page(front)
    best = "Interview questions for a product manager&#39;s career"
    site.answers["/more"] = page(f"<a href='/guide/453'>Cats</a><a href='/guide/454'>{best}</a>")
    crawls.source("best", "site", ["{base}/best"], allow=["/guide/", "/tag/"], follow=["/more"], limit=1)
    status, _, errors = crawls.run(["best"], tmp_path)
    assert status == 0, errors
    (run,) = fates(tmp_path, site.url)
    assert [path for path, (state, _) in run.items() if state == "accepted"] == ["/guide/454"]
    assert run["/tag/x"] == ("skipped", "left for another run: the limit of 1 pages was reached")
    assert set(run) == {"/best", "/more", "/tag/x", "/guide/451/", "/guide/452", "/guide/453", "/guide/454"}

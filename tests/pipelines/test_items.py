"""The desk of a run: every page is archived before it is curated, and every URL has one fate."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.curating import CuratingPipeline
from pipelines.items import Desk, Fetched
from pipelines.page import Page
from pipelines.profile import load_profile
from pipelines.store import FetchRecord, Store
from pipelines.store.rows import PostRows, post_rows
from pipelines.workers import Curators

URL = "https://blog.example/guide"
TEXT = "Product managers talk to users, write a roadmap and explain it to stakeholders. " * 12
BODY = f"<html><title>Guide</title><body><h1>Product manager guide</h1><p>{TEXT}</p></body></html>".encode()
PAGE = Page(
    URL, BODY, headers=(("content-type", "text/html"), ("etag", '"1"')), fetched_at="2026-01-01T00:00:00Z"
)


@pytest.fixture(scope="module")
def curators() -> Iterator[Curators[PostRows]]:
    with Curators(post_rows, workers=1) as pool:
        yield pool


@pytest.fixture
def desk(tmp_path: Path, curators: Curators[PostRows]) -> Iterator[Desk]:
    with Store.open(tmp_path / "corpus.db") as store, Archive.open(tmp_path / "archive.db") as archive:
        run = store.start_run("crawl", load_profile())
        yield Desk(store, archive, curators, run, curators.fingerprint)


def take(desk: Desk, page: Page) -> None:
    desk.discover(page.url, "blog")
    asyncio.run(desk.take(Fetched(page, "blog")))


def next_run(desk: Desk) -> Desk:
    run = desk.store.start_run("crawl", load_profile())
    return Desk(desk.store, desk.archive, desk.curators, run, desk.fingerprint)


def fates(desk: Desk) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = desk.store.connection.execute(
        "SELECT url, state, source FROM fetches WHERE run = ? ORDER BY url", (desk.run,)
    ).fetchall()
    return rows


def test_a_page_is_archived_curated_and_stored(desk: Desk) -> None:
    take(desk, PAGE)
    assert [page.body for _, page in desk.archive.pages()] == [BODY]
    assert fates(desk) in ([(URL, "accepted", "blog")], [(URL, "rejected", "blog")])
    assert desk.left == 0
    assert desk.states.total() == desk.discovered == 1
    assert desk.validators(URL) == {"If-None-Match": '"1"'}


def test_a_body_that_was_curated_is_unchanged_the_next_time(desk: Desk) -> None:
    take(desk, PAGE)
    again = next_run(desk)
    take(again, replace(PAGE, headers=(("etag", '"2"'),), fetched_at="2026-01-02T00:00:00Z"))
    assert fates(again) == [(URL, "unchanged", "blog")]
    assert again.validators(URL) == {"If-None-Match": '"2"'}
    changed = next_run(desk)
    take(
        changed, replace(PAGE, body=BODY.replace(b"roadmap", b"strategy"), fetched_at="2026-01-03T00:00:00Z")
    )
    assert fates(changed)[0][1] in {"accepted", "rejected"}


def test_other_rules_are_asked_again(desk: Desk) -> None:
    """The same body under another profile is not unchanged, and the site is asked for all of it."""
    take(desk, PAGE)
    other = replace(next_run(desk), fingerprint="another")
    assert other.validators(URL) == {}
    take(other, PAGE)
    assert fates(other)[0][1] in {"accepted", "rejected"}


def test_what_a_killed_run_archived_is_curated_by_the_next(desk: Desk) -> None:
    """Also a body that is newer than the one that was curated; and only once."""
    take(desk, PAGE)
    newer = replace(PAGE, body=BODY.replace(b"roadmap", b"strategy"), fetched_at="2026-01-02T00:00:00Z")
    desk.archive.put(newer, "blog")
    desk.archive.put(replace(PAGE, url=URL + "/2"), "blog")
    desk.archive.put(replace(PAGE, url="https://other.example/"), "other")
    resumed = next_run(desk)
    assert len(list(resumed.catch_up("blog"))) == 2
    assert list(resumed.catch_up("blog")) == []
    texts = desk.store.connection.execute("SELECT text FROM post_texts").fetchall()
    assert len(texts) == 2
    assert sum("strategy" in text for (text,) in texts) == 1
    assert fates(resumed) == []


def test_a_page_that_cannot_be_read_is_errored_and_tried_again(desk: Desk) -> None:
    empty = replace(PAGE, body=b"")
    take(desk, empty)
    assert fates(desk)[0][1] == "errored"
    assert desk.validators(URL) == {}
    again = next_run(desk)
    take(again, empty)
    assert fates(again)[0][1] == "errored"
    known = desk.store.url(URL)
    assert known is not None
    assert known.failures == 2


def test_a_url_has_one_line_however_it_is_spelt(desk: Desk) -> None:
    assert desk.discover(URL, "blog")
    for spelling in (URL, URL + "#part", "HTTPS://BLOG.example:443/guide"):
        assert not desk.discover(spelling, "blog")
        assert not desk.discover(spelling, "other")
    assert (desk.discovered, desk.left) == (1, 1)


def test_what_one_source_skips_another_may_want(desk: Desk) -> None:
    """It is still one URL, with one row: the fate that tells more."""
    desk.discover(URL, "blog")
    desk.note(URL, "skipped", "the source's patterns leave it out", source="blog")
    assert not desk.discover(URL, "blog")
    assert desk.discover(URL, "other")
    desk.note(URL, "failed", "HTTP 404", source="other", status=404)
    assert not desk.discover(URL, "third")
    assert fates(desk) == [(URL, "failed", "other")]
    assert dict(+desk.states) == {"failed": 1}
    assert desk.discovered == 1


def test_a_run_that_stops_leaves_no_url_without_a_fate(desk: Desk) -> None:
    take(desk, PAGE)
    desk.discover(URL + "/2", "blog")
    desk.close_open("skipped", "the crawl was stopped before its turn")
    assert [state for _, state, _ in fates(desk)][1] == "skipped"
    counts = desk.store.finish_run(desk.run, "interrupted")
    assert counts.balanced
    assert (counts.discovered, counts.skipped) == (2, 1)


def test_a_url_that_is_too_long_to_be_written_down_has_a_fate_too(desk: Desk) -> None:
    """It grows by its spelling: the key of its line is no URL any more."""
    desk.discover(URL + "?" + "ü" * 900, "blog")
    desk.close_open("skipped", "the crawl was stopped before its turn")
    assert (desk.discovered, desk.left) == (1, 0)
    assert [state for _, state, _ in fates(desk)] == ["skipped"]


def test_what_was_expected_is_due_until_it_has_a_fate(desk: Desk) -> None:
    """But what was left for now; and nothing changes of what is known."""
    take(desk, PAGE)
    planned = desk.store.url(URL)
    desk.expect([URL, f"{URL}/later", f"{URL}/picture", f"{URL}/gone"], "blog")
    assert desk.store.url(URL) == planned
    assert desk.due("blog") == [f"{URL}/gone", f"{URL}/later", f"{URL}/picture"]
    desk.note(f"{URL}/later", "skipped", "the limit was reached", source="blog", for_now=True)
    desk.note(f"{URL}/picture", "skipped", "content type 'image/png'", source="other")
    assert f"{URL}/picture" in desk.due("blog"), "what another source leaves out may be wanted by this one"
    desk.note(f"{URL}/picture", "skipped", "content type 'image/png'", source="blog")
    desk.note(f"{URL}/gone", "failed", "HTTP 404", source="blog", status=404)
    assert desk.due("blog") == [f"{URL}/later"]
    assert desk.store.url(f"{URL}/gone") is not None, "it is looked for again"


def test_a_page_that_did_not_change_is_at_hand_for_its_links(desk: Desk) -> None:
    take(desk, PAGE)
    assert desk.unchanged_page(URL) is None
    again = next_run(desk)
    again.discover(URL, "blog")
    again.note(
        URL, "unchanged", "the site says so", source="blog", status=304, answer=Page(URL, b"", status=304)
    )
    page = again.unchanged_page(URL)
    assert page is not None
    assert page.body == BODY
    assert again.validators(URL) == {"If-None-Match": '"1"'}


def test_a_store_that_cannot_be_written_is_a_fault_and_no_crash(desk: Desk) -> None:
    desk.discover(URL, "blog")
    desk.store.connection.execute("PRAGMA query_only = ON")
    desk.note(URL, "failed", "HTTP 404", source="blog")
    assert "readonly" in desk.fault
    with pytest.raises(sqlite3.OperationalError):
        desk.store.record_fetch(desk.run, FetchRecord(URL, "failed"))


def test_when_a_source_was_last_crawled(desk: Desk) -> None:
    take(desk, PAGE)
    assert desk.store.last_fetch("blog", before=desk.run) == ""
    later = next_run(desk).run
    assert desk.store.last_fetch("blog", before=later) == "", "a run that was cut short left pages to fetch"
    desk.store.finish_run(desk.run)
    assert desk.store.last_fetch("blog", before=later).startswith("20")
    assert desk.store.last_fetch("other", before=later) == ""


class _Crawler:
    """What the pipeline asks of Scrapy: the spider with its desk."""

    def __init__(self, desk: Desk) -> None:
        self.spider = self
        self.desk = desk


def test_a_page_that_breaks_us_is_errored_and_keeps_no_other_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("nobody thought of this")

    monkeypatch.setattr(desk.curators, "submit", broken)
    desk.discover(URL, "blog")
    desk.came_in(URL, len(BODY))
    pipeline = CuratingPipeline(_Crawler(desk))  # type: ignore[arg-type]
    asyncio.run(pipeline.process_item(Fetched(PAGE, "blog")))
    assert fates(desk) == [(URL, "errored", "blog")]
    assert desk.left == 0
    assert not desk.room._held

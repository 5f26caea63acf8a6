"""A crawl that is killed or stopped costs nothing: run again, and the corpus is what it would have been."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.process import groups
from crawler.run import CrawlError, alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.source import Source
    from tests.conftest import TablesOf
    from tests.crawler.conftest import Crawls, Site

PAGES, ANSWERED = 12, 3
UNHURRIED = {"CONCURRENT_REQUESTS": 2, "CONCURRENT_REQUESTS_PER_DOMAIN": 2}


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "corpus.db", timeout=10)) as db:
        return db.execute(sql).fetchall()


def wait_for_posts(data: Path, number: int) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        try:
            if rows(data, "SELECT count(*) FROM posts") >= [(number,)]:
                return
        except sqlite3.OperationalError:
            pass  # the tables are not there yet
        time.sleep(0.02)
    raise AssertionError(f"no {number} posts within three minutes")


@pytest.fixture
def gated(site: Site, crawls: Crawls) -> Iterator[Site]:
    """A site that answers for its first pages, and for the others once the gate is open."""
    crawls.source("gated", "urls", [f"{{base}}/guide/{number}" for number in range(PAGES)])
    site.gated = ANSWERED
    yield site
    site.gate.set()


def test_a_killed_crawl_is_taken_up_where_it_ended(
    gated: Site, crawls: Crawls, tmp_path: Path, tables_of: TablesOf
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    assert crawls.run(["gated"], undisturbed)[0] == 0

    gated.gate.clear()
    with crawls.start(["gated"], killed, settings=UNHURRIED) as process:
        wait_for_posts(killed, ANSWERED - 1)
        process.send_signal(signal.SIGKILL)
    ((left,),) = rows(killed, "SELECT count(*) FROM posts")
    assert left in {ANSWERED - 1, ANSWERED}

    gated.gate.set()
    status, _, errors = crawls.run(["gated"], killed)
    assert status == 0, errors
    kept, expected = (tables_of(data / "corpus.db") for data in (killed, undisturbed))
    assert kept == expected
    assert len(kept["posts"]) == PAGES
    assert rows(killed, "SELECT status FROM runs ORDER BY id") == [("killed",), ("finished",)]
    (counts,) = rows(killed, "SELECT discovered, fetched, skipped, failed, unchanged FROM runs WHERE id = 2")
    assert counts[:4] == (PAGES, PAGES, 0, 0)
    # also the page that was archived and no more, if there was one: it was curated before it was fetched
    assert counts[4] in {left, ANSWERED}


def test_ctrl_c_finishes_what_is_under_way(gated: Site, crawls: Crawls, tmp_path: Path) -> None:
    """The run is closed as interrupted, its books balance, and nobody sees a traceback."""
    gated.gate.clear()
    with crawls.start(["gated"], tmp_path, settings=UNHURRIED) as process:
        wait_for_posts(tmp_path, ANSWERED)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        told = next(line for line in iter(process.stderr.readline, "") if "Stopping" in line)
        gated.gate.set()
        _, errors = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "what is under way is finished first" in told
    assert "Traceback" not in errors
    counted = rows(tmp_path, "SELECT state, count(*) FROM fetches GROUP BY state")
    fates = {str(state): int(str(number)) for state, number in counted}
    skipped = fates.pop("skipped")
    assert fates == {"accepted": PAGES - skipped}
    assert 1 <= skipped < PAGES - ANSWERED
    assert rows(tmp_path, "SELECT status, discovered, skipped FROM runs") == [("interrupted", PAGES, skipped)]
    reasons = rows(tmp_path, "SELECT DISTINCT reason FROM fetches WHERE state = 'skipped'")
    assert reasons == [("the crawl was stopped before its turn",)]


def test_two_crawls_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second says who has it; the lock goes with its holder."""
    with (
        alone(tmp_path),
        pytest.raises(CrawlError, match=f"process {os.getpid()} on {socket.gethostname()}"),
        alone(tmp_path),
    ):
        pass
    with alone(tmp_path):
        pass


def test_sources_that_share_a_host_are_crawled_in_turn() -> None:
    """Two spiders on one host would each be polite, and rude together."""
    from crawler.source import Source

    def source(name: str, *hosts: str) -> Source:
        return Source(name=name, way="urls", start=(), hosts=hosts)

    a, b, c, d = source("a", "x"), source("b", "y"), source("c", "x", "z"), source("d", "z")
    assert groups([a, b, c, d]) == [[b], [a, c, d]]
    assert groups([a, b]) == [[a], [b]]

"""A site that answers faster than its pages are curated: they do not pile up in memory."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.spider import AT_ONCE as WAITING_AT_ONCE
from pipelines.room import PAGES, Room
from tests.crawler.conftest import QUICK

if TYPE_CHECKING:
    from tests.crawler.conftest import Answer, Crawls, Site

NUMBER = PAGES * 2
AT_ONCE = 8

# curates nothing until a file is there
SLUGGISH = """
import time
from pathlib import Path
from pipelines.worker import curator as ours

def curator(profile):
    curate, gate = ours(profile), Path(__file__).parent / "gate"
    def wait(page, *more):
        while not gate.exists():
            time.sleep(0.02)
        return curate(page, *more)
    return wait
"""
CRAWL = """
import functools, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from crawler import run
run.Curators = functools.partial(run.Curators, curator="sluggish:curator")
told = json.loads(sys.argv[1])
sys.exit(run.crawl(told.pop("names"), data=Path(told.pop("data")), **told).status)
"""


def test_pages_wait_on_their_sites_and_not_in_memory(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """While nothing is curated no more is fetched than the bound and what was under way; then all of it is."""
    crawls.source("fast", "urls", [f"{{base}}/guide/{number}" for number in range(NUMBER)])
    (tmp_path / "sluggish.py").write_text(SLUGGISH)
    told = {
        "names": ["fast"],
        "data": str(tmp_path / "data"),
        "sources_dir": str(crawls.sources),
        "base": crawls.base,
        "workers": 1,
        "settings": {"CONCURRENT_REQUESTS": AT_ONCE, "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE},
    }

    def asked() -> int:
        return sum(path.startswith("/guide/") for path in site.paths)

    with subprocess.Popen(
        [sys.executable, "-c", CRAWL, json.dumps(told), str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            end = time.monotonic() + 120
            while asked() < PAGES and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(1.5)  # what would come now comes too much
            held = asked()
            (tmp_path / "gate").touch()
            _, errors = process.communicate(timeout=240)
        finally:
            process.kill()
    assert PAGES <= held <= PAGES + AT_ONCE
    assert process.returncode == 0, errors
    with closing(sqlite3.connect(tmp_path / "data" / "corpus.db")) as db:
        assert db.execute("SELECT state, count(*) FROM fetches GROUP BY state").fetchall() == [
            ("accepted", NUMBER)
        ]
    assert asked() == NUMBER


# tells how many requests wait at most, beside itself
WATCHED = """
from pathlib import Path
from scrapy.core.scheduler import Scheduler

class Watched(Scheduler):
    most = 0
    def enqueue_request(self, request):
        done = super().enqueue_request(request)
        if len(self) > self.most:
            self.most = len(self)
            Path(__file__).with_name("most").write_text(str(self.most))
        return done
"""


def test_a_large_sitemap_waits_on_disk_and_not_as_requests(
    site: Site, crawls: Crawls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, pages = 3, 200

    def listed(element: str, paths: list[str]) -> bytes:
        of = {"urlset": "url", "sitemapindex": "sitemap"}[element]
        found = "".join(f"<{of}><loc>{site.url}{path}</loc></{of}>" for path in paths)
        return f"<{element}>{found}</{element}>".encode()

    def answer(body: bytes) -> Answer:
        return lambda handler: handler.say(body, kind="text/xml")

    top = listed("sitemapindex", [f"/large{part}.xml" for part in range(parts)])
    site.answers["/large.xml"] = answer(top)
    for part in range(parts):
        body = listed("urlset", [f"/none/{part}/{number}" for number in range(pages)])
        site.answers[f"/large{part}.xml"] = answer(body)
    (tmp_path / "watched.py").write_text(WATCHED)
    monkeypatch.syspath_prepend(tmp_path)
    crawls.source("large", "sitemap", ["{base}/large.xml"])
    settings = {**QUICK, "SCHEDULER": "watched.Watched"}
    crawls.run(["large"], tmp_path / "data", settings=settings)
    assert int((tmp_path / "most").read_text()) <= WAITING_AT_ONCE + parts
    with closing(sqlite3.connect(tmp_path / "data" / "corpus.db")) as db:
        told = db.execute("SELECT state, status, count(*) FROM fetches GROUP BY 1, 2").fetchall()
    assert told == [("failed", 404, parts * pages), ("skipped", 200, parts + 1)]
    assert sum(path.startswith("/none/") for path in site.paths) == parts * pages


@pytest.mark.parametrize(("pages", "size"), [(2, 10**9), (10**9, 20)])
def test_a_room_is_full_by_pages_or_by_bytes(pages: int, size: int) -> None:
    async def fill() -> None:
        room = Room(pages, size)
        await asyncio.wait_for(room.wait(), 1)
        room.take("one", 10)
        await asyncio.wait_for(room.wait(), 1)
        room.take("two", 10)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(room.wait(), 0.05)
        room.take("two", 5)  # the same again counts once
        room.give_up("two")
        room.give_up("two")
        await asyncio.wait_for(room.wait(), 1)

    asyncio.run(fill())

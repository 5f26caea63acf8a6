"""What breaks a crawl costs nothing: kills at many moments, a log that a power cut shortened, a disk that is full."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.kills import contents, cut, differences

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Site

PAGES = 16
UNHURRIED = {"CONCURRENT_REQUESTS": 2, "CONCURRENT_REQUESTS_PER_DOMAIN": 2}
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, resource.RLIM_INFINITY)); "

Contents = dict[str, list[tuple[object, ...]]]


def fates(data: Path) -> int:
    """How many URLs the runs have a fate for."""
    try:
        with closing(sqlite3.connect(f"file:{data / 'corpus.db'}?mode=ro", uri=True)) as db:
            found: int = db.execute("SELECT count(*) FROM fetches").fetchone()[0]
            return found
    except sqlite3.OperationalError:
        return 0  # there are no tables yet


@pytest.fixture
def site_of_pages(site: Site, crawls: Crawls) -> Site:
    site.answers = {
        "/old": lambda handler: handler.say(b"", 301, Location="/guide/1"),
        "/quiet": lambda handler: handler.say(handler.site.guide(40), X_Robots_Tag="noindex"),
    }
    paths = [*(f"/guide/{number}" for number in range(PAGES)), "/old", "/quiet", "/nothing"]
    crawls.source("broken", "urls", [f"{{base}}{path}" for path in paths])
    return site


@pytest.fixture
def undisturbed(site_of_pages: Site, crawls: Crawls, tmp_path: Path) -> Contents:
    status, _, errors = crawls.run(["broken"], tmp_path / "undisturbed")
    assert status == 0, errors
    return contents(tmp_path / "undisturbed")


def test_kills_at_many_moments(undisturbed: Contents, crawls: Crawls, tmp_path: Path) -> None:
    """One after the other in the same folder, and after some the log of the corpus has lost its end."""
    data, dice = tmp_path / "killed", random.Random(11)
    for number in range(6):
        before, after = fates(data), dice.randrange(1, 7)
        with crawls.start(["broken"], data, settings=UNHURRIED) as process:
            end = time.monotonic() + 120
            while process.poll() is None and fates(data) < before + after and time.monotonic() < end:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        if number % 2:
            cut(data / "corpus.db", dice)
    status, _, errors = crawls.run(["broken"], data)
    assert status == 0, errors
    assert differences(contents(data), undisturbed) == []
    assert len(undisturbed["corpus.db posts"]) == PAGES


def test_a_page_that_only_the_corpus_remembers_is_fetched_again(
    undisturbed: Contents, crawls: Crawls, tmp_path: Path
) -> None:
    """A disk that lies may lose the archive's last pages and keep what was made of them."""
    data = tmp_path / "undisturbed"
    with closing(sqlite3.connect(data / "archive.db")) as db:
        db.execute("DELETE FROM captures WHERE url LIKE '%/guide/3'")
        db.execute("DELETE FROM bodies WHERE hash NOT IN (SELECT body FROM captures)")
        db.commit()
    status, _, errors = crawls.run(["broken"], data)
    assert status == 0, errors
    assert differences(contents(data), undisturbed) == []


@pytest.mark.parametrize("room", [150_000, 600_000])
def test_a_full_disk_ends_the_crawl_and_loses_nothing(
    undisturbed: Contents, crawls: Crawls, tmp_path: Path, room: int
) -> None:
    """No file may grow beyond so many bytes: as on a full disk, a write fails in the middle of the work."""
    data = tmp_path / "full"
    code = FULL.format(room) + "from pipelines.cli import main; main()"
    where = ["--sources", str(crawls.sources), "--base", crawls.base, "--data", str(data)]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "crawl",
            "broken",
            *where,
            "--workers",
            "1",
            "--contact",
            "me@pm.example",
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    status, _, errors = crawls.run(["broken"], data)
    assert status == 0, errors
    assert differences(contents(data), undisturbed) == []

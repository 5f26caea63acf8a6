"""A source whose file is wrong costs the others nothing, and is told until it is mended."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.crawler.conftest import Site

WRONG = 'way = "feed"\nstart = ["https://blog.example/feed"]\ndelay = "often"\n'


@pytest.fixture
def folder(site: Site, tmp_path: Path) -> Path:
    """A data folder with two sources: one as it should be, one with a mistake in its third line."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "good.toml").write_text(
        f'way = "urls"\nstart = ["{site.url}/guide/701"]\ndelay = 0\nallow_private = true\n'
    )
    (sources / "wrong.toml").write_text(WRONG)
    return tmp_path


def winnow(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", "from pipelines.cli import main; main()", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    environment = {**kept, "WINNOW_DATA": str(data), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def articles(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        return [url.rpartition("/")[2] for (url,) in db.execute("SELECT url FROM articles")]


def test_a_wrong_file_is_left_out_and_told_until_it_is_mended(folder: Path) -> None:
    wrong = folder / "sources" / "wrong.toml"
    told = f"{wrong}:3: delay is 'often'"
    tried = winnow(folder, "crawl", "--workers", "1", "--dry-run")
    assert (tried.returncode, tried.stdout.rpartition("/")[2]) == (1, "701\n")
    assert told in tried.stderr

    crawled = winnow(folder, "crawl", "--workers", "1")
    assert crawled.returncode == 1
    assert articles(folder) == ["701"]
    lines = crawled.stderr.splitlines()
    assert f"left out: {told}" in lines[0], "when it begins"
    assert f"left out: {told}" in lines[-1], "when it ends"

    report = winnow(folder, "report")
    assert report.returncode == 1
    assert f"alarm  left out: {told}" in report.stdout
    assert told in winnow(folder, "report", "--json").stdout
    assert told in winnow(folder, "doctor").stdout

    wrong.write_text(f"{WRONG.rpartition('delay')[0]}enabled = false\n")
    mended = winnow(folder, "crawl", "--workers", "1")
    assert mended.returncode == 0
    assert "left out" not in mended.stderr
    assert winnow(folder, "report").returncode == 0


def test_whoever_names_a_wrong_file_crawls_nothing(folder: Path, site: Site) -> None:
    """Neither by name, nor where nothing else is left to crawl."""
    asked = len(site.paths)
    for leave_good, names in ((True, ["good", "wrong"]), (False, [])):
        if not leave_good:
            (folder / "sources" / "good.toml").unlink()
        crawled = winnow(folder, "crawl", "--workers", "1", *names)
        assert crawled.returncode == 2
        assert "wrong.toml:3: delay is 'often'" in crawled.stderr
    assert len(site.paths) == asked
    assert not (folder / "corpus.db").exists()


def test_a_source_that_tells_nobody_who_asks_does_not_stop_the_others(folder: Path) -> None:
    (folder / "sources" / "wrong.toml").write_text('way = "urls"\nstart = ["https://blog.example/"]\n')
    crawled = winnow(folder, "crawl", "--workers", "1")
    assert crawled.returncode == 1
    assert "could not reach you" in crawled.stderr.splitlines()[-1]
    assert articles(folder) == ["701"]

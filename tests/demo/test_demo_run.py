"""``make demo`` crawls the served site into an empty folder and shows what came of every page."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.expected import load_expected
from demo.run import SOURCES, is_a_demonstration, prepare

RUN = Path(__file__).parents[2] / "demo" / "run.py"
EXPECTED = load_expected()


def run_demo(data: Path) -> subprocess.CompletedProcess[str]:
    """The command of ``make demo``, from another folder."""
    return subprocess.run(
        [sys.executable, str(RUN), "--data", str(data)],
        cwd=data.parent,
        env={**os.environ, "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass(frozen=True)
class Fate:
    state: str
    status: str
    source: str


@dataclass(frozen=True)
class Demonstration:
    data: Path
    shown: str
    fates: dict[str, Fate]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    data = tmp_path_factory.mktemp("demo") / "data"
    run = run_demo(data)
    assert run.returncode == 0, run.stderr
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute(
            "SELECT f.url, f.state, coalesce(p.status, ''), f.source"
            " FROM fetches f LEFT JOIN posts p ON p.id = f.post"
        ).fetchall()
    fates = {}
    for url, *fate in rows:
        parts = urlsplit(url)
        fates[parts.path + (f"?{parts.query}" if parts.query else "")] = Fate(*fate)
    return Demonstration(data, run.stdout, fates)


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_the_crawl_comes_across_every_page_and_says_what_became_of_it(
    demonstration: Demonstration, path: str
) -> None:
    page, fate = EXPECTED[path], demonstration.fates[path]
    if page.fetch in ("failed", "skipped"):
        assert fate.state == page.fetch
    elif page.fetch == "listed":
        assert (fate.state, fate.status) == ("skipped", "")
    elif page.fetch == "redirected":
        # it moved for good: it has no post of its own, and the page it moved to is asked for in its own name
        assert (fate.state, fate.status) == ("skipped", "")
    elif page.duplicate_of:
        assert fate.status == "duplicate"
    else:
        assert fate.status == page.status


def test_every_way_of_finding_pages_adds_some(demonstration: Demonstration) -> None:
    assert {fate.source for fate in demonstration.fates.values()} == set(SOURCES)


def test_nothing_beyond_the_site_was_fetched(demonstration: Demonstration) -> None:
    with closing(sqlite3.connect(demonstration.data / "corpus.db")) as db:
        urls = [
            url for (url,) in db.execute("SELECT url FROM fetches WHERE state NOT IN ('skipped', 'failed')")
        ]
    assert {urlsplit(url).hostname for url in urls} == {"127.0.0.1"}


def test_it_ends_with_the_books_and_the_way_to_browse(demonstration: Demonstration) -> None:
    for piece in (
        "Kept",
        "Turned away",
        "Removed, by rule",
        " discovered = ",
        " accepted + ",
        "make serve DATA=",
    ):
        assert piece in demonstration.shown
    guides = sum(page.is_guide and page.status == "accepted" for page in EXPECTED.values())
    assert f"{guides} of {guides} guides came out word for word" in demonstration.shown


def test_a_trimmed_block_is_shown_by_what_it_lost(demonstration: Demonstration) -> None:
    (line,) = [line for line in demonstration.shown.splitlines() if "edge_label" in line]
    assert any(line.split("│")[-2].strip() == trimmed for trimmed in ("Sign in", "Read more…"))


def test_the_summary_steers_no_terminal(demonstration: Demonstration) -> None:
    assert "\x1b" not in demonstration.shown
    assert "\u200b" not in demonstration.shown


def test_another_run_starts_from_an_empty_folder(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    prepare(data, "http://127.0.0.1:1")
    old = data / "corpus.db"
    old.write_text("old", encoding="utf-8")
    (data / "notes.txt").write_text("mine", encoding="utf-8")
    assert is_a_demonstration(data)
    assert prepare(data, "http://127.0.0.1:2") == list(SOURCES)
    assert not old.exists()
    assert (data / "notes.txt").exists()
    for name in SOURCES:
        written = (data / "sources" / f"{name}.toml").read_text(encoding="utf-8")
        assert "http://127.0.0.1:2/" in written
        assert "127.0.0.1:1/" not in written


def test_a_corpus_of_ones_own_is_not_overwritten(tmp_path: Path) -> None:
    corpus = tmp_path / "data" / "corpus.db"
    corpus.parent.mkdir()
    corpus.write_text("years of work", encoding="utf-8")
    run = run_demo(corpus.parent)
    assert run.returncode == 2
    assert "name a folder of its own" in run.stderr
    assert corpus.read_text(encoding="utf-8") == "years of work"

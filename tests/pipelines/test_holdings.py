"""How much the archive holds, and that what goes is what nothing rests on."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.batch import import_pages, replay
from pipelines.holdings import Pruned, holdings, prune, room
from pipelines.page import Page
from pipelines.store import Store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def noise(seed: int, length: int = 6000) -> bytes:
    chosen = random.Random(seed)
    return bytes(chosen.choices(b"abcdefghijklmnopqrstuvwxyz <>/=", k=length))


def put(archive: Archive, url: str, body: bytes, at: str, source: str = "blog") -> None:
    archive.put(Page(url, body, fetched_at=at), source)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three versions of /a, one of them also at /b; /c was seen once, long ago."""
    with Archive.open(tmp_path / "archive.db") as archive:
        for number, month in enumerate(("01", "03", "05")):
            put(archive, "https://one.example/a", noise(number), f"2026-{month}-01T00:00:00Z")
        put(archive, "https://two.example/b", noise(1), "2026-03-02T00:00:00Z", "feed")
        put(archive, "https://www.one.example/c", noise(9, 100), "2025-01-01T00:00:00Z")
        put(archive, "https://two.example/d", noise(8, 50), "", "feed")
    return tmp_path


def left(folder: Path) -> list[tuple[str, str]]:
    with Archive.open(folder / "archive.db", create=False) as archive:
        assert not archive.connection.execute("PRAGMA foreign_key_check").fetchall()
        # whatever went, what stayed can be read
        found = []
        for capture in archive.captures():
            archive.get(capture.id)
            found.append((capture.url[-1], capture.fetched_at[:7]))
        bodies = {name for (name,) in archive.connection.execute("SELECT hash FROM bodies")}
        assert bodies == {capture.body_hash for capture in archive.captures()}
    return found


EVERYTHING = [
    ("a", "2026-01"),
    ("a", "2026-03"),
    ("a", "2026-05"),
    ("b", "2026-03"),
    ("d", ""),
    ("c", "2025-01"),
]


def pruned(folder: Path, *held: tuple[str, str], **how: Any) -> Pruned:
    with Archive.open(folder / "archive.db") as archive:
        return prune(archive, held, today=NOON, **how)


def test_what_a_source_and_a_host_hold(folder: Path) -> None:
    with Archive.open(folder / "archive.db", create=False) as archive:
        sources, hosts, whole = holdings(archive, "source"), holdings(archive, "host"), room(archive)
    by_source = {one.name: one for one in sources}
    assert (by_source["blog"].urls, by_source["blog"].captures, by_source["blog"].bodies) == (2, 4, 4)
    assert by_source["blog"].raw == 3 * 6000 + 100
    assert (by_source["blog"].first, by_source["blog"].last) == (
        "2025-01-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
    )
    by_host = {one.name: one for one in hosts}
    assert by_host.keys() == {"one.example", "two.example"}
    assert (by_host["two.example"].bodies, by_host["two.example"].first) == (2, "2026-03-02T00:00:00Z")
    # the body that both have is there once
    assert (whole.whole.captures, whole.whole.bodies, whole.whole.raw) == (6, 5, 3 * 6000 + 150)
    assert whole.whole.packed < sum(one.packed for one in hosts)
    assert whole.file == (folder / "archive.db").stat().st_size or whole.file > 0


@pytest.mark.parametrize(
    ("how", "gone"),
    [
        ({}, {("a", "2026-01"), ("a", "2026-03")}),
        ({"keep_versions": 2}, {("a", "2026-01")}),
        ({"keep_versions": 3}, set()),
        ({"older_than_days": 100}, {("a", "2026-01")}),
        ({"older_than_days": 0}, {("a", "2026-01"), ("a", "2026-03")}),
        ({"older_than_days": 100, "keep_versions": 2}, {("a", "2026-01")}),
        ({"older_than_days": 1000}, set()),
    ],
)
def test_what_goes_and_what_stays(folder: Path, how: dict[str, int], gone: set[tuple[str, str]]) -> None:
    would = pruned(folder, dry_run=True, **how)
    assert left(folder) == EVERYTHING
    did = pruned(folder, **how)
    assert did == would
    assert did.captures == len(gone)
    assert left(folder) == [one for one in EVERYTHING if one not in gone]


def test_a_body_that_another_page_has_stays(folder: Path) -> None:
    did = pruned(folder)
    # the first version's body goes; the second's is also that of /b; the dictionary serves all of them
    assert (did.captures, did.urls, did.bodies, did.raw) == (2, 1, 1, 6000)
    assert did.dictionaries == 0
    assert did.freed == did.packed > 0


def test_a_dictionary_that_nothing_needs_goes(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        put(archive, "https://one.example/a", noise(1), "2026-01-01T00:00:00Z")
        put(archive, "https://one.example/a", b"short", "2026-02-01T00:00:00Z")
        archive.connection.execute("UPDATE bodies SET dictionary = NULL, data = ? WHERE size = 5", (b"",))
        before = archive.connection.execute("SELECT count(*), sum(length(data)) FROM dictionaries").fetchone()
        assert before[0] == 1
        did = prune(archive, set())
        assert (did.dictionaries, did.dictionary_bytes) == before
        assert archive.connection.execute("SELECT count(*) FROM dictionaries").fetchone() == (0,)
        # the next page makes the next one
        put(archive, "https://one.example/b", noise(2), "2026-03-01T00:00:00Z")
        assert archive.connection.execute("SELECT id FROM dictionaries").fetchall() == [(2,)]


def test_what_a_post_was_made_from_stays_though_it_is_old(folder: Path) -> None:
    with Archive.open(folder / "archive.db") as archive:
        first = next(capture for capture in archive.captures() if capture.fetched_at[:7] == "2026-01")
    assert (
        pruned(folder, (first.url, first.body_hash), ("https://other.example/", first.body_hash)).captures
        == 1
    )
    assert [at for name, at in left(folder) if name == "a"] == ["2026-01", "2026-05"]


TEXT = (
    "<p>"
    + "A product manager writes down what people try to do before deciding what to build. " * 12
    + "</p>"
)


def winnow(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "archive", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_corpus_and_its_replay_stay_what_they_are(tmp_path: Path) -> None:
    pages = tmp_path / "pages.jsonl"
    data = tmp_path / "data"
    for version in range(4):
        rows = [
            {
                "id": n,
                "url": f"https://one.example/{n}",
                "html": f"<article><h1>Notes {n}</h1>{TEXT}{version}</article>",
            }
            for n in range(3)
        ]
        pages.write_text("\n".join(map(json.dumps, rows)))
        import_pages([str(pages)], data, workers=1)
        with Archive.open(data / "archive.db") as archive:  # imported within one second
            archive.connection.execute(
                "UPDATE captures SET fetched_at = ? WHERE fetched_at > '2026-1'", (f"2025-0{version + 1}-01",)
            )
    with Store.open(data / "corpus.db") as store:
        before = store.connection.execute("SELECT * FROM posts ORDER BY id").fetchall()
    dry = winnow("prune", "--keep-versions", "2", "--dry-run", "--json", "--data", str(data))
    did = winnow("prune", "--keep-versions", "2", "--json", "--data", str(data))
    told = json.loads(did.stdout)
    assert json.loads(dry.stdout)["captures"] == told["captures"] == 6
    assert told["file_after"] <= told["file_before"]
    assert winnow("prune", "--keep-versions", "2", "--data", str(data)).stdout.startswith(
        "removed: 0 captures"
    )
    assert "6" in winnow("size", "--data", str(data)).stdout
    assert json.loads(winnow("size", "--json", "--data", str(data)).stdout)["total"]["whole"]["captures"] == 6
    replay(data, workers=1)
    with Store.open(data / "corpus.db") as store:
        assert store.connection.execute("SELECT * FROM posts ORDER BY id").fetchall() == before


def test_mistakes_are_told(folder: Path, tmp_path: Path) -> None:
    data = ["--data", str(folder)]
    for arguments, told in (
        (["prune", *data], "--keep-versions N, --older-than DAYS"),
        (["export", "pages.zip", *data], "'pages.zip': a WARC file is called *.warc or *.warc.gz"),
        (["export", "a.warc", "--source", "blok", *data], "no source 'blok'. Did you mean 'blog'?"),
        (["exprot", "a.warc"], "no command 'exprot'. Did you mean 'export'?"),
    ):
        done = winnow(*arguments)
        assert done.returncode == 2
        assert told in done.stderr.replace("\n", " ")
    done = winnow("size", "--data", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "there is no archive yet" in done.stderr

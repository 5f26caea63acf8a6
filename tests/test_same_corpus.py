"""The corpus is a function of the archived pages: crawled, imported and replayed, they say the same.

The demonstration site is crawled over loopback by the real command; what the crawl archived is then imported
from WARC files, and replayed, each into a folder of its own.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo.run import SOURCES, prepare
from demo.server import serve
from pipelines.archive import Archive
from pipelines.batch import Summary, import_pages, replay
from pipelines.page import Page
from pipelines.warc import write_warc as write_all

if TYPE_CHECKING:
    from tests.conftest import Tables, TablesOf

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from pipelines.cli import main; main()"]
# of a URL: how it was answered last
ANSWERS = {"last_seen", "last_state", "failures", "next_due", "revisit_hours"}


@dataclass(frozen=True)
class Demo:
    """The crawled demonstration site, still served."""

    data: Path

    def crawl(self) -> None:
        """The same crawl, by the command."""
        done = subprocess.run(
            [*COMMAND, "crawl", *SOURCES, "--sources", "sources", "--data", "."],
            cwd=self.data,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serve() as base:
        demo = Demo(tmp_path_factory.mktemp("demo"))
        prepare(demo.data, base)
        demo.crawl()
        yield demo


@pytest.fixture(scope="module")
def imported(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The crawled pages, each source's from a WARC file, in a corpus of their own."""
    folder = tmp_path_factory.mktemp("imported")
    for source in SOURCES:
        with Archive.open(demo.data / "archive.db", create=False) as archive:
            pages = [page for _, page in archive.pages(source)]
        warc = write_warc(folder / f"{source}.warc.gz", pages)
        summary = import_pages([str(warc)], folder, source=source, workers=1)
        assert summary.accounting.fetched == sum(not page.final_url for page in pages) > 0
        assert summary.accounting.discovered == summary.accounting.fetched
    return folder


def write_warc(path: Path, pages: list[Page]) -> Path:
    """The answers of a crawl as a WARC file holds them: a redirect is a record of its own, without a page."""
    with path.open("wb") as stream:
        for page in pages:
            status, body, headers = "200 OK", page.body, page.headers
            if page.final_url:
                status, body, headers = "301 Moved Permanently", b"", (("location", page.final_url),)
            answer = "".join([f"HTTP/1.1 {status}\r\n", *(f"{name}: {value}\r\n" for name, value in headers)])
            payload = answer.encode("latin-1") + b"\r\n" + body
            record = (
                f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
                f"WARC-Target-URI: {page.url}\r\nWARC-Date: {page.fetched_at}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
            )
            stream.write(gzip.compress(record.encode() + payload + b"\r\n\r\n"))
    return path


def whole(data: Path, tables_of: TablesOf) -> list[Tables]:
    """All that the corpus and the archive hold, but for the books of the runs and when a listing was last read."""
    return [tables_of(data / name, leave_out={"read_at"}) for name in ("corpus.db", "archive.db")]


def states(summary: object) -> tuple[int, int]:
    """How many pages a run came across, and how many of them were unchanged."""
    assert isinstance(summary, Summary)
    return summary.accounting.discovered, summary.accounting.unchanged


def test_imported_pages_give_what_the_crawl_gave(demo: Demo, imported: Path, tables_of: TablesOf) -> None:
    """Posts, texts, every block with its decision, every verdict, and what is a copy of what."""
    crawled, others = tables_of(demo.data / "corpus.db"), tables_of(imported / "corpus.db")
    assert crawled.keys() == others.keys()
    for table in ("posts", "post_texts", "fragments", "verdicts", "topics"):
        assert others[table] == crawled[table], table
        assert crawled[table]
    assert others["rules"] == crawled["rules"]


def test_a_warc_export_gives_the_corpus_again(demo: Demo, tmp_path: Path, tables_of: TablesOf) -> None:
    """Sources and redirects included; only what a site told of itself and of its URLs is not in the file."""
    exports: list[Path] = []
    for data in (demo.data, tmp_path / "again"):
        exports.append(tmp_path / f"{len(exports)}.warc.gz")
        with Archive.open(data / "archive.db") as archive, exports[-1].open("wb") as stream:
            assert write_all(archive, stream, packed=True)
        if data == demo.data:
            import_pages([str(exports[0])], tmp_path / "again", workers=1)
    assert exports[0].read_bytes() == exports[1].read_bytes()
    crawled, others = tables_of(demo.data / "corpus.db"), tables_of(tmp_path / "again" / "corpus.db")
    for table in crawled.keys() - {"sources", "urls"}:
        assert others[table] == crawled[table], table
    assert {row[0] for row in others["sources"]} <= set(SOURCES)


def test_the_archive_alone_gives_the_corpus(demo: Demo, tmp_path: Path, tables_of: TablesOf) -> None:
    """Replayed where no corpus is; of a source all but its name is lost, and of a URL what its site told."""
    shutil.copy(demo.data / "archive.db", tmp_path)
    replay(tmp_path, workers=2)
    crawled, replayed = tables_of(demo.data / "corpus.db"), tables_of(tmp_path / "corpus.db")
    assert crawled.keys() == replayed.keys()
    for table in crawled.keys() - {"sources", "urls"}:
        assert replayed[table] == crawled[table], table
    assert {row[0] for row in replayed["sources"]} <= set(SOURCES)


def test_replays_change_nothing(demo: Demo, imported: Path, tables_of: TablesOf) -> None:
    """Not even a date: byte for byte what stood there before, but for the books of the run."""
    for data, workers in ((demo.data, 1), (demo.data, 2), (imported, 2)):
        before = whole(data, tables_of)
        found, unchanged = states(replay(data, workers=workers))
        assert found == unchanged == len(before[0]["posts"])
        assert whole(data, tables_of) == before


def test_the_same_crawl_again_changes_nothing(demo: Demo, tables_of: TablesOf) -> None:
    """But the books, and in ``urls`` when and how each was last answered and how often one failed."""
    before, urls = whole(demo.data, tables_of), tables_of(demo.data / "corpus.db", leave_out=ANSWERS)["urls"]
    demo.crawl()
    after = whole(demo.data, tables_of)
    assert tables_of(demo.data / "corpus.db", leave_out=ANSWERS)["urls"] == urls
    assert any(row != other for row, other in zip(after[0].pop("urls"), before[0].pop("urls"), strict=True))
    assert after == before

"""The archive as a WARC file: read by other tools, and by winnow to the same archive."""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from pipelines.answers import Answers, StoredAnswer
from pipelines.archive import Archive, ArchiveError
from pipelines.batch import import_pages
from pipelines.inputs import read_inputs
from pipelines.page import Page
from pipelines.warc import read_answers, write_warc

BODY = "<p>Ünïcode, and more of it</p>".encode() * 20
AT = "2026-01-02T03:04:05Z"
# of each: the source, and the page
PAGES = [
    (
        "blog",
        Page("https://blog.example/a", BODY, "", 200, (("content-type", "text/html"), ("etag", '"1"')), AT),
    ),
    ("blog", Page("https://blog.example/a", BODY + b"new", "", 200, (), "2026-02-02T03:04:05Z")),
    (
        "blog",
        Page(
            "https://blog.example/old?a=1&b=%41",
            b"<p>moved</p>",
            "https://www.blog.example/new",
            200,
            (("content-encoding", "gzip"), ("content-length", "17"), ("x", "1"), ("x", "2")),
            AT,
        ),
    ),
    ("söurce of mine", Page("https://blog.example/ä ö", b"", "", 203, (("content-type", "text/plain"),), "")),
    (
        "feed",
        Page("http://other.example:8080/", b"\x00\x01binary", "", 404, (("x", "caf\u00e9"),), "2026-03-04"),
    ),
    (
        "import",
        Page("file:///saved/a%20b.html", BODY, "", 200, (("content-type", "text/html; charset=utf-8"),), AT),
    ),
    ("import", Page("file:///saved/c.html", BODY, "", 200, (), AT)),
]


def fill(folder: Path, pages: list[tuple[str, Page]]) -> Path:
    with Archive.open(folder / "archive.db") as archive:
        for source, page in pages:
            archive.put(page, source)
    return folder / "archive.db"


def exported(database: Path, path: Path, **chosen: Any) -> Path:
    with Archive.open(database, create=False) as archive, path.open("wb") as stream:
        write_warc(archive, stream, packed=path.suffix == ".gz", **chosen)
    return path


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    return exported(fill(tmp_path, PAGES), tmp_path / "pages.warc.gz")


def records(path: Path) -> Iterator[Any]:
    with path.open("rb") as stream:
        yield from ArchiveIterator(stream)


def test_what_comes_back_is_what_was_archived(warc: Path, tmp_path: Path) -> None:
    rows = list(read_inputs([str(warc)]))
    assert [row.error for row in rows] == [""] * len(PAGES)
    found = {(row.source, row.page.url, row.page.body): row.page for row in rows if row.page is not None}
    assert len(found) == len(PAGES)
    for source, page in PAGES:
        back = found[source, page.url, page.body]
        assert (back.final_url, back.status, back.fetched_at) == (
            page.final_url,
            page.status,
            page.fetched_at,
        )
        of_the_wire = {"content-encoding", "content-length"}
        kept = [(name, value) for name, value in page.headers if name not in of_the_wire]
        added = [pair for pair in back.headers if "content-" not in pair[0] or pair[0] == "content-type"]
        assert added == kept
    again = fill(tmp_path / "again", [(row.source, row.page) for row in rows if row.page is not None])
    assert exported(again, tmp_path / "again.warc.gz").read_bytes() == warc.read_bytes()


def test_the_bytes_do_not_depend_on_the_order_of_the_crawl(warc: Path, tmp_path: Path) -> None:
    # undated captures of one URL would be told apart by their order alone; here every version has its date
    other = fill(tmp_path / "other", PAGES[::-1])
    assert exported(other, tmp_path / "other.warc.gz").read_bytes() == warc.read_bytes()


def test_every_record_has_what_the_standard_asks_for(warc: Path) -> None:
    kinds = []
    for record in records(warc):
        told = record.rec_headers.get_header
        body = record.content_stream().read()
        kinds.append(record.rec_type)
        assert told("WARC-Record-ID").startswith("<urn:uuid:")
        assert len(told("WARC-Date")) == len("2026-01-02T03:04:05Z")
        if record.rec_type in {"response", "resource"}:
            digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
            assert told("WARC-Payload-Digest") == f"sha1:{digest}"
        if record.rec_type == "request":
            assert told("WARC-Concurrent-To")
            assert record.http_headers.protocol == "GET"
    assert kinds[0] == "warcinfo"
    assert sorted(kinds[1:]) == ["request"] * 5 + ["resource"] * 2 + ["response"] * 5
    ids = [record.rec_headers.get_header("WARC-Record-ID") for record in records(warc)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["pages.warc.gz", "pages.warc"])
def test_warcio_finds_every_digest_right_and_can_index_it(tmp_path: Path, name: str) -> None:
    path = exported(fill(tmp_path, PAGES), tmp_path / name)
    command = [sys.executable, "-c", "from warcio.cli import main; main()"]
    checked = subprocess.run(
        [*command, "check", "-v", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") == 13
    indexed = subprocess.run(
        [*command, "index", str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert len(indexed.stdout.splitlines()) == 13


def test_fastwarc_reads_the_same_and_finds_every_digest_right(warc: Path) -> None:
    fastwarc = pytest.importorskip("fastwarc.warc", reason="FastWARC is not installed")
    kinds = fastwarc.WarcRecordType
    bodies, requests = [], 0
    with warc.open("rb") as stream:
        for record in fastwarc.ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            record.parse_http()
            if record.record_type in (kinds.response, kinds.resource):  # they cannot be hashed
                bodies.append(record.reader.read())
            requests += record.record_type == kinds.request
    assert sorted(bodies) == sorted(page.body for _, page in PAGES)
    assert requests == 5


def test_a_part_of_the_archive(tmp_path: Path) -> None:
    database = fill(tmp_path, PAGES)
    for chosen, urls in (
        ({"source": "feed"}, {"http://other.example:8080/"}),
        ({"since": "2026-02-01"}, {"http://other.example:8080/", "https://blog.example/a"}),
        ({"source": "nobody"}, set()),
    ):
        path = exported(database, tmp_path / "part.warc.gz", **chosen)
        assert {row.page.url for row in read_inputs([str(path)]) if row.page} == urls


def test_a_damaged_body_costs_its_record_and_is_told(tmp_path: Path) -> None:
    database = fill(tmp_path, PAGES[:1] + PAGES[4:5])
    with Archive.open(database) as archive:
        archive.connection.execute("UPDATE bodies SET data = x'00' WHERE size = ?", (len(BODY),))
    with pytest.raises(ArchiveError, match=r"blog\.example/a is damaged"):
        exported(database, tmp_path / "all.warc.gz")
    damaged: list[str] = []
    path = exported(database, tmp_path / "rest.warc.gz", damaged=damaged)
    assert len(damaged) == 1
    assert [row.page.url for row in read_inputs([str(path)]) if row.page] == ["http://other.example:8080/"]


def test_headers_cannot_forge_records(tmp_path: Path) -> None:
    evil = (("x", "1\r\nWARC/1.1\r\n\r\n"), ("a b:", "2"), ("transfer-encoding", "chunked"))
    page = replace(PAGES[0][1], headers=evil, url="https://blog.example/x\r\nWARC-Type: warcinfo")
    path = exported(fill(tmp_path, [("a\r\nWARC-Type: request", page)]), tmp_path / "a.warc.gz")
    assert [record.rec_type for record in records(path)] == ["warcinfo", "response", "request"]
    [row] = read_inputs([str(path)])
    assert row.page is not None
    assert row.page.body == BODY
    assert row.source == "a\r\nWARC-Type: request"


def test_a_page_that_asks_not_to_be_archived_is_not_passed_on(tmp_path: Path) -> None:
    """Unless somebody says so: curation needs the page, and whoever gets the file does not."""
    shy = Page("https://blog.example/shy", BODY, headers=(("x-robots-tag", "noarchive"),), fetched_at=AT)
    database = fill(tmp_path, [*PAGES[:1], ("blog", shy)])
    with Archive.open(database) as archive:
        for noarchive, count in ((False, 1), (True, 2)):
            with (tmp_path / "out.warc").open("wb") as stream:
                assert write_warc(archive, stream, packed=False, noarchive=noarchive) == count
            assert (b"/shy" in (tmp_path / "out.warc").read_bytes()) == noarchive
    rest = fill(tmp_path / "rest", PAGES[:1])
    assert (
        exported(database, tmp_path / "a.warc").read_bytes()
        == exported(rest, tmp_path / "b.warc").read_bytes()
    )


def test_answers_in_place_of_a_page_come_along(tmp_path: Path) -> None:
    database = fill(tmp_path / "one", PAGES[:1])
    heard = [
        StoredAnswer(
            "https://blog.example/gone", "gone", "", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", 3
        ),
        StoredAnswer("https://blog.example/ä b", "moved", "https://blog.example/a\nb: c", AT, AT, 1),
    ]
    with Archive.open(database) as archive:
        assert [Answers(archive).take(answer) for answer in heard] == [True, True]
        path = exported(database, tmp_path / "one.warc.gz")
    assert list(read_answers(path)) == heard
    whole = (
        tmp_path / "whole.warc.gz"
    )  # as one member, by a tool that packs files and knows nothing of records
    whole.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert list(read_answers(whole)) == heard
    assert [row.page.url for row in read_inputs([str(path)]) if row.page] == ["https://blog.example/a"]
    summary = import_pages([str(path)], tmp_path / "two", workers=1)
    assert summary.accounting.discovered == 1
    assert (
        exported(tmp_path / "two" / "archive.db", tmp_path / "two.warc.gz").read_bytes() == path.read_bytes()
    )
    # what is known better stays
    with Archive.open(database) as archive:
        answers = Answers(archive)
        assert not answers.take(replace(heard[0], kind="noindex", last="2026-02-28T00:00:00Z"))
        assert not answers.take(replace(heard[1], url=PAGES[0][1].url, last="2026-01-01T00:00:00Z"))
        assert answers.stored("2026-02-01") == heard[:1]


def test_files_of_others_tell_no_answers(tmp_path: Path) -> None:
    path = exported(fill(tmp_path, PAGES[:1]), tmp_path / "a.warc")
    path.write_bytes(path.read_bytes().replace(b"pm-winnow/", b"pm-another"))
    assert list(read_answers(path)) == []
    path.write_bytes(b"\x1f\x8b broken")
    assert list(read_answers(path)) == []

"""The archive: what went in comes out, once, and damage is noticed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from pipelines import archive as module
from pipelines.archive import Archive, ArchiveError
from pipelines.page import Page

PAGE = Page(
    "https://blog.example/a",
    b"<p>One</p>" * 50,
    "https://blog.example/a/",
    200,
    (("content-type", "text/html"), ("x", "caf\u00e9 \ud800")),
    "2026-01-01T00:00:00Z",
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def everything(archive: Archive) -> list[list[tuple[object, ...]]]:
    return [archive.connection.execute(f"SELECT * FROM {t}").fetchall() for t in ("bodies", "captures")]


def later(page: Page, body: bytes, at: str) -> Page:
    return replace(page, body=body, fetched_at=at)


def test_a_page_comes_out_as_it_went_in(archive: Archive) -> None:
    stored = archive.put(PAGE, "blog")
    assert stored.new
    assert stored.body_hash == hashlib.sha256(PAGE.body).hexdigest()
    wanted = replace(PAGE, headers=(("content-type", "text/html"), ("x", "caf\u00e9 \ufffd")))
    assert archive.get(stored.capture) == wanted
    assert list(archive.pages()) == [("blog", wanted)]


def test_the_same_page_again_changes_nothing(archive: Archive) -> None:
    first = archive.put(PAGE, "blog")
    before = everything(archive)
    again = archive.put(
        replace(PAGE, url="HTTPS://BLOG.example/a#top", fetched_at="2026-02-01T00:00:00Z"), "feed"
    )
    assert (again.capture, again.new) == (first.capture, False)
    assert everything(archive) == before


def test_one_body_of_many_urls_is_stored_once_and_packed(archive: Archive) -> None:
    for name in "abc":
        archive.put(replace(PAGE, url=f"https://blog.example/{name}"), "blog")
    [(size, packed)] = archive.connection.execute("SELECT size, length(data) FROM bodies").fetchall()
    assert size == 500
    assert packed < 100
    assert [page.url for _, page in archive.pages()] == [f"https://blog.example/{name}" for name in "abc"]


def test_the_latest_capture_counts_whatever_the_order(archive: Archive) -> None:
    new = later(PAGE, b"new", "2026-03-01T00:00:00Z")
    archive.put(new, "blog")
    archive.put(PAGE, "blog")
    assert [page.body for _, page in archive.pages()] == [b"new"]
    assert archive.known(PAGE.url, hashlib.sha256(b"new").hexdigest())
    assert not archive.known(PAGE.url, hashlib.sha256(PAGE.body).hexdigest())
    assert not archive.known("https://blog.example/never", hashlib.sha256(b"new").hexdigest())


def test_a_url_that_goes_back_to_an_earlier_body_has_that_one_as_its_latest(archive: Archive) -> None:
    archive.put(PAGE, "blog")
    archive.put(later(PAGE, b"new", "2026-03-01T00:00:00Z"), "blog")
    assert archive.put(replace(PAGE, fetched_at="2026-04-01T00:00:00Z"), "blog").new
    assert [page.body for _, page in archive.pages()] == [PAGE.body]
    assert len(everything(archive)[1]) == 2


def test_of_undated_captures_the_one_stored_last_is_the_latest(archive: Archive) -> None:
    archive.put(later(PAGE, b"one", ""), "blog")
    archive.put(later(PAGE, b"two", ""), "blog")
    assert [page.body for _, page in archive.pages()] == [b"two"]


def test_pages_of_a_source_since_a_day(archive: Archive) -> None:
    for name, source, at in (
        ("a", "one", "2026-01-01"),
        ("b", "one", "2026-02-01"),
        ("c", "two", "2026-02-02"),
    ):
        archive.put(replace(PAGE, url=f"https://blog.example/{name}", fetched_at=at), source)

    def names(**asked: str) -> str:
        return "".join(page.url[-1] for _, page in archive.pages(**asked))

    assert names(source="one") == "ab"
    assert names(since="2026-02-01") == "bc"
    assert names(source="one", since="2026-01-15") == "b"
    assert names(source="none") == ""


def test_cookies_are_not_kept(archive: Archive) -> None:
    page = replace(PAGE, headers=(("set-cookie", "session=1"), ("etag", '"1"')))
    assert archive.get(archive.put(page, "blog").capture).headers == (("etag", '"1"'),)


def test_an_empty_body_is_a_body(archive: Archive) -> None:
    assert archive.get(archive.put(replace(PAGE, body=b""), "blog").capture).body == b""


def test_a_body_that_is_too_large_is_refused(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BODY", 499)
    with pytest.raises(ArchiveError, match="a body of 500 bytes"):
        archive.put(PAGE, "blog")
    assert everything(archive) == [[], []]


BOMB = zstandard.ZstdCompressor(level=19).compress(bytes(200_000_000))


@pytest.mark.parametrize(
    ("size", "data"),
    [
        (500, b"not zstandard"),
        (500, zstandard.ZstdCompressor().compress(b"x" * 500)),
        (500, zstandard.ZstdCompressor().compress(PAGE.body)[:-3]),
        (500, BOMB),
        (200_000_000, BOMB),
        (500, zstandard.ZstdCompressor(write_content_size=False).compress(bytes(10_000_000))),
    ],
    ids=["garbage", "another body", "cut off", "bomb", "honest bomb", "no size told"],
)
def test_a_damaged_or_hostile_body_is_not_unpacked(archive: Archive, size: int, data: bytes) -> None:
    capture = archive.put(PAGE, "blog").capture
    archive.connection.execute("UPDATE bodies SET size = ?, data = ?", (size, data))
    with pytest.raises(
        ArchiveError, match=r"archive\.db: the stored body of https://blog\.example/a is damaged"
    ):
        archive.get(capture)


def test_captures_that_are_not_there(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="no capture 7"):
        archive.get(7)


def test_files_that_are_no_archive_are_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE recipes (id)")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database" * 100)
    before = other.read_bytes(), text.read_bytes()
    for path, told in ((other, "did not make.*recipes"), (text, "not usable as a database")):
        with pytest.raises(ArchiveError, match=told):
            Archive.open(path)
    assert (other.read_bytes(), text.read_bytes()) == before
    with pytest.raises(ArchiveError, match="no archive yet"):
        Archive.open(tmp_path / "none.db", create=False)


def test_an_empty_file_is_no_archive_to_a_reader(tmp_path: Path) -> None:
    empty = tmp_path / "archive.db"
    empty.touch()
    with pytest.raises(ArchiveError, match="an empty database"):
        Archive.open(empty, create=False)
    assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("archive.db", 0)]
    Archive.open(empty).close()
    Archive.open(empty, create=False).close()


def test_a_newer_archive_is_refused(archive: Archive, tmp_path: Path) -> None:
    archive.connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('winnow-archive', 'm099_of_tomorrow', '')"
    )
    with pytest.raises(ArchiveError, match=r"newer winnow .*m099_of_tomorrow"):
        Archive.open(tmp_path / "archive.db")


# what the first version made, with one page in it
FIRST = (
    "CREATE TABLE bodies (hash TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    """CREATE TABLE captures (id INTEGER PRIMARY KEY, url TEXT NOT NULL,
    body TEXT NOT NULL REFERENCES bodies(hash), final_url TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL,
    headers TEXT NOT NULL DEFAULT '[]', fetched_at TEXT NOT NULL DEFAULT '', source TEXT NOT NULL,
    UNIQUE (url, body)) STRICT""",
    "CREATE INDEX captures_latest ON captures(url, fetched_at, id)",
    "CREATE INDEX captures_source ON captures(source, fetched_at)",
    "PRAGMA user_version = 1",
)


def test_an_archive_of_the_first_version_is_brought_up_to_date_and_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    old = sqlite3.connect(path)
    for statement in FIRST:
        old.execute(statement)
    name = hashlib.sha256(PAGE.body).hexdigest()
    old.execute(
        "INSERT INTO bodies VALUES (?, ?, ?)",
        (name, 500, zstandard.ZstdCompressor(level=9).compress(PAGE.body)),
    )
    old.execute(
        "INSERT INTO captures (url, body, status, source) VALUES (?, ?, 200, 'blog')", (PAGE.url, name)
    )
    old.commit()
    old.close()
    with pytest.raises(ArchiveError, match="made by an older winnow"):
        Archive.open(path, create=False)
    with Archive.open(path) as archive:
        assert [page.body for _, page in archive.pages()] == [PAGE.body]
        archive.put(replace(PAGE, body=b"new", fetched_at="2026-05-01T00:00:00Z"), "blog")
    with Archive.open(path, create=False) as archive:
        assert [page.body for _, page in archive.pages()] == [b"new"]

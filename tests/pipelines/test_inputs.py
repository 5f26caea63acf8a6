"""Pages from files, and what becomes of files that are not what they say."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines import inputs
from pipelines.inputs import InputError, InputRow, read_inputs

HTML = b"<html><body><p>How to write a roadmap</p></body></html>"


def read(*paths: Path | str) -> list[InputRow]:
    return list(read_inputs([str(path) for path in paths]))


def jsonl(path: Path, rows: Sequence[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8"
    )
    return path


def pages(rows: list[InputRow]) -> dict[str, bytes]:
    assert [row.error for row in rows if row.error] == []
    return {row.page.url: row.page.body for row in rows if row.page}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_html_files_have_their_path_as_url(here: Path) -> None:
    (here / "saved").mkdir()
    (here / "saved" / "one two#.html").write_bytes(HTML)
    (here / "b.htm.gz").write_bytes(gzip.compress(HTML))
    assert pages(read("b.htm.gz", here / "saved" / "one two#.html")) == {
        "file:///b.htm.gz": HTML,
        "file:///saved/one%20two%23.html": HTML,
    }


def test_a_folder_is_read_to_its_depth_in_the_order_of_its_paths(here: Path) -> None:
    for name in ("b/z.html", "b/a.html", "a/deep/er/x.HTML", "c.xhtml", "notes.txt", "b/picture.png"):
        (here / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "in" / name).write_bytes(HTML)
    assert [row.id for row in read("in")] == [
        "in/c.xhtml",
        "in/a/deep/er/x.HTML",
        "in/b/a.html",
        "in/b/z.html",
    ]


def test_no_url_tells_where_on_a_machine_a_page_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere, or from the root of all folders: the named folder, and no more above it than is needed."""
    rows = [{"id": "7", "html": "<p>x</p>"}, {"html": "<p>x</p>"}]
    for name in ("mine/saved/a/x.html", "yours/saved/x.html", "here/near.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(HTML)
    jsonl(tmp_path / "mine/saved/rows.jsonl", rows)

    def urls(*paths: Path | str) -> list[str]:
        return [row.page.url.removeprefix("file:///") for row in read(*paths) if row.page]

    expected = ["saved/rows.jsonl/7", "saved/rows.jsonl/2", "saved/a/x.html"]
    for here in (tmp_path / "here", Path("/")):
        monkeypatch.chdir(here)
        assert urls(tmp_path / "mine/saved") == expected
        assert urls(tmp_path / "yours/saved/x.html") == ["saved/x.html"]
    monkeypatch.chdir(tmp_path / "here")
    assert urls("near.html", "../yours/saved", ".") == ["near.html", "saved/x.html", "near.html"]
    both = urls("../mine/saved", tmp_path / "yours" / "saved")
    assert both == [*(f"mine/{url}" for url in expected), "yours/saved/x.html"]


def test_a_manifest_beside_the_folder_gives_the_real_urls(here: Path) -> None:
    (here / "saved/html/site").mkdir(parents=True)
    (here / "saved/html/site/a.html.gz").write_bytes(gzip.compress(HTML))
    (here / "saved/html/site/b.html").write_bytes(HTML)
    (here / "saved/html/site/c.html").write_bytes(HTML)
    manifest = [
        {"url": "https://blog.example/a", "html": "html/site/a.html.gz", "title": "A"},
        "no json",
        {"url": "https://blog.example/b", "html_file": "html/site/b.html"},
        {"url": "javascript:alert(1)", "html": "html/site/c.html"},
        {"url": "https://blog.example/outside", "html": "../../etc/x.html"},
    ]
    jsonl(here / "saved/manifest.jsonl", manifest)
    wanted = {
        "https://blog.example/a": HTML,
        "https://blog.example/b": HTML,
        "file:///saved/html/site/c.html": HTML,
    }
    assert pages(read("saved/html")) == wanted
    assert pages(read("saved")) == wanted, "the manifest itself is no page"
    assert pages(read("saved/html/site/a.html.gz")) == {"https://blog.example/a": HTML}


def test_a_manifest_is_found_by_its_rows_wherever_it_stands(here: Path) -> None:
    (here / "in/deep").mkdir(parents=True)
    (here / "in/deep/a.html").write_bytes(HTML)
    jsonl(here / "in/deep/urls.jsonl", [{"url": "https://blog.example/a", "html": "a.html"}])
    assert pages(read("in")) == {"https://blog.example/a": HTML}


def test_jsonl_in_a_folder_is_told_by_its_rows(here: Path) -> None:
    """A folder may hold other JSONL than pages: that is one thing to say, not one a line."""
    (here / "in").mkdir()
    (here / "in/a.html").write_bytes(HTML)
    (here / "in/manifest.jsonl").write_bytes(b"\xff" + HTML)
    (here / "in/packed.jsonl.gz").write_bytes(b"no gzip")
    jsonl(here / "in/more.jsonl", ["bad", {"url": "https://blog.example/m", "html": "<p>M</p>"}])
    jsonl(here / "in/words.jsonl", [{"word": "a"}] * 50)
    assert [row.page.url if row.page else row.error.partition("; ")[0] for row in read("in")] == [
        "file:///in/a.html",
        "in/manifest.jsonl: holds no pages",
        "in/more.jsonl:1: not JSON: Expecting value: line 1 column 1 (char 0)",
        "https://blog.example/m",
        "in/packed.jsonl.gz: holds no pages",
        "in/words.jsonl: holds no pages",
    ]


def test_a_canonical_link_does_not_name_a_page(here: Path) -> None:
    (here / "a.html").write_bytes(b'<link rel="canonical" href="https://victim.example/">' + HTML)
    assert list(pages(read("a.html"))) == ["file:///a.html"]


def test_jsonl_rows_hold_their_page_or_name_a_file_beside_them(here: Path) -> None:
    (here / "in/html").mkdir(parents=True)
    (here / "in/html/b.html.gz").write_bytes(gzip.compress(HTML))
    rows = jsonl(
        here / "in/pages.jsonl",
        [
            {"id": 7, "url": "https://blog.example/a", "html": '<meta charset="gbk"><p>caf\u00e9</p>'},
            "",
            {"id": "b", "url": "https://blog.example/b", "html_file": "html/b.html.gz"},
            {"url": "https://blog.example/c", "html": "html/b.html.gz"},
            {"id": "d", "html": "<p>no address</p>"},
        ],
    )
    packed = here / "pages.jsonl.gz"
    packed.write_bytes(gzip.compress(rows.read_bytes().replace(b"html/b", b"in/html/b")))
    read_rows = read(rows)
    assert [row.id for row in read_rows] == ["7", "b", f"{rows}:4", "d"]
    assert list(pages(read_rows).values()) == [
        '<meta charset="gbk"><p>caf\u00e9</p>'.encode(),
        HTML,
        HTML,
        b"<p>no address</p>",
    ]
    first = read_rows[0].page
    assert first is not None
    assert first.header("content-type") == "text/html; charset=utf-8"
    assert list(pages(read(packed)).values()) == list(pages(read_rows).values())


@pytest.mark.parametrize("url", [{}, {"url": None}, {"url": ""}])
def test_a_row_without_an_address_gets_that_of_its_place(tmp_path: Path, url: dict[str, object]) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text(json.dumps({"id": "a", "html": "<p>A</p>", **url}), encoding="utf-8")
    (address,) = pages(read(str(file)))
    assert address.startswith("file://")
    assert address.endswith("/pages.jsonl/a")


def test_a_dash_is_jsonl_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"id": "a", "url": "https://blog.example/a", "html": "<p>A</p>"}).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
    assert pages(read("-")) == {"https://blog.example/a": b"<p>A</p>"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("9" * 10_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ({"url": "https://blog.example/a"}, 'a row has "html"'),
        ({"url": "https://blog.example/a", "html": 7}, 'a row has "html"'),
        ({"url": ["a"], "html": "<p>"}, '"url" has to be text'),
        (
            {"url": "javascript:alert(1)", "html": "<p>"},
            "'javascript:alert(1)': not an http, https or file URL",
        ),
        ({"url": "http://[::1", "html": "<p>"}, "not an http, https or file URL"),
        ({"url": "https:///a", "html": "<p>"}, "not an http, https or file URL"),
        (
            {"url": "https://blog.example/a", "html_file": "/etc/hostname.html"},
            "only paths inside the folder",
        ),
        (
            {"url": "https://blog.example/a", "html_file": "x/../../secret.html"},
            "only paths inside the folder",
        ),
        ({"url": "https://blog.example/a", "html_file": "a\0.html"}, "only paths inside the folder"),
        ({"url": "https://blog.example/a", "html_file": "none.html"}, "there is no such file"),
        ({"url": "https://blog.example/a", "html_file": "."}, "there is no such file"),
        ({"url": "https://blog.example/a", "html_file": "link.html"}, "a link that leads out of the folder"),
        ({"url": "https://blog.example/a", "html_file": "pipe.html"}, "there is no such file"),
        ({"url": "https://blog.example/a", "html_file": "torn.html.gz"}, "not a sound gzip file"),
    ],
)
def test_a_bad_row_costs_itself_and_says_where_it_is(here: Path, row: object, told: str) -> None:
    (here / "secret.html").write_bytes(HTML)
    folder = here / "in"
    folder.mkdir()
    (folder / "link.html").symlink_to(here / "secret.html")
    os.mkfifo(folder / "pipe.html")
    (folder / "torn.html.gz").write_bytes(gzip.compress(HTML * 99)[:-20])
    good = {"id": "good", "url": "https://blog.example/good", "html": "<p>Good</p>"}
    bad, after = read(jsonl(folder / "pages.jsonl", [row, good]))
    assert told in bad.error
    assert "pages.jsonl:1: " in bad.error
    assert bad.page is None
    assert after.page is not None


def test_lines_that_are_not_utf_8_cost_themselves(here: Path) -> None:
    good = b'{"id": "x", "url": "https://blog.example/x", "html": "<p>"}\n'
    (here / "pages.jsonl").write_bytes(b"\xef\xbb\xbf" + good + b'{"id": "\xff"}\n' + good.rstrip())
    first, bad, last = read("pages.jsonl")
    assert bad.error == "pages.jsonl:2: not UTF-8 (byte 9 of the line)"
    assert first.page == last.page is not None


def test_a_lone_surrogate_in_a_page_does_no_harm(here: Path) -> None:
    rows = ['{"id": "\\ud800", "url": "https://blog.example/\\ud800", "html": "<p>\\ud800</p>"}']
    [row] = read(jsonl(here / "pages.jsonl", rows))
    assert row.page is not None
    assert row.page.body == b"<p>?</p>"


def test_an_endless_line_is_passed_over(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MAX_LINE", 100)
    good = json.dumps({"id": "x", "url": "https://blog.example/x", "html": "<p>"})
    rows = read(jsonl(here / "pages.jsonl", ["x" * 1000, good, "y" * 99]))
    assert [bool(row.page) for row in rows] == [False, True, False]
    assert "pages.jsonl:1: a line of more than" in rows[0].error
    assert [row.place for row in rows] == [f"{here / 'pages.jsonl'}:{n}" for n in (1, 2, 3)]


def test_a_gzip_bomb_is_not_unpacked_to_its_end(here: Path) -> None:
    bomb = gzip.compress(bytes(1024 * 1024)) * 64
    (here / "bomb.html.gz").write_bytes(bomb)
    (here / "good.html").write_bytes(HTML)
    bad, good = read("bomb.html.gz", "good.html")
    assert bad.error == "bomb.html.gz: more than 16 MiB after unpacking"
    assert good.page is not None
    jsonl(here / "pages.jsonl", [{"id": "b", "url": "https://blog.example/b", "html_file": "bomb.html.gz"}])
    assert "more than 16 MiB" in read("pages.jsonl")[0].error


def test_files_that_are_no_pages_cost_themselves(here: Path) -> None:
    (here / "in").mkdir()
    (here / "secret.html").write_bytes(HTML)
    (here / "in/a.html").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (here / "in/b.html.gz").write_bytes(HTML)
    (here / "in/c.html").symlink_to(here / "secret.html")
    (here / "in/d.html").symlink_to(here / "in/e.html")
    (here / "in/e.html").write_bytes("\ufeffUTF-16".encode("utf-16"))
    (here / "in/f.html").write_bytes(b"\xff\xfecaf\xe9")
    (here / "in/loop").symlink_to(here / "in")
    os.mkfifo(here / "in/g.html")
    os.mkfifo(here / "in/h.jsonl")
    rows = {row.id: row.error or row.page for row in read("in")}
    assert rows["in/a.html"] == "in/a.html: a binary file, not HTML"
    assert "not a sound gzip file" in str(rows["in/b.html.gz"])
    assert "a link that leads out of the folder" in str(rows["in/c.html"])
    assert rows["in/g.html"] == "in/g.html: not a regular file"
    assert rows["in/h.jsonl"] == "in/h.jsonl: not a regular file"
    assert [name for name, found in rows.items() if not isinstance(found, str)] == [
        "in/d.html",
        "in/e.html",
        "in/f.html",
    ]


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["none.html"], "none.html: there is no such file or folder"),
        (["a.pdf"], r"a.pdf: of no known kind; a file has to end in one of: .html .htm"),
        ([], "no input: name HTML files"),
        (["a.html", "none.jsonl"], "none.jsonl: there is no such"),
    ],
)
def test_what_cannot_be_an_input_is_said_before_anything_is_read(
    here: Path, paths: list[str], told: str
) -> None:
    (here / "a.pdf").write_bytes(b"%PDF")
    (here / "a.html").write_bytes(HTML)
    with pytest.raises(InputError, match=told):
        read_inputs(paths)


def warc_record(kind: str, url: str, payload: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        f"WARC-Record-ID: <urn:uuid:6b2ad8ad-9e2c-4f3b-8c1c-000000000001>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


def response(url: str, status: str, kind: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "X-A: 1", *headers]
    return warc_record("response", url, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def warc(path: Path, records: Sequence[tuple[str, str, str, bytes]], *, packed: bool) -> Path:
    """Response records of (URL, status line, content type, body), each after its request."""
    pieces = []
    for url, status, kind, body in records:
        pieces.append(warc_record("request", url, b"GET / HTTP/1.1\r\n\r\n"))
        pieces.append(response(url, status, kind, body))
    path.write_bytes(b"".join(gzip.compress(piece) if packed else piece for piece in pieces))
    return path


RECORDS = [
    ("https://blog.example/a", "200 OK", "text/html; charset=utf-8", HTML),
    ("https://blog.example/b", "200 OK", "application/xhtml+xml", HTML),
    ("https://blog.example/i", "200 OK", "image/png", b"\x89PNG"),
    ("https://blog.example/r", "301 Moved", "text/html", b"<p>moved</p>"),
    ("https://blog.example/g", "404 Not Found", "text/html", b"<p>gone</p>"),
    ("https://blog.example/n", "200 OK", "text/html", b"\x00\x01\x02"),
    ("http://[::1", "200 OK", "text/html", HTML),
]


@pytest.mark.parametrize("packed", [True, False])
def test_html_responses_of_a_warc_are_pages(here: Path, packed: bool) -> None:
    path = warc(here / ("a.warc.gz" if packed else "a.warc"), RECORDS, packed=packed)
    rows = read(path)
    good = [row.page for row in rows if row.page]
    assert [(page.url, page.body, page.status) for page in good] == [
        ("https://blog.example/a", HTML, 200),
        ("https://blog.example/b", HTML, 200),
    ]
    assert good[0].fetched_at == "2026-01-02T03:04:05Z"
    assert good[0].header("x-a") == "1"
    told = [row.error for row in rows if row.error]
    assert ["HTTP status 404" in told[0], "binary data" in told[1], "not an http" in told[2]] == [True] * 3
    assert len(rows) == 5


def test_a_damaged_warc_gives_the_pages_before_the_damage(here: Path) -> None:
    path = warc(here / "a.warc", RECORDS[:2], packed=False)
    path.write_bytes(path.read_bytes() + b"WARC/garbage\r\n" + b"\x00" * 50)
    rows = read(path)
    assert [bool(row.page) for row in rows] == [True, True, False]
    assert "damaged after record" in rows[-1].error
    (here / "b.warc.gz").write_bytes(b"\x1f\x8b broken")
    assert [bool(row.error) for row in read("b.warc.gz")] == [True]


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_that_is_cut_off_says_so_wherever_that_is(here: Path, packed: bool) -> None:
    """A transfer that broke off loses no page in silence, and half a page is none."""
    path = warc(here / ("a.warc.gz" if packed else "a.warc"), RECORDS[:2], packed=packed)
    whole = path.read_bytes()
    for length in range(1, len(whole), 3):
        path.write_bytes(whole[:length])
        rows = read(path)
        assert all(row.page.body == HTML for row in rows if row.page)
        at_an_end = whole[length:].startswith(b"\x1f\x8b") or whole[:length].endswith(b"\r\n\r\n")
        assert at_an_end or "damaged after record" in rows[-1].error, length


def test_a_record_without_a_url_ends_its_file_and_not_the_run(here: Path) -> None:
    nameless = response("x", "200 OK", "text/html", HTML).replace(b"WARC-Target-URI: x\r\n", b"")
    path = here / "a.warc"
    path.write_bytes(response(RECORDS[0][0], "200 OK", "text/html", HTML) + nameless)
    rows = read(path)
    assert [bool(row.page) for row in rows] == [True, False]
    assert "damaged after record 1" in rows[1].error


def test_a_bomb_in_a_warc_costs_itself(here: Path) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    path = here / "a.warc"
    path.write_bytes(
        response("https://blog.example/bomb", "200 OK", "text/html", bomb, "Content-Encoding: gzip")
        + response("https://blog.example/a", "200 OK", "text/html", HTML)
    )
    bad, good = read(path)
    assert "more than 16 MiB after unpacking" in bad.error
    assert good.page is not None
    assert good.page.body == HTML

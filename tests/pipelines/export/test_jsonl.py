"""The JSONL export: the golden file, the same bytes every time, whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from filters.chain import Chain, Decision
from filters.document import Block, Document, Kind
from pipelines.curate import Outcome, Status
from pipelines.export import formats
from pipelines.export_file import written_whole
from pipelines.page import Page
from pipelines.store import Store, StoreError
from pipelines.store.articles import SelectionError
from pipelines.store.rows import post_rows

GOLDEN = Path(__file__).with_name("articles.jsonl")
jsonl = formats()["jsonl"]


def outcome(url: str, text: str, *, status: Status = Status.ACCEPTED, **facts: Any) -> Outcome:
    language = facts.pop("language", "en")
    block = Block(0, Kind.PARAGRAPH, text)
    document = Document(url, (block,), **facts)
    return Outcome(
        Page(url, text.encode()),
        status,
        "" if status is Status.ACCEPTED else "Not a guide.",
        document,
        document,
        decisions=(Decision(0, True, None, 0, len(text)),),
        language=language,
        profile="0123456789ab",
    )


PAGES = [
    (
        outcome("https://a.example/1", "Ask *why* first.", title="Why", author="Ada", published="2026-01-05"),
        "a",
    ),
    (outcome("https://a.example/2", "Frag die Kundin.", language="de", title="Fragen \u2028\x85 <b>"), "a"),
    (outcome("https://b.example/3", "Write it down.", site="B", published="2025-12-31"), "b"),
    (outcome("https://b.example/4", "Write it down.", site="B", published="2026-02-01"), "b"),
    (outcome("https://b.example/5", "Buy now.", status=Status.REJECTED), "b"),
]


def fill(data: Path, pages: list[tuple[Outcome, str]]) -> Path:
    with Store.open(data / "corpus.db") as store:
        run = store.start_run("import", Chain("test", ()))
        for page, source in pages:
            rows = post_rows(page)
            topics = ("asking", "writing") if rows.url.endswith("1") else ()
            store.save(replace(rows, topics=[(rows.id, topic) for topic in topics]), source, run)
        store.settle()
        store.finish_run(run)
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return fill(tmp_path / "data", PAGES)


def exported(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def test_the_export_is_the_golden_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    assert jsonl.export(data, target) == 3
    assert target.read_bytes() == GOLDEN.read_bytes()


def test_a_line_is_a_line_to_every_reader(data: Path, tmp_path: Path) -> None:
    """Some split at every line break that Unicode knows."""
    jsonl.export(data, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert "Fragen \u2028\x85 <b>" in [json.loads(line)["title"] for line in lines]


def test_the_order_of_writing_does_not_show(data: Path, tmp_path: Path) -> None:
    jsonl.export(data, tmp_path / "one.jsonl")
    jsonl.export(fill(tmp_path / "again", PAGES[::-1]), tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("name", "unpack"),
    [
        ("out.jsonl.gz", gzip.decompress),
        ("out.jsonl.zst", lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed)),
    ],
)
def test_a_packed_export_is_the_same_bytes_every_time(
    data: Path, tmp_path: Path, name: str, unpack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    jsonl.export(data, tmp_path / name)
    (tmp_path / "later").mkdir()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    jsonl.export(data, tmp_path / "later" / f"other-{name}")
    packed = (tmp_path / name).read_bytes()
    assert unpack(packed) == GOLDEN.read_bytes()
    assert packed == (tmp_path / "later" / f"other-{name}").read_bytes()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"language": "de"}, ["https://a.example/2"]),
        ({"source": "b"}, ["https://b.example/3"]),
        ({"since": "2026-01-01"}, ["https://a.example/1"]),
        ({"since": "2025"}, ["https://a.example/1", "https://b.example/3"]),
        ({"topic": "asking"}, ["https://a.example/1"]),
        ({"site": "B", "language": "en"}, ["https://b.example/3"]),
        ({"site": "B", "language": "de"}, []),
        ({"language": "' OR 1=1 --"}, []),
    ],
)
def test_restrictions_narrow_the_posts_down(
    data: Path, tmp_path: Path, asked: dict[str, str], wanted: list[str]
) -> None:
    count = jsonl.export(data, tmp_path / "out.jsonl", **asked)
    assert sorted(row["url"] for row in exported(tmp_path / "out.jsonl")) == wanted
    assert count == len(wanted)


def test_a_date_that_is_none_is_quoted(data: Path, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="since: 'yesterday' is no date; write it as 2026-01-31"):
        jsonl.export(data, tmp_path / "out.jsonl", since="yesterday")
    assert not (tmp_path / "out.jsonl").exists()


def test_without_a_corpus_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such database yet"):
        jsonl.export(tmp_path, tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_what_was_there(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "out.jsonl").write_text("the last one\n")

    def torn(*_: object) -> Iterator[dict[str, str]]:
        yield {"id": "1"}
        raise OSError("No space left on device")

    monkeypatch.setattr("pipelines.export.articles", torn)
    with pytest.raises(OSError, match="No space left"):
        jsonl.export(data, folder / "out.jsonl")
    assert [path.name for path in folder.iterdir()] == ["out.jsonl"]
    assert (folder / "out.jsonl").read_text() == "the last one\n"


def test_a_folder_or_a_device_is_not_replaced(data: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(OSError, match="not a regular file"):
            jsonl.export(data, tmp_path / name)
    assert (tmp_path / "folder").is_dir()
    assert (tmp_path / "pipe").is_fifo()


def test_a_dash_is_standard_output(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    jsonl.export(data, "-")
    assert capfdbinary.readouterr().out == GOLDEN.read_bytes()


def test_an_export_is_of_one_moment_and_in_nobodys_way(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crawl that writes in the middle of an export neither waits for it nor shows in it."""
    written = threading.Event()

    def write() -> None:
        fill(data, [(outcome(f"https://c.example/{n}", f"Number {n}."), "c") for n in range(20)])
        written.set()

    real = written_whole

    @contextmanager
    def slow(path: str | Path) -> Iterator[Any]:
        with real(path) as stream:

            class Slow:
                def write(self, line: bytes) -> None:
                    if not written.is_set():
                        thread = threading.Thread(target=write)
                        thread.start()
                        thread.join(30)
                        assert written.is_set()
                    stream.write(line)

            yield Slow()

    monkeypatch.setattr("pipelines.export.jsonl.written_whole", slow)
    assert jsonl.export(data, tmp_path / "out.jsonl") == 3
    assert (tmp_path / "out.jsonl").read_bytes() == GOLDEN.read_bytes()

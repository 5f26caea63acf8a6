"""What long work says while it goes on, where there is no terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipelines.cli.progress import Plain, pages_in


def lines(*states: str, total: int | None = None, every: float = 3600) -> list[str]:
    stream = io.StringIO()
    with Plain("curated", total, stream, every=every) as told:
        for state in states:
            told.step(state)
    return stream.getvalue().splitlines()


def test_the_last_line_counts_what_became_of_all() -> None:
    [line] = lines("rejected", "accepted", "accepted", total=3)
    assert line.startswith("curated: 3 of 3 (2 accepted, 1 rejected), ")
    assert line.endswith(" a second")


def test_a_line_on_the_way_tells_the_time_that_is_left() -> None:
    first, second, third = lines("accepted", "accepted", "accepted", total=5, every=0)
    assert [line.split(" (")[0] for line in (first, second, third)] == [
        f"curated: {n} of 5" for n in (1, 2, 3)
    ]
    assert "about 0:00 left" in third


def failing(stream: io.StringIO) -> None:
    with Plain("curated", None, stream, every=3600) as told:
        told.step("accepted")
        raise RuntimeError


def test_work_that_fails_leaves_the_last_word_to_the_error() -> None:
    stream = io.StringIO()
    with pytest.raises(RuntimeError):
        failing(stream)
    assert stream.getvalue() == ""


def test_work_without_pages_says_so() -> None:
    assert lines() == ["curated: 0, 0.0 a second"]


def test_the_pages_of_html_files_can_be_counted_beforehand(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.html", "b.HTM", "deep/c.html.gz", "deep/style.css"):
        (tmp_path / name).write_bytes(b"")
    assert pages_in([str(tmp_path), str(tmp_path / "a.html")]) == 4
    (tmp_path / "deep" / "pages.jsonl").write_bytes(b"")
    assert pages_in([str(tmp_path)]) is None
    assert pages_in(["-"]) is None

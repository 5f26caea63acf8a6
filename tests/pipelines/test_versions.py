"""What a page said before it changed stays readable, and is a change of the page and never one of the rules."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from pipelines.archive import Archive
from pipelines.batch import replay
from pipelines.changes import Change, changes
from pipelines.cli.app import winnow
from pipelines.page import Page
from pipelines.store import post_id

if TYPE_CHECKING:
    from tests.conftest import TablesOf

URL = "https://blog.example/guide"
ADVERTISEMENT = "Play at the casino tonight and collect the welcome bonus."
RULES = 'name = "plain"\n[rule.hidden]\n[rule.too_short]\nwords = 20\n'
WITHOUT_HIDDEN = 'name = "lenient"\n[rule.too_short]\nwords = 20\n'
STEPS = ("talks to customers", "writes the roadmap", "measures the launch", "asks for feedback")


def body(price: str, visits: int = 0, advertisement: str = ADVERTISEMENT) -> bytes:
    steps = "".join(f"<p>Step {n}: a product manager {step} every week.</p>" for n, step in enumerate(STEPS))
    return (
        f"<html lang=en><head><title>Guide</title></head><body><article><h1>Guide</h1>{steps}"
        f"<p>The price of the course for product managers is {price} a year.</p>"
        f"<p style='display:none'>{advertisement}</p></article><!-- {visits} visits --></body></html>"
    ).encode()


# A counter, a price, another one, and an advertisement that the reader does not see
CAPTURES = [
    Page(URL, body("10 euros", 1), fetched_at="2026-01-01T00:00:00Z"),
    Page(URL, body("10 euros", 2), fetched_at="2026-02-01T00:00:00Z"),
    Page(URL, body("20 euros", 3), fetched_at="2026-03-01T00:00:00Z"),
    Page(URL, body("30 euros", 4), fetched_at="2026-04-01T00:00:00Z"),
    Page(URL, body("30 euros", 5, "More free spins."), fetched_at="2026-05-01T00:00:00Z"),
]


@pytest.fixture
def profiles(tmp_path: Path) -> dict[str, str]:
    found = {}
    for name, text in (("plain", RULES), ("lenient", WITHOUT_HIDDEN)):
        found[name] = str(tmp_path / f"{name}.toml")
        Path(found[name]).write_text(text)
    return found


def archive(data: Path, *pages: Page) -> None:
    with Archive.open(data / "archive.db") as opened:
        for page in pages:
            opened.put(page, "blog")


def kept(data: Path) -> list[tuple[int | None, str, str]]:
    """Number, month and price of each earlier capture."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute("SELECT number, seen, text FROM versions ORDER BY seen").fetchall()
    return [
        (number, seen[5:7], text.partition("managers is ")[2].split(" ")[0]) for number, seen, text in rows
    ]


def test_a_version_is_a_change_of_the_text(tmp_path: Path, profiles: dict[str, str]) -> None:
    """Not of the bytes; and other rules are asked of all versions alike."""
    archive(tmp_path, *CAPTURES)
    replay(tmp_path, profile=profiles["plain"], workers=1)
    expected: list[tuple[int | None, str, str]] = [(None, "01", ""), (1, "02", "10"), (2, "03", "20")]
    assert kept(tmp_path) == [*expected, (None, "04", "")]

    replay(tmp_path, profile=profiles["lenient"], workers=1)
    assert kept(tmp_path) == [*expected, (3, "04", "30")], "the advertisement is text now, and it changed"
    with closing(sqlite3.connect(tmp_path / "corpus.db")) as db:
        texts = [text for (text,) in db.execute("SELECT text FROM versions WHERE number > 0 ORDER BY number")]
        assert all(ADVERTISEMENT in text for text in texts)
    replay(tmp_path, profile=profiles["plain"], workers=1)
    assert kept(tmp_path) == [*expected, (None, "04", "")], "rules make no versions"


def test_versions_do_not_depend_on_when_they_were_read(
    tmp_path: Path, profiles: dict[str, str], tables_of: TablesOf
) -> None:
    """After every capture, or all of them at the end; and a replay changes nothing."""
    together, one_by_one = tmp_path / "together", tmp_path / "one"
    shuffled = random.Random(3).sample(CAPTURES, len(CAPTURES))
    archive(together, *shuffled)
    replay(together, profile=profiles["plain"], workers=1)
    for page in CAPTURES:
        archive(one_by_one, page)
        replay(one_by_one, profile=profiles["plain"], workers=1)
    found = [
        tables_of(data / "corpus.db", leave_out={"run", "changed_at", "first_seen"})
        for data in (together, one_by_one)
    ]
    assert found[0]["versions"] == found[1]["versions"]
    assert len(found[0]["versions"]) == 4
    before = tables_of(together / "corpus.db", leave_out=set())
    replay(together, profile=profiles["plain"], workers=1)
    assert tables_of(together / "corpus.db", leave_out=set()) == before


def test_a_page_that_goes_back_to_what_it_said(tmp_path: Path, profiles: dict[str, str]) -> None:
    archive(tmp_path, *CAPTURES[1:3])
    replay(tmp_path, profile=profiles["plain"], workers=1)
    assert kept(tmp_path) == [(1, "02", "10")]
    archive(tmp_path, Page(URL, body("10 euros", 2), fetched_at="2026-06-01T00:00:00Z"))
    replay(tmp_path, profile=profiles["plain"], workers=1)
    assert kept(tmp_path) == [(1, "03", "20")]


def test_versions_are_listed_and_compared(tmp_path: Path, profiles: dict[str, str]) -> None:
    archive(tmp_path, *CAPTURES)
    replay(tmp_path, profile=profiles["plain"], workers=1)
    run = CliRunner().invoke
    listed = run(winnow, ["explain", URL, "--versions", "--data", str(tmp_path)])
    assert listed.exit_code == 0, listed.output
    assert [line.split()[:3] for line in listed.output.splitlines()[:2]] == [
        ["1", "2026-02-01T00:00:00Z", "accepted,"],
        ["2", "2026-03-01T00:00:00Z", "accepted,"],
    ]
    told = run(winnow, ["explain", post_id(URL), "--since-version", "1", "--data", str(tmp_path)])
    assert [line for line in told.output.splitlines() if not line.startswith("  ")] == [
        "- The price of the course for product managers is 10 euros a year.",
        "+ The price of the course for product managers is 30 euros a year.",
    ]
    wrong = run(winnow, ["explain", URL, "--since-version", "7", "--data", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "there are: 1, 2" in wrong.output


def test_changes_are_told_paragraph_by_paragraph() -> None:
    assert changes("a\n\nb\n\nc", "a\n\nB\n\nc\n\nd") == [
        *(
            Change("same", "a"),
            Change("gone", "b"),
            Change("new", "B"),
            Change("same", "c"),
            Change("new", "d"),
        )
    ]
    assert changes("", "") == []


def test_long_texts_are_not_compared_for_minutes() -> None:
    long = "\n\n".join(f"{number % 2}" for number in range(5000))
    assert len(changes(long, long)) == 10_000

"""What is known of a page, as ``winnow explain`` and the rows of ``winnow curate`` tell it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli.app import winnow
from tests.pipelines.metadata.written import BODY, TITLE, article

HEAD = (
    f"<title>{TITLE} | PM Notes</title><meta property=og:site_name content='PM Notes'>"
    "<link rel=license href='https://creativecommons.org/licenses/by-sa/4.0/'>"
    + article(datePublished="2019-05-06", dateModified="2025-03-04T08:00:00Z", author={"name": "Ada Nowak"})
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    text = f"<h1>{TITLE}</h1><p>By Ada Nowak</p><p>Updated 4 March 2025</p>{BODY * 8}"
    path = tmp_path / "a.html"
    path.write_text(
        f'<html lang="en"><head>{HEAD}</head><body><article>{text}</article></body></html>', "utf-8"
    )
    return path


def test_explain_tells_what_is_known_and_where_it_stands(page: Path) -> None:
    told = CliRunner().invoke(winnow, ["explain", str(page)])
    assert told.exit_code == 0, told.output
    lines = {
        name: value.strip() for name, _, value in (line.partition(":") for line in told.stdout.splitlines())
    }
    assert lines["title"] == f"{TITLE} - Ada Nowak - 2019-05-06"
    assert lines["updated"] == "2025-03-04"
    assert lines["goes by"] == "2025-03-04, which is what its reader is told"
    assert (lines["site"], lines["licence"]) == ("PM Notes", "CC-BY-SA-4.0")
    for where in (
        "title: heading 1",
        "author: line at the title",
        "published: JSON-LD datePublished",
        "updated: JSON-LD dateModified",
        "shown: line at the title",
        "site: meta og:site_name",
        "licence: link rel=license",
    ):
        assert where in lines["from"]


def test_a_row_has_the_same(page: Path) -> None:
    told = CliRunner().invoke(winnow, ["curate", str(page), "-o", "-"])
    row = json.loads(told.stdout)
    assert (row["title"], row["author"], row["site"], row["licence"]) == (
        TITLE,
        "Ada Nowak",
        "PM Notes",
        "CC-BY-SA-4.0",
    )
    assert (row["date"], row["published"], row["updated"]) == ("2025-03-04", "2019-05-06", "2025-03-04")
    fields = {"title", "author", "published", "updated", "shown", "site", "licence"}
    assert fields <= row["origins"].keys()

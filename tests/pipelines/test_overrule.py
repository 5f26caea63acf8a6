"""A curator's word on a page: it stands above the rules, survives replay, and is told wherever the page is."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.batch import import_pages, replay
from pipelines.cli.app import winnow
from pipelines.store.review import Review, rulings

URL = "https://pm.example/roadmaps"
OTHER = "https://pm.example/bridges"
GUIDE = """<html lang=en><head><title>How product managers keep a roadmap honest</title></head><body><article>
<h1>How product managers keep a roadmap honest</h1>
<p>Product managers write a roadmap so that stakeholders can disagree with it early. Put problems on it, and not
features: your users have the problems, and your engineers may know better solutions than you do.</p>
<p>Talk to three customers before you move an item. A product manager who moves it without evidence will move it back
next quarter, and the team will remember.</p>
<p>Write down the assumption behind every card, who believes in it, and what would prove it wrong. When somebody asks
for a date, give a range and the assumption that it rests on. When the assumption breaks, move the card in public, so
that nobody has to ask why it moved.</p>
<p>Show the roadmap to people in support and in sales before you show it to the board. They know which promise was made
to whom, and they will find the card that contradicts it. Thank them, and change the card while they watch.</p>
<p>End each planning with the question what you would drop if a week were lost. The answer is your real priority.</p>
</article></body></html>"""
BRIDGES = """<html lang=en><head><title>How bridges are painted</title></head><body><article>
<h1>How bridges are painted</h1>
<p>A painter of bridges begins at the end that the weather comes from. The old coat is scraped off by hand wherever the
rust has lifted it, and what is scraped off is caught in nets below.</p>
<p>Two coats follow, one of primer and one of grey. Between them lies a night without rain, in some years a month.</p>
<p>When the far end is reached, the near end is due again. Painters say that this is what they like about it.</p>
</article></body></html>"""


def rows(folder: Path, **pages: str) -> str:
    """A file of pages by the last part of their address."""
    path = folder / f"{'-'.join(pages)}.jsonl"
    path.write_text(
        "".join(
            json.dumps({"id": name, "url": f"https://pm.example/{name}", "html": html}) + "\n"
            for name, html in pages.items()
        )
    )
    return str(path)


def posts(data: Path) -> dict[str, tuple[Any, ...]]:
    """Status, kind, reason and overruling of each post."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute("SELECT url, status, kind, reason, overruled, rule FROM posts").fetchall()
    return {url: tuple(rest) for url, *rest in found}


def command(data: Path, *arguments: str) -> Result:
    """``winnow overrule`` on a data folder."""
    return CliRunner().invoke(winnow, ["overrule", *arguments, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A corpus of a guide and of a page that is not about product management."""
    folder = tmp_path / "data"
    import_pages([rows(tmp_path, roadmaps=GUIDE, bridges=BRIDGES)], folder, workers=1)
    assert {url: row[0] for url, row in posts(folder).items()} == {URL: "accepted", OTHER: "rejected"}
    return folder


def test_a_page_that_a_curator_wants_is_accepted_and_tells_what_the_rules_said(data: Path) -> None:
    done = command(data, OTHER, "--accept", "--note", "bridges are products too", "--by", "anna")
    assert done.exit_code == 0, done.output
    status, _, reason, overruled, rule = posts(data)[OTHER]
    assert (status, reason, rule) == ("accepted", "", None)
    assert overruled.startswith("Accepted; the rules rejected it: It is not about product management")
    assert "Decided by anna, 2" in overruled
    assert overruled.endswith(": bridges are products too")
    assert overruled in " ".join(done.output.split())


def test_a_page_that_a_curator_does_not_want_goes_with_the_note_as_the_reason(data: Path) -> None:
    assert command(data, URL, "--reject", "--note", "we have a better one", "--by", "anna").exit_code == 0
    status, _, reason, overruled, _ = posts(data)[URL]
    assert status == "rejected"
    assert reason.startswith("A curator does not want it (anna, ")
    assert "we have a better one" in reason
    assert overruled.startswith("Rejected; the rules accepted it. Decided by anna")


def test_a_kind_that_a_curator_gives_is_what_the_rules_judge_by(data: Path) -> None:
    assert command(data, URL, "--kind", "news", "--by", "anna").exit_code == 0
    status, kind, reason, overruled, rule = posts(data)[URL]
    assert (status, kind, reason, rule) == ("rejected", "news", "It is news.", "unwanted_kind")
    assert overruled.startswith("Of the kind news; the models say ")
    assert command(data, URL, "--kind", "essay").exit_code == 0
    assert posts(data)[URL][:2] == ("accepted", "essay")


def test_a_decision_survives_replay_and_is_withdrawn_only_by_another(data: Path) -> None:
    before = posts(data)
    command(data, OTHER, "--accept", "--by", "anna")
    decided = posts(data)
    replay(data, workers=1)
    assert posts(data) == decided
    assert command(data, OTHER, "--withdraw").exit_code == 0
    assert posts(data) == before
    with Review.open(data / "review.db") as review:
        history = review.connection.execute("SELECT status FROM page_decisions ORDER BY id").fetchall()
    assert history == [("accepted",), ("",)]
    assert rulings(data) == {}


def test_whether_the_page_or_the_decision_comes_first_changes_nothing(data: Path, tmp_path: Path) -> None:
    """Nor does another spelling of the address."""
    command(data, OTHER, "--accept", "--kind", "essay", "--note", "kept", "--by", "anna")
    late = tmp_path / "late"
    told = command(
        late,
        "HTTPS://PM.example/bridges#top",
        "--accept",
        "--kind",
        "essay",
        "--by",
        "anna",
        "--note",
        "kept",
    )
    assert "not archived yet" in told.output
    import_pages([rows(tmp_path, bridges=BRIDGES, roadmaps=GUIDE)], late, workers=1)
    assert posts(late) == posts(data)


def test_a_decision_makes_a_page_due_again_for_an_import_of_the_same(data: Path, tmp_path: Path) -> None:
    """The fingerprint holds it, so a page that is known by its body is judged anew."""
    from pipelines.site_settings import Ruling

    with Review.open(data / "review.db") as review:
        review.rule(OTHER, Ruling("accepted", actor="anna"))
    again = import_pages([rows(tmp_path, bridges=BRIDGES, roadmaps=GUIDE)], data, workers=1)
    assert (again.accounting.accepted, again.accounting.unchanged) == (1, 1)
    assert posts(data)[OTHER][0] == "accepted"


def test_explain_tells_of_the_decision(data: Path) -> None:
    command(data, OTHER, "--accept", "--note", "bridges are products too", "--by", "anna")
    shown = CliRunner().invoke(winnow, ["explain", OTHER, "--data", str(data)]).output
    assert "status:  accepted\n" in shown
    assert "curator: Accepted; the rules rejected it: It is not about product management" in shown
    told = json.loads(CliRunner().invoke(winnow, ["explain", OTHER, "--json", "--data", str(data)]).output)
    assert told["overruled"] == posts(data)[OTHER][3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((URL,), "say what is decided"),
        ((URL, "--accept", "--reject"), "do not go together"),
        ((URL, "--accept", "--withdraw"), "say what is decided"),
        ((URL, "--kind", "guid"), "guide"),
        (("roadmaps", "--accept"), "neither a URL"),
        (("0123456789abcdef", "--accept"), "no post has the id"),
    ],
)
def test_a_mistake_is_told_and_nothing_decided(arguments: tuple[str, ...], told: str, data: Path) -> None:
    done = command(data, *arguments)
    assert done.exit_code != 0
    assert told in done.output or told in str(done.exception)
    assert rulings(data) == {}


def test_decisions_cannot_be_changed_afterwards(data: Path) -> None:
    command(data, URL, "--reject")
    with Review.open(data / "review.db") as review:
        for attempt in ("UPDATE page_decisions SET note = 'x'", "DELETE FROM page_decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                review.connection.execute(attempt)

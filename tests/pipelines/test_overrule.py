"""A curator's word on a page: it stands above the rules, survives replay, and is told wherever the page is."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.batch import import_pages, replay
from pipelines.cli.app import winnow
from pipelines.store.review import Review, Rulings

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


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of a guide and of a page that is not about product management; only read it."""
    folder = tmp_path_factory.mktemp("imported")
    import_pages([rows(folder, roadmaps=GUIDE, bridges=BRIDGES)], folder / "data", workers=1)
    assert {url: row[0] for url, row in posts(folder / "data").items()} == {
        URL: "accepted",
        OTHER: "rejected",
    }
    return folder / "data"


@pytest.fixture
def data(imported: Path, tmp_path: Path) -> Path:
    """A copy of that corpus, to be changed."""
    return shutil.copytree(imported, tmp_path / "data")


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
    assert dict(Rulings(data)) == {}


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
    from pipelines.ruling import Ruling

    with Review.open(data / "review.db") as review:
        review.rule(OTHER, Ruling("accepted", actor="anna"))
    again = import_pages([rows(tmp_path, bridges=BRIDGES, roadmaps=GUIDE)], data, workers=1)
    assert (again.accounting.accepted, again.accounting.unchanged) == (1, 1)
    assert posts(data)[OTHER][0] == "accepted"


ADVERT = "Play at the best online casino and claim your 200% welcome bonus with free spins today!"
RANGES = "End each planning with the question what you would drop if a week were lost."


@pytest.fixture(scope="module")
def imported_dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the guide with an advert in it; only read it."""
    folder = tmp_path_factory.mktemp("imported")
    page = GUIDE.replace("<p>Write down", f"<p>{ADVERT}</p><p>Write down")
    import_pages([rows(folder, roadmaps=page)], folder / "data", workers=1)
    return folder / "data"


@pytest.fixture
def dirty(imported_dirty: Path, tmp_path: Path) -> Path:
    """A copy of that corpus, to be changed."""
    return shutil.copytree(imported_dirty, tmp_path / "dirty")


def blocks(data: Path) -> dict[str, tuple[int, str, str | None, str]]:
    """Number, fate, rule and reason of each stored block, by its first words."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute('SELECT text, "index", decision, rule, reason FROM fragments').fetchall()
    return {text[:20]: tuple(rest) for text, *rest in found}


def kept(data: Path) -> str:
    """The kept text of the only post."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        return str(db.execute("SELECT text FROM post_texts").fetchone()[0])


def test_a_curator_keeps_one_block_and_removes_another(dirty: Path) -> None:
    """Whatever the rules say, until it is left to them again; and every replay heeds it."""
    was = blocks(dirty)
    advert, ranges = ADVERT[:20], RANGES[:20]
    assert (was[advert][1], was[ranges][1]) == ("removed", "kept")
    numbers = ("--keep", str(was[advert][0]), "--remove", str(was[ranges][0]))
    done = command(dirty, URL, *numbers, "--note", "quoted as an example", "--by", "anna")
    assert done.exit_code == 0, done.output
    assert "Blocks that a curator kept: 1, removed: 1." in done.output
    now = blocks(dirty)
    assert now[advert][1:3] == ("kept", "curator")
    assert now[advert][3].startswith("a curator wants it (anna, 20")
    assert now[advert][3].endswith(": quoted as an example)")
    assert now[ranges][1:3] == ("removed", "curator")
    assert ADVERT in kept(dirty)
    assert RANGES not in kept(dirty)
    assert {words: row for words, row in now.items() if words not in (advert, ranges)} == {
        words: row for words, row in was.items() if words not in (advert, ranges)
    }
    replay(dirty, workers=1)
    assert blocks(dirty) == now
    assert command(dirty, URL, "--leave", str(was[advert][0])).exit_code == 0
    assert (blocks(dirty)[advert], blocks(dirty)[ranges]) == (was[advert], now[ranges])
    assert command(dirty, URL, "--withdraw").exit_code == 0
    assert blocks(dirty) == was
    assert posts(dirty)[URL][3] == ""


def test_a_word_on_a_block_and_one_on_its_page_hold_together(dirty: Path) -> None:
    command(dirty, URL, "--title", "Honest maps", "--by", "anna")
    command(dirty, URL, "--keep", str(blocks(dirty)[ADVERT[:20]][0]), "--by", "bob")
    row = post(dirty)
    assert row["title"] == "Honest maps"
    assert ADVERT in kept(dirty)
    assert "Decided by anna" in row["overruled"]
    assert "bob" in blocks(dirty)[ADVERT[:20]][3]


def test_a_decision_on_words_that_the_page_no_longer_has_is_told(dirty: Path, tmp_path: Path) -> None:
    command(dirty, URL, "--keep", str(blocks(dirty)[ADVERT[:20]][0]))
    import_pages([rows(tmp_path, roadmaps=GUIDE)], dirty, workers=1)
    assert "Decisions on words that the page no longer has: 1." in post(dirty)["overruled"]


def test_explain_numbers_the_blocks_and_tells_by_whose_word_one_stays(dirty: Path) -> None:
    number = blocks(dirty)[ADVERT[:20]][0]
    asked = ["explain", URL, "--numbers", "--data", str(dirty)]
    assert f"{number:>4} - [gambling] {ADVERT}\n" in CliRunner().invoke(winnow, asked).output
    command(dirty, URL, "--keep", str(number), "--by", "anna")
    shown = CliRunner().invoke(winnow, asked).output
    assert f"{number:>4}   {ADVERT}\n    curator v1: a curator wants it (anna, " in shown
    assert "0 removed and 0 trimmed" in shown


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
    assert dict(Rulings(data)) == {}


def test_a_run_heeds_what_is_decided_while_it_goes_on(data: Path) -> None:
    from pipelines.site_settings import Sites

    sites = Sites({}, Rulings(data))
    assert sites.of(URL, "2026-01-01") is None
    before = sites.fingerprint("0123456789ab", URL, "2026-01-01")
    command(data, URL, "--reject")
    found = sites.of(URL, "2026-01-01")
    assert found is not None
    assert found.ruling is not None
    assert found.ruling.status == "rejected"
    assert sites.fingerprint("0123456789ab", URL, "2026-01-01") != before
    command(data, URL, "--withdraw")
    assert sites.of(URL, "2026-01-01") is None
    (data / "review.db").write_bytes(b"no database any more")
    assert sites.of(URL, "2026-01-01") is None


def test_decisions_cannot_be_changed_afterwards(data: Path) -> None:
    command(data, URL, "--reject")
    with Review.open(data / "review.db") as review:
        for attempt in ("UPDATE page_decisions SET note = 'x'", "DELETE FROM page_decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                review.connection.execute(attempt)


def post(data: Path, url: str = URL) -> dict[str, Any]:
    """All columns of a post, with its stages and topics."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        db.row_factory = sqlite3.Row
        row = dict(db.execute("SELECT * FROM posts WHERE url = ?", (url,)).fetchone())
        for name in ("stage", "topic"):
            found = db.execute(f"SELECT {name} FROM {name}s WHERE post = ? ORDER BY 1", (row["id"],))
            row[f"{name}s"] = [label for (label,) in found]
    return row


def test_what_a_page_says_of_itself_can_be_put_right(data: Path) -> None:
    """And it says so: in origins, in what was overruled, in explain; what is named later joins what was said before."""
    words = ("--title", "Roads  and maps", "--author", "Ada Berg;Li Wei", "--date", "2024-05-01")
    assert command(data, URL, *words, "--by", "anna").exit_code == 0
    assert command(data, URL, "--licence", "CC-BY-4.0", "--site", "PM notes", "--by", "anna").exit_code == 0
    row = post(data)
    assert [row[name] for name in ("title", "author", "published", "shown", "licence", "site")] == [
        "Roads and maps", "Ada Berg; Li Wei", "2024-05-01", "2024-05-01", "CC-BY-4.0", "PM notes",
    ]  # fmt: skip
    assert {json.loads(row["origins"])[name] for name in ("title", "author", "published")} == {"a curator"}
    assert "Author: Ada Berg; Li Wei; the page says nothing." in row["overruled"]
    assert row["status"] == "accepted"
    shown = CliRunner().invoke(winnow, ["explain", URL, "--data", str(data)]).output
    assert "title:   Roads and maps - Ada Berg; Li Wei - 2024-05-01\n" in shown
    assert command(data, URL, "--author", "", "--updated", "2025-01-01").exit_code == 0
    row = post(data)
    assert (row["author"], row["updated"], row["title"]) == ("", "2025-01-01", "Roads and maps")
    assert command(data, URL, "--date", "2025-03-01").exit_code == 0
    assert post(data)["updated"] == "2025-01-01"  # a curator's word, though it is before publication


def test_one_answer_is_left_as_it_was_found_and_the_others_stay(data: Path) -> None:
    command(data, URL, "--title", "Roads and maps", "--author", "Ada Berg", "--kind", "news")
    assert command(data, URL, "--as-found", "title", "--as-found", "kind").exit_code == 0
    row = post(data)
    assert (row["title"], row["author"]) == ("How product managers keep a roadmap honest", "Ada Berg")
    assert row["status"] == "accepted"
    assert "models say" not in row["overruled"]
    assert command(data, URL, "--as-found", "author").exit_code == 0
    assert dict(Rulings(data)) == {}


def test_what_the_models_say_can_be_overruled_and_rules_judge_by_it(data: Path) -> None:
    said = ("--language", "sv", "--stage", "senior", "--stage", "lead", "--topic", "salary")
    assert command(data, URL, *said).exit_code == 0
    row = post(data)
    assert (row["language"], row["language_confidence"]) == ("sv", 1.0)
    assert (row["stages"], row["stage"], row["topics"]) == (["lead", "senior"], "senior", ["salary"])
    assert (row["status"], row["rule"]) == ("rejected", "wrong_language")
    assert "Language: sv; the models say en" in row["overruled"]
    assert command(data, URL, "--language", "en", "--topic", "none", "--not-about").exit_code == 0
    row = post(data)
    assert (row["status"], row["rule"], row["about"], row["topics"]) == ("rejected", "not_pm", 0.0, [])
    assert command(data, URL, "--about").exit_code == 0
    row = post(data)
    assert (row["status"], row["about"], row["stages"]) == ("accepted", 1.0, ["lead", "senior"])
    before = posts(data)
    replay(data, workers=1)
    assert posts(data) == before


def test_a_filter_of_an_export_finds_a_post_by_what_a_curator_said(data: Path, tmp_path: Path) -> None:
    command(data, URL, "--stage", "senior", "--topic", "salary", "--kind", "listicle")
    out = tmp_path / "out.jsonl"
    filters = ["--stage", "senior", "--topic", "salary", "--kind", "listicle"]
    done = CliRunner().invoke(winnow, ["export", "jsonl", str(out), *filters, "--data", str(data)])
    assert done.exit_code == 0, done.output
    (row,) = map(json.loads, out.read_text().splitlines())
    assert (row["url"], row["stages"], row["topics"]) == (URL, ["senior"], ["salary"])


INTERVIEWS = """<html lang=en><head><title>How to interview users as a product manager</title></head><body><article>
<h1>How to interview users as a product manager</h1>
<p>A product manager asks users what they did last week, and never what they would like to have. Stories hold the
problem; wishes hold only your own ideas, told back to you.</p>
<p>Ask five people, and write the notes the same day. Read them with your engineers and your designer before you put
anything on the backlog, and mark each sentence that surprised you.</p>
<p>Your stakeholders will ask for numbers. Give them the five stories first, and then the metric that would move if the
stories were true of everybody.</p>
</article></body></html>"""
MIRROR, SECOND = "https://pm.example/mirror", "https://pm.example/second"


@pytest.fixture
def mirrored(tmp_path: Path) -> Path:
    """The guide, dated, with a mirror of a later day and another article."""
    folder = tmp_path / "mirrored"
    dated = [
        GUIDE.replace("<title>", f'<meta property="article:published_time" content="{day}"><title>')
        for day in ("2020-01-01", "2022-01-01")
    ]
    import_pages([rows(tmp_path, roadmaps=dated[0], mirror=dated[1], second=INTERVIEWS)], folder, workers=1)
    assert {url: row[0] for url, row in posts(folder).items()} == {
        URL: "accepted", MIRROR: "duplicate", SECOND: "accepted",
    }  # fmt: skip
    return folder


def states(data: Path) -> dict[str, str]:
    return {url.rpartition("/")[2]: row[0] for url, row in posts(data).items()}


def test_a_curator_says_which_copy_is_kept(mirrored: Path) -> None:
    assert command(mirrored, MIRROR, "--best").exit_code == 0
    assert states(mirrored) == {"roadmaps": "duplicate", "mirror": "accepted", "second": "accepted"}
    assert posts(mirrored)[URL][2].startswith(f"A copy of {MIRROR}")
    replay(mirrored, workers=1)
    assert states(mirrored)["mirror"] == "accepted"
    assert command(mirrored, MIRROR, "--withdraw").exit_code == 0
    assert states(mirrored) == {"roadmaps": "accepted", "mirror": "duplicate", "second": "accepted"}


def test_a_curator_says_that_a_page_is_no_copy_and_that_another_is_one(mirrored: Path) -> None:
    assert command(mirrored, MIRROR, "--no-copy").exit_code == 0
    assert states(mirrored) == {"roadmaps": "accepted", "mirror": "accepted", "second": "accepted"}
    assert command(mirrored, SECOND, "--copy-of", URL).exit_code == 0
    assert states(mirrored) == {"roadmaps": "accepted", "mirror": "accepted", "second": "duplicate"}
    assert posts(mirrored)[SECOND][2] == f"A curator says that it is a copy of {URL}."
    # whoever is a copy of a copy is one of what is kept
    assert command(mirrored, URL, "--copy-of", MIRROR).exit_code == 0
    with closing(sqlite3.connect(mirrored / "corpus.db")) as db:
        kept = "SELECT one.url FROM posts AS one JOIN posts AS other ON other.duplicate_of = one.id"
        assert db.execute(kept).fetchall() == [(MIRROR,), (MIRROR,)]
    # and in a circle nobody is
    assert command(mirrored, MIRROR, "--copy-of", SECOND).exit_code == 0
    assert states(mirrored)["second"] == "accepted"


def test_what_is_said_of_copies_does_not_depend_on_what_came_first(mirrored: Path, tmp_path: Path) -> None:
    from pipelines.store.review import Review

    command(mirrored, MIRROR, "--best", "--title", "Ours", "--by", "anna")
    late = tmp_path / "late"
    late.mkdir()
    with Review.open(mirrored / "review.db") as review, Review.open(late / "review.db") as again:
        for url, ruling in review.rulings().items():
            again.rule(url, ruling)
    import_pages([str(tmp_path / "roadmaps-mirror-second.jsonl")], late, workers=1)
    assert posts(late) == posts(mirrored)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--date", "2024-5-1"), "is no day"),
        (("--date", "2999-01-01"), "has not come yet"),
        (("--language", "German"), "no code of a language"),
        (("--stage", "senoir"), "'senior'"),
        (("--topic", "salary", "--topic", "none"), "goes alone"),
        (("--best", "--no-copy"), "do not go together"),
        (("--copy-of", URL), "is the page itself"),
        (("--title", "Other", "--withdraw"), "--withdraw alone"),
        (("--keep", "1", "--withdraw"), "--withdraw alone"),
        (("--title", "Other", "--as-found", "title"), "of the same: title"),
        (("--keep", "99"), "has no block 99; its blocks are 0 to "),
        (("--keep", "1", "--remove", "1"), "something else is said of block 1"),
    ],
)
def test_what_cannot_be_said_is_told(arguments: tuple[str, ...], told: str, data: Path) -> None:
    done = command(data, URL, *arguments)
    assert done.exit_code == 2, done.output
    assert told in done.output
    assert dict(Rulings(data)) == {}

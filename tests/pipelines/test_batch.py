"""Import and replay, with real files, real databases and real worker processes."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.batch import Summary, import_pages, replay
from pipelines.compare import Diff
from pipelines.inputs import InputError
from pipelines.store import Accounting, Store, StoreError, post_id
from pipelines.store.rows import PostRows

ADVERTISEMENT = "Play at the casino tonight and collect the welcome bonus."
RULES = 'name = "plain"\n[rule.hidden]\n[rule.too_short]\nwords = 50\n'
WITHOUT_HIDDEN = 'name = "lenient"\n[rule.too_short]\nwords = 50\n'
STRICT = 'name = "strict"\n[rule.hidden]\n[rule.too_short]\nwords = 5000\n'

Rows = dict[str, list[tuple[object, ...]]]


def guide(number: int, *, paragraphs: int = 5) -> str:
    sentences = "".join(
        f"<p>Step {number}.{step}: a product manager talks to customers before the roadmap is written.</p>"
        for step in range(paragraphs)
    )
    return (
        f'<html lang="en"><head><title>Guide {number}</title></head><body><article><h1>Guide {number}</h1>'
        f'{sentences}<p style="display:none">{ADVERTISEMENT}</p></article></body></html>'
    )


def rows_of_pages() -> list[dict[str, str]]:
    """Five guides, a copy of one, one too short; the rest cannot be pages."""
    pages = [{"id": str(n), "url": f"https://blog.example/{n}", "html": guide(n)} for n in range(5)]
    pages.append({"id": "copy", "url": "https://copy.example/1", "html": guide(1)})
    pages.append({"id": "short", "url": "https://blog.example/short", "html": guide(9, paragraphs=1)})
    return pages


def write(path: Path, rows: list[dict[str, str]], *broken: str) -> str:
    path.write_text(
        "".join([json.dumps(row) + "\n" for row in rows] + [line + "\n" for line in broken]), "utf-8"
    )
    return str(path)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("profile") / "plain.toml"
    path.write_text(RULES)
    return str(path)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, profile: str) -> tuple[Path, str, Summary]:
    """A corpus after one import, the file it came from, and what the import said; only read it."""
    folder = tmp_path_factory.mktemp("imported")
    pages = write(folder / "pages.jsonl", rows_of_pages(), "{broken", '{"id": "0", "url": "x", "html": ""}')
    return folder / "data", pages, import_pages([pages], folder / "data", profile=profile, workers=2)


@pytest.fixture
def data(imported: tuple[Path, str, Summary], tmp_path: Path) -> Path:
    """A copy of that corpus, to be changed."""
    return shutil.copytree(imported[0], tmp_path / "data")


@pytest.fixture
def pages(imported: tuple[Path, str, Summary]) -> str:
    return imported[1]


CORPUS_TABLES = ["posts", "post_texts", "fragments", "verdicts", "topics", "rules", "sources", "urls"]


def contents(data: Path) -> Rows:
    """Every row of corpus and archive but those of ``runs`` and ``fetches``."""
    found: Rows = {}
    for file, tables in (("corpus.db", CORPUS_TABLES), ("archive.db", ["bodies", "captures"])):
        with closing(sqlite3.connect(data / file)) as connection:
            for table in tables:
                found[table] = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY 1").fetchall()
    return found


def corpus(data: Path) -> Rows:
    """What the corpus says, without the moments and runs in which it was written."""
    with closing(sqlite3.connect(data / "corpus.db")) as connection:
        columns = [
            row[1]
            for row in connection.execute("PRAGMA table_info(posts)")
            if row[1] not in ("run", "first_seen", "changed_at")
        ]
        found = {
            "posts": connection.execute(f"SELECT {', '.join(columns)} FROM posts ORDER BY id").fetchall()
        }
        for table in ("post_texts", "fragments", "verdicts", "topics", "sources"):
            found[table] = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        return found


def ask(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "corpus.db")) as connection:
        return connection.execute(sql).fetchall()


def test_an_import_curates_every_page_and_accounts_for_every_row(
    imported: tuple[Path, str, Summary],
) -> None:
    data, pages, summary = imported
    assert summary.accounting == Accounting(
        discovered=9, fetched=9, skipped=0, failed=0, accepted=6, rejected=1, unchanged=0, errored=2
    )
    assert summary.accounting.balanced
    assert ask(data, "SELECT status, count(*) FROM posts GROUP BY 1 ORDER BY 1") == [
        ("accepted", 5),
        ("duplicate", 1),
        ("rejected", 1),
    ]
    assert (
        ask(data, "SELECT url, reason FROM fetches WHERE state = 'errored' ORDER BY url")[0][0]
        == f"{pages}:8"
    )
    assert ask(
        data, "SELECT DISTINCT decision, rule FROM fragments WHERE text = '" + ADVERTISEMENT + "'"
    ) == [("removed", "hidden")]
    assert "casino" not in str(ask(data, "SELECT * FROM post_texts"))
    assert ask(data, "SELECT kind, status, discovered, errored FROM runs") == [("import", "finished", 9, 2)]
    assert "9 discovered = 9 fetched + 0 skipped + 0 failed" in str(summary)
    assert "hidden: 7 in 7 posts" in str(summary)


def test_the_same_import_again_changes_nothing_but_runs_and_fetches(
    data: Path, pages: str, profile: str
) -> None:
    before = contents(data)
    states: list[str] = []
    again = import_pages([pages], data, profile=profile, workers=1, progress=states.append)
    assert isinstance(again, Summary)
    assert (again.accounting.unchanged, again.accounting.errored) == (7, 2)
    assert sorted(states) == ["errored"] * 2 + ["unchanged"] * 7
    assert contents(data) == before


def test_the_order_of_pages_and_the_number_of_workers_do_not_matter(
    imported: tuple[Path, str, Summary], tmp_path: Path, profile: str
) -> None:
    rows = rows_of_pages()
    random.Random(7).shuffle(rows)
    import_pages([write(tmp_path / "pages.jsonl", rows)], tmp_path / "data", profile=profile, workers=1)
    assert corpus(tmp_path / "data") == corpus(imported[0])


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.archive import Archive
from pipelines.batch import import_pages
from pipelines.store import Store

where, count, pages, data, profile = sys.argv[1:]
left = int(count)

def deadly(function):
    def wrapped(*args, **kwargs):
        global left
        done = function(*args, **kwargs)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return wrapped

places = {"archived": (Archive, "put"), "half stored": (Store, "save"), "settled": (Store, "settle")}
owner, name = places[where]
setattr(owner, name, deadly(getattr(owner, name)))
import_pages([pages], Path(data), profile=profile, workers=1)
"""


@pytest.mark.parametrize(
    ("where", "count"), [("archived", 3), ("half stored", 3), ("settled", 1)], ids=["archive", "store", "end"]
)
def test_kill_9_costs_nothing(
    imported: tuple[Path, str, Summary], tmp_path: Path, profile: str, where: str, count: int
) -> None:
    """Killed between two pages of the archive, inside a page's transaction, before the run is closed."""
    _, pages, summary = imported
    data = tmp_path / "data"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(count), pages, str(data), profile],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    if where == "half stored":
        assert ask(data, "SELECT count(*) FROM posts") == [(2,)], "the page in hand must not be there in part"
    again = import_pages([pages], data, profile=profile, workers=1)
    assert corpus(data) == corpus(imported[0])
    assert again.accounting.balanced
    assert again.accounting.discovered == summary.accounting.discovered
    assert ask(data, "SELECT status FROM runs ORDER BY id") == [("killed",), ("finished",)]
    with closing(sqlite3.connect(data / "archive.db")) as archive:
        assert archive.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_pages_that_were_archived_and_never_curated_are_taken_along_by_any_import(
    imported: tuple[Path, str, Summary], data: Path, tmp_path: Path, profile: str
) -> None:
    for table in ("urls", "post_texts", "fragments", "verdicts", "topics", "stages", "posts"):
        with closing(sqlite3.connect(data / "corpus.db")) as connection, connection:
            column = {"urls": "url", "posts": "url"}.get(table)
            wanted = "https://blog.example/3" if column else post_id("https://blog.example/3")
            connection.execute(f"DELETE FROM {table} WHERE {column or 'post'} = ?", (wanted,))
    other = write(tmp_path / "other.jsonl", [rows_of_pages()[0]])
    again = import_pages([other], data, profile=profile, workers=1)
    assert (again.accounting.accepted, again.accounting.unchanged) == (1, 1)
    assert corpus(data) == corpus(imported[0])


def test_other_rules_judge_a_known_page_anew(data: Path, tmp_path: Path, pages: str) -> None:
    strict = tmp_path / "strict.toml"
    strict.write_text(STRICT)
    again = import_pages([pages], data, profile=str(strict), workers=1)
    assert (again.accounting.rejected, again.accounting.unchanged) == (7, 0)


def test_of_a_url_that_comes_twice_the_last_page_is_kept(tmp_path: Path, profile: str) -> None:
    rows = [
        {"url": "https://blog.example/a", "html": guide(1)},
        {"url": "https://blog.example/a#b", "html": guide(2)},
    ]
    pages = write(tmp_path / "pages.jsonl", rows)
    for accepted, unchanged in ((1, 0), (0, 1)):
        told = import_pages([pages], tmp_path / "data", profile=profile, workers=1).accounting
        assert (told.discovered, told.accepted, told.unchanged) == (1, accepted, unchanged)
    assert ask(tmp_path / "data", "SELECT title FROM posts") == [("Guide 2",)]


def test_a_changed_page_changes_its_post_and_no_other(data: Path, tmp_path: Path, profile: str) -> None:
    before = {row[0]: row for row in ask(data, "SELECT * FROM posts")}
    rows = rows_of_pages()[:2]
    rows[0]["html"] = guide(77)
    told = import_pages([write(tmp_path / "new.jsonl", rows)], data, profile=profile, workers=1).accounting
    assert (told.accepted, told.unchanged) == (1, 1)
    after = {row[0]: row for row in ask(data, "SELECT * FROM posts")}
    assert [key for key in before if before[key] != after[key]] == [post_id("https://blog.example/0")]


def test_usage_errors_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        import_pages([str(tmp_path / "none.html")], tmp_path / "data")
    (tmp_path / "a.html").write_text(guide(1))
    with pytest.raises(ValueError, match="nonesuch"):
        import_pages([str(tmp_path / "a.html")], tmp_path / "data", profile="nonesuch")
    assert not (tmp_path / "data").exists()


def test_replaying_an_unchanged_corpus_changes_nothing_but_runs_and_fetches(data: Path, profile: str) -> None:
    before = contents(data)
    told = replay(data, profile=profile, workers=1)
    assert isinstance(told, Summary)
    assert (told.accounting.unchanged, told.accounting.discovered) == (7, 7)
    assert contents(data) == before


def test_a_replay_makes_the_corpus_anew_from_the_archive(
    imported: tuple[Path, str, Summary], data: Path, profile: str
) -> None:
    for file in data.glob("corpus.db*"):
        file.unlink()
    told = replay(data, profile=profile, workers=1)
    assert isinstance(told, Summary)
    assert told.accounting.accepted == 6
    assert corpus(data) == corpus(imported[0])


def test_a_diff_tells_what_a_replay_would_do_and_writes_nothing(data: Path, tmp_path: Path) -> None:
    lenient, strict = tmp_path / "lenient.toml", tmp_path / "strict.toml"
    lenient.write_text(WITHOUT_HIDDEN)
    strict.write_text(STRICT)
    before = contents(data), ask(data, "SELECT * FROM runs"), ask(data, "SELECT * FROM fetches")

    told = replay(data, profile=str(lenient), diff=True, workers=1)
    assert isinstance(told, Diff)
    assert len(told.posts) == told.pages == 7
    assert {change.text for post in told.posts for change in post.kept} == {ADVERTISEMENT}
    assert {change.rule for post in told.posts for change in post.kept} == {"hidden"}
    assert f"+ {ADVERTISEMENT} [hidden: " in str(told)

    told = replay(data, profile=str(strict), diff=True, workers=1)
    assert isinstance(told, Diff)
    assert {(post.before, post.after) for post in told.posts} == {("accepted", "rejected")}
    assert len(told.posts) == 6
    assert "accepted -> rejected: " in str(told)
    assert (contents(data), ask(data, "SELECT * FROM runs"), ask(data, "SELECT * FROM fetches")) == before

    replay(data, profile=str(lenient), workers=1)
    back = replay(data, profile=str(tmp_path / "lenient.toml"), diff=True, workers=1)
    assert isinstance(back, Diff)
    assert back.posts == ()
    assert ask(data, f"SELECT DISTINCT decision FROM fragments WHERE text = '{ADVERTISEMENT}'") == [("kept",)]


def test_a_replay_can_be_narrowed_down(data: Path, profile: str, tmp_path: Path) -> None:
    other = write(tmp_path / "other.jsonl", [{"url": "https://other.example/", "html": guide(8)}])
    import_pages([other], data, profile=profile, source="other", workers=1)
    for asked, wanted in (
        ({"source": "other"}, 1),
        ({"since": "2999-01-01"}, 0),
        ({"rule": "too_short"}, 1),
        ({"rule": "hidden"}, 8),
    ):
        told = replay(data, profile=profile, workers=1, **asked)  # type: ignore[arg-type]
        assert isinstance(told, Summary)
        assert told.accounting.discovered == wanted, asked


def test_a_damaged_body_costs_its_page_only(data: Path, profile: str) -> None:
    with closing(sqlite3.connect(data / "archive.db")) as archive, archive:
        archive.execute(
            "UPDATE bodies SET data = x'00' WHERE hash ="
            " (SELECT body FROM captures WHERE url = 'https://blog.example/2')"
        )
    before = corpus(data)
    told = replay(data, profile=profile, workers=1)
    assert isinstance(told, Summary)
    assert (told.accounting.unchanged, told.accounting.errored) == (6, 1)
    assert corpus(data) == before
    diff = replay(data, profile=profile, diff=True, workers=1)
    assert isinstance(diff, Diff)
    assert "https://blog.example/2 is damaged" in str(diff)


def test_replay_without_an_archive_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no archive yet; a crawl or an import makes it"):
        replay(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_page_that_rules_cannot_be_right_about_costs_itself(
    data: Path, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schema refuses what a defect in a rule or in the store may bring; the run goes on."""
    save = Store.save_with_fetch

    def refused(store: Store, outcome: object, *args: object, **more: object) -> object:
        if isinstance(outcome, PostRows) and outcome.url.endswith("/3"):
            store.connection.execute("INSERT INTO posts (id) VALUES ('x')")
        return save(store, outcome, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "save_with_fetch", refused)
    told = replay(data, profile=profile, workers=1)
    assert isinstance(told, Summary)
    assert (told.accounting.unchanged, told.accounting.errored) == (6, 1)


def test_an_interrupted_run_is_closed_as_such(data: Path, profile: str) -> None:
    def stop(state: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(data, profile=profile, workers=1, progress=stop)
    assert ask(data, "SELECT kind, status FROM runs ORDER BY id DESC LIMIT 1") == [("replay", "interrupted")]


def test_a_database_of_another_version_stops_before_anything_is_done(
    data: Path, pages: str, profile: str
) -> None:
    with closing(sqlite3.connect(data / "corpus.db")) as connection, connection:
        connection.execute("UPDATE _sqlite_migrations SET name = 'm999' WHERE name LIKE 'm004%'")
    with pytest.raises(StoreError, match="newer winnow"):
        import_pages([pages], data, profile=profile, workers=1)

"""The command line as a person uses it: help, mistakes, and what each command writes where."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from filters.rule import registry
from pipelines.cli.app import winnow

ARTICLE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><article>
<h1>{title}</h1>
<p>A product manager's first job is to find out what the people who use the product are trying to do,
and the quickest way to do that is to sit next to one of them for an afternoon and say nothing.</p>
<ul><li>Ask to see the last thing they finished.</li><li>Write down every word you do not know.</li></ul>
<p>After a week of this you will hold a list of problems that nobody in the company has written down, and
that list is worth more than any roadmap you could have inherited from your predecessor.</p>
<p style="display:none">Spin the golden reels at Lucky Harbour tonight</p>
<p>Keep the list, date the entries, and read it again before you plan the next quarter with your team.</p>
</article></body></html>"""
# An article of its own: what has all of its words in common with the other one is a copy of it.
PLAN = (
    ARTICLE.replace(
        "A product manager's first job is to find out", "Plan a quarter by what it will teach the team about"
    )
    .replace(
        "and the quickest way to do that is to sit next to one of them for an afternoon and say nothing",
        "and leave",
    )
    .replace(
        "After a week of this you will hold a list of problems that nobody in the company has written down",
        "Nobody",
    )
    .replace(
        "and read it again before you plan the next quarter with your team",
        "as others will ask for them in May",
    )
)
PROFILE = "[rule.hidden]\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls winnow in an empty folder, as a program that is not on a terminal."""
    monkeypatch.chdir(tmp_path)
    for name in ("WINNOW_DATA", "WINNOW_SOURCES"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str, **options: Any) -> Result:
        result = CliRunner().invoke(winnow, arguments, prog_name="winnow", **options)
        unexpected = result.exception is not None and not isinstance(result.exception, SystemExit)
        assert not unexpected, result.exc_info
        return result

    return invoke


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """A profile of one rule that no other rule's progress can change."""
    path = tmp_path / "one-rule.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return str(path)


def page(path: Path, title: str = "Listen before you plan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ARTICLE.format(title=title), encoding="utf-8")
    return path


def rows_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# Help and mistakes


@pytest.mark.parametrize("name", sorted(winnow.commands))
def test_the_help_of_every_command_carries_examples_that_can_be_called(name: str, run: Run) -> None:
    command = winnow.commands[name]
    shown = run(name, "--help").stdout
    examples = shown.partition("Examples:\n")[2].splitlines()
    assert examples
    for line in examples:
        words = shlex.split(line, comments=True)
        words = list(itertools.takewhile(lambda word: word not in {"|", "<", ">", "&&"}, words))
        assert words[:2] == ["winnow", name]
        command.make_context(name, words[2:], parent=click.Context(winnow))


def test_only_commands_that_work_are_announced() -> None:
    expected = "archive crawl curate doctor explain export import overrule quarantine replay report rules"
    assert sorted(winnow.commands) == [*expected.split(), "schedule", "serve", "sources"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explian"], "no command 'explian'. Did you mean 'explain'"),
        (["rules", "hiden"], "no rule 'hiden'. Did you mean 'hidden'?"),
        (["rules", "--profil", "x"], "Did you mean"),
        (["rules", "--profile", "defalt"], "default"),
        (["export", "jsnol", "x"], "no format 'jsnol'. Did you mean 'jsonl'?"),
        (["replay", "--rule", "hiden"], "Did you mean 'hidden'?"),
        (["replay", "--since", "yesterday"], "'yesterday' is not a day in the form YYYY-MM-DD"),
        (["curate", "nowhere.html", "-o", "-"], "nowhere.html"),
        (["import", "nowhere"], "nowhere"),
        (["explain", "nowhere"], "no file is called 'nowhere'"),
        (["crawl", "no-such-source"], "'no-such-source'"),
        (["crawl", "some-source", "--all"], "not both"),
        (["curate", "."], "--output"),
    ],
)
def test_a_mistake_is_quoted_and_ends_with_status_2(arguments: list[str], told: str, run: Run) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_mistake_in_a_profile_names_the_file_and_the_line(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("[rule.hidden]\nmots = 0.2\n", encoding="utf-8")
    result = run("rules", "--profile", str(broken))
    assert result.exit_code == 2
    assert f"{broken}, line 2" in result.stderr
    assert "'mots'" in result.stderr
    assert "most" in result.stderr


@pytest.mark.parametrize("command", [["replay"], ["serve"], ["export", "jsonl", "-"]])
def test_a_command_that_needs_a_corpus_says_how_to_make_one(command: list[str], run: Run) -> None:
    result = run(*command, "--data", "empty")
    assert result.exit_code == 1
    assert "crawl" in result.stderr
    assert not Path("empty").exists()


# curate


def test_curate_writes_one_row_an_input_row_in_their_order(run: Run, tmp_path: Path, profile: str) -> None:
    pages = [
        {"id": f"page-{n}", "url": f"https://a.example/{n}", "html": ARTICLE.format(title=f"No {n}")}
        for n in range(6)
    ]
    pages[2] = {"id": "broken", "url": "https://a.example/broken", "html_file": "missing.html"}
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in pages), encoding="utf-8")
    written = []
    for workers in ("1", "3"):
        result = run(
            "curate", "pages.jsonl", "-o", f"out-{workers}.jsonl", "--workers", workers, "--profile", profile
        )
        assert result.exit_code == 0
        assert result.stdout == ""
        assert "curated: 6 (5 accepted, 1 errored)" in result.stderr
        written.append(Path(f"out-{workers}.jsonl").read_bytes())
    assert written[0] == written[1]
    rows = rows_of(written[0].decode())
    assert [row["id"] for row in rows] == [row["id"] for row in pages]
    assert [row["status"] for row in rows] == ["accepted"] * 2 + ["errored"] + ["accepted"] * 3
    assert "missing.html" in rows[2]["reason"]
    assert "sit next to one of them" in rows[0]["text"]
    assert "golden reels" not in rows[0]["text"]
    assert "golden reels" not in rows[0]["markdown"]
    [removed] = rows[0]["removed"]
    assert removed["rule"] == "hidden"
    assert removed["text"] == "Spin the golden reels at Lucky Harbour tonight"
    assert len({row["profile"] for row in rows}) == 1


def test_curate_reads_standard_input_and_writes_standard_output(run: Run, profile: str) -> None:
    row = {"id": 7, "url": "https://a.example/x", "html": ARTICLE.format(title="Zürich, 二")}
    result = run(
        "curate", "-", "-o", "-", "--workers", "1", "--profile", profile, input=json.dumps(row) + "\n"
    )
    [written] = rows_of(result.stdout)
    assert written["id"] in (7, "7")
    assert written["title"] == "Zürich, 二"
    assert "二" in result.stdout, "readable without a JSON parser"


def test_curate_survives_text_that_is_no_unicode(run: Run, profile: str) -> None:
    html = ARTICLE.format(title="half a pair: \ud83d")
    line = json.dumps({"id": "lone", "url": "https://a.example/x", "html": html})
    result = run("curate", "-", "-o", "out.jsonl", "--workers", "1", "--profile", profile, input=line)
    assert result.exit_code == 0
    [row] = rows_of(Path("out.jsonl").read_text(encoding="utf-8"))
    assert row["id"] == "lone"


def test_curate_does_not_read_what_it_writes(run: Run, tmp_path: Path) -> None:
    page(tmp_path / "pages" / "a.html")
    result = run("curate", "pages", "-o", "pages/clean.jsonl")
    assert result.exit_code == 2
    assert "'pages/clean.jsonl' is part of the input 'pages'" in result.stderr


def test_a_curate_that_fails_leaves_the_earlier_output_alone(run: Run, tmp_path: Path) -> None:
    page(tmp_path / "a.html")
    (tmp_path / "out.jsonl").write_text("precious\n", encoding="utf-8")
    result = run("curate", "a.html", "-o", "out.jsonl", "--profile", "nowhere.toml")
    assert result.exit_code == 2
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "precious\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "out.jsonl"]


# explain


def test_explain_shows_kept_text_and_marks_removed_text(run: Run, tmp_path: Path, profile: str) -> None:
    page(tmp_path / "a.html")
    result = run("explain", "a.html", "--profile", profile)
    lines = result.stdout.splitlines()
    removed = lines.index("- [hidden] Spin the golden reels at Lucky Harbour tonight")
    assert re.match(r"    hidden v\d+: ", lines[removed + 1])
    assert "score 1" in lines[removed + 1]
    assert "  # Listen before you plan" in lines
    item = lines.index("  * Ask to see the last thing they finished.")
    assert lines[item + 1] == "  * Write down every word you do not know."
    assert "status:  accepted" in lines
    assert any(line.startswith("from:    title: ") for line in lines)
    assert "\x1b" not in result.stdout


def test_explain_does_not_let_a_page_speak_to_the_terminal(run: Run, tmp_path: Path, profile: str) -> None:
    path = page(tmp_path / "a.html", title="calm\u202e title")
    evil = "Keep \x9b31m the \u2067list, date"
    path.write_text(path.read_text(encoding="utf-8").replace("Keep the list, date", evil), encoding="utf-8")
    shown = run("explain", "a.html", "--profile", profile).stdout
    assert "the list, date the entries" in shown
    assert not {"\x1b", "\x9b", "\u202e", "\u2067"} & set(shown)


def test_explain_as_json_tells_every_block_and_verdict(run: Run, tmp_path: Path, profile: str) -> None:
    page(tmp_path / "a.html")
    told = json.loads(run("explain", "a.html", "--json", "--profile", profile).stdout)
    fates = {block["text"]: block["decision"] for block in told["blocks"]}
    assert fates["Spin the golden reels at Lucky Harbour tonight"] == "removed"
    assert fates["Listen before you plan"] == "kept"
    assert [block["index"] for block in told["blocks"]] == sorted(block["index"] for block in told["blocks"])
    [verdict] = told["verdicts"]
    assert (verdict["rule"], verdict["action"], verdict["family"]) == ("hidden", "remove", "layout")
    assert told["status"] == "accepted"


def test_explain_takes_one_page(run: Run, tmp_path: Path) -> None:
    row = json.dumps({"id": "a", "url": "https://a.example/", "html": ARTICLE})
    (tmp_path / "two.jsonl").write_text(f"{row}\n{row}\n", encoding="utf-8")
    result = run("explain", "two.jsonl")
    assert result.exit_code == 2
    assert "more than one page" in result.stderr


# import, replay, rules, doctor over one corpus


@pytest.fixture
def corpus(run: Run, tmp_path: Path, profile: str) -> Path:
    """A folder with the databases of two imported pages."""
    rows = [
        {"id": "one", "url": "https://a.example/listen", "html": ARTICLE.format(title="Listen")},
        {"id": "two", "url": "https://a.example/plan", "html": PLAN.format(title="Plan")},
    ]
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = run("import", "pages.jsonl", "--data", "corpus", "--profile", profile, "--workers", "1")
    assert result.exit_code == 0
    assert "2 discovered = 2 fetched + 0 skipped + 0 failed" in result.stdout
    assert "imported: 2" in result.stderr
    return tmp_path / "corpus"


def test_explain_finds_an_archived_page_by_url_and_by_post(corpus: Path, run: Run, profile: str) -> None:
    by_url = run("explain", "https://a.example/listen", "--data", str(corpus), "--profile", profile, "--json")
    told = json.loads(by_url.stdout)
    assert told["title"] == "Listen"
    from pipelines.store import post_id

    post = post_id("https://a.example/listen")
    by_post = run("explain", post, "--data", str(corpus), "--profile", profile, "--json")
    assert json.loads(by_post.stdout) == {**told, "id": post}


def test_explain_tells_of_copies(corpus: Path, run: Run, profile: str) -> None:
    copy = ARTICLE.format(title="Listen").replace("quickest", "fastest")
    row = json.dumps({"id": "three", "url": "https://b.example/listen?ref=home", "html": copy})
    Path("more.jsonl").write_text(row + "\n", encoding="utf-8")
    imported = run("import", "more.jsonl", "--data", str(corpus), "--profile", profile, "--workers", "1")
    assert imported.exit_code == 0
    kept = run("explain", "https://a.example/listen", "--data", str(corpus), "--profile", profile).stdout
    reason = "A copy of https://a.example/listen: 99% of its words are the same."
    assert f"alias:   https://b.example/listen?ref=home (copy: {reason})" in kept.splitlines()
    gone = run("explain", "https://b.example/listen?ref=home", "--data", str(corpus), "--profile", profile)
    assert f"copy:    not kept in the corpus. {reason}" in gone.stdout.splitlines()
    told = run(
        "explain", "https://b.example/listen?ref=home", "--data", str(corpus), "--profile", profile, "--json"
    )
    assert json.loads(told.stdout)["copies"] == {
        "kept": "https://a.example/listen",
        "reason": reason,
        "aliases": [{"url": "https://b.example/listen?ref=home", "kind": "copy", "reason": reason}],
    }


def test_explain_suggests_the_url_that_was_meant(corpus: Path, run: Run) -> None:
    result = run("explain", "https://a.example/lisen", "--data", str(corpus))
    assert result.exit_code == 2
    assert "Did you mean https://a.example/listen" in result.stderr
    result = run("explain", "0123456789abcdef", "--data", str(corpus))
    assert result.exit_code == 2
    assert "no post has the id '0123456789abcdef'" in result.stderr


def test_the_data_folder_may_stand_before_the_command_or_in_the_environment(
    corpus: Path, run: Run, profile: str
) -> None:
    target = ("explain", "https://a.example/plan", "--profile", profile)
    expected = run(*target, "--data", str(corpus)).stdout
    assert "Plan" in expected
    assert run("--data", str(corpus), *target).stdout == expected
    assert run(*target, env={"WINNOW_DATA": str(corpus)}).stdout == expected


def test_replay_tells_what_another_profile_would_change(corpus: Path, run: Run, tmp_path: Path) -> None:
    lenient = tmp_path / "lenient.toml"
    lenient.write_text("[rule.hidden]\nmost = 0.0\n", encoding="utf-8")
    arguments = ("replay", "--data", str(corpus), "--profile", str(lenient), "--workers", "1")
    diff = run(*arguments, "--diff")
    assert diff.exit_code == 0
    assert "2 of 2 posts would change; nothing was written." in diff.stdout
    assert "golden reels" in diff.stdout
    assert "2 accepted" in run(*arguments).stdout
    assert "0 of 2 posts would change" in run(*arguments, "--diff").stdout


def test_rules_counts_what_fired_in_the_corpus(corpus: Path, run: Run, profile: str) -> None:
    lines = run("rules", "--data", str(corpus), "--profile", profile).stdout.splitlines()
    head, *rows = (line.split("\t") for line in lines)
    table = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(table) == set(registry())
    assert (table["hidden"]["fired"], table["hidden"]["removed"]) == ("2", "2")
    assert all(row["summary"] for row in table.values())
    assert (
        "In the corpus: 2 verdicts; 2 blocks removed" in run("rules", "hidden", "--data", str(corpus)).stdout
    )


def test_rules_are_listed_beside_a_corpus_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus.db").write_text(
        "no database, but long enough to be looked into" * 100, encoding="utf-8"
    )
    result = run("rules", "--data", str(tmp_path))
    assert result.exit_code == 0
    assert result.stderr.startswith("Without counts: ")
    assert "hidden\t" in result.stdout


def test_rules_shows_one_rule_with_its_settings(run: Run) -> None:
    shown = run("rules", "hidden").stdout
    kind = registry()["hidden"]
    assert kind.summary() in shown
    for name, value in kind().settings().items():
        assert f"  {name} = {value!r}" in shown


def test_export_writes_the_same_posts_every_time(corpus: Path, run: Run) -> None:
    first = run("export", "jsonl", "-", "--data", str(corpus))
    assert first.exit_code == 0
    assert [row["title"] for row in sorted(rows_of(first.stdout), key=lambda row: str(row["url"]))] == [
        "Listen",
        "Plan",
    ]
    assert run("export", "jsonl", "out.jsonl", "--data", str(corpus)).exit_code == 0
    assert Path("out.jsonl").read_text(encoding="utf-8") == first.stdout


# doctor


def test_doctor_finds_nothing_wrong_with_an_empty_folder(run: Run, tmp_path: Path) -> None:
    result = run("doctor")
    assert {line[:4].strip() for line in result.stdout.splitlines()} <= {"ok", "warn", "fail", ""}
    assert "corpus.db: not there yet" in result.stdout
    assert "fail  corpus.db" not in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_doctor_finds_a_corpus_whole(corpus: Path, run: Run) -> None:
    shown = run("doctor", "--data", str(corpus)).stdout
    assert "ok    corpus.db: whole" in shown
    assert "ok    corpus.db schema" in shown
    assert "ok    archive.db schema" in shown
    assert "ok    last run: run 1 (import" in shown


def test_doctor_names_a_damaged_database_and_ends_with_status_1(corpus: Path, run: Run) -> None:
    path = corpus / "corpus.db"
    body = bytearray(path.read_bytes())
    body[4096 * 3 : 4096 * 20] = b"\xff" * (4096 * 17)
    path.write_bytes(body)
    result = run("doctor", "--data", str(corpus))
    assert result.exit_code == 1
    assert "fail  corpus.db" in result.stdout
    assert "winnow replay" in result.stdout


def test_doctor_finds_rows_that_point_nowhere(corpus: Path, run: Run) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(corpus / "corpus.db")) as connection, connection:
        connection.execute("DELETE FROM sources")
    result = run("doctor", "--data", str(corpus))
    assert result.exit_code == 1
    assert "fail  corpus.db keys: 2 rows point nowhere" in result.stdout


def test_doctor_names_a_source_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "blog.toml").write_text("way = 'sitemap\n", encoding="utf-8")
    result = run("doctor", env={"WINNOW_SOURCES": str(tmp_path / "sources")})
    assert result.exit_code == 1
    assert "blog.toml" in result.stdout


def test_doctor_tells_of_a_hint_that_ran_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    source = (
        'way = "urls"\nstart = ["https://blog.example/"]\n[[hint]]\nprune = "div.box"\nuntil = 2020-01-31\n'
    )
    (tmp_path / "sources" / "blog.toml").write_text(source, encoding="utf-8")
    result = run("doctor", env={"WINNOW_SOURCES": str(tmp_path / "sources")})
    assert result.exit_code == 0
    assert "warn  source: blog: the hint 'div.box' ran out on 2020-01-31" in result.stdout


def test_doctor_refuses_a_file_as_the_data_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("", encoding="utf-8")
    assert run("doctor", "--data", "note").exit_code == 2

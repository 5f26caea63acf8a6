"""``winnow serve`` starts the real Datasette, in a process of its own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.ui.serve import ServeError, command, configuration


def ask(data: Path, *extra: str, path: str = "/-/settings.json") -> str:
    """What a served folder answers to one request."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pathlib as p, pipelines.ui.serve as ui; ui.serve(p.Path(sys.argv[1]), sys.argv[2:])",
            str(data),
            "--get",
            path,
            *extra,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_settings_titles_and_our_pages_are_served(corpus: Path) -> None:
    settings = json.loads(ask(corpus.parent))
    assert settings["default_allow_sql"] is False
    assert settings["allow_download"] is False
    front = ask(corpus.parent, path="/")
    assert "Career guides for product managers" in front
    assert "static-plugins/pm-winnow/winnow.css" in front


def test_arguments_for_datasette_have_the_last_word(corpus: Path) -> None:
    assert json.loads(ask(corpus.parent, "--setting", "default_page_size", "7"))["default_page_size"] == 7
    assert command(corpus.parent, ["--port", "1"])[-2:] == ["--port", "1"]


def test_only_this_machine_is_served_unless_told_otherwise(corpus: Path) -> None:
    told = command(corpus.parent)
    assert told[told.index("--host") + 1] == "127.0.0.1"


def test_the_file_is_given_as_configuration_and_as_metadata(corpus: Path) -> None:
    told = command(corpus.parent)
    given = told[told.index("-c") :]
    assert given[1] == given[given.index("-m") + 1] == str(configuration())
    assert configuration().name == "datasette.yml"


def test_curators_decisions_are_served_where_there_are_any(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus.db").write_bytes(corpus.read_bytes())
    assert not any(one.endswith("review.db") for one in command(tmp_path))
    sqlite3.connect(tmp_path / "review.db").close()
    assert str(tmp_path / "review.db") in command(tmp_path)


def test_without_a_corpus_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="winnow crawl"):
        command(tmp_path)


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "corpus.db")
    connection.execute("create table t (x)")
    connection.close()
    with pytest.raises(ServeError, match=r"corpus\.db"):
        command(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corpus.db").write_text("hello " * 500)
    with pytest.raises(ServeError, match=r"corpus\.db"):
        command(tmp_path)

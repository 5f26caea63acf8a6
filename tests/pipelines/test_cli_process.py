"""The command as a process: closed pipes, Ctrl-C, a terminal, exit status."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.server import serve

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from pipelines.cli import main; main()"]
TEXT = "A product manager writes down what people try to do before deciding what to build for them. " * 8
HTML = f"<html><body><article><h1>Notes</h1><p>{TEXT}</p><p hidden>Golden reels tonight</p></article></body>"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        kept.pop(name, None)
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "one-rule.toml"
    path.write_text("[rule.hidden]\n", encoding="utf-8")
    return str(path)


@contextmanager
def running(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def rows(number: int) -> str:
    made = ({"id": str(n), "url": f"https://a.example/{n}", "html": HTML} for n in range(number))
    return "".join(json.dumps(row) + "\n" for row in made)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    with running("rules", cwd=tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 128 + signal.SIGPIPE


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_is_quiet_and_leaves_no_half_written_output(
    sent: signal.Signals, tmp_path: Path, profile: str
) -> None:
    """The input stays open, so the command is in the middle of its work when it is told to stop."""
    arguments = ("curate", "-", "-o", "out.jsonl", "--workers", "1", "--profile", profile)
    with running(*arguments, cwd=tmp_path) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(rows(12))
        process.stdin.flush()
        while not list(tmp_path.glob(".out.jsonl.*.part")):
            assert process.poll() is None
        process.send_signal(sent)
        status = process.wait(60)
        assert (status, process.stderr.read().strip()) == (128 + sent, "")
    assert [path.name for path in tmp_path.iterdir()] == ["one-rule.toml"]


def test_rows_leave_while_input_is_still_coming(tmp_path: Path, profile: str) -> None:
    with running("curate", "-", "-o", "-", "--workers", "1", "--profile", profile, cwd=tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(rows(12))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == "0"
        process.stdin.close()
        assert [json.loads(line)["id"] for line in process.stdout] == [str(n) for n in range(1, 12)]
        assert process.wait(60) == 0


def test_crawl_names_what_it_would_fetch_and_then_fetches_it(tmp_path: Path, profile: str) -> None:
    (tmp_path / "sources").mkdir()
    source = """way = "feed"
start = ["{base}/feed.xml"]
delay = 0.0
allow_private = true
"""
    (tmp_path / "sources" / "demo.toml").write_text(source, encoding="utf-8")
    with serve() as base:
        arguments = ["crawl", "demo", "--sources", "sources", "--base", base]
        arguments += ["--limit", "2", "--profile", profile]
        with running(*arguments, "--dry-run", cwd=tmp_path) as process:
            named, told = process.communicate(timeout=60)
            assert process.returncode == 0, told
        assert len(named.splitlines()) == 2
        assert all(url.startswith(f"{base}/blog/") for url in named.splitlines())
        assert not (tmp_path / "data").exists()
        with running(*arguments, cwd=tmp_path) as process:
            summary, told = process.communicate(timeout=60)
            assert process.returncode == 0, told
    assert summary.startswith("Run 1 (crawl): ")
    assert "2 fetched = 2 accepted" in summary
    assert (tmp_path / "data" / "corpus.db").is_file()


def test_text_that_the_terminal_cannot_show_is_no_error(tmp_path: Path, profile: str) -> None:
    (tmp_path / "a.html").write_text(HTML.replace("Notes", "Notizen für 二"), encoding="utf-8")
    shown = subprocess.run(
        [*COMMAND, "explain", "a.html", "--profile", profile],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    assert b"# Notizen f\xfcr \\u4e8c" in shown


def test_a_mistake_ends_the_process_with_status_2(tmp_path: Path) -> None:
    with running("explain", "nowhere", cwd=tmp_path) as process:
        out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert error.startswith("Error: no file is called 'nowhere'")


@pytest.mark.parametrize(("variable", "struck"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_explain_strikes_removed_text_through_on_a_terminal(
    variable: dict[str, str], struck: bool, tmp_path: Path, profile: str
) -> None:
    (tmp_path / "a.html").write_text(HTML, encoding="utf-8")
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [*COMMAND, "explain", "a.html", "--profile", profile],
            cwd=tmp_path,
            env=environment(**variable),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
        )
        os.close(theirs)
        shown = read_all(ours)
        _, error = process.communicate(timeout=60)
    finally:
        os.close(ours)
    assert (process.returncode, error) == (0, b"")
    styled = re.search(r"\x1b\[([0-9;]*)mGolden reels tonight", shown)
    assert (styled is not None and "9" in styled[1].split(";")) is struck
    assert ("- [hidden] Golden reels tonight" in shown) is not struck


def read_all(terminal: int) -> str:
    """What was written to a terminal until its last writer closed it."""
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says EIO where others say end of file
            break
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces).decode()

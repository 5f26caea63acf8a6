"""Units are what their programs take: systemd verifies them, a shell runs cron's line, the workflow is YAML."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.cli.app import winnow
from pipelines.schedule import Job, cron, systemd
from pipelines.store import Store

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(winnow, ["schedule", *arguments], prog_name="winnow")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("WINNOW_DATA", "WINNOW_SOURCES", "WINNOW_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_systemd_finds_nothing_wrong_with_its_units(folder: Path) -> None:
    """Also with a folder that holds signs of systemd's own."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not here")
    data = folder / 'my "100%" $data'
    data.mkdir()
    done = run("systemd", "--into", "units", "--data", str(data), "--contact", "me@pm.example")
    assert done.exit_code == 0, done.stderr
    files = [str(folder / "units" / name) for name in ("winnow.service", "winnow.timer")]
    assert done.stdout.split() == [f"units/{name}" for name in ("winnow.service", "winnow.timer")]

    def verified() -> str:
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        command = [verify, "--user", "--man=no", "verify", *files]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stderr

    assert verified() == ""
    wrong = folder / "units" / "winnow.service"
    wrong.write_text(wrong.read_text().replace("Type=oneshot", "Type=oneshoot"))
    assert "oneshoot" in verified()


def test_the_service_keeps_to_its_folder_and_ends_like_ctrl_c() -> None:
    service = systemd(Job("/opt/w/winnow", "/srv", "/srv/data", contact="me@pm.example"))["winnow.service"]
    for line in (
        "Type=oneshot",
        "KillSignal=SIGINT",
        "ProtectSystem=strict",
        'ReadWritePaths="/srv/data"',
        'ExecStart="/opt/w/winnow" crawl',
        'ExecStart="/opt/w/winnow" report',
        'Environment="WINNOW_CONTACT=me@pm.example"',
    ):
        assert line in service.splitlines()


@pytest.fixture
def refusing() -> Iterator[str]:
    """The address of a site that answers every request with 403, which no crawl asks again at once."""

    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(403)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_line_of_a_crontab_runs(folder: Path, refusing: str) -> None:
    """In a shell, as cron runs it: from nowhere, with no variables, in folders with blanks and per cents."""
    place = folder / "a 100% place"
    program = Path(sys.executable).parent / "winnow"
    if not program.is_file():
        pytest.skip("the command winnow is not installed beside this Python")
    (place / "data").mkdir(parents=True)
    line = cron(Job(str(program), str(place), str(place / "data"), contact="me@pm.example", at="02:05"))
    minute, hour, *stars, command = line.split(" ", 5)
    assert (minute, hour, stars) == ("5", "2", ["*", "*", "*"])
    assert line.count("\n") == 1

    def cron_runs() -> subprocess.CompletedProcess[str]:
        shell = ["/bin/sh", "-c", command.replace(r"\%", "%")]
        where = {"PATH": os.defpath}
        return subprocess.run(shell, cwd="/", env=where, capture_output=True, text=True, check=False)

    # what goes wrong is what cron mails
    done = cron_runs()
    assert done.returncode == 1
    assert "no source is enabled" in done.stdout
    assert "no source is enabled" in (place / "data" / "cron.log").read_text()

    # an alarm too: a site that refuses whoever asks
    source = f'way = "urls"\nstart = ["{refusing}/guide"]\nallow_private = true\n'
    (place / "data" / "sources").mkdir()
    (place / "data" / "sources" / "down.toml").write_text(source)
    done = cron_runs()
    assert done.returncode == 1
    assert "1 failed" in done.stdout

    # when all is well it says nothing, and the log holds the last crawl and its report
    with Store.open(place / "data" / "corpus.db") as store:
        store.connection.execute("UPDATE urls SET next_due = '2999-01-01T00:00:00Z'")
        store.connection.execute("UPDATE fetches SET state = 'skipped'")
        store.connection.execute("UPDATE runs SET status = 'finished'")
    done = cron_runs()
    log = (place / "data" / "cron.log").read_text()
    assert (done.returncode, done.stdout) == (0, ""), log
    assert "No source is due" in log


def test_the_workflow_is_yaml_and_names_what_there_is() -> None:
    done = run("actions", "--at", "23:59")
    workflow = yaml.safe_load(done.stdout)
    assert workflow[True]["schedule"] == [{"cron": "59 23 * * *"}]
    steps = workflow["jobs"]["crawl"]["steps"]
    commands = [
        line for step in steps for line in step.get("run", "").splitlines() if line.startswith("winnow")
    ]
    assert commands == ["winnow crawl", "winnow export jsonl articles.jsonl.gz", "winnow report"]
    # one source that fails keeps nobody from what the others brought
    crawl = next(number for number, step in enumerate(steps) if step.get("run") == "winnow crawl")
    assert [step.get("if") for step in steps[crawl + 1 :]] == ["always()"] * 4
    assert (ROOT / "requirements.txt").is_file()
    assert workflow["jobs"]["crawl"]["env"]["WINNOW_CONTACT"] == "${{ vars.WINNOW_CONTACT }}"


def test_what_is_missing_is_told(folder: Path) -> None:
    done = run("cron")
    assert done.exit_code == 0
    assert f"mkdir -p {folder / 'data'}" in done.stderr
    assert "No contact is told" in done.stderr
    for arguments, word in (
        (("cron", "--at", "25:00"), "'25:00' is not a time of day"),
        (("cron", "--into", "x"), "--into is for systemd"),
        (("launchd",), "'launchd' is not one of"),
        (("cron", "--contact", "a\nb"), "a line break"),
    ):
        wrong = run(*arguments)
        assert wrong.exit_code == 2
        assert word in wrong.stderr

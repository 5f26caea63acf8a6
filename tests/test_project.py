"""What holds for the repository as a whole: names, pins, purity, docs and what must never be committed."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from pipelines.cli.app import winnow

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("crawler", "filters", "pipelines")
MOST_LINES = {"tests": 500}  # a test is read alone, not with its module


def tracked() -> list[Path]:
    """The files that git knows; without git, every file outside of folders that are ignored."""
    git = shutil.which("git")
    if git is not None and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]
    hidden = re.compile(r"/(\.[^/]*|__pycache__|build|dist|data|[^/]*\.egg-info)/")
    return [path for path in ROOT.rglob("*") if path.is_file() and not hidden.search(path.as_posix())]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_nobody_else_installs_packages_of_our_names() -> None:
    """The three folders are top-level packages, and their names are not uncommon."""
    owners = packages_distributions()
    for name in PACKAGES:
        assert set(owners.get(name, [])) <= {"pm-winnow"}
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin == str(ROOT / name / "__init__.py")


def test_no_text_names_a_command_that_there_is_not() -> None:
    """In code, docs and help: what is quoted as a command has to be one."""
    named = {
        (word, str(path))
        for path, text in texts()
        if path.suffix in (".py", ".md", ".toml", ".html", ".yml") and path.parts[0] != "tests"
        for word in re.findall(
            r"(?:`|examples\(\s*\"|^\$ )winnow(?: --data \S+)? ([a-z]+)", text, re.MULTILINE
        )
    }
    commands = set(winnow.commands)
    assert {word for word, _ in named} >= {"crawl", "serve", "doctor"}
    assert {(word, path) for word, path in named if word not in commands} == set()


def test_the_project_cannot_be_uploaded_by_mistake() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]


def test_no_tracked_file_names_a_registry_or_a_folder_of_some_machine() -> None:
    # in pieces, or this file would be the first to be found
    registries = [
        name + end for name, end in (("py" + "pi", ".org"), ("python" + "hosted", ".org"), ("npm", "js."))
    ]
    folders = "|".join((r"home/[\w.-]+", r"Users/[\w.-]+", "root", "work"))
    place = re.compile(rf"(?<![\w.:/-])(?:{re.escape(str(ROOT))}|/(?:{folders}))/")
    found = []
    for path, text in texts():
        found += [f"{path}: {host}" for host in registries if host in text]
        found += [f"{path}: {match[0]}" for match in place.finditer(text)]
    assert found == []


def test_lock_files_with_addresses_are_not_tracked() -> None:
    assert not {"uv.lock", "pylock.toml"} & {path.name for path in tracked()}


def test_tests_have_no_packages_that_would_hide_ours() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("package", [*PACKAGES, "benchmarks", "demo", "tests"])
def test_no_module_grows_beyond_what_one_reads_at_a_sitting(package: str) -> None:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in (ROOT / package).rglob("*.py")}
    assert lines
    assert {
        str(path.relative_to(ROOT)): n for path, n in lines.items() if n > MOST_LINES.get(package, 420)
    } == {}


def test_no_module_is_called_after_nothing() -> None:
    named = {path.stem for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert not named & {"utils", "util", "helpers", "common", "misc"}


# Purity

_CHAIN = """
import sys
before = set(sys.modules)
from filters import load_profile
from filters.document import Block, Document, Kind
text = "A product manager may place big bets and still sleep at night, as the stakes are shared. " * 4
heading = Block(0, Kind.HEADING, "Title", level=1)
blocks = (heading, Block(1, Kind.PARAGRAPH, text), Block(2, Kind.PARAGRAPH, "赌场 bonus"))
load_profile("default").run(Document("https://a.example/x", blocks, title="Title"))
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def test_a_chain_runs_without_network_database_or_parser() -> None:
    """import-linter reads the imports that stand in the code; this sees those that happen."""
    ran = subprocess.run(
        [sys.executable, "-c", _CHAIN], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(ran.stdout.split())
    assert "filters" in loaded
    forbidden = {
        "aiohttp",
        "click",
        "crawler",
        "datasette",
        "http",
        "httpx",
        "lxml",
        "pipelines",
        "requests",
        "scrapy",
        "socket",
        "sqlite3",
        "sqlite_utils",
        "trafilatura",
        "twisted",
        "urllib3",
    }
    assert loaded & forbidden == set()


# Pins

_PIN = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)([^\\]*)((?:\\\n\s+--hash=sha256:[0-9a-f]{64}\s*)+)", re.MULTILINE
)


def pins(name: str) -> dict[str, set[str]]:
    """Versions by name; some are pinned twice, for different Pythons."""
    found: dict[str, set[str]] = {}
    for match in _PIN.finditer((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(match[1], set()).add(match[2])
    return found


def test_every_requirement_is_pinned_with_hashes_and_nothing_else_stands_there() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        left = _PIN.sub("", (ROOT / name).read_text(encoding="utf-8")).strip()
        assert left == ""


def test_the_pins_cover_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    asked = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    tools = [entry for entry in project["dependency-groups"]["dev"] if isinstance(entry, str)]
    assert {plain(entry) for entry in asked} <= set(runtime)
    assert {plain(entry) for entry in tools} <= set(development)
    peers = [entry for entry in project["dependency-groups"]["bench"] if isinstance(entry, str)]
    assert {plain(entry) for entry in (*asked, *peers)} <= set(pins("requirements-bench.txt"))
    assert {name: versions for name, versions in runtime.items() if development.get(name) != versions} == {}


def plain(requirement: str) -> str:
    """The normalised name of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


# Docs


def test_every_command_and_option_stands_in_the_docs() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in winnow.commands.items():
        assert f"\n## winnow {name}\n" in text
        section = text.partition(f"\n## winnow {name}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[-1] in section


def test_the_readme_calls_only_commands_and_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`|^ {4}\S[^\n]*$", text, re.DOTALL | re.MULTILINE))
        assert set(re.findall(r"\bwinnow ([a-z]+)", code)) <= set(winnow.commands)
        assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets


def test_the_readme_shows_what_the_code_does() -> None:
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_links_in_the_docs_lead_somewhere() -> None:
    missing = []
    for path, text in texts():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not (ROOT / path.parent / target).exists():
                missing.append(f"{path}: {target}")
    assert missing == []


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target() -> None:
    make = shutil.which("make") or ""
    shown = subprocess.run([make], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^  make ([a-z]+) ", shown, re.MULTILINE)) == set(phony[0].split())

"""``benchmarks/evaluate.py`` on a small folder: what it prints and writes, and what it says of mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evaluate import END, START, main, placed
from benchmarks.evaluation import systems
from benchmarks.evaluation.work import FULL, without_each_family
from filters import load_profile
from filters.verdict import Family
from tests.benchmarks.folder import write_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], str]:
    """What one run with everything printed, its figures and its Markdown."""
    folder = write_folder(tmp_path_factory.mktemp("data"))
    out = tmp_path_factory.mktemp("out")
    told = subprocess.run(
        [
            sys.executable,
            str(ROOT / "benchmarks" / "evaluate.py"),
            str(folder),
            *("--systems", "trafilatura", "--workers", "1", "--cpu-pages", "2", "--show", "1"),
            *("--ablate", "--rules", "--json", str(out / "run.json"), "--markdown", str(out / "run.md")),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    figures = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return told.stdout, figures, (out / "run.md").read_text(encoding="utf-8")


def test_winnow_stands_beside_its_peer_in_the_same_tables(run: tuple[str, dict[str, Any], str]) -> None:
    told, _, markdown = run
    assert markdown in told
    headlines = [line for line in markdown.splitlines() if line.startswith("###")]
    assert headlines[:3] == [
        "### Articles as they are: 2 pages",
        "### Dirt in the page's own markup: 2 pages",
        "### Dirt and text as paragraphs of one container: 2 pages",
    ]
    assert (
        markdown.count("| winnow ") == markdown.count("| trafilatura ") + 3
    )  # clean texts, choosing, ablation
    assert "times the CPU time of `trafilatura.extract" in markdown.replace("\n", " ")


def test_the_figures_of_clean_pages_are_those_of_clean_pages(run: tuple[str, dict[str, Any], str]) -> None:
    """Two plain articles: nothing to lose, all of it found, and no page counts that is no article."""
    found = run[1]["figures"]["untouched"]["winnow"]
    for name in ("precision", "recall", "f1", "title", "author", "date", "headings"):
        assert found[name] == {"value": 1.0, "low": 1.0, "high": 1.0, "pages": 2}
    assert found["leaks"]["value"] == found["missed"]["value"] == 0.0
    assert run[1]["figures"]["collateral, articles"]["winnow"]["words lost"]["value"] == 0.0
    assert run[1]["figures"]["chosen, guide pages of product sites"]["winnow"]["accepted"]["value"] == 1.0


def test_dirt_costs_the_peer_and_not_the_article(run: tuple[str, dict[str, Any], str]) -> None:
    for variant in ("mixed", "flat"):
        found = run[1]["figures"][variant]
        assert found["winnow"]["removed"]["value"] > found["trafilatura"]["removed"]["value"]
        assert found["winnow"]["recall lost"]["value"] == 0.0


def test_without_evidence_more_dirt_is_left(run: tuple[str, dict[str, Any], str]) -> None:
    found = run[1]["figures"]["flat"]
    full = found[f"ablation: {FULL}"]
    assert full["removed"] == found["winnow"]["removed"]
    assert found["ablation: without structure"]["removed"]["value"] < full["removed"]["value"]


def test_an_ablation_leaves_out_all_rules_of_one_family_and_no_other() -> None:
    chain = load_profile()
    parts = without_each_family(chain)
    rules = [rule for rule in chain.rules if rule.family is not Family.CURATOR]  # a word, and no evidence
    assert set(parts) == {f"without {rule.family.value}" for rule in rules}
    assert sum(len(chain.rules) - len(part.rules) for part in parts.values()) == len(rules)
    for name, part in parts.items():
        assert name.removeprefix("without ") not in {rule.family.value for rule in part.rules}
        assert part.threshold == chain.threshold


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the FOLDER"),
        (["nowhere"], "wcxb/gold.jsonl is missing"),
        (
            ["nowhere", "--systems", "winnow,boilerpipe"],
            "no system is called 'boilerpipe'; there are: winnow, ",
        ),
        (["nowhere", "--limit", "none"], "'none' is no number from 1 up"),
    ],
)
def test_a_mistake_is_quoted_and_ends_with_two(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_EVAL_DATA", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_tables_go_between_the_marks_of_a_file_that_has_them(tmp_path: Path) -> None:
    docs = tmp_path / "evaluation.md"
    assert placed("| new |\n", docs) == "| new |\n"
    docs.write_text(f"# Before\n\n{START}\n\n| old |\n\n{END}\n\nAfter\n", encoding="utf-8")
    docs.write_text(placed("| new |\n", docs), encoding="utf-8")
    assert docs.read_text(encoding="utf-8") == f"# Before\n\n{START}\n\n| new |\n\n{END}\n\nAfter\n"
    assert placed("| new |\n", docs) == docs.read_text(encoding="utf-8")


def test_a_broken_line_is_named_with_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path)
    with (folder / "spam" / "fragments.jsonl").open("a", encoding="utf-8") as spam:
        spam.write("{oops\n")
    with pytest.raises(SystemExit):
        main([str(folder)])
    assert "fragments.jsonl, line 4: no JSON" in capsys.readouterr().err


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "newspaper", None)
    found, missing = systems.load_systems(["winnow", "newspaper4k"])
    assert list(found) == ["winnow"]
    assert missing == ["newspaper4k"]


@pytest.mark.parametrize("name", list(systems.SYSTEMS))
def test_a_system_keeps_the_article(name: str, tmp_path: Path) -> None:
    """Each one that is installed, so that a new version of a peer that answers otherwise is seen."""
    found, _ = systems.load_systems([name])
    if name not in found:
        pytest.skip(f"{name} is not installed: see requirements-bench.txt")
    page = write_folder(tmp_path) / "wcxb" / "html" / "0.html"
    kept = found[name](page.read_text(encoding="utf-8"), "https://blog.example/0")
    assert "Write down what you will not build" in kept.text
    assert "All rights reserved" not in kept.text
    if kept.title is not None:
        assert kept.title.startswith("How to Write a One-Page Product Brief")
    assert kept.author in (None, "Rhona Pell")
    assert kept.date in (None, "2025-03-01")


def test_a_worker_cannot_reach_the_network() -> None:
    code = """
import socket
from benchmarks.evaluation.systems import keep_offline
keep_offline()
for reach in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("a.example", 80)):
    try:
        reach()
    except ConnectionRefusedError as error:
        print(error)
"""
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.count("measuring takes no network") == 2

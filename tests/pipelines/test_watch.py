"""A run beside its source's own past: what is an alarm, and what is a quiet week."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.batch import import_pages
from pipelines.health_report import sparkline
from pipelines.store import FetchRecord, Store, health
from pipelines.store.health import SourceRun
from pipelines.watch import PAST, findings, spam_of, turned

TYPICAL = SourceRun(
    run=1,
    source="blog",
    discovered=40,
    fetched=30,
    skipped=8,
    failed=2,
    accepted=20,
    rejected=4,
    unchanged=6,
    errored=0,
    articles=26,
    spam_pages=0,
    list_items=200,
    list_items_kept=150,
)


def runs(*changes: dict[str, Any]) -> tuple[SourceRun, list[SourceRun]]:
    """The last of some runs, and those before it, newest first."""
    made = [replace(TYPICAL, run=number, **change) for number, change in enumerate(changes, 1)]
    return made[-1], made[-2::-1]


def alarms(*changes: dict[str, int], released: int | None = None) -> list[str]:
    now, past = runs(*changes)
    return [finding.alarm for finding in findings(now, past, released)]


def articles(*numbers: int) -> list[dict[str, int]]:
    return [{"articles": number} for number in numbers]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (articles(26, 26, 26, 26), []),
        (articles(26, 26, 26, 19), []),  # a quarter less
        (articles(26, 26, 26, 18), ["articles"]),
        (articles(26, 26, 26, 0), ["articles"]),
        (articles(26, 26, 0), []),  # two runs say nothing of what is usual
        (articles(4, 4, 4, 0), []),  # nor do four articles
        (articles(10, 50, 20, 60, 30, 5), []),  # it always varied
        (articles(100, 101, 99, 102, 98, 69), ["articles"]),
        (articles(26, 26, 26, 60), []),  # more is no alarm
        (articles(0, 26, 26, 26, 26, 18), ["articles"]),  # one odd run changes nothing
    ],
)
def test_fewer_articles_than_usual(changes: Sequence[dict[str, int]], expected: list[str]) -> None:
    assert alarms(*changes) == expected


def lists(*kept: int) -> list[dict[str, int]]:
    return [{"list_items_kept": number} for number in kept]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (lists(150, 150, 150, 121), []),
        (lists(150, 150, 150, 119), ["lists"]),
        (lists(150, 40, 160, 20, 30), []),
        ([*lists(150, 150, 150), {"list_items": 19, "list_items_kept": 0}], []),
    ],
)
def test_lists_that_are_lost(changes: Sequence[dict[str, int]], expected: list[str]) -> None:
    assert alarms(*changes) == expected


NOTHING_READ = {"discovered": 1, "failed": 1} | dict.fromkeys(
    ("fetched", "skipped", "accepted", "rejected", "unchanged"), 0
)


def failed(*numbers: int) -> list[dict[str, int]]:
    return [{"failed": number, "discovered": 38 + number} for number in numbers]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (failed(2, 2, 2, 5), []),
        (failed(2, 2, 2, 6), ["errors"]),
        (failed(29), []),  # of what is usual nobody knows, and it is less than half
        (failed(31), ["errors"]),
        ([NOTHING_READ], ["errors"]),
        ([*failed(2, 2, 2), {"errored": 6, "unchanged": 0}], ["errors"]),
    ],
)
def test_more_errors_than_usual(changes: Sequence[dict[str, int]], expected: list[str]) -> None:
    assert alarms(*changes) == expected


def spam(*numbers: int) -> list[dict[str, int]]:
    return [{"spam_pages": number} for number in numbers]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (spam(0, 0, 0, 2), []),
        (spam(0, 0, 0, 3), ["spam"]),
        (spam(3), ["spam"]),
        (spam(8, 8, 8, 9), []),  # it always was like that
        (spam(8, 8, 8, 16), ["spam"]),
        (spam(0, 0, 5, 0), []),  # what an earlier run told is not told again
    ],
)
def test_spam_that_rises(changes: Sequence[dict[str, int]], expected: list[str]) -> None:
    assert alarms(*changes) == expected


def test_books_that_do_not_balance() -> None:
    assert alarms({"discovered": 41}) == ["books"]


DAILY = {"accepted": 1, "rejected": 1, "spam_pages": 2}
CALM = {"accepted": 2, "rejected": 0, "spam_pages": 0}


def test_a_source_turns_to_spam_when_half_of_what_it_brought_last_is() -> None:
    assert turned(*runs({}, {}, {"spam_pages": 11})) is None
    seen = turned(*runs({}, {}, {"spam_pages": 12}))
    assert seen is not None
    assert (seen.judged, seen.spam, seen.first, seen.before) == (24, 12, 3, 0.0)
    # nothing is known of before, but half is half
    assert turned(*runs({"spam_pages": 12})) is not None
    # what was like that before is not turning
    assert turned(*runs({"spam_pages": 6}, {"spam_pages": 6}, {"spam_pages": 20})) is None


def test_two_posts_a_day_are_looked_at_together() -> None:
    assert turned(*runs(*[CALM] * 9, *[DAILY] * 2)) is None
    seen = turned(*runs(*[CALM] * 9, *[DAILY] * 3))
    assert seen is not None
    assert (seen.judged, seen.spam, seen.first) == (10, 6, 10)


def test_a_source_that_was_let_go_is_measured_by_what_it_was_let_go_with() -> None:
    history = [{}, {}, {"spam_pages": 20}]
    assert turned(*runs(*history, {"spam_pages": 20}), released=3) is None
    assert alarms(*history, {"spam_pages": 20}, released=3) == []
    # nothing to measure it by yet: its few pages and those of that run are one window
    assert turned(*runs({}, {}, {"accepted": 5, "rejected": 0, "spam_pages": 5}, DAILY), released=3) is None
    assert spam_of(*runs(*history, {}), released=3).before == 20 / 24


def test_bars_grow_with_their_values() -> None:
    assert sparkline([0, 4, 8]) == "▁▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""


# From real pages to the command


GUIDE = """<html lang=en><article><h1>How to grow as a product manager, part {0}</h1>
<p>Product managers who want to grow in their career start with the users. Talk to five of them every week, write
down what they struggle with, and share it with your engineers and designers before you plan the next sprint.</p>
<p>Guide number {0} is about prioritization: a product manager decides what not to build. Keep a roadmap that fits on
one page, review it with your stakeholders every month, and explain the outcome that each item serves.</p>
<ul><li>Ask for feedback from your manager after launch {0}.</li>
<li>Write one product strategy memo a quarter, beginning with number {0}.</li></ul>
<p>After a year of that you will have evidence for a promotion, and a portfolio of decisions that you can tell as
stories in any product management interview. Read about discovery, pricing and analytics on the way.</p>
</article></html>"""

CASINO = (
    "<html lang=en><article><h1>Casino {0}</h1>"
    + (
        "<p>Best online casino bonus {0}: slots, roulette and blackjack with 200 free spins, no deposit needed. "
        "Our casino review compares jackpots and betting odds so that you win tonight.</p>" * 5
    )
    + "</article></html>"
)


def imported(data: Path, pages: dict[str, str], source: str) -> None:
    file = data / "pages.jsonl"
    data.mkdir(exist_ok=True)
    rows = [
        {"id": name, "url": f"https://{source}.example/{name}", "html": html} for name, html in pages.items()
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    import_pages([str(file)], data, source=source, workers=1)


def winnow(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four imports of a blog; the last one brings spam."""
    data = tmp_path_factory.mktemp("watched") / "data"
    for number in range(4):
        pages = {f"{number}-{n}": GUIDE.format(10 * number + n) for n in range(3)}
        if number == 3:
            pages |= {f"casino-{n}": CASINO.format(n) for n in range(4)}
        imported(data, pages, "blog")
    return data


def test_a_run_is_measured_when_it_ends(watched: Path) -> None:
    with Store.open(watched / "corpus.db", create=False) as store:
        [calm], [now] = health.of_run(store.connection, 3), health.of_run(store.connection, 4)
        past = health.past(store.connection, "blog", 4, PAST)
        assert now.accounting == store.accounting(4)
    assert (calm.articles, calm.spam_pages, calm.accepted) == (3, 0, 3)
    assert (now.articles, now.spam_pages, now.judged) == (3, 4, 7)
    assert (now.list_items, now.list_items_kept) == (6, 6)
    assert [run.run for run in past] == [3, 2, 1]


def test_a_report_tells_what_is_not_as_usual_and_ends_with_1(watched: Path) -> None:
    calm, alarmed = winnow("report", "3", "--data", str(watched)), winnow("report", "--data", str(watched))
    assert (calm.returncode, alarmed.returncode) == (0, 1)
    assert "3 discovered = 3 fetched + 0 skipped + 0 failed" in calm.stdout
    assert "All is as usual." in calm.stdout
    assert "alarm  blog: 4 of the 10 pages judged last are spam, 0% were before\n" in alarmed.stdout
    assert "████" in alarmed.stdout


def test_a_run_that_was_killed_is_an_alarm_at_once(tmp_path: Path) -> None:
    """And not only when the next one finds it: the report of its own timer is the one that somebody gets."""
    begin = """
import os, sys
from pathlib import Path
from filters import load_profile
from pipelines.store import Store
with Store.open(Path(sys.argv[1])) as store:
    store.start_run("crawl", load_profile())
    print(flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", begin, str(tmp_path / "corpus.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        going_on = winnow("report", "--data", str(tmp_path))
        assert (going_on.returncode, "still running" in going_on.stdout) == (0, True), going_on
        process.kill()
    done = winnow("report", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "(crawl, killed)" in done.stdout
    assert "alarm  the run ended as killed" in done.stdout
    assert "killed" in winnow("doctor", "--data", str(tmp_path)).stdout


def test_a_report_for_programs(watched: Path) -> None:
    done = winnow("report", "--json", "--data", str(watched))
    assert done.returncode == 1
    told = json.loads(done.stdout)
    [source] = told["sources"]
    assert told["balanced"] is source["balanced"] is True
    assert source["articles_before"] == [3, 3, 3]
    assert source["spam_share"] == 4 / 7
    assert [alarm["alarm"] for alarm in told["alarms"]] == ["spam"]


def test_a_file_for_prometheus(watched: Path, tmp_path: Path) -> None:
    path = tmp_path / "winnow.prom"
    path.write_text("what stood there before")
    done = winnow("report", "--prometheus", str(path), "--data", str(watched))
    assert done.returncode == 1
    text = path.read_text()
    assert text.endswith("\n")
    assert 'winnow_urls{source="blog",state="rejected"} 4' in text.splitlines()
    assert 'winnow_articles{source="blog"} 3' in text.splitlines()
    assert 'winnow_alarm{source="blog",alarm="spam"} 1' in text.splitlines()
    sample = re.compile(r'winnow_\w+(\{(\w+="[^"\n]*",?)+\})? \d+(\.\d+)?')
    for line in text.splitlines():
        assert sample.fullmatch(line) or re.fullmatch(
            r"# (HELP winnow_\w+ .+|TYPE winnow_\w+ gauge)", line
        ), line
    assert [path.name for path in tmp_path.iterdir()] == ["winnow.prom"]


def test_names_cannot_forge_samples(tmp_path: Path) -> None:
    imported(tmp_path / "data", {"a": GUIDE.format(1)}, "blog")
    with Store.open(tmp_path / "data" / "corpus.db") as store:
        store.record_fetch(1, FetchRecord("https://x.example/", "failed", 'a"} 1\nwinnow_run 9\\'))
        store.finish_run(1)
    winnow("report", "--prometheus", str(tmp_path / "a.prom"), "--data", str(tmp_path / "data"))
    lines = (tmp_path / "a.prom").read_text().splitlines()
    assert [line for line in lines if line.startswith("winnow_run ")] == ["winnow_run 1"]
    assert r'winnow_articles{source="a\"} 1\nwinnow_run 9\\"} 0' in lines


def test_mistakes_are_told(watched: Path, tmp_path: Path) -> None:
    done = winnow("report", "9", "--data", str(watched))
    assert (done.returncode, done.stderr.strip()) == (2, "Error: no run 9. The latest is 4.")
    done = winnow("quarantine", "release", "blog", "--data", str(watched))
    assert done.returncode == 2
    assert "no source in quarantine 'blog': there are none" in done.stderr
    Store.open(tmp_path / "corpus.db").close()
    done = winnow("report", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "there was no run yet" in done.stderr

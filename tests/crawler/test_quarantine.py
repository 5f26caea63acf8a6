"""A crawled site that turns to casino spam is left alone until a person lets it go."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.export import formats
from pipelines.store import Store

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Handler, Site

CASINO = (
    "<p>Best online casino bonus {0}: slots, roulette and blackjack with 200 free spins, no deposit needed. "
    "Our casino review compares jackpots and betting odds so that you win tonight.</p>"
) * 5


# different enough not to be copies of one another
GUIDES = (
    """<h1>How to plan a product roadmap</h1>
<p>A roadmap is a promise about order and never one about dates. Product managers sort their work by what they learn
from it, show sales which bets come first, and strike one feature every quarter in front of everybody.</p>
<h2>Three steps for a product manager</h2>
<ol><li>Write down the outcome that every item on the roadmap serves.</li>
<li>Ask two engineers what each item would cost
the team.</li><li>Review the roadmap with your stakeholders once a month.</li></ol>
<p>Stakeholders forgive a late launch sooner than a surprise, so a product manager tells them early what has moved, and
why the users come off better with it.</p>""",
    """<h1>How to get promoted to senior product manager</h1>
<p>Promotion is decided in a room without you. Give your manager evidence early in your career: one page on what every
launch changed, a mentor from another team who has seen you disagree, and a metric that grew because you said no.</p>
<h2>What a promotion packet holds</h2>
<ul><li>Decisions that you took, with the numbers that you had at the time.</li>
<li>Words of colleagues whom you helped to
grow.</li><li>The gap to the next level, and how you mean to close it by summer.</li></ul>
<p>Read the career ladder of your company for the words to use, and practise the story with a friend who hires product
managers, until it takes no more than five minutes.</p>""",
)


def guide(handler: Handler, number: int) -> None:
    handler.say(f"<html lang=en><article>{GUIDES[number - 1]}</article></html>".encode())


def casino(handler: Handler, number: int) -> None:
    text = f"<h1>Casino {number}</h1>{CASINO.format(number)}"
    handler.say(f"<html lang=en><article>{text}</article></html>".encode(), etag=True)


def guides(*numbers: int) -> list[str]:
    return [f"{{base}}/guide/{number}" for number in numbers]


def casinos(*numbers: int) -> list[str]:
    return [f"{{base}}/casino/{number}" for number in numbers]


def shown(data: Path) -> list[str]:
    """The articles of the corpus as the view has them and as an export has them."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        seen = sorted(url.rpartition("/")[2] for (url,) in db.execute("SELECT url FROM articles"))
    formats()["jsonl"].export(data, str(data / "out.jsonl"))
    rows = map(json.loads, (data / "out.jsonl").read_text().splitlines())
    assert sorted(row["url"].rpartition("/")[2] for row in rows) == seen
    return seen


def winnow(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_site_that_turns_to_spam(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    for number in range(20):
        site.answers[f"/casino/{number}"] = partial(casino, number=number)
    for number in (1, 2):
        site.answers[f"/guide/{number}"] = partial(guide, number=number)

    crawls.source("turned", "urls", guides(1))
    crawls.run(["turned"], tmp_path)
    assert shown(tmp_path) == ["1"]

    # six pages of spam, and a good guide among them: kept, and not shown
    crawls.source("turned", "urls", guides(1, 2) + casinos(*range(6)))
    status, _, errors = crawls.run(["turned"], tmp_path)
    assert status == 0
    assert "turned is in quarantine from now on: 6 of the 8 pages judged last" in " ".join(errors)
    assert shown(tmp_path) == ["1"]
    with Store.open(tmp_path / "corpus.db") as store:
        assert store.connection.execute(
            "SELECT count(*) FROM posts WHERE status = 'accepted'"
        ).fetchone() == (2,)
    reported = winnow("report", "--data", str(tmp_path))
    assert reported.returncode == 1
    assert "turned: put in quarantine" in reported.stdout

    # whoever lists the sources sees it
    where = ("--data", str(tmp_path), "--sources", str(crawls.sources))
    listed = {row["name"]: row for row in json.loads(winnow("sources", "list", "--json", *where).stdout)}
    assert listed["turned"]["quarantine"].startswith("20")
    assert listed["turned"]["due"] == ""
    assert not any(row["quarantine"] for name, row in listed.items() if name != "turned")
    assert "\tquarantine" in winnow("sources", "list", *where).stdout.splitlines()[0]
    assert "quarantine: since 20" in winnow("sources", "show", "turned", *where).stdout

    # crawls leave it out, and say so
    asked = len(site.paths)
    _, _, errors = crawls.run(["turned"], tmp_path)
    assert "turned is in quarantine and left out" in " ".join(errors)
    assert len(site.paths) == asked

    # a person looks at it and lets it go: what it brought is shown, and spam as before is as usual now
    assert winnow("quarantine", "list", "--data", str(tmp_path)).stdout.startswith("turned: since 20")
    assert winnow("quarantine", "release", "turned", "--data", str(tmp_path)).returncode == 0
    assert shown(tmp_path) == ["1", "2"]
    crawls.source("turned", "urls", guides(1, 2) + casinos(*range(12)))
    _, _, errors = crawls.run(["turned"], tmp_path)
    assert "quarantine" not in " ".join(errors)
    assert shown(tmp_path) == ["1", "2"]

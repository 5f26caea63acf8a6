"""What every page of a crawled site repeats is seen at the end of the crawl, when all of them are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.batch import Summary, replay

if TYPE_CHECKING:
    from tests.conftest import TablesOf
    from tests.crawler.conftest import Crawls, Handler, Site

SUBJECTS = ("interviews", "roadmaps", "metrics", "pricing", "onboarding", "research")
LETTER = "On the first Monday of a month I send one page on what worked in my own team, and what did not."


def answer(handler: Handler, subject: str) -> None:
    paragraphs = (
        f"A product manager who has never worked on {subject} starts by asking three colleagues how it went.",
        f"Most product roadmaps leave no room for {subject}, so a product manager takes one feature off first.",
        LETTER,
        f"When the launch is over, look at what {subject} changed for customers, and tell the team in a page.",
        f"A career in product grows with {subject} that failed for a reason you can explain to a hiring manager.",
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = f"A first guide to {subject}"
    head = f"<html lang=en><head><title>{title}</title></head>"
    handler.say(f"{head}<body><article><h1>{title}</h1>{text}</article></body></html>".encode(), etag=True)


def fate(data: Path) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        return db.execute(
            "SELECT decision, rule, count(*) FROM fragments WHERE text = ? GROUP BY 1, 2", (LETTER,)
        ).fetchall()


def test_a_crawl_ends_with_what_a_replay_finds(
    site: Site, crawls: Crawls, tmp_path: Path, tables_of: TablesOf
) -> None:
    for subject in SUBJECTS:
        site.answers[f"/{subject}"] = partial(answer, subject=subject)
    crawls.source("repeats", "urls", [f"{{base}}/{subject}" for subject in SUBJECTS])
    status, _, errors = crawls.run(["repeats"], tmp_path)
    assert status == 0, errors
    assert fate(tmp_path) == [("removed", "template", len(SUBJECTS))]

    crawled = tables_of(tmp_path / "corpus.db", leave_out=set())
    replayed = replay(tmp_path, workers=1)
    assert isinstance(replayed, Summary)
    assert replayed.accounting.unchanged == len(SUBJECTS)
    assert tables_of(tmp_path / "corpus.db", leave_out=set()) == crawled

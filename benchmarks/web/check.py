"""Compares what a crawl of the loopback web wrote down with what the web knows of itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.web.faults import Fate
from benchmarks.web.plan import TRAPS, Web, trap
from benchmarks.web.server import Asked

LEAST_ACCEPTED = 0.97


@dataclass(frozen=True, slots=True)
class Row:
    """The fate of a URL as ``fetches`` has it."""

    state: str
    reason: str
    status: int | None
    retries: int


def rows(data: Path) -> dict[str, Row]:
    """All fates of the latest run."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute(
            "SELECT url, state, reason, status, retries FROM fetches WHERE run = (SELECT max(id) FROM runs)"
        ).fetchall()
    return {url: Row(*row) for url, *row in found}


def first_crawl(web: Web, data: Path, asked: Asked) -> list[str]:
    """What is not as it should be after a first crawl, a line each; nothing is the bar."""
    found = rows(data)
    truth = web.truth()
    told = [*_fates(truth, found), *_strangers(truth, found), *_asked(web, truth, found, asked)]
    return [*told, *_accepted(web, found), *_titles(web, data), *balance(data)]


def _accepted(web: Web, found: Mapping[str, Row]) -> Iterator[str]:
    """Nearly all articles are accepted."""
    urls = [
        f"http://{site.address}:{web.port}{path}"
        for site in web.sites
        if not site.whole
        for path in site.articles
    ]
    accepted = sum(url in found and found[url].state == "accepted" for url in urls)
    if accepted < LEAST_ACCEPTED * len(urls):
        yield f"accepted: {accepted} of {len(urls)} articles, and should be {LEAST_ACCEPTED:.0%}"


def _fates(truth: Mapping[str, Fate], found: Mapping[str, Row]) -> Iterator[str]:
    for url, fate in truth.items():
        row = found.get(url)
        if row is None:
            yield f"missing: {url} has no row, and should be {' or '.join(fate.states)}"
        elif row.state not in fate.states:
            yield f"wrong: {url} is {row.state} ({row.reason!r}), and should be {' or '.join(fate.states)}"
        elif fate.reason not in row.reason:
            yield f"wrong: {url} is {row.state} because {row.reason!r}, and not {fate.reason!r}"
        elif fate.status is not None and row.status != fate.status:
            yield f"wrong: {url} has status {row.status}, and should have {fate.status}"


def _strangers(truth: Mapping[str, Fate], found: Mapping[str, Row]) -> Iterator[str]:
    for url, row in found.items():
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if url not in truth and not trap(path):
            yield f"strange: {url} is {row.state} ({row.reason!r}), and nobody expected it"


def _asked(web: Web, truth: Mapping[str, Fate], found: Mapping[str, Row], asked: Asked) -> Iterator[str]:
    """Each page as often as its fate says; of a trap no more than its bound.

    A page that did not answer in time is asked for once more, which is no doubling where the books tell of it.
    """
    for site in web.sites:
        counts = asked["paths"].get(site.address, {})
        base = f"http://{site.address}:{web.port}"
        for path, fate in site.fates():
            if fate.asked is None:
                continue
            times, row = counts.get(path, 0), found.get(base + path)
            more = max(row.retries - fate.retries, 0) if row is not None else 0
            if times != fate.asked + more:
                told = f"and {more} more retries" if more else "and no retry that is in the books"
                yield f"asked: {base}{path} {times} times, and should be {fate.asked} {told}"
        for start, most in TRAPS.items():
            into = sum(n for path, n in counts.items() if path.startswith(start) and base + path not in truth)
            if into > most:
                yield f"trap: {base} was asked {into} times for {start}..., and should be {most} at most"


def _titles(web: Web, data: Path) -> Iterator[str]:
    """A post has the very title of its article: an encoding that was not found would show here."""
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        posts = dict(db.execute("SELECT url, title FROM posts").fetchall())
    for site in web.sites:
        for path, article in site.articles.items() if not site.whole else ():
            url = f"http://{site.address}:{web.port}{path}"
            if url in posts and posts[url] != article.title:
                yield f"title: {url} is called {posts[url]!r}, and should be {article.title!r}"


def balance(data: Path) -> Iterator[str]:
    """The identity of the books: discovered = fetched + skipped + failed, and fetched is what its pages became."""
    counts = accounting(data)
    states: dict[str, int] = {}
    for row in rows(data).values():
        states[row.state] = states.get(row.state, 0) + 1
    fetched = sum(states.get(state, 0) for state in ("accepted", "rejected", "unchanged", "errored"))
    if counts["discovered"] != fetched + states.get("skipped", 0) + states.get("failed", 0):
        yield f"books: {counts['discovered']} discovered, and the rows hold {states}"
    for state, number in states.items():
        if counts[state] != number:
            yield f"books: the run says {counts[state]} {state}, and the rows {number}"
    if counts["fetched"] != fetched:
        yield f"books: the run says {counts['fetched']} fetched, and the rows {fetched}"


def accounting(data: Path) -> dict[str, int]:
    """The counts in the row of the latest run."""
    names = ("discovered", "fetched", "skipped", "failed", "accepted", "rejected", "unchanged", "errored")
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        told = db.execute(f"SELECT {', '.join(names)} FROM runs ORDER BY id DESC").fetchone()  # noqa: S608
    return dict(zip(names, told, strict=True))


def later_crawl(before: Mapping[str, Row], data: Path) -> list[str]:
    """What is not as it should be after another crawl of the same web: what was kept is unchanged or left alone."""
    now = rows(data)
    told = []
    for url, row in before.items():
        again = now.get(url)
        if row.state in {"accepted", "rejected"} and again is not None and again.state not in UNCHANGED:
            told.append(f"wrong: {url} was {row.state}, and is {again.state} ({again.reason!r})")
    return [*told, *balance(data)]


UNCHANGED = ("unchanged", "skipped")

"""Tries a source: a crawl of a few pages into a folder that is thrown away, and what its books say."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.run import crawl, named_sources
from crawler.source import COUNTER, Source
from pipelines.address import normal_url
from pipelines.store import Store

READ = re.compile(r"read for its links \((\d+)\)")
LIMIT = "left for another run"
# a sitemap index can lead to hundreds of files, and a few show what a crawl would do
MOST_LISTINGS = 12


@dataclass(frozen=True, slots=True)
class ListingSeen:
    """A feed, sitemap or list that was asked for; ``entries`` is how many pages it names, None where it failed."""

    url: str
    entries: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """How many URLs would not be fetched for one reason, with one of them."""

    reason: str
    urls: int
    example: str


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page that was fetched and curated."""

    url: str
    status: str
    reason: str
    title: str = ""
    kind: str = ""
    words: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a crawl of a source would do; ``matching`` counts the URLs that it would fetch, over time.

    ``problems`` says why the source cannot be called verified; empty: it can.
    """

    source: str
    listings: tuple[ListingSeen, ...]
    matching: int
    skipped: tuple[Skipped, ...]
    pages: tuple[PageSeen, ...]
    problems: tuple[str, ...]


def check(
    name: str,
    *,
    sources_dir: Path | None = None,
    base: str = "",
    contact: str = "",
    pages: int = 3,
    profile: str = "default",
    settings: Mapping[str, object] | None = None,
) -> Checked:
    """Read the source's listings and curate a few ``pages``, as politely as a crawl. One check a process.

    Raises ``SourceError``, as ``crawl`` does.
    """
    (source,) = named_sources([name], sources_dir, base, contact)
    with tempfile.TemporaryDirectory(prefix="winnow-") as folder:
        crawl(
            [name],
            data=Path(folder),
            limit=pages,
            sources_dir=sources_dir,
            base=base,
            contact=contact,
            profile=profile,
            workers=1,
            settings={"LISTING_PAGES": MOST_LISTINGS, **(settings or {})},
        )
        with Store.open(Path(folder) / "corpus.db", create=False) as store:
            return _checked(source, store)


def _checked(source: Source, store: Store) -> Checked:
    rows = store.connection.execute(
        "SELECT url, state, fetches.reason, coalesce(posts.title, ''), coalesce(posts.kind, ''), coalesce(words, 0),"
        " coalesce(posts.reason, '') FROM fetches LEFT JOIN posts USING (url) ORDER BY fetches.id"
    ).fetchall()
    starts = {
        normal_url(url.replace(COUNTER, "1"))
        for way in source.ways()
        if way.way != "urls"
        for url in way.start
    }
    listings, pages, matching = [], [], 0
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for url, state, reason, title, kind, words, why in rows:
        if (read := READ.match(reason)) or url in starts:
            listings.append(ListingSeen(url, int(read[1]) if read else None, "" if read else reason))
        elif state == "skipped" and not reason.startswith(LIMIT):
            reasons[reason] += 1
            examples.setdefault(reason, url)
        else:
            matching += 1
            if state != "skipped":
                pages.append(PageSeen(url, state, why or reason, title, kind, words))
    skipped = tuple(Skipped(reason, times, examples[reason]) for reason, times in reasons.most_common())
    problems = _problems(listings, pages)
    return Checked(source.name, tuple(listings), matching, skipped, tuple(pages), tuple(problems))


def _problems(listings: list[ListingSeen], pages: list[PageSeen]) -> list[str]:
    problems = [f"{seen.url} could not be read: {seen.reason}" for seen in listings if seen.entries is None]
    if not pages:
        problems.append("no page was fetched: the patterns may leave out all that was found")
    elif not any(page.status == "accepted" for page in pages):
        problems.append(f"none of the {len(pages)} pages that were tried was accepted")
    return problems

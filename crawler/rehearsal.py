"""A crawl without its pages: reads feeds, sitemaps and lists, and says what would be fetched; nothing is written."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.process import Crawling
from crawler.progress import Progress
from crawler.source import Source
from crawler.spider import WOULD_BE_FETCHED
from crawler.ways import Chosen, chosen
from filters.chain import Chain
from pipelines.archive import Archive
from pipelines.closed import Closed
from pipelines.items import Desk
from pipelines.site_settings import Sites
from pipelines.store import Store
from pipelines.store.records import State
from pipelines.store.rows import post_rows
from pipelines.workers import Curators

# a run later than any: all that was ever crawled lies before it
_AFTER_ALL = sys.maxsize


@dataclass
class Onlooker(Desk):
    """A desk that knows what crawls have left, and writes nothing down; ``reasons`` counts why URLs are left alone."""

    reasons: Counter[str] = field(default_factory=Counter)
    wanted: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._closed = Closed(self.store.connection, self.run, held=sys.maxsize)

    def note(self, url: str, state: State, reason: str, *, source: str, **_: Any) -> None:
        if reason == WOULD_BE_FETCHED:
            self.wanted += 1
            sys.stdout.write(f"{url}\n")
        elif reason.startswith(("not due before", "known, and listed")):
            self.reasons["are known and not due yet"] += 1
        elif state == "failed":
            self.reasons["could not be read"] += 1
        self.shut(url, source, state, reason)

    def keep_listing(self, url: str, body: bytes, **_: Any) -> None:
        return None

    def expect(self, urls: Iterable[str], source: str) -> None:
        return None


def rehearse(
    sources: Sequence[Source],
    data: Path,
    *,
    chain: Chain,
    profile: str,
    due_only: bool,
    limit: int,
    since: str,
    progress: bool,
    settings: Mapping[str, object],
) -> None:
    """Name on standard output the pages that a crawl would ask for now, and tell on standard error what it would not.

    What is known of the pages is read from the folder ``data``, where there is a corpus.
    """
    with (
        tempfile.TemporaryDirectory(prefix="winnow-") as folder,
        _opened(data, Path(folder)) as (store, archive),
        Curators(post_rows, profile, workers=1, sites=Sites(store.site_settings())) as curators,
    ):
        desk = Onlooker(store, archive, curators, _AFTER_ALL, chain.fingerprint, due_only=due_only)
        desk.bounds = {source.name: source.bounds for source in sources}
        found = chosen(sources, store, desk, before=_AFTER_ALL)
        shown = Progress(desk, enabled=progress)
        for told in (*found.told(), *found.told_later()):
            shown.say(told)
        Crawling(
            found.ways, desk, shown, Path(folder) / "crawl.log", limit, True, settings, since=since
        ).run()
        _tell(found, desk, shown)


def _tell(found: Chosen, desk: Onlooker, shown: Progress) -> None:
    names = len({way.name for way in found.ways})
    parts = [f"{number:,} {reason}" for reason, number in sorted(desk.reasons.items())]
    shown.say("; ".join([f"{desk.wanted:,} pages of {names} sources would be fetched now", *parts]) + ".")


@contextmanager
def _opened(data: Path, empty: Path) -> Iterator[tuple[Store, Archive]]:
    folder = data if (data / "corpus.db").is_file() else empty
    with Store.open(folder / "corpus.db") as store, Archive.open(folder / "archive.db") as archive:
        yield store, archive

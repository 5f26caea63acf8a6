"""The sources there are, with what the corpus knows of each: when it was last crawled, and what it gave."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.source import Source, SourceError, known_file, load_source, source_files
from crawler.ways import begins_with, due
from pipelines.store import Store, StoreError, health
from pipelines.store.connection import written

_BASE = "http://base.invalid"  # a URL, which what {base} stands for has to be


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of sources; ``broken`` says what is wrong with a file that cannot be read.

    ``due`` is ``now``, or when the next of its ways is, and empty for a source that is off or in quarantine;
    ``last_crawl`` is when one of its feeds, sitemaps or lists was last read, ``quarantine`` since when crawls leave it
    out (empty: they do not), all ISO 8601 in UTC.
    """

    name: str
    way: str = ""
    enabled: bool = False
    verified: bool = False
    due: str = ""
    last_crawl: str = ""
    articles: int = 0
    quarantine: str = ""
    broken: str = ""


def listed(folder: Path | None, data: Path) -> list[Listed]:
    """All sources by name; a file that cannot be read is one of them."""
    files = source_files(folder)
    with _Past(data) as past:
        return [_listed(name, path, past) for name, path in files.items()]


def shown(name: str, folder: Path | None, data: Path) -> dict[str, Any]:
    """All there is to say of a source: its settings, its ways with when each was read, its articles.

    Raises ``SourceError``.
    """
    path = known_file(name, source_files(folder))
    source = load_source(path, base=_BASE)
    with _Past(data) as past:
        ways = [
            {"way": way.way, "start": [_as_written(url) for url in way.start], "every_hours": way.every_hours}
            | {"last_read": past.last_read(way), "due": past.due(way)}
            for way in source.ways()
        ]
        told = {
            key: _as_written(value) if isinstance(value, str) else value
            for key, value in asdict(source).items()
            if key not in {"find", "way", "start"}
        }
        told["hosts"] = [host for host in source.hosts if host not in _BASE]
        quarantine = past.quarantine(name)
        shut = f"since {quarantine[0]}: {quarantine[1]}" if quarantine else ""
        return {**told, "quarantine": shut, "ways": ways, "articles": past.articles(name)}


def _as_written(value: str) -> str:
    return value.replace(_BASE, "{base}")


def _listed(name: str, path: Path, past: _Past) -> Listed:
    try:
        source = load_source(path, base="http://127.0.0.1")
    except SourceError as error:
        return Listed(name, broken=str(error))
    ways = source.ways()
    quarantine = past.quarantine(name)
    due = [past.due(way) for way in ways] if source.enabled and not quarantine else []
    return Listed(
        name,
        " + ".join(dict.fromkeys(way.way for way in ways)),
        source.enabled,
        source.verified,
        "now" if "now" in due else min(due, default=""),
        max(past.last_read(way) for way in ways),
        past.articles(name),
        quarantine[0] if quarantine else "",
    )


class _Past:
    """What the corpus in a folder knows of sources; of none that is not there, nothing."""

    def __init__(self, data: Path) -> None:
        self._path = data / "corpus.db"
        self._store: Store | None = None
        self._articles: dict[str, int] = {}
        self._quarantines: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> _Past:
        if self._path.is_file():
            try:
                self._store = Store.open(self._path, create=False)
                self._articles = self._store.articles_by_source()
                self._quarantines = {
                    found.source: (found.since, found.reason)
                    for found in health.quarantines(self._store.connection)
                }
            except StoreError as error:
                sys.stderr.write(f"Without what was crawled: {error}\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()

    def last_read(self, way: Source) -> str:
        return self._store.last_read(begins_with(way), before=sys.maxsize) if self._store else ""

    def due(self, way: Source) -> str:
        then = due(way, self._store, self.last_read(way)) if self._store else ""
        return "now" if then <= written(datetime.now(UTC)) else then

    def quarantine(self, name: str) -> tuple[str, str] | None:
        """Since when a source has been in quarantine, and why."""
        return self._quarantines.get(name)

    def articles(self, name: str) -> int:
        return self._articles.get(name, 0)

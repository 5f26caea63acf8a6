"""review.db: what curators decided, kept apart from the corpus so that no replay can touch it.

A decision on a block points at the page's URL and at the hash of the block's words, so it outlives crawls.
A decision on a page as a whole, whether it is wanted and what is said of it, points at the URL alone.
The tables are append-only: the latest decision counts, the earlier ones are its history.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from pipelines.address import normal_url, storable
from pipelines.ruling import BlockRuling, Ruling
from pipelines.store import migrations
from pipelines.store.connection import Connected, StoreError, connect, immediate, now

REVIEW = "review.db"
LEAVE: Final = "leave"

BlockDecision: TypeAlias = Literal["keep", "remove", "leave"]
"""What may be decided of a block: that it stays, that it goes, or that it is left to the rules again."""


class Review(Connected):
    """review.db, open for reading what was decided, and for deciding."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Review:
        """Open the file, making it with its table if need be. Raises StoreError and SchemaError."""
        return cls(connect(Path(path), migrations.review, create=create))

    def rule(self, post_url: str, ruling: Ruling) -> Ruling:
        """Write down what a curator says of a page, in place of what was said before; returns it with its moment."""
        dated = replace(ruling, at=ruling.at or now())
        facts = {name: storable(value) for name, value in dated.facts}
        with immediate(self.connection):
            self.connection.execute(
                "INSERT INTO page_decisions (post_url, status, kind, note, actor, at, facts)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    normal_url(post_url),
                    dated.status,
                    dated.kind,
                    storable(dated.note),
                    storable(dated.actor),
                    dated.at,
                    json.dumps(facts, ensure_ascii=False),
                ),
            )
        return dated

    def decide(
        self, post_url: str, decisions: Mapping[str, BlockDecision], note: str = "", actor: str = ""
    ) -> None:
        """Write down what a curator says of a page's blocks, by their hashes (``pipelines.ruling.block_hash``)."""
        at, url = now(), normal_url(post_url)
        with immediate(self.connection):
            self.connection.executemany(
                "INSERT INTO decisions (post_url, block_hash, decision, note, actor, at) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (url, block, decision, storable(note), storable(actor), at)
                    for block, decision in decisions.items()
                ],
            )

    def rulings(self) -> dict[str, Ruling]:
        """The latest word on each page and its blocks, by the page's normalised address; pages that were left to the
        rules again are not in it.
        """
        rows = self.connection.execute(
            "SELECT post_url, facts, status, kind, note, actor, at FROM page_decisions ORDER BY id"
        )
        latest = {
            url: Ruling(status, kind, note, actor, at, tuple(sorted(json.loads(facts).items())))
            for url, facts, status, kind, note, actor, at in rows
        }
        for url, blocks in self._blocks().items():
            latest[url] = replace(latest.get(url, Ruling()), blocks=blocks)
        return {url: ruling for url, ruling in latest.items() if ruling}

    def _blocks(self) -> dict[str, tuple[BlockRuling, ...]]:
        """The latest word on each block, by the address of its page."""
        rows = self.connection.execute(
            "SELECT post_url, block_hash, decision, note, actor, at FROM decisions ORDER BY id"
        )
        latest: dict[str, dict[str, BlockRuling]] = {}
        for url, block, decision, *by in rows:
            said = latest.setdefault(url, {})
            said.pop(block, None)
            if decision != LEAVE:
                said[block] = BlockRuling(block, decision, *by)
        return {url: tuple(said[block] for block in sorted(said)) for url, said in latest.items()}


class Rulings(Mapping[str, Ruling]):
    """What curators say of pages, by normalised address: what review.db holds at the moment that one asks.

    So a crawl heeds what is decided while it goes on. Making one raises StoreError and SchemaError; where the file can
    not be read later, what was read before holds.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / REVIEW
        self._read: tuple[tuple[int, int], ...] = ()
        self._known: dict[str, Ruling] = {}
        self._refresh()

    def __getitem__(self, url: str) -> Ruling:
        with suppress(StoreError):
            self._refresh()
        return self._known[url]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _refresh(self) -> None:
        """Read the file again where it, or its log, is another than the one that was read."""
        seen = tuple(
            (told.st_mtime_ns, told.st_size)
            for path in (self._path, self._path.with_name(f"{REVIEW}-wal"))
            if (told := _stat(path)) is not None
        )
        if seen != self._read:
            self._known = self._decided() if seen else {}
            self._read = seen

    def _decided(self) -> dict[str, Ruling]:
        with Review.open(self._path) as review:
            return review.rulings()


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None

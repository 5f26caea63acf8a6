"""review.db: what curators decided, kept apart from the corpus so that no replay can touch it.

A decision points at a post's URL and at the hash of a block's words, so it outlives extraction and crawls.
A decision on a page as a whole, whether it is wanted and what is said of it, points at the URL alone.
The tables are append-only: the latest decision counts, the earlier ones are its history.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pipelines.address import normal_url, storable
from pipelines.ruling import Ruling
from pipelines.store import migrations
from pipelines.store.connection import Connected, connect, immediate, now

REVIEW = "review.db"


@dataclass(frozen=True, slots=True)
class CuratorDecision:
    """One row of ``decisions``; ``block_hash`` is ``pipelines.store.block_hash`` of the block's text."""

    id: int
    post_url: str
    block_hash: str
    decision: Literal["keep", "remove"]
    note: str
    actor: str
    at: str


class Review(Connected):
    """review.db, open for reading what was decided, and for deciding."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Review:
        """Open the file, making it with its table if need be. Raises StoreError and SchemaError."""
        return cls(connect(Path(path), migrations.review, create=create))

    def history(self, post_url: str) -> list[CuratorDecision]:
        """Every decision on a post's blocks, oldest first."""
        rows = self.connection.execute(
            "SELECT id, post_url, block_hash, decision, note, actor, at FROM decisions"
            " WHERE post_url = ? ORDER BY id",
            (normal_url(post_url),),
        )
        return [CuratorDecision(*row) for row in rows]

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

    def rulings(self) -> dict[str, Ruling]:
        """The latest word on each page, by its normalised address; pages that were left to the rules again are not
        in it.
        """
        rows = self.connection.execute(
            "SELECT post_url, facts, status, kind, note, actor, at FROM page_decisions ORDER BY id"
        )
        latest = {
            url: Ruling(status, kind, note, actor, at, tuple(sorted(json.loads(facts).items())))
            for url, facts, status, kind, note, actor, at in rows
        }
        return {url: ruling for url, ruling in latest.items() if ruling}

    def in_force(self, post_url: str) -> dict[str, CuratorDecision]:
        """The latest decision on each block of a post, by the block's hash."""
        return {decision.block_hash: decision for decision in self.history(post_url)}


def rulings(data: Path) -> dict[str, Ruling]:
    """What curators say of pages, by normalised address; nothing where nobody decided anything yet.

    Raises StoreError and SchemaError.
    """
    path = data / REVIEW
    if not path.is_file():
        return {}
    with Review.open(path) as review:
        return review.rulings()

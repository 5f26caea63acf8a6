"""review.db: what curators decided, kept apart from the corpus so that no replay can touch it.

A decision points at a post's URL and at the hash of a block's words, so it outlives extraction and crawls.
The table is append-only: the latest decision on a block counts, the earlier ones are its history.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.address import normal_url
from pipelines.store import migrations
from pipelines.store.connection import Connected, connect


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
    """review.db, open for reading what was decided."""

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

    def in_force(self, post_url: str) -> dict[str, CuratorDecision]:
        """The latest decision on each block of a post, by the block's hash."""
        return {decision.block_hash: decision for decision in self.history(post_url)}

"""Which accepted posts are copies of one another, and which copy is kept.

Two posts are copies when they claim the same canonical URL or when their kept text is the same. The answer
is computed from all posts at once, so it does not depend on the order in which they came.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.store.absent import moved_posts
from pipelines.store.connection import now


@dataclass(frozen=True, slots=True)
class Copy:
    """What settling needs to know of a post."""

    id: str
    url: str
    canonical_url: str
    text_hash: str
    published: str | None
    removed_share: float
    words: int

    @property
    def claim(self) -> str:
        """The canonical URL that the page claims, or its own; templates that claim the home page err."""
        if self.canonical_url and not _front(self.canonical_url):
            return self.canonical_url
        return self.url


def settle(connection: sqlite3.Connection) -> int:
    """Write ``duplicate_of`` and the status that follows from it; returns how many posts changed."""
    rows = connection.execute(
        "SELECT id, url, canonical_url, text_hash, published, removed_share, words, status, duplicate_of"
        " FROM posts WHERE status IN ('accepted', 'duplicate')"
    ).fetchall()
    moved = moved_posts(connection)
    best = best_copies(Copy(*row[:7]) for row in rows if row[0] not in moved)
    urls = {row[0]: row[1] for row in rows}
    changed = 0
    for post, *_, status, duplicate_of in rows:
        new, url = moved.get(post, ("", ""))
        kept = best[new or post]
        told = f"Moved to {url}." if new else f"A copy of {urls[kept]}."
        wanted = ("accepted", None, "") if kept == post else ("duplicate", kept, told)
        if (status, duplicate_of) != wanted[:2]:
            connection.execute(
                "UPDATE posts SET status = ?, duplicate_of = ?, reason = ?, changed_at = ? WHERE id = ?",
                (*wanted, now(), post),
            )
            changed += 1
    return changed


def best_copies(copies: Iterable[Copy]) -> dict[str, str]:
    """The id of the best copy for the id of every post (its own, where it is the best or the only one).

    Best is the one whose own URL is what the copies claim to be; then the earliest dated, the one with the
    least removed, the longest, the first by URL.
    """
    every = sorted(copies, key=lambda copy: copy.url)
    leader = {copy.id: copy.id for copy in every}

    def lead(post: str) -> str:
        while leader[post] != post:
            leader[post] = leader[leader[post]]
            post = leader[post]
        return post

    first: dict[tuple[str, str], str] = {}
    for copy in every:
        for key in (("claim", copy.claim), ("text", copy.text_hash)):
            if copy.words or key[0] == "claim":
                leader[lead(copy.id)] = lead(first.setdefault(key, copy.id))
    groups: dict[str, list[Copy]] = defaultdict(list)
    for copy in every:
        groups[lead(copy.id)].append(copy)
    return {copy.id: _best(group).id for group in groups.values() for copy in group}


def _best(group: list[Copy]) -> Copy:
    # a page that declares nothing claims its own URL only as long as another copy does not point elsewhere
    claimed = {copy.canonical_url for copy in group if copy.canonical_url}
    return min(
        group,
        key=lambda copy: (
            copy.url not in claimed,
            copy.published or "9999",
            copy.removed_share,
            -copy.words,
            copy.url,
        ),
    )


def _front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query

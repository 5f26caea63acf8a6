"""What pages said before they changed: a row for every earlier capture of a post, with its text where it is a version.

A version is a run of captures with the same kept text; its last capture has its number and its text. All are read under
the rules that the post itself was read under, and numbered anew from what stands there, so that neither other rules
nor the order of the work make a version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.address import storable
from pipelines.curate import Status
from pipelines.store.rows import PostRows, digest

_EMPTY = digest(b"")


@dataclass(frozen=True, slots=True)
class Read:
    """An earlier capture of a post as it was read last, without its text."""

    body_hash: str
    seen: str
    text_hash: str
    fingerprint: str
    templates: str
    number: int | None
    has_text: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What a post was made by: its latest body, and what was known to repeat on its site."""

    body_hash: str
    text_hash: str
    templates: str


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of a post; ``seen`` is when it was last fetched, ISO 8601 in UTC."""

    number: int
    seen: str
    status: str
    title: str
    text: str


def judged_posts(connection: sqlite3.Connection, fingerprint: str) -> dict[str, Judged]:
    """The posts that could be read under these rules, by id."""
    rows = connection.execute(
        "SELECT posts.id, urls.body_hash, posts.text_hash, urls.templates FROM urls"
        " JOIN posts ON posts.url = urls.url"
        # whatever its source says of it
        " WHERE substr(urls.fingerprint || '+', 1, length(?1) + 1) = ?1 || '+'"
        " AND urls.curated IN ('accepted', 'rejected')",
        (fingerprint,),
    )
    return {post: Judged(*rest) for post, *rest in rows.fetchall()}


def read(connection: sqlite3.Connection) -> dict[str, dict[str, Read]]:
    """All earlier captures that were read, by post and body, from the earliest to the latest."""
    found: dict[str, dict[str, Read]] = {}
    rows = connection.execute(
        "SELECT body_hash, seen, text_hash, fingerprint, templates, number, text <> '', post FROM versions"
        " ORDER BY post, seen, body_hash"
    )
    for *row, post in rows.fetchall():
        found.setdefault(post, {})[row[0]] = Read(*row)
    return found


def save_version(
    connection: sqlite3.Connection,
    post: str,
    body_hash: str,
    seen: str,
    rows: PostRows,
    fingerprint: str,
    templates: str,
    run: int,
) -> None:
    """Write how an earlier capture reads, and by which rules; ``number`` gives it its place."""
    _, _, title, text, _ = rows.texts
    if rows.status is Status.ERRORED:
        text = ""
    connection.execute(
        "INSERT OR REPLACE INTO versions (post, body_hash, number, seen, status, title, text, text_hash,"
        " fingerprint, templates, run) VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            post,
            body_hash,
            storable(seen),
            rows.status.value,
            title,
            text,
            digest(str(text).encode()),
            fingerprint,
            templates,
            run,
        ),
    )


def number(connection: sqlite3.Connection, post: str, known: Iterable[Read], judged: Judged) -> None:
    """Number the versions of a post, and drop the texts that the next ones have too; the latest body is the post's."""
    numbered: list[Read] = []
    after = judged.text_hash
    earlier = [row for row in known if row.body_hash != judged.body_hash]
    for row in reversed(earlier):
        if row.text_hash not in (_EMPTY, after):
            numbered.append(row)
            after = row.text_hash
    numbers = {row.body_hash: place for place, row in enumerate(reversed(numbered), start=1)}
    connection.execute("DELETE FROM versions WHERE post = ? AND body_hash = ?", (post, judged.body_hash))
    for row in earlier:
        wanted = numbers.get(row.body_hash)
        if wanted != row.number or (wanted is None and row.has_text):
            connection.execute(
                "UPDATE versions SET number = ?, text = CASE WHEN ? IS NULL THEN '' ELSE text END"
                " WHERE post = ? AND body_hash = ?",
                (wanted, wanted, post, row.body_hash),
            )


def versions(connection: sqlite3.Connection, post: str) -> list[Version]:
    """The earlier versions of a post, the first one first."""
    rows = connection.execute(
        "SELECT number, seen, status, title, text FROM versions WHERE post = ? AND number IS NOT NULL"
        " ORDER BY number",
        (post,),
    )
    return [Version(*row) for row in rows.fetchall()]

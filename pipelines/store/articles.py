"""The clean posts as records, for exports."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from pipelines.store.health import shown

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_BATCH = 200


class SelectionError(ValueError):
    """A restriction that cannot be meant; the message quotes it."""


class Article(TypedDict):
    """A post as it leaves the corpus; ``date`` (the one it goes by) and ``updated`` are ``YYYY-MM-DD`` or ``None``.

    ``other_language`` is the second language of a text that is written in two; empty for others. ``origins`` says where
    each field was found, ``aliases`` are all other addresses of the article, ``overruled`` is what a curator decided.
    """

    id: str
    url: str
    title: str
    author: str
    date: str | None
    updated: str | None
    site: str
    licence: str
    origins: dict[str, str]
    language: str
    language_confidence: float | None
    other_language: str
    kind: str
    stage: str
    stages: list[str]
    topics: list[str]
    words: int
    text: str
    markdown: str
    source: str
    aliases: list[str]
    overruled: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which accepted posts, but for those of sources in quarantine: those that match all that is not None.

    ``since`` is a day of publishing, ``condition`` an SQL expression on the columns of ``posts``.
    """

    language: str | None = None
    source: str | None = None
    site: str | None = None
    kind: str | None = None
    stage: str | None = None
    topic: str | None = None
    since: str | None = None
    condition: str | None = None

    def __post_init__(self) -> None:
        if self.since is not None and not _DATE.fullmatch(self.since):
            raise SelectionError(f"since: {self.since!r} is no date; write it as 2026-01-31")

    def where(self) -> tuple[str, list[str]]:
        """The SQL condition on ``posts`` and its values."""
        conditions, values = [shown()], []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or field.name == "condition":
                continue
            if field.name == "since":
                conditions.append("published >= ?")
            elif field.name == "topic":
                conditions.append("id IN (SELECT post FROM topics WHERE topic = ?)")
            elif field.name == "stage":
                conditions.append("id IN (SELECT post FROM stages WHERE stage = ?)")
            else:
                conditions.append(f"{field.name} = ?")
            values.append(value)
        return " AND ".join(conditions), values


def articles(connection: sqlite3.Connection, selection: Selection) -> Iterator[Article]:
    """The selected posts ordered by id, as they stand at one moment, whatever is written meanwhile."""
    where, values = selection.where()
    connection.execute("BEGIN")
    try:
        wanted = _meeting(connection, selection.condition)
        cursor = connection.execute(
            "SELECT id, url, posts.title, author, coalesce(shown, published), updated, site, licence, language,"  # noqa: S608
            " other_language, kind, stage, words, text, markdown, source, origins, language_confidence, overruled"
            f" FROM posts JOIN post_texts ON post = id WHERE {where} ORDER BY id",
            values,
        )
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                if wanted is None or row[0] in wanted:
                    yield _article(connection, row)
    finally:
        connection.execute("ROLLBACK")


def _meeting(connection: sqlite3.Connection, condition: str | None) -> frozenset[str] | None:
    """The ids of posts that meet a condition; asked on its own, it cannot undo the other ones."""
    if condition is None:
        return None
    try:
        return frozenset(post for (post,) in connection.execute(f"SELECT id FROM posts WHERE {condition}"))  # noqa: S608
    except sqlite3.Error as error:
        raise SelectionError(f"where: {condition!r} is no condition on posts: {error}") from None


def _article(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Article:
    post, url, title, author, date, updated, site, licence, language, other, kind, stage = row[:12]
    words, text, markdown, source, origins, confidence, overruled = row[12:]
    stages = connection.execute("SELECT stage FROM stages WHERE post = ? ORDER BY stage", (post,))
    topics = connection.execute("SELECT topic FROM topics WHERE post = ? ORDER BY topic", (post,))
    aliases = connection.execute("SELECT DISTINCT url FROM aliases WHERE post = ? ORDER BY url", (post,))
    return Article(
        id=post,
        url=url,
        title=title,
        author=author,
        date=date,
        updated=updated,
        site=site,
        licence=licence,
        origins=json.loads(origins),
        language=language,
        language_confidence=confidence,
        other_language=other,
        kind=kind,
        stage=stage,
        stages=[own for (own,) in stages],
        topics=[topic for (topic,) in topics],
        words=words,
        text=text,
        markdown=markdown,
        source=source,
        aliases=[alias for (alias,) in aliases],
        overruled=overruled,
    )

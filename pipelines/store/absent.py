"""What follows for the corpus from what addresses answer in place of a page: gone, moved for good, withdrawn.

Everything is worked out from all answers at once, so the order in which they came does not matter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from pipelines.address import normal_url, post_id, storable
from pipelines.store.connection import now
from pipelines.store.records import Answer


def mark(connection: sqlite3.Connection, answers: Iterable[Answer]) -> None:
    """Write which pages are gone, have moved or are withdrawn, inside the caller's transaction."""
    known = list(answers)
    _gone(connection, {post_id(a.url): a.since for a in known if a.kind == "gone"})
    _moved(connection, targets({a.url: normal_url(a.detail) for a in known if a.kind == "moved"}))
    _withdrawn(
        connection,
        {
            post_id(a.url): storable(f"Since {a.since[:10]} the page asks not to be taken: {a.detail}.")
            for a in known
            if a.kind == "noindex"
        },
    )


def targets(moves: Mapping[str, str]) -> dict[str, str]:
    """Where each address leads in the end; those that lead in a circle lead nowhere."""
    found = {}
    for url in moves:
        passed, target = {url}, moves[url]
        while target in moves and target not in passed:
            passed.add(target)
            target = moves[target]
        if target not in passed:
            found[url] = target
    return found


def moved_posts(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """The posts whose page has moved to one that is in the corpus: the id of that one, and its address."""
    rows = connection.execute(
        "SELECT old.id, new.id, new.url FROM urls JOIN posts AS old ON old.url = urls.url"
        " JOIN posts AS new ON new.url = urls.moved_to"
        " WHERE urls.moved_to <> '' AND old.status IN ('accepted', 'duplicate')"
        " AND new.status IN ('accepted', 'duplicate')"
    )
    return {old: (new, url) for old, new, url in rows.fetchall()}


def _gone(connection: sqlite3.Connection, wanted: Mapping[str, str]) -> None:
    stood = dict(connection.execute("SELECT id, gone_since FROM posts WHERE gone_since IS NOT NULL"))
    for post in {*wanted, *stood}:
        if stood.get(post) != wanted.get(post):
            connection.execute("UPDATE posts SET gone_since = ? WHERE id = ?", (wanted.get(post), post))


def _moved(connection: sqlite3.Connection, wanted: Mapping[str, str]) -> None:
    stood = dict(connection.execute("SELECT url, moved_to FROM urls WHERE moved_to <> ''"))
    for url in sorted({*wanted, *stood}):
        target = wanted.get(url, "")
        # the old address is one of the new page's; one that has its own page again is its own
        connection.execute(
            "INSERT INTO urls (url, moved_to, post) VALUES (?, ?, (SELECT id FROM posts WHERE id = ?))"
            " ON CONFLICT (url) DO UPDATE SET moved_to = excluded.moved_to, post = excluded.post"
            " WHERE (moved_to, post) IS NOT (excluded.moved_to, excluded.post)",
            (url, target, post_id(target or url)),
        )


def _withdrawn(connection: sqlite3.Connection, wanted: Mapping[str, str]) -> None:
    stood = dict(connection.execute("SELECT id, withdrawn FROM posts WHERE withdrawn <> ''"))
    for post in {*wanted, *stood}:
        reason, before = wanted.get(post, ""), stood.get(post, "")
        if reason == before:
            continue
        connection.execute("UPDATE posts SET withdrawn = ? WHERE id = ?", (reason, post))
        connection.execute(
            "UPDATE posts SET status = ?, reason = ?, duplicate_of = NULL, changed_at = ?"
            " WHERE id = ? AND (status IN ('accepted', 'duplicate') OR status = 'rejected' AND reason = ?)",
            ("rejected" if reason else "accepted", reason, now(), post, before or None),
        )

"""Writing one post with its texts, fragments, verdicts and topics, and only where they differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from pipelines.address import storable
from pipelines.curate import Status
from pipelines.store.connection import now
from pipelines.store.records import Saved, State
from pipelines.store.rows import FRAGMENT_COLUMNS, VERDICT_COLUMNS, PostRows, Row, Value

# They tell how a row came to be, not what it says: a post is not "changed" because another profile
# or another body gave the same.
_BOOKKEEPING = {"profile", "body_hash"}

_TEXTS = "SELECT docid, post, title, text, markdown FROM post_texts WHERE post = ?"
_FRAGMENTS = f'SELECT {FRAGMENT_COLUMNS} FROM fragments WHERE post = ? ORDER BY "index"'  # noqa: S608
_VERDICTS = f"SELECT {VERDICT_COLUMNS} FROM verdicts WHERE post = ? ORDER BY number"  # noqa: S608
_TOPICS = "SELECT post, topic FROM topics WHERE post = ? ORDER BY topic"
_STAGES = "SELECT post, stage FROM stages WHERE post = ? ORDER BY stage"


def save(connection: sqlite3.Connection, rows: PostRows, source: str, run: int) -> Saved:
    """Write what an outcome says, inside the caller's transaction."""
    state: State = rows.status.value
    rows = replace(rows, post={**rows.post, "source": storable(source)})
    connection.execute("INSERT OR IGNORE INTO sources (name) VALUES (?)", (storable(source),))
    stood = _row(connection, "SELECT * FROM posts WHERE id = ?", rows.id)
    held = rows.status is Status.ERRORED and stood.get("status", "errored") != "errored"
    if held:
        changed = False
    elif stood:
        changed = _update(connection, rows, stood, run)
    else:
        changed = True
        _add(connection, rows, run)
    _remember(connection, rows, source)
    return Saved(rows.id, state, changed, held)


def _add(connection: sqlite3.Connection, rows: PostRows, run: int) -> None:
    _name_rules(connection, rows)
    moment = now()
    seen = rows.fetched_at or moment
    post = {**rows.post, "run": run, "first_seen": seen, "changed_at": moment}
    _insert(connection, "posts", ", ".join(post), [tuple(post.values())])
    _insert_hanging(connection, rows)


def _update(connection: sqlite3.Connection, rows: PostRows, stood: dict[str, Value], run: int) -> bool:
    post = dict(rows.post)
    if stood["status"] == "duplicate" and post["status"] == "accepted":
        # which copy is best is settled at the end of every run; until then the last answer stands
        post |= {"status": "duplicate", "reason": stood["reason"]}
    elif stood["withdrawn"] and post["status"] == "accepted":
        # the page asks not to be taken, which the archive knows and the page that is judged does not
        post |= {"status": "rejected", "reason": stood["withdrawn"]}
    differs = {name: value for name, value in post.items() if stood[name] != value}
    changed = bool(differs.keys() - _BOOKKEEPING) or _hanging(connection, rows.id) != _hanging_of(rows)
    if changed:
        _name_rules(connection, rows)
        differs |= {"run": run, "changed_at": now()}
        if post["status"] != "duplicate":
            differs["duplicate_of"] = None
    if differs:
        assignments = ", ".join(f"{name} = ?" for name in differs)
        connection.execute(
            f"UPDATE posts SET {assignments} WHERE id = ?",  # noqa: S608 - names of our own columns
            (*differs.values(), rows.id),
        )
    if changed:
        for table in ("fragments", "verdicts", "topics", "stages"):
            connection.execute(f"DELETE FROM {table} WHERE post = ?", (rows.id,))  # noqa: S608
        _insert_hanging(connection, rows)
    return changed


def _insert_hanging(connection: sqlite3.Connection, rows: PostRows) -> None:
    connection.execute(
        "INSERT INTO post_texts (docid, post, title, text, markdown) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (docid) DO UPDATE SET title = excluded.title, text = excluded.text,"
        " markdown = excluded.markdown"
        " WHERE (title, text, markdown) IS NOT (excluded.title, excluded.text, excluded.markdown)",
        rows.texts,
    )
    _insert(connection, "fragments", FRAGMENT_COLUMNS, rows.fragments)
    _insert(connection, "verdicts", VERDICT_COLUMNS, rows.verdicts)
    _insert(connection, "topics", "post, topic", rows.topics)
    _insert(connection, "stages", "post, stage", rows.stages)


def _hanging(connection: sqlite3.Connection, post: str) -> list[list[Row]]:
    """What is stored of a post beside its own row."""
    asked = (_TEXTS, _FRAGMENTS, _VERDICTS, _TOPICS, _STAGES)
    return [connection.execute(sql, (post,)).fetchall() for sql in asked]


def _hanging_of(rows: PostRows) -> list[list[Row]]:
    return [[rows.texts], rows.fragments, rows.verdicts, rows.topics, rows.stages]


def _remember(connection: sqlite3.Connection, rows: PostRows, source: str) -> None:
    """Note in ``urls`` which body was curated under which rules, and what it gave."""
    errored = rows.status is Status.ERRORED
    url = rows.post["url"]
    connection.execute(
        "INSERT INTO urls (url, source, body_hash, text_hash, fingerprint, curated, templates, post)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET source = excluded.source,"
        " body_hash = excluded.body_hash, text_hash = excluded.text_hash,"
        " fingerprint = excluded.fingerprint, curated = excluded.curated, templates = excluded.templates,"
        " post = excluded.post"
        " WHERE (source, body_hash, text_hash, fingerprint, curated, templates, post) IS NOT"
        " (excluded.source, excluded.body_hash, excluded.text_hash, excluded.fingerprint, excluded.curated,"
        " excluded.templates, excluded.post)",
        (
            url,
            storable(source),
            rows.post["body_hash"],
            "" if errored else rows.post["text_hash"],
            rows.profile,
            rows.status.value,
            rows.templates,
            rows.id,
        ),
    )
    if errored:
        # with its validators kept the page would answer "not modified" and never be tried again
        connection.execute("UPDATE urls SET etag = '', last_modified = '' WHERE url = ?", (url,))


def _name_rules(connection: sqlite3.Connection, rows: PostRows) -> None:
    """Rules that an outcome names but no registry knows any more get a row, as retired."""
    connection.executemany(
        "INSERT OR IGNORE INTO rules (id, version, family, scope, retired) VALUES (?, ?, ?, '', 1)",
        rows.rules,
    )


def _row(connection: sqlite3.Connection, sql: str, *values: Value) -> dict[str, Value]:
    cursor = connection.execute(sql, values)
    row = cursor.fetchone()
    return dict(zip((column[0] for column in cursor.description), row, strict=True)) if row else {}


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608

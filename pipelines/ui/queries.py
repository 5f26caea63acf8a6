"""What the front page, the list of articles and an article's page read from ``corpus.db``.

Every query is bounded by Datasette's time limit; one that takes longer costs its own section of the
page (it reads as empty), never the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.database import QueryInterrupted
from datasette.utils import escape_fts

from pipelines.store.health import shown
from pipelines.ui.safety import defused

DATABASE = "corpus"
SHOWN, SHOWN_P = shown("posts"), shown("p")
PAGE_SIZE = 20
# Deeper pages cost a scan each; a reader who gets this far wants a filter.
LAST_PAGE = 100
ALIASES = 50  # other addresses of an article that its page shows; the view has all

Rows = list[dict[str, Any]]

_CARD = "p.id, p.title, p.author, p.published, p.site, p.language, p.words, p.removed_blocks, p.removed_share"


@dataclass(frozen=True)
class Wanted:
    """What a reader asked the list of articles for; empty strings ask for nothing in particular."""

    words: str = ""
    site: str = ""
    language: str = ""
    page: int = 1


@dataclass(frozen=True)
class Found:
    """One page of the list; ``too_broad`` says that the search ran out of time."""

    rows: Rows
    more: bool = False
    too_broad: bool = False


async def rows(db: Any, sql: str, params: Mapping[str, object] | None = None) -> Rows:
    """All rows as dictionaries; empty where the time limit was reached."""
    try:
        return [dict(row) for row in (await db.execute(sql, dict(params or {}))).rows]
    except QueryInterrupted:
        return []


_known: WeakKeyDictionary[Any, dict[str, tuple[object, Rows]]] = WeakKeyDictionary()


async def totals(db: Any, sql: str) -> Rows:
    """Like ``rows``, of a query over the whole corpus: asked again only after the file has changed.

    With 50,000 posts these queries are nine tenths of the time that the front page takes.
    """
    files = [Path(f"{db.path}{end}") for end in ("", "-wal")] if db.path else []
    stamp = [(stat.st_mtime_ns, stat.st_size) for file in files if file.exists() for stat in [file.stat()]]
    known = _known.setdefault(db, {})
    before, found = known.get(sql, (None, []))
    if not stamp or before != stamp:
        found = await rows(db, sql)
        if found:  # none may mean that there was no time
            known[sql] = (stamp, found)
    return found


async def counts(db: Any) -> dict[str, int]:
    """How large the corpus is: articles, words, sites, languages, removed blocks."""
    found = await totals(
        db,
        "select count(*) as articles, coalesce(sum(words), 0) as words, count(distinct site) as sites, "  # noqa: S608 - a condition of our own
        "count(distinct nullif(language, '')) as languages, coalesce(sum(removed_blocks), 0) as removed "
        f"from posts where {SHOWN}",
    )
    return found[0] if found else {}


async def latest(db: Any, limit: int = 8) -> Rows:
    """The newest articles with their first words; a date in the future is a mistake or a trick."""
    select = (
        f"select {_CARD}, substr(t.text, 1, 600) as opening from posts p join post_texts t on t.post = p.id "  # noqa: S608
    )
    dated = await rows(
        db,
        select + f"where {SHOWN_P} and p.published <= date('now') "
        "order by p.published desc, p.id limit :limit",
        {"limit": limit},
    )
    if dated:
        return dated
    return await rows(
        db,
        select + f"where {SHOWN_P} order by p.first_seen desc, p.id limit :limit",
        {"limit": limit},
    )


async def removed_by_rule(db: Any) -> Rows:
    """The eight rules that removed most: id, summary, blocks."""
    return await totals(
        db,
        "select f.rule, r.summary, f.blocks from (select rule, count(*) as blocks from fragments "
        "where decision = 'removed' group by rule order by 2 desc, 1 limit 8) f "
        "left join rules r on r.id = f.rule order by f.blocks desc, f.rule",
    )


async def last_run(db: Any) -> dict[str, Any] | None:
    """The newest run with its accounting."""
    found = await rows(db, "select * from runs order by id desc limit 1")
    return found[0] if found else None


async def choices(db: Any) -> tuple[Rows, Rows]:
    """The sites and the languages that the list of articles can be narrowed to, most frequent first."""
    sql = (
        f"select {{0}} as value, count(*) as articles from posts where {SHOWN} and {{0}} <> '' "  # noqa: S608 - as above
        "group by {0} order by 2 desc, 1 limit 200"
    )
    return await totals(db, sql.format("site")), await totals(db, sql.format("language"))


async def articles(db: Any, wanted: Wanted) -> Found:
    """One page of the articles that match, best match or newest first."""
    params: dict[str, object] = {"limit": PAGE_SIZE + 1, "offset": (wanted.page - 1) * PAGE_SIZE}
    where = [SHOWN_P]
    for name in ("site", "language"):
        if value := getattr(wanted, name):
            where.append(f"p.{name} = :{name}")
            params[name] = value
    if wanted.words:
        # quotes without words between them come out empty, which is no query: look for the empty phrase
        params["words"] = escape_fts(defused(wanted.words)) or '""'
        sql = (
            f"select {_CARD}, snippet(post_texts_fts, 1, char(2), char(3), ' … ', 36) as hit "  # noqa: S608
            "from post_texts_fts join post_texts t on t.docid = post_texts_fts.rowid "
            f"join posts p on p.id = t.post where post_texts_fts match :words and {' and '.join(where)} "
            "order by bm25(post_texts_fts, 6.0, 1.0), p.id limit :limit offset :offset"
        )
    else:
        sql = (
            f"select {_CARD}, substr(t.text, 1, 600) as opening "  # noqa: S608
            f"from posts p join post_texts t on t.post = p.id where {' and '.join(where)} "
            "order by p.published desc, p.id limit :limit offset :offset"
        )
    try:
        found = [dict(row) for row in (await db.execute(sql, params)).rows]
    except QueryInterrupted:
        return Found([], too_broad=True)
    return Found(found[:PAGE_SIZE], more=len(found) > PAGE_SIZE)


async def post(db: Any, post_id: str) -> dict[str, Any] | None:
    """One post with its kept text, the state that it ended in, and where its page has moved to."""
    found = await db.execute(
        "select p.*, t.markdown, u.moved_to from posts p left join post_texts t on t.post = p.id "
        "left join urls u on u.url = p.url where p.id = :id",
        {"id": post_id},
    )
    return dict(found.rows[0]) if found.rows else None


async def text(db: Any, post_id: str) -> str:
    """The kept text of a post."""
    found = await rows(db, "select text from post_texts where post = :id", {"id": post_id})
    return str(found[0]["text"]) if found else ""


async def fragments(db: Any, post_id: str) -> Rows:
    """All blocks of the page, in its order."""
    return await rows(db, 'select * from fragments where post = :id order by "index"', {"id": post_id})


async def verdicts(db: Any, post_id: str) -> Rows:
    """All that the rules said of the page and its blocks."""
    return await rows(db, "select * from verdicts where post = :id order by number", {"id": post_id})


async def stages(db: Any, post_id: str) -> list[str]:
    """The stages of a career that a post speaks of, by name."""
    return await _column(db, "select stage from stages where post = :id order by 1", post_id)


async def topics(db: Any, post_id: str) -> list[str]:
    """What a post is about, by name."""
    return await _column(db, "select topic from topics where post = :id order by 1", post_id)


async def _column(db: Any, sql: str, post_id: str) -> list[str]:
    return [value for row in await rows(db, sql, {"id": post_id}) for value in row.values()]


async def versions(db: Any, post_id: str) -> Rows:
    """What the page said before it changed, the latest of it first."""
    return await rows(
        db,
        "select number, seen, status, title, text from versions where post = :id and number is not null "
        "order by number desc limit 200",
        {"id": post_id},
    )


async def copies(db: Any, post_id: str) -> Rows:
    """Posts that were found to hold the same article as this one; one more than are shown says that there are more."""
    return await rows(
        db,
        "select id, title, url, site, reason from posts where duplicate_of = :id order by url limit :limit",
        {"id": post_id, "limit": ALIASES + 1},
    )


async def aliases(db: Any, post_id: str) -> Rows:
    """Other addresses that led to this very page, or that it and its copies say are theirs, and why."""
    return await rows(
        db,
        "select url, group_concat(distinct reason) as reason from aliases where post = :id and kind <> 'copy'"
        " group by url order by url limit :limit",
        {"id": post_id, "limit": ALIASES + 1},
    )

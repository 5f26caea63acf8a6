"""What ``make demo`` shows at its end: pages kept, pages turned away, what was removed and by which rule."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.expected import load_expected
from pipelines.store import Accounting, Store
from pipelines.store.queries import Removed

EXAMPLE_WIDTH = 60
# From a page that was kept, if there is one; a text that fits whole says more than the start of a long one.
# The span of a trimmed block is what was kept of it.
EXAMPLE = """SELECT gone FROM (
      SELECT posts.status, post, "index", CASE decision WHEN 'removed' THEN text
        ELSE substr(text, 1, trim_start) || substr(text, trim_end + 1) END AS gone
      FROM fragments JOIN posts ON posts.id = post
      WHERE fragments.rule = ? AND decision IN ('removed', 'trimmed'))
    ORDER BY status = 'accepted' DESC, abs(length(gone) - 50), post, "index" LIMIT 1"""


def show(data: Path, host: str, seconds: float, console: Console | None = None) -> bool:
    """Print the end-of-run tables from ``corpus.db``; whether the run's books balance."""
    out = console or Console()
    with Store.open(data / "corpus.db", create=False) as store:
        run: int = store.connection.execute("SELECT max(id) FROM runs").fetchone()[0]
        books = store.accounting(run)
        rules = store.removed_by_rule(run)
    with closing(sqlite3.connect(f"{(data / 'corpus.db').resolve().as_uri()}?mode=ro", uri=True)) as db:
        out.print(kept_table(db))
        out.print(turned_away_table(db, run))
        removed = Table(
            "rule", "blocks", "pages", "for example", title="Removed, by rule", title_justify="left"
        )
        for row in rules:
            removed.add_row(row.rule, str(row.blocks), str(row.posts), example(db, row.rule))
        out.print(removed)
        out.print(as_expected(db, host))
    out.print(accounting_line(books))
    out.print(f"{seconds:.1f} seconds. Read the guides, and every removed block with its reason: ", end="")
    out.print(Text(f"make serve DATA={data}", style="bold"), soft_wrap=True)
    return books.balanced


def kept_table(db: sqlite3.Connection) -> Table:
    """The accepted guides, with how much of each page was removed."""
    table = Table("guide", "found by", title="Kept", title_justify="left")
    for name in ("words", "blocks kept", "removed"):
        table.add_column(name, justify="right")
    for title, source, words, kept, removed in db.execute(
        "SELECT title, source, words, kept_blocks, removed_blocks FROM posts"
        " WHERE status = 'accepted' ORDER BY title"
    ):
        table.add_row(plain(title), source.removeprefix("demo-"), str(words), str(kept), str(removed))
    return table


def turned_away_table(db: sqlite3.Connection, run: int) -> Table:
    """Every other URL that the crawl came across, with what became of it and why."""
    table = Table("page", "fate", "why", title="Turned away", title_justify="left")
    rows = db.execute(
        """SELECT f.url, coalesce(p.status, f.state), coalesce(nullif(p.reason, ''), f.reason),
                  (SELECT url FROM posts WHERE id = p.duplicate_of)
           FROM fetches f LEFT JOIN posts p ON p.id = f.post
           WHERE f.run = ? AND coalesce(p.status, f.state) <> 'accepted' ORDER BY 2, 1""",
        (run,),
    )
    for url, fate, why, original in rows:
        why = f"the same guide as {path_of(original)}" if original else why
        table.add_row(path_of(url), fate, plain(why or ""))
    return table


def removed_table(db: sqlite3.Connection, rules: Sequence[Removed]) -> Table:
    """What each rule removed, with an example."""
    table = Table(title="Removed, by rule", title_justify="left")
    table.add_column("rule")
    table.add_column("blocks", justify="right")
    table.add_column("pages", justify="right")
    table.add_column("for example")
    for row in rules:
        table.add_row(row.rule, str(row.blocks), str(row.posts), example(db, row.rule))
    return table


def example(db: sqlite3.Connection, rule: str) -> Text:
    """A piece of text that a rule removed."""
    row = db.execute(EXAMPLE, (rule,)).fetchone()
    text = plain(row[0] if row else "")
    text.truncate(EXAMPLE_WIDTH, overflow="ellipsis")
    return text


def as_expected(db: sqlite3.Connection, host: str) -> str:
    """How many guides came out word for word as ``demo/expected/`` says."""
    guides = {
        page.path: page for page in load_expected().values() if page.is_guide and page.status == "accepted"
    }
    found = {
        path_of(url): text.split()
        for url, text in db.execute("SELECT url, text FROM posts JOIN post_texts ON post = id")
        if urlsplit(url).netloc == host
    }
    exact = sum(
        found.get(path) == " ".join(block.text for block in page.kept).split()
        for path, page in guides.items()
    )
    return f"{exact} of {len(guides)} guides came out word for word as demo/expected/ says."


def accounting_line(books: Accounting) -> str:
    """Both identities of a run, in numbers."""
    return (
        f"{books.discovered} discovered = {books.fetched} fetched + {books.skipped} skipped"
        f" + {books.failed} failed\n{books.fetched} fetched = {books.accepted} accepted"
        f" + {books.rejected} rejected + {books.unchanged} unchanged + {books.errored} errored"
    )


def path_of(url: str) -> str:
    """The part of a URL that tells the site's pages apart."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def plain(text: str) -> Text:
    """Page text on one line, without markup and without characters that steer a terminal."""
    return Text(" ".join("".join(c if c.isprintable() else " " for c in text).split()))

"""The schema: the migrations make what the golden file says, and other schemas are refused in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.ruling import BlockRuling
from pipelines.store import SchemaError, Store, StoreError
from pipelines.store.migrations import corpus, schema
from pipelines.store.migrations import review as review_migrations
from pipelines.store.review import Review

GOLDEN = Path(__file__).with_name("schema.sql")


def test_the_migrations_make_the_golden_schema(store: Store) -> None:
    """Whoever adds a migration shows in the golden file what it does to the whole."""
    assert schema(store.connection).rstrip() == GOLDEN.read_text("utf-8").rstrip(), (
        "add a migration, never edit one; then write what schema() returns to schema.sql"
    )


def test_every_table_is_strict(store: Store) -> None:
    tables = store.connection.execute(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
        " AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
    ).fetchall()
    assert len(tables) >= 10
    assert [name for name, strict in tables if not strict] == []


def test_the_connection_is_set_up_for_readers_beside_a_writer(store: Store) -> None:
    ask = store.connection.execute
    assert ask("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ask("PRAGMA synchronous").fetchone() == (1,)
    assert ask("PRAGMA foreign_keys").fetchone() == (1,)
    assert ask("PRAGMA busy_timeout").fetchone()[0] >= 5000


def test_opening_again_applies_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    Store.open(path).close()
    first = path.read_bytes()
    Store.open(path).close()
    assert path.read_bytes() == first


def test_a_newer_schema_is_refused_with_the_step_that_is_unknown(store: Store, tmp_path: Path) -> None:
    store.connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999_later', '')",
        (corpus.name,),
    )
    with pytest.raises(SchemaError, match=r"corpus\.db: made by a newer winnow .*m999_later.* update winnow"):
        Store.open(tmp_path / "corpus.db")


def test_an_older_schema_is_brought_up_to_date_by_a_writer_and_refused_by_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    with Store.open(path) as made:
        wanted = schema(made.connection)
        for event in ("insert", "delete", "update"):
            made.connection.execute(f"DROP TRIGGER post_texts_search_{event}")
        made.connection.execute("DROP TABLE post_texts_fts")
        made.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_search_titles_and_texts'")
    with pytest.raises(SchemaError, match="older winnow; run a crawl or an import"):
        Store.open(path, create=False)
    with Store.open(path) as again:
        assert schema(again.connection) == wanted


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    with Store.open(path) as made:
        # the step that makes the view will find one in its way
        made.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm004_view_of_the_articles'")
        before = schema(made.connection)
    with pytest.raises(StoreError, match="articles"):
        Store.open(path)
    connection = sqlite3.connect(path)
    assert schema(connection) == before
    connection.close()


def test_a_database_of_somebody_else_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(SchemaError, match=r"winnow did not make .*'recipes'"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    path.write_text("<html>" * 400)
    with pytest.raises(StoreError, match=r"corpus\.db: not usable as a database"):
        Store.open(path)


def test_reading_a_corpus_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such database yet; a crawl or an import makes it"):
        Store.open(tmp_path / "corpus.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT rule, reason, count(*) FROM fragments WHERE decision = 'removed' GROUP BY rule, reason",
        "SELECT rule, reason, count(*) FROM fragments GROUP BY rule, reason",
        "SELECT count(*) FROM verdicts GROUP BY rule, action",
    ],
)
def test_counts_over_all_blocks_read_an_index_only(store: Store, sql: str) -> None:
    """Without a covering index they run into Datasette's time limit."""
    plan = " ".join(row[3] for row in store.connection.execute("EXPLAIN QUERY PLAN " + sql))
    assert "COVERING INDEX" in plan
    assert "TEMP B-TREE" not in plan


FACETS = (
    "status language source site author published kind stage rule reason run duplicate_of removed_share words"
)


@pytest.mark.parametrize("column", FACETS.split())
def test_facets_sorts_and_filters_of_posts_have_an_index(store: Store, column: str) -> None:
    for sql in (
        f"SELECT {column}, count(*) FROM posts GROUP BY {column}",
        f"SELECT * FROM posts WHERE {column} = 'x'",
        f"SELECT * FROM posts ORDER BY {column} LIMIT 50",
    ):
        plan = " ".join(row[3] for row in store.connection.execute("EXPLAIN QUERY PLAN " + sql))
        assert f"INDEX posts_{column}" in plan, sql


def test_curator_decisions_can_be_added_and_never_changed(tmp_path: Path) -> None:
    with Review.open(tmp_path / "review.db") as review:
        insert = (
            "INSERT INTO decisions (post_url, block_hash, decision, note, actor, at)"
            " VALUES ('https://blog.example/a', 'abc', ?, '', 'ada', '2026-01-01T00:00:00Z')"
        )
        review.connection.execute(insert, ("remove",))
        review.connection.execute(insert, ("keep",))
        for sql in ("UPDATE decisions SET decision = 'keep'", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                review.connection.execute(sql)
        with pytest.raises(sqlite3.IntegrityError):
            review.connection.execute(insert, ("perhaps",))
        (said,) = review.rulings()["https://blog.example/a"].blocks
        assert (said.block, said.decision, said.actor) == ("abc", "keep", "ada")


def test_decisions_on_blocks_outlive_the_step_that_lets_them_be_withdrawn(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    with closing(sqlite3.connect(path)) as plain:
        db = Database(plain)
        review_migrations.apply(db, stop_before="m004_decisions_on_blocks_can_be_withdrawn")
        plain.execute(
            "INSERT INTO decisions (post_url, block_hash, decision, note, actor, at)"
            " VALUES ('https://blog.example/a', 'abc', 'remove', 'why', 'ada', '2026-01-01T00:00:00Z')"
        )
        plain.commit()
    with Review.open(path) as review:
        assert review.rulings()["https://blog.example/a"].blocks == (
            BlockRuling("abc", "remove", "why", "ada", "2026-01-01T00:00:00Z"),
        )
        review.decide("https://BLOG.example/a#x", {"abc": "leave"})
        assert review.rulings() == {}
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            review.connection.execute("DELETE FROM decisions")

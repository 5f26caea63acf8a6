"""datasette.yml against the real schema, and against what Datasette made of it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from datasette.utils import parse_metadata

from pipelines.store.connection import connect
from pipelines.store.migrations import corpus as corpus_migrations
from pipelines.store.migrations import review as review_migrations

CONFIGURATION = Path(__file__).resolve().parents[3] / "datasette.yml"

TOP = {"title", "description", "license", "license_url", "source", "source_url", "about", "about_url"}
KNOWN = {
    "top": TOP | {"settings", "databases"},
    "database": TOP | {"queries", "tables"},
    "table": TOP
    | {"columns", "facets", "fts_pk", "fts_table", "hidden", "label_column", "size", "sort", "sort_desc"},
    "query": {"title", "description", "hide_sql", "params", "sql"},
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return dict(parse_metadata(CONFIGURATION.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """The columns of every table and view that the migrations make, by database."""
    folder = tmp_path_factory.mktemp("schema")
    found: dict[str, dict[str, list[str]]] = {}
    for name, migrations in (("corpus", corpus_migrations), ("review", review_migrations)):
        connection = connect(folder / f"{name}.db", migrations, create=True)
        found[name] = _columns(connection)
        connection.close()
    return found


def _columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    tables = connection.execute(
        "select name from sqlite_master where type in ('table', 'view') "
        "and name not like 'sqlite\\_%' escape '\\' and name not like '%\\_fts%' escape '\\'"
    ).fetchall()
    return {
        table: [row[1] for row in connection.execute(f'pragma table_info("{table}")')] for (table,) in tables
    }


def test_every_table_and_column_is_described(
    told: dict[str, Any], schemas: dict[str, dict[str, list[str]]]
) -> None:
    missing = []
    for database, tables in schemas.items():
        described = told["databases"][database]["tables"]
        for table, columns in tables.items():
            if not described.get(table, {}).get("description"):
                missing.append(f"{database}.{table}")
            known = described.get(table, {}).get("columns", {})
            missing += [f"{database}.{table}.{column}" for column in columns if not known.get(column)]
    assert not missing, f"datasette.yml has no description for: {', '.join(missing)}"


def test_nothing_is_described_that_is_not_there(
    told: dict[str, Any], schemas: dict[str, dict[str, list[str]]]
) -> None:
    stray = []
    for database, about in told["databases"].items():
        for table, entry in about["tables"].items():
            columns = set(schemas[database].get(table, ()))
            facets = [one if isinstance(one, str) else one["array"] for one in entry.get("facets", ())]
            named = {*entry["columns"], *facets}
            named |= {entry[key] for key in ("sort", "sort_desc", "label_column", "fts_pk") if key in entry}
            stray += [f"{database}.{table}.{column}" for column in named - columns]
    assert not stray, f"datasette.yml names what the schema does not have: {', '.join(sorted(stray))}"


def test_every_key_is_one_that_datasette_reads(told: dict[str, Any]) -> None:
    """A misspelt key would be ignored without a word, hardening included."""
    found = [("top", told)]
    for database in told["databases"].values():
        found.append(("database", database))
        found += [("table", table) for table in database["tables"].values()]
        found += [("query", query) for query in database.get("queries", {}).values()]
    unknown = [f"{kind}: {key}" for kind, entry in found for key in entry if key not in KNOWN[kind]]
    assert not unknown


def test_settings_are_in_force(get: Any, told: dict[str, Any]) -> None:
    settings = get("/-/settings.json").json()
    assert {name: settings[name] for name in told["settings"]} == told["settings"]
    for name in ("default_allow_sql", "allow_download", "suggest_facets"):
        assert settings[name] is False


@pytest.mark.parametrize(
    "path", ["/corpus.db", "/corpus/-/query?sql=select+1", "/corpus/-/query.json?sql=select+1"]
)
def test_neither_the_file_nor_free_sql_is_to_be_had(get: Any, path: str) -> None:
    assert get(path).status_code == 403


@pytest.mark.parametrize("path", ["/corpus/posts/-/insert", "/corpus/-/create", "/corpus/posts/-/drop"])
def test_nobody_writes_without_being_somebody(datasette: Any, ask: Any, path: str) -> None:
    assert ask(datasette.client.post(path, json={"rows": [{"id": "x"}]})).status_code == 403


def test_descriptions_are_shown(get: Any, told: dict[str, Any]) -> None:
    page = get("/corpus/posts").text
    assert told["databases"]["corpus"]["tables"]["posts"]["columns"]["canonical_url"] in page
    assert "One row a page that was curated" in page
    assert told["license"].split(";")[0] in get("/-/").text


def test_facets_sort_and_search_are_offered_on_posts(get: Any) -> None:
    page = get("/corpus/posts.json?_extra=facet_results,count&_shape=objects").json()
    assert set(page["facet_results"]["results"]) == {"status", "kind", "language", "source", "site", "rule"}
    dates = [row["published"] for row in page["rows"] if row["published"]]
    assert dates == sorted(dates, reverse=True)
    found = get("/corpus/posts.json?_search=customers&_shape=array").json()
    assert {row["title"] for row in found} == {"How to become a product manager"}


def test_technical_tables_are_hidden(get: Any) -> None:
    tables = {table["name"]: table["hidden"] for table in get("/corpus.json").json()["tables"]}
    hidden = {name for name, is_hidden in tables.items() if is_hidden}
    assert {"urls", "_sqlite_migrations", "post_texts_fts"} <= hidden
    assert {"posts", "post_texts", "fragments", "rules", "runs", "sources"} <= set(tables) - hidden


def test_every_query_runs(get: Any, told: dict[str, Any]) -> None:
    for name in told["databases"]["corpus"]["queries"]:
        answer = get(f"/corpus/{name}.json?_shape=array")
        assert answer.status_code == 200, (name, answer.text)
        assert get(f"/corpus/{name}").status_code == 200, name


@pytest.mark.parametrize(
    "words", ["", "   ", '"', '""', "OR NOT zebra", "NEAR(", "a*b", "cust:omers", "'; drop table posts; --"]
)
def test_search_takes_anything(get: Any, words: str) -> None:
    answer = get("/corpus/search.json", params={"q": words, "_shape": "array"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == []


def test_search_finds_other_forms_of_a_word_and_shows_where(get: Any) -> None:
    (found,) = get("/corpus/search.json?q=customer&_shape=array").json()
    assert found["title"] == "How to become a product manager"
    assert "**customers**" in found["snippet"]
    assert "<mark>customers</mark>" in get("/corpus/search?q=customer").text


def test_search_leaves_out_what_is_not_part_of_the_corpus(get: Any) -> None:
    assert get("/corpus/search.json?q=slots&_shape=array").json() == []


def test_removed_by_rule_gives_counts_and_examples(get: Any) -> None:
    rows = {row["rule"]: row for row in get("/corpus/removed_by_rule.json?_shape=array").json()}
    assert (rows["related_tail"]["removed"], rows["related_tail"]["trimmed"]) == (16, 0)
    assert (rows["trim_ends"]["removed"], rows["trim_ends"]["trimmed"]) == (0, 2)
    assert "Share on Facebook" in rows["share_bar"]["examples"]


def test_examples_of_one_rule_are_of_that_rule(get: Any) -> None:
    rows = get("/corpus/removed_examples.json?rule=gambling&_shape=array").json()
    assert {row["rule"] for row in rows} == {"gambling"}
    assert len(rows) == 6
    assert len(get("/corpus/removed_examples.json?_shape=array").json()) > len(rows)


def test_most_removed_has_the_worst_first(get: Any) -> None:
    rows = get("/corpus/most_removed.json?_shape=array").json()
    assert rows[0]["title"] == "How to become a product manager"
    shares = [float(row["removed"].split()[0]) for row in rows]
    assert shares == sorted(shares, reverse=True)


def test_the_doubtful_have_the_least_sure_first_and_nothing_decided(
    corpus: Path, told: dict[str, Any]
) -> None:
    sql = told["databases"]["corpus"]["queries"]["doubtful"]["sql"]
    with sqlite3.connect(corpus) as connection:
        ids = [
            row[0] for row in connection.execute("select id from posts where status = 'accepted' order by id")
        ]
        for post, about in zip(ids, (0.2, 0.55, 0.5, 0.99), strict=False):
            connection.execute("update posts set about = ? where id = ?", (about, post))
        connection.execute("update posts set overruled = 'decided' where id = ?", (ids[2],))
        found = [row[0] for row in connection.execute(sql)]
        connection.rollback()
    connection.close()
    assert found == [ids[1], ids[0]]


def test_runs_add_up(get: Any) -> None:
    (run,) = get("/corpus/recent_runs.json?_shape=array").json()
    assert run["books"] == "adds up"
    assert run["discovered"] == 11
    assert run["discovered"] == run["fetched"] + run["skipped"] + run["failed"]


def test_a_run_that_does_not_add_up_is_said_to(corpus: Path, told: dict[str, Any]) -> None:
    """The column must be able to say no."""
    sql = told["databases"]["corpus"]["queries"]["recent_runs"]["sql"]
    with sqlite3.connect(corpus) as connection:
        connection.execute("update runs set fetched = fetched + 1")
        books = [row[-1] for row in connection.execute(sql)]
        connection.rollback()
    connection.close()
    assert books == ["does not add up"]


def test_plugin_is_loaded_with_what_it_brings(get: Any) -> None:
    (plugin,) = [one for one in get("/-/plugins.json").json() if one["name"] in ("pm-winnow", "pipelines.ui")]
    assert plugin["static"]
    assert plugin["templates"]
    assert "asgi_wrapper" in json.dumps(plugin["hooks"])

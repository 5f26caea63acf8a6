"""An article's other addresses on its page, each with the reason, and where its facts were taken from."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import parse_metadata

from filters.chain import Chain, Decision
from filters.document import Block, Document, Kind
from pipelines.curate import Outcome, Status
from pipelines.export import formats
from pipelines.page import Page
from pipelines.store import FetchRecord, Store, post_id
from pipelines.store.queries import copies_of
from pipelines.ui.queries import ALIASES

ROOT = Path(__file__).resolve().parents[3]

URL = "https://blog.example/guide"
TEXT = "Talk to five customers a week, and write down what they try to do before you decide."


def outcome(url: str, **facts: Any) -> Outcome:
    document = Document(url, (Block(0, Kind.PARAGRAPH, TEXT),), title="Customers", **facts)
    return Outcome(
        Page(url, TEXT.encode()),
        Status.ACCEPTED,
        "",
        document,
        document,
        decisions=(Decision(0, True, end=len(TEXT)),),
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A guide with more copies than its page shows, one of which claims yet another address, and a redirect."""
    with Store.open(tmp_path / "corpus.db") as store:
        run = store.start_run("import", Chain("test", ()))
        origins = (("title", "heading 1"), ("author", "JSON-LD <author>"))
        store.save(outcome(URL, canonical_url=URL, author="Ada Berg", origins=origins), "blog", run)
        for number in range(ALIASES + 2):
            claim = "https://third.example/claimed" if number == 0 else ""
            store.save(outcome(f"https://copy.example/{number:03}", canonical_url=claim), "copy", run)
        fetch = FetchRecord(
            URL, "accepted", "blog", post=post_id(URL), final_url="https://blog.example/landed"
        )
        store.record_fetch(run, fetch)
        store.settle()
        store.finish_run(run)
    return tmp_path


def served(data: Path, *paths: str) -> list[str]:
    """What Datasette says at these paths."""
    told = parse_metadata((ROOT / "datasette.yml").read_text(encoding="utf-8"))

    async def asked() -> list[str]:
        datasette = Datasette([str(data / "corpus.db")], config=told, metadata=told)
        await datasette.invoke_startup()
        answers = [(await datasette.client.get(path)).text for path in paths]
        datasette.close()
        return answers

    return asyncio.run(asked())


def test_every_address_is_on_the_page_or_one_click_away(data: Path) -> None:
    (page,) = served(data, f"/-/article/{post_id(URL)}")
    assert f"Where {URL} leads." in page
    assert "What https://copy.example/000 says is its address." in page
    assert page.count("<bdi>https://copy.example/") == ALIASES
    (link,) = set(re.findall(r'<a href="([^"]+)">All other addresses</a>', page))
    (every,) = served(data, f"{link.replace('/aliases', '/aliases.json')}&_shape=array&_size=max")
    copies = {f"https://copy.example/{number:03}" for number in range(ALIASES + 2)}
    others = {"https://third.example/claimed", "https://blog.example/landed"}
    assert {row["url"] for row in json.loads(every)} == copies | others


def test_explain_and_export_know_the_same_addresses(data: Path) -> None:
    formats()["jsonl"].export(data, data / "out.jsonl")
    (row,) = map(json.loads, (data / "out.jsonl").read_text().splitlines())
    with Store.open(data / "corpus.db") as store:
        known = copies_of(store.connection, URL).aliases
    assert row["aliases"] == sorted({alias.url for alias in known})
    assert len(row["aliases"]) == ALIASES + 4
    assert row["origins"] == {"title": "heading 1", "author": "JSON-LD <author>"}


def test_where_facts_were_taken_from_is_told_in_words(data: Path) -> None:
    (page,) = served(data, f"/-/article/{post_id(URL)}")
    assert "title: heading 1; author: JSON-LD &lt;author&gt;" in page
    assert f"winnow overrule {post_id(URL)}" in page

"""The facets of the articles hold all stages and topics of each, and an export takes the same articles."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import parse_metadata

from pipelines.batch import import_pages
from pipelines.export import formats

ROOT = Path(__file__).resolve().parents[3]
END = """<p>Product managers who write down why they decided something can explain it a year later. Ask your users what
they did last, ask your engineers what it would cost, and tell your stakeholders what you left out, and why.</p>
<p>A product manager needs no permission to listen. Spend an hour a week with support, read what customers write, and
bring one sentence of theirs to every planning, so that the team hears it in their words and not in yours.</p>
<p>Keep what you learn in one place. Whoever comes after you in the role will look there first, and so will you.</p>"""
PAGES = {
    "from-engineering": (
        "From engineering to product: interviews for an entry level role",
        """I was a software engineer before I became an associate product manager. Prepare for the interview, and ask
        the interviewer about the team: an entry level product manager is hired for curiosity.""",
    ),
    "director": (
        "What a director of product earns, and how to negotiate the salary",
        """A director of product negotiates salary, equity and bonus. Directors of product should know what the market
        pays, and compensation is more than the base salary.""",
    ),
    "interviews": (
        "Product manager interview questions for an entry level role",
        """How would you answer interview questions? The interviewer wants to hear how you decide. Mock interviews help
        an associate product manager, and entry level candidates should do five of them.""",
    ),
}

WALLED = """<html lang=en><title>Log in</title><body><h1>Log in to read on</h1><p>This post is for paying subscribers
only. Subscribe to keep reading this post, or log in with your email address and password.</p></body></html>"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of three articles that share some of their stages and topics, and of a page that is none."""
    folder = tmp_path_factory.mktemp("facets")
    rows = [
        {
            "id": name,
            "url": f"https://pm.example/{name}",
            "html": f"<html lang=en><title>{title}</title><article><h1>{title}</h1><p>{text}</p>{END}</article></html>",
        }
        for name, (title, text) in PAGES.items()
    ]
    rows.append({"id": "walled", "url": "https://pm.example/walled", "html": WALLED})
    (folder / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_pages([str(folder / "pages.jsonl")], folder / "data", workers=1)
    return folder / "data"


@pytest.fixture(scope="module")
def facets(data: Path) -> dict[str, dict[str, int]]:
    """How many articles Datasette counts under each value of each facet."""
    return counted(data, "articles")


def counted(data: Path, table: str) -> dict[str, dict[str, int]]:
    told = parse_metadata((ROOT / "datasette.yml").read_text(encoding="utf-8"))

    async def asked() -> Any:
        served = Datasette([str(data / "corpus.db")], config=told, metadata=told)
        await served.invoke_startup()
        answer = await served.client.get(f"/corpus/{table}.json?_extra=facet_results")
        found = answer.json()["facet_results"]["results"]
        served.close()
        return found

    return {
        name: {value["value"]: value["count"] for value in facet["results"]}
        for name, facet in asyncio.run(asked()).items()
    }


def exported(data: Path, path: Path, **chosen: str) -> list[dict[str, Any]]:
    """What an export with these restrictions holds."""
    formats()["jsonl"].export(data, path, **chosen)
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_stage_and_topic_of_an_article_counts_by_itself(
    data: Path, facets: dict[str, dict[str, int]], tmp_path: Path
) -> None:
    every = exported(data, tmp_path / "all.jsonl")
    assert len(every) == len(PAGES)
    for name in ("stages", "topics"):
        assert facets[name] == Counter(value for article in every for value in article[name])
    assert any(len(article["stages"]) > 1 for article in every)
    assert facets["stages"]["entry"] == 2
    assert facets["topics"]["interviews"] == 2


def test_an_export_by_stage_topic_or_kind_takes_what_the_facet_counted(
    data: Path, facets: dict[str, dict[str, int]], tmp_path: Path
) -> None:
    for facet, option in (
        ("stages", "stage"),
        ("topics", "topic"),
        ("kind", "kind"),
        ("language", "language"),
    ):
        assert facets[facet]
        for value, count in facets[facet].items():
            assert len(exported(data, tmp_path / "some.jsonl", **{option: value})) == count, (facet, value)
    both = exported(data, tmp_path / "both.jsonl", stage="entry", topic="interviews")
    assert {article["url"].rpartition("/")[2] for article in both} == {"from-engineering", "interviews"}


def test_pages_that_are_none_are_found_by_their_kind(data: Path) -> None:
    """The articles hold what is accepted; the posts hold every page, and tell the kinds of all."""
    kinds = counted(data, "posts")["kind"]
    assert kinds["none"] == 1
    assert sum(kinds.values()) == len(PAGES) + 1

"""Pages that depend on each other, in whatever order they come: read, judged and settled for real, with one result.

A guide with a copy on a mirror that dates it before its own beginning, one that was cut to a half, an AMP version, and
one at an address with a parameter, between other articles of their sites.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.batch import import_pages, replay

if TYPE_CHECKING:
    from tests.conftest import TablesOf

TITLE = "How I run the first interview of a search"
GUIDE = (
    "A product manager who looks for a problem to solve begins with people, and I ask for an hour of five customers.",
    "I write down what I expect to hear before the first interview, so that I notice when somebody says the opposite.",
    "My first question is about the last time it happened, since what people say of every time is what they wish for.",
    "Then I keep quiet for longer than I like, which is when a stakeholder or a customer tells me what matters.",
    "In the evening I send my engineers three sentences: what I heard, what surprised me, and what I will ask.",
    "After five interviews the product roadmap has one line less on it, and that line is the reason why I did them.",
)
OTHERS = {
    "metrics": "A number that nobody acts on is decoration, so every product metric of ours has a person and a day.",
    "notes": "Release notes are written before the product work begins, and what cannot be written is not understood.",
    "hiring": "I ask a product manager whom I may hire for a plan that failed, and listen for who made it fail.",
    "pricing": "The price is a feature of the product, and the product manager is the one who has to say what it does.",
    "support": "One day a month I answer the tickets, and every product roadmap of mine has begun on such a day.",
    "launches": "A launch without a day after it is a party, so the product team plans the week that follows it first.",
}
ORIGIN, MIRROR = "https://adanowak.example", "https://mirror.example"


def page(url: str, title: str, paragraphs: Sequence[str], day: str, head: str = "") -> dict[str, str]:
    texts = "".join(f"<p>{text}</p>" for text in paragraphs)
    head += f"<meta property='article:published_time' content='{day}'>"
    html = (
        f"<html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{texts}</article></body></html>"
    )
    return {"id": url, "url": url, "html": html}


def rows() -> list[dict[str, str]]:
    claim = f"<link rel=canonical href='{ORIGIN}/interview'>"
    made = [
        page(f"{ORIGIN}/interview", TITLE, GUIDE, "2021-05-01", claim),
        page(f"{ORIGIN}/interview/amp", TITLE, GUIDE, "2021-05-01", claim),
        page(f"{ORIGIN}/interview?utm_source=mail", TITLE, GUIDE, "2021-05-01", claim),
        page(f"{MIRROR}/interview", TITLE, (*GUIDE, OTHERS["notes"]), "2001-01-01"),
        page("https://short.example/interview", TITLE, GUIDE[:3], "2022-01-01"),
    ]
    for number, (name, text) in enumerate(OTHERS.items()):
        site = (ORIGIN, MIRROR)[number % 2]
        asked = (f"Ask your own product team about {name}: what is {word} of it?" for word in ("left", "new"))
        made.append(page(f"{site}/{name}", f"What {name} are for", [text, *asked], f"2022-0{number + 1}-01"))
    return made


def arrive(order: Sequence[dict[str, str]], folder: Path, parts: int) -> Path:
    """Import the pages in so many runs, each of which settles what is there by then."""
    size = -(-len(order) // parts)
    for number, part in enumerate(cut(order, size)):
        source = folder / f"{number}.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
        import_pages([str(source)], folder / "data", workers=1)
    return folder / "data"


def cut(order: Sequence[dict[str, str]], size: int) -> list[Sequence[dict[str, str]]]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def turned(number: int) -> list[dict[str, str]]:
    """The pages from another one on, and every other time backwards."""
    made = rows()
    made = made[number:] + made[:number]
    return made[::-1] if number % 2 else made


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arrive(turned(0), tmp_path_factory.mktemp("first"), 1)


@pytest.mark.parametrize(("number", "parts"), [(1, 1), (3, 3), (4, 2), (5, 11)])
def test_the_order_of_arrival_changes_nothing(
    first: Path, tmp_path: Path, tables_of: TablesOf, number: int, parts: int
) -> None:
    data = arrive(turned(number), tmp_path, parts)
    found, wanted = tables_of(data / "corpus.db"), tables_of(first / "corpus.db")
    for table, content in wanted.items():
        if table != "runs":
            assert found[table] == content, table
    replay(data, workers=1)
    assert tables_of(data / "corpus.db") == found


def test_the_original_is_kept_with_all_its_addresses(first: Path) -> None:
    """Neither the mirror's early day nor the longer text makes its copy the better one."""
    with closing(sqlite3.connect(first / "corpus.db")) as db:
        copies = dict(
            db.execute(
                "SELECT posts.url, kept.url FROM posts JOIN posts AS kept ON kept.id = posts.duplicate_of ORDER BY 1"
            )
        )
        doubted = db.execute("SELECT url, published FROM posts WHERE before_site").fetchall()
        aliases = {url for (url,) in db.execute("SELECT url FROM aliases")}
    assert copies == dict.fromkeys(
        (
            f"{ORIGIN}/interview/amp",
            f"{ORIGIN}/interview?utm_source=mail",
            f"{MIRROR}/interview",
            "https://short.example/interview",
        ),
        f"{ORIGIN}/interview",
    )
    assert doubted == [(f"{MIRROR}/interview", "2001-01-01")]
    assert aliases >= copies.keys()

"""What the injector puts into a page stands there, where it says, and the same every time."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from benchmarks.evaluation.dirt import DirtyPage, Insert, Piece, flat, mixed, plan
from benchmarks.evaluation.pages import Article, Stock, read_data
from tests.benchmarks.folder import GOLD, article, page_html, write_folder


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return read_data(write_folder(tmp_path_factory.mktemp("data"))).stock


def insert(place: str, text: str, at: float = 0.0) -> Insert:
    return Insert(place, f"<p>{text}</p>", (Piece(text, "spam", place),), at)


def dirty(page: DirtyPage | None) -> DirtyPage:
    assert page is not None
    return page


def texts(page: str) -> list[str]:
    """The texts of headings, paragraphs and items below body, in their order."""
    return [
        element.text_content().strip()
        for element in lxml.html.document_fromstring(page).iterfind(".//body//*")
        if element.tag in ("h1", "h2", "h3", "h4", "p", "li")
    ]


LINES = [line for line in GOLD[0].split("\n") if line]


def test_dirt_stands_at_its_place_in_the_markup() -> None:
    inserts = [
        insert("tail", "Below"),
        insert("lead", "Above"),
        insert("body", "Early", 0.2),
        insert("body", "Late", 0.999),
        insert("tail", "At the end"),
    ]
    page = dirty(mixed(page_html(GOLD[0]), article(), inserts))
    told = [text for text in texts(page.html) if text not in ("All rights reserved",)]
    assert told == [
        "Above",
        *LINES[:2],
        "Early",
        *LINES[2:6],
        "Late",
        LINES[6],
        "Below",
        "At the end",
    ]
    assert [piece.text for piece in page.pieces] == ["Below", "Above", "Early", "Late", "At the end"]


def test_dirt_stands_beside_a_list_and_not_inside_it() -> None:
    items = [f"Item {number} of the list that the article has" for number in ("one", "two", "three", "four")]
    markup = (
        "<body><div><ul>"
        + "".join(f"<li>{item}</li>" for item in items)
        + "</ul> loose words<p>And a closing paragraph for the end of it</p></div></body>"
    )
    gold = "\n".join([*items, "And a closing paragraph for the end of it"])
    page = dirty(mixed(markup, article(text=gold), [insert("lead", "Above"), insert("body", "Dirt", 0.3)]))
    assert "<div><p>Above</p><ul>" in page.html
    assert "</ul> loose words<p>Dirt</p><p>And" in page.html


def test_a_page_in_which_the_text_cannot_be_found_is_left_out() -> None:
    assert (
        mixed("<body><p>Something else altogether</p></body>", article(), [insert("lead", "Above")]) is None
    )
    assert mixed("", article(), [insert("lead", "Above")]) is None


def test_a_flat_page_has_nothing_but_paragraphs() -> None:
    inserts = [
        insert("lead", "Above"),
        insert("body", "Early"),
        insert("hidden", "Unseen", 0.5),
        insert("tail", "Below <b>"),
    ]
    page = dirty(flat(article(title="A title"), inserts))
    assert texts(page.html) == ["Above", "A title", LINES[0], "Early", *LINES[1:], "Below <b>"]
    assert [piece.text for piece in page.pieces] == ["Above", "Early", "Below <b>"]
    assert {element.tag for element in lxml.html.document_fromstring(page.html).iterfind(".//div//*")} == {
        "p"
    }


def test_a_flat_page_without_dirt_is_the_gold_text() -> None:
    page = dirty(flat(article(title=LINES[0]), ()))
    assert texts(page.html) == LINES
    assert page.pieces == ()
    assert flat(article(text="One line\nand another"), ()) is None


def test_a_plan_depends_on_seed_page_and_variant_alone(stock: Stock) -> None:
    assert plan(article(id="7"), stock, 1, "mixed") == plan(article(id="7"), stock, 1, "mixed")
    plans = {
        plan(article(id=page), stock, seed, variant)
        for page in ("7", "8")
        for seed in (1, 2)
        for variant in ("mixed", "flat")
    }
    assert len(plans) == 8


def test_plans_hold_every_kind_at_every_place_and_no_teaser_of_the_page_itself(stock: Stock) -> None:
    seen = set()
    for seed in range(200):
        for drawn in plan(article(id="0"), stock, seed, "mixed"):
            for piece in drawn.pieces:
                seen.add((piece.place, piece.kind))
                assert "Product Brief" not in piece.text
    assert seen == {
        ("lead", "spam"),
        ("lead", "teaser"),
        ("lead", "widget"),
        ("body", "spam"),
        ("body", "teaser"),
        ("body", "widget"),
        ("tail", "spam"),
        ("tail", "teaser"),
        ("tail", "widget"),
        ("hidden", "spam"),
    }


def test_all_that_is_planned_stands_in_the_page(stock: Stock) -> None:
    known = article(id="0", title=LINES[0])
    for seed in range(40):
        inserts = plan(known, stock, seed, "mixed")
        page = dirty(mixed(page_html(GOLD[0]), known, inserts))
        told = " ".join(lxml.html.document_fromstring(page.html).text_content().split())
        assert all(piece.text in told for piece in page.pieces)
        assert all(line in told for line in LINES)


def test_a_limit_takes_the_same_pages_and_changes_no_dirt(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    one, both = read_data(folder, 1), read_data(folder)
    assert one.articles == read_data(folder, 1).articles
    assert set(one.articles) < set(both.articles)
    assert one.stock == both.stock
    assert [isinstance(known, Article) for known in both.articles] == [True, True]

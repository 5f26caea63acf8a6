"""Laying the extraction over the page's own blocks."""

from __future__ import annotations

import random

import pytest
from lxml import etree

from filters.document import Hints, Kind
from pipelines.choice import align, chosen_texts
from pipelines.dom import Piece
from pipelines.extract import take_apart
from pipelines.page import Page


def pieces(*texts: str) -> list[Piece]:
    return [Piece(Kind.PARAGRAPH, text, Hints(), (number,)) for number, text in enumerate(texts)]


def test_of_two_copies_the_one_in_the_order_of_the_extraction_is_taken() -> None:
    page = pieces("Summary", "Contents of the page", "First the body text", "Summary", "Last the body text")
    shares = align(page, ["First the body text", "Summary", "Last the body text"])
    assert shares == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_a_copy_out_of_order_is_taken_only_where_no_other_is_left() -> None:
    page = pieces("Summary", "First the body text", "Last the body text")
    assert align(page, ["First the body text", "Summary", "Last the body text"]) == [1.0, 1.0, 1.0]


def test_every_text_takes_one_block_and_no_more() -> None:
    page = pieces(*["the same five words again"] * 6)
    assert align(page, ["the same five words again"] * 4) == [1.0] * 4 + [0.0] * 2


@pytest.mark.parametrize("seed", range(20))
def test_as_many_blocks_are_taken_as_there_are_texts_for_them(seed: int) -> None:
    """Whatever the order of page and extraction, no block is taken twice and none is left out that a text fits."""
    source = random.Random(seed)
    page = [source.choice("abcd") for _ in range(40)]
    chosen = [source.choice("abcde") for _ in range(40)]
    shares = align(pieces(*page), chosen)
    for word in "abcd":
        taken = sum(share for share, text in zip(shares, page, strict=True) if text == word)
        assert taken == min(page.count(word), chosen.count(word))


def test_what_stands_behind_a_comment_or_in_an_inline_element_belongs_to_its_text() -> None:
    """Pages that are rendered by React hold an empty comment between any two pieces of a text."""
    body = etree.fromstring(
        "<body><p>Written by:<!-- --> Ann <hi>Example</hi>, editor</p><list><item>One</item>two</list></body>"
    )
    assert chosen_texts(body) == ["Written by: Ann Example, editor", "One", "two"]


def test_an_article_inside_a_menu_that_was_never_closed_is_chosen() -> None:
    """Its paragraphs stand below the menu, and with the menu they would be dropped before anybody reads them."""
    told = [
        f"Lesson {n}: ask customers what they did last week, and write down their words." for n in range(12)
    ]
    body = (
        "<div class='top'><p>Read us every week</p></div><nav><a href='/'>Home</a><a href='/blog'>Blog</a>"
        f"<div class='post'><h1>Twelve lessons</h1>{''.join(f'<p>{line}</p>' for line in told)}</div>"
        "<footer><p>A site of ours</p></footer>"
    )
    parts = take_apart(Page("https://blog.example/lessons", f"<html><body>{body}</body></html>".encode()))
    shares = dict(zip([piece.text for piece in parts.pieces], parts.shares, strict=True))
    assert {line: shares[line] for line in told} == dict.fromkeys(told, 1.0)

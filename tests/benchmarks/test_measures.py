"""The measures give the figures that one works out by hand."""

from __future__ import annotations

import lxml.html
import pytest

from benchmarks.evaluation.dirt import Piece
from benchmarks.evaluation.intervals import estimate
from benchmarks.evaluation.measures import (
    Signs,
    agreement,
    dirt_measures,
    element_measures,
    gold_elements,
    is_left,
    metadata_measures,
    text_measures,
    word_list,
)
from benchmarks.evaluation.pages import Article
from benchmarks.evaluation.report import cell, percent, table
from benchmarks.evaluation.work import document_of, rule_words
from filters.chain import Decision
from filters.verdict import Action, Family, Verdict
from pipelines.curate import Outcome, Status
from pipelines.page import Page
from tests.benchmarks.folder import GOLD, article


def test_word_bags_count_each_word_as_often_as_both_have_it() -> None:
    """Kept has 5 words, gold 8; "a" is shared twice though kept has it three times, "b" once: 3 words."""
    agrees = agreement(word_list("A a a b x"), word_list("a a b c d e f g"))
    assert agrees == (3 / 5, 3 / 8, 6 / 13)


@pytest.mark.parametrize(("kept", "value"), [("", 1.0), ("word", 0.0)])
def test_nothing_agrees_only_with_nothing(kept: str, value: float) -> None:
    assert agreement(word_list(kept), []) == (value, value, value)


def test_snippets_are_found_whatever_their_case_and_white_space() -> None:
    known = article(text="One two three", must=("one TWO", "four five"), must_not=("subscribe now",))
    found = text_measures("One\n\ntwo three. Subscribe\nnow!", known)
    assert found["missed"] == (0.5, 1.0)
    assert found["leaks"] == (1.0, 1.0)
    assert text_measures("One two", known)["leaks"] == (0.0, 1.0)


def test_a_page_without_snippets_is_none_of_those_that_leak_or_do_not() -> None:
    assert set(text_measures("One", article(text="One"))) == {"precision", "recall", "f1"}


def test_metadata_are_right_or_wrong_where_the_page_has_them_and_the_system_gives_them() -> None:
    known = article(title="How to Interview for a Product Role", author="Rhona Pell", date="2025-03-01")
    right = metadata_measures(
        "How to Interview for a Product Role?", "by Rhona Pell", "2025-03-01T10:00", known
    )
    assert right == {"title": (1.0, 1.0), "author": (1.0, 1.0), "date": (1.0, 1.0)}
    wrong = metadata_measures("Interviews", "Staff", "", known)
    assert wrong == {"title": (0.0, 1.0), "author": (0.0, 1.0), "date": (0.0, 1.0)}
    assert metadata_measures(None, None, None, known) == {}
    assert metadata_measures("Any", "Any", "2025-01-01", article(title="", author="", date="")) == {}


STRUCTURE = """<body><nav><ul><li>Our other fine guides</li></ul></nav>
<h1>How to run a search</h1>
<ul><li>Ask five old <b>friends</b><ul><li>and ask them twice</li></ul></li><li>Too short</li></ul>
<table><tr><th>Stage reached</th><td>Nine of ten</td><td>9</td></tr></table></body>"""


def test_the_elements_of_the_article_are_those_whose_words_stand_in_the_gold_text() -> None:
    gold = "How to run a search\nAsk five old friends\nand ask them twice\nToo short\nStage reached\nNine of ten\n9"
    found = gold_elements(lxml.html.document_fromstring(STRUCTURE), gold)
    assert found == {
        "items": {" ask five old friends ", " and ask them twice "},
        "headings": {" how to run a search "},
        "cells": {" stage reached ", " nine of ten "},
    }
    kept = element_measures(
        "Ask five old friends. Then: How to run a long search. Stage | reached | 9", found
    )
    assert kept == {"items": (0.5, 1.0), "headings": (0.0, 1.0), "cells": (0.5, 1.0)}


@pytest.mark.parametrize(
    ("fragment", "kept", "left"),
    [
        ("Play slots at Lucky Harbour today", "Intro. Play slots at Lucky Harbour today! More.", True),
        ("Play slots at Lucky Harbour today", "Play slots at last", False),  # one triple of four
        ("Play slots at Lucky Harbour today", "Play slots at Lucky", True),  # two of four
        ("Read more", "read MORE here", True),
        ("Read more", "Read some more", False),
        ("今日注册送彩金", "正文。今日注册送彩金。", True),
        ("今日注册送彩金", "今日的正文。", False),
        ("", "Any text", False),
    ],
)
def test_a_fragment_is_left_when_half_of_it_is(fragment: str, kept: str, left: bool) -> None:
    assert is_left(fragment, Signs(kept), Signs("A guide to interviews")) is left


def test_what_the_article_says_itself_is_no_dirt() -> None:
    """A short fragment is left only where it stands more often than in the gold text."""
    gold = Signs("Comments are read by the team. Read more. Read more.")
    assert not is_left("Read more", Signs("Read more. Read more."), gold)
    assert is_left("Read more", Signs("Read more. Read more. Read more."), gold)
    assert not is_left("Comments are read by the team", Signs("Comments are read by the team"), gold)


def test_dirt_is_counted_by_kind_and_place() -> None:
    pieces = (
        Piece("Win big at the Harbour tonight", "spam", "lead"),
        Piece("Add a comment", "widget", "tail"),
        Piece("Nine ways to fold a map of the coast", "teaser", "tail"),
    )
    found, left = dirt_measures("The guide. Add a comment", "The guide.", pieces)
    assert found == {
        "removed": (2.0, 3.0),
        "spam": (1.0, 1.0),
        "widget": (0.0, 1.0),
        "teaser": (1.0, 1.0),
        "lead": (1.0, 1.0),
        "tail": (1.0, 2.0),
        "clean": (0.0, 1.0),
    }
    assert left == [1]


def test_an_estimate_is_a_share_of_sums_and_its_interval_is_the_same_every_time() -> None:
    pairs = [(1.0, 1.0)] * 30 + [(0.0, 3.0)] * 10 + [(0.0, 0.0)] * 5
    found = estimate(pairs)
    assert found is not None
    assert (found.value, found.pages) == (0.5, 40)
    assert 0.3 < found.low < 0.5 < found.high < 0.75
    assert estimate(pairs) == found


def test_pages_that_are_all_alike_leave_no_doubt_and_no_pages_no_figure() -> None:
    found = estimate([(0.25, 1.0)] * 12)
    assert found is not None
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)
    assert estimate([(0.0, 0.0)]) is None


def test_the_interval_of_a_mean_has_the_width_that_theory_gives_it() -> None:
    """Of 400 coin tosses: 1.96 times the root of 1/4 over 400 on both sides."""
    found = estimate([(float(number % 2), 1.0) for number in range(400)])
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.15)


def test_a_removed_block_is_harm_when_the_article_has_it_nowhere_else() -> None:
    lines = [
        "First ask what the team decides every week.",
        "First ask what the team decides every week.",
        "Then write the one page that they will read.",
        "Subscribe to the letter that we send on Fridays.",
    ]
    document = document_of("https://a.example/x", "T", lines)
    gone = Verdict("tail", 1, Action.REMOVE, Family.STRUCTURE, "Stands below the article.")
    decisions = tuple(Decision(i, i == 0, None if i == 0 else gone) for i in range(4))
    outcome = Outcome(
        Page("https://a.example/x", b""),
        Status.ACCEPTED,
        "",
        document,
        document.with_blocks(document.blocks[:1]),
        (),
        decisions,
    )
    told = list(rule_words(outcome, f"{lines[0]}\n{lines[2]}"))
    assert [(removed.rule, removed.words, removed.harm) for removed in told] == [
        ("tail", 8, False),  # the copy above is kept
        ("tail", 9, True),
        ("tail", 9, False),
    ]


def test_tables_stand_straight_and_say_percent() -> None:
    found = estimate([(0.5, 1.0), (0.5, 1.0)])
    told = table("system", ["F1"], [("winnow", [cell(found)]), ("none", [cell(None)])])
    assert told.splitlines() == [
        "| system |               F1 |",
        "|--------|-----------------:|",
        "| winnow | 50.0 (50.0–50.0) |",
        "| none   |                – |",
    ]
    assert percent(-0.0001) == "0.0"


def test_gold_lines_are_paragraphs() -> None:
    known = Article("1", "https://a.example/", "", "", "", GOLD[0], (), (), article().file)
    assert known.lines == [line for line in GOLD[0].split("\n") if line]

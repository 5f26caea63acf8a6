"""Which blocks of a page are scored as main text."""

from __future__ import annotations

import pytest

from pipelines.extract import extract
from pipelines.main_text import Model, load_model, read_weights
from pipelines.page import Page
from pipelines.signs import COLUMNS

PROSE = """\
Product managers spend most of their first year learning how their company makes decisions. They sit in on customer \
calls, read old roadmaps, and find out which numbers the leadership looks at every week.
A good first project is small enough to ship in a month and close enough to users that you hear from them when it \
breaks. Ask which problem has been on the backlog longest, and why nobody picked it up.
Write down what you expect to happen before you launch. When the numbers arrive you will be tempted to explain them; \
a written hypothesis keeps you honest, and it makes the retrospective short.
After a few launches you will notice patterns in how your team works with designers and with support. Those patterns \
are what you talk about when you apply for a senior role.""".splitlines()
ITEMS = ["Customer calls, two a week", "One written decision a month", "A launch that you can undo"]
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Your first year as a product manager - Notes</title></head><body>
<header class="site-header"><nav class="main-menu"><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a>
</li><li><a href="/courses">Courses</a></li></ul></nav></header>
<main class="content"><article class="post"><h1>Your first year as a product manager</h1>
<p>{PROSE[0]}</p><h2>What to do first</h2><p>{PROSE[1]}</p>
<ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul>
<div class="text">{PROSE[2]}</div><h2>The second year</h2><p>{PROSE[3]}</p>
<div class="share-bar">Share this post with a colleague</div></article>
<section class="related-posts"><h3>Related posts</h3><ul><li><a href="/a">How to plan without a roadmap</a></li>
<li><a href="/b">Five interviews in one week</a></li></ul></section></main>
<aside class="sidebar widget"><h4>Newsletter</h4><p>Subscribe to get our posts by mail.</p></aside>
<footer class="site-footer"><p>© 2024 Notes. All rights reserved.</p></footer></body></html>"""


@pytest.fixture(scope="module")
def scored() -> dict[str, float]:
    document = extract(Page(url="https://notes.example/first-year", body=PAGE.encode())).document
    return {block.text: block.hints.main for block in document.blocks}


@pytest.mark.parametrize("text", [*PROSE, *ITEMS, "What to do first", "The second year"])
def test_the_article_with_its_lists_and_headings_is_main_text(scored: dict[str, float], text: str) -> None:
    assert scored[text] >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "About us",
        "Share this post with a colleague",
        "Related posts",
        "Five interviews in one week",
        "Subscribe to get our posts by mail.",
        "© 2024 Notes. All rights reserved.",
    ],
)
def test_what_is_around_it_is_not(scored: dict[str, float], text: str) -> None:
    """Far from the article it is no block of the document at all."""
    assert scored.get(text, 0.0) < 0.3


def test_what_spoke_against_a_block_is_told() -> None:
    document = extract(Page(url="https://notes.example/first-year", body=PAGE.encode())).document
    share = next(block for block in document.blocks if block.text.startswith("Share this post"))
    assert share.hints.main < 0.3
    weights = [float(sign.rpartition(" ")[2]) for sign in share.hints.signs]
    assert weights
    assert weights == sorted(weights)
    assert weights[-1] < 0


def test_every_column_has_weights() -> None:
    """A column that was renamed in the code alone would weigh nothing, and nobody would notice."""
    model = load_model()
    assert all(table for table in model._numbers), [
        name for (name, _), table in zip(COLUMNS, model._numbers, strict=True) if not table
    ]
    assert all(model._words.values())


def test_the_trees_ask_about_text_and_about_what_is_around_it() -> None:
    """Trees that came with no questions, or with one alone, would not be those that were measured."""
    trees = load_model()._trees
    assert trees is not None
    asked, nodes = set(), list(trees.roots)
    while nodes:
        node = nodes.pop()
        if node.yes is not None and node.no is not None:
            asked.add(COLUMNS[node.column][1])
            nodes += (node.yes, node.no)
    assert {"the extraction", "its container", "its neighbours", "its length", "its section"} <= asked


def test_a_page_scores_the_same_at_any_time() -> None:
    """Sums of fractions depend on their order, and words come in none."""
    page = Page(url="https://notes.example/first-year", body=PAGE.encode())
    assert extract(page) == extract(page)


def test_without_weights_every_block_is_as_likely_as_not() -> None:
    from lxml import html

    from pipelines.dom import segment

    pieces, _ = segment(html.document_fromstring(PAGE), "https://notes.example/")
    scores = Model(read_weights([])).score(pieces, [0.0] * len(pieces), "")
    assert set(scores.main) == {0.5}


@pytest.mark.parametrize("container", ["<article>{}</article>", "<div>{}</div>", "{}"])
def test_an_article_in_one_long_paragraph_is_main_text(container: str) -> None:
    """Whatever the scores make of it: the title above it alone is no article."""
    whole = " ".join(PROSE)
    body = container.format(f"<h1>Notes of a first year</h1><p>{whole}</p>")
    html = f"<html lang=en><head><title>Notes of a first year</title></head><body>{body}</body></html>"
    blind = Model({"bias": {"": -3.0}})
    document = extract(Page("https://blog.example/notes", html.encode()), model=blind).document
    assert whole in [block.text for block in document.blocks if block.hints.main >= 0.5]


def test_menus_far_from_the_article_are_told_by_their_place_alone() -> None:
    """Nothing else is asked of them, and what is asked of others stays the same."""
    from lxml import html

    from pipelines.dom import segment

    pieces, _ = segment(html.document_fromstring(PAGE), "https://notes.example/")
    shares = [float(piece.text in (*PROSE, *ITEMS)) for piece in pieces]
    scores = load_model().score(pieces, shares, "Your first year as a product manager")
    apart = {piece.text for piece, main in zip(pieces, scores.main, strict=True) if main == 0.0}
    assert {"Home", "About us", "Courses"} <= apart
    assert not apart & {*PROSE, *ITEMS}
    assert scores.against([piece.text for piece in pieces].index("About us"))

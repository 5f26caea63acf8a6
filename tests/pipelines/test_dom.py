"""Blocks of a page: what a reader would call a heading, an item, a table is one, in the page's order."""

from __future__ import annotations

import gc
from urllib.parse import urljoin

import pytest

from filters.document import Kind
from pipelines.dom import Frame, Piece, segment
from pipelines.extract import parse
from pipelines.page import Page


def pieces(body: str, head: str = "") -> list[Piece]:
    page = Page(
        "https://pm.example/posts/one", f"<html><head>{head}</head><body>{body}</body></html>".encode()
    )
    return segment(parse(page), page.url)[0]


def told(body: str) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in pieces(body)]


def test_inline_markup_does_not_split_a_paragraph() -> None:
    assert told("<p>Ask <em>why</em>, then <b>ask <i>again</i></b>.</p>") == [
        ("paragraph", "Ask why, then ask again.")
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h2><a>Ada Byron</a><em>Head of Product</em></h2>", "Ada Byron Head of Product"),
        ("<p><span>Written by</span><a href=/ada>Ada</a></p>", "Written by Ada"),
        ("<p>In<em>Inspired</em>Marty Cagan says why.</p>", "In Inspired Marty Cagan says why."),
        ("<p>Pay<!-- -->Pal, You<wbr>Tube, <code>get<b>User</b></code></p>", "PayPal, YouTube, getUser"),
        (
            "<p><b>P</b>roduct <i>manager</i>s, H<sub>2</sub>O, the 3<sup>rd</sup></p>",
            "Product managers, H2O, the 3rd",
        ),
    ],
)
def test_words_that_only_a_style_sheet_keeps_apart_stay_apart(markup: str, text: str) -> None:
    assert [found for _, found in told(markup)] == [text]


def test_a_link_does_not_grow_by_the_blank_before_it() -> None:
    (piece,) = pieces("<p>By<a href=/ada>Ada Byron</a>Lead</p>")
    assert [piece.text[link.start : link.end] for link in piece.links] == ["Ada Byron"]


def test_elements_leave_nothing_to_the_collector_of_garbage() -> None:
    """It rests while a page is worked on: what holds itself would pile up."""
    gc.disable()
    try:
        assert len(pieces("<h2>One</h2><ul><li>two <b>three</b><ul><li>four</ul></ul><pre>five</pre>")) == 4
        assert not [found for found in gc.get_objects() if isinstance(found, Frame)]
    finally:
        gc.enable()


def test_a_formula_does_not_split_a_paragraph() -> None:
    row = "<mrow><mi>x</mi><mo>=</mo><mn>2</mn></mrow>"
    formula = f"<math><semantics>{row}<annotation>x=2</annotation></semantics></math>"
    assert told(f"<p>Where {formula} holds</p>") == [("paragraph", "Where x=2 holds")]


def test_text_that_stands_bare_in_a_container_is_a_block() -> None:
    body = "<div>Before<p>A paragraph</p>after<ul><li>item</li></ul>last</div>"
    assert [text for _, text in told(body)] == ["Before", "A paragraph", "after", "item", "last"]


def test_two_line_breaks_end_a_block_and_one_stays_in_it() -> None:
    assert told("<div>one<br>two<br> <br/>three</div>") == [("paragraph", "one\ntwo"), ("paragraph", "three")]


def test_nested_lists_keep_their_depth_and_order() -> None:
    body = "<ol><li>first<ul><li>under it</li></ul></li><li><p>second</p><p>goes on</p></li></ol>"
    assert [(p.kind, p.level, p.ordered, p.text) for p in pieces(body)] == [
        (Kind.ITEM, 1, True, "first"),
        (Kind.ITEM, 2, False, "under it"),
        (Kind.ITEM, 1, True, "second"),
        (Kind.PARAGRAPH, 1, False, "goes on"),
    ]


def test_a_data_table_is_one_block_with_its_cells() -> None:
    (table,) = pieces(
        "<table><tr><th>Skill</th><th>Score</th></tr><tr><td>SQL <script>x()</script></td><td>3</td></tr></table>"
    )
    assert table.kind is Kind.TABLE
    assert table.rows == (("Skill", "Score"), ("SQL", "3"))
    assert table.text == "Skill | Score\nSQL | 3"


def test_cells_stay_below_their_heads_where_others_span() -> None:
    """A cell that spans columns or rows leaves room; none is added at the end of a row."""
    (table,) = pieces(
        "<table><tr><th colspan=2>Name</th><th rowspan='2'>Pay</th></tr><tr><td>Ada</td><td>King</td></tr>"
        "<tr><td rowspan=2>Bo</td><td>Li</td><td>4</td></tr><tr><td>Lu</td><td>5</td></tr>"
        "<tr><td colspan=3>Sums a month</td></tr><tr><td colspan=0 rowspan=x>a</td><td>b</td></tr></table>"
    )
    assert table.rows == (
        ("Name", "", "Pay"),
        ("Ada", "King"),
        ("Bo", "Li", "4"),
        ("", "Lu", "5"),
        ("Sums a month",),
        ("a", "b"),
    )


def test_the_caption_of_a_table_is_read_before_it() -> None:
    rows = "<tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr>"
    body = f"<table><caption>Pay by <b>level</b></caption>{rows}</table>"
    assert told(body) == [("paragraph", "Pay by level"), ("table", "a | 1\nb | 2")]


def test_links_of_a_table_stand_in_their_own_cells() -> None:
    (table,) = pieces(
        "<table><tr><td>more</td><td><a href=/one>more</a></td></tr>"
        "<tr><td><a href=/two>a<br>b</a></td><td>a b</td></tr></table>"
    )
    assert [(table.text[: link.start].count("|"), link.url[-3:]) for link in table.links] == [
        (1, "one"),
        (1, "two"),
    ]
    assert [table.text[link.start : link.end] for link in table.links] == ["more", "a b"]


def test_a_custom_property_hides_nothing() -> None:
    (shown,) = pieces('<p style="--inner-display:none">guide</p>')
    assert not shown.hints.hidden


def test_a_page_laid_out_as_a_table_is_no_table() -> None:
    body = "<table><tr><td><h2>Title</h2><p>Text</p></td><td><ul><li>menu</li></ul></td></tr></table>"
    assert [kind for kind, _ in told(body)] == ["heading", "paragraph", "item"]


def test_code_keeps_its_lines_and_its_language() -> None:
    (code,) = pieces('<pre><code class="language-sql">select 1\n  from t</code></pre>')
    assert (code.kind, code.text, code.language) == (Kind.CODE, "select 1\n  from t", "sql")


@pytest.mark.parametrize(
    "href",
    [
        "/a/b.html",
        "/a/",
        "/a/../b",
        "/a/./b",
        "/.well-known",
        "//cdn.example/a",
        "/a//b",
        "/a?",
        "/a;b",
        "b",
        "../b",
        "?q=1",
    ],
)
def test_links_lead_where_a_browser_would_go(href: str) -> None:
    (block,) = pieces(f'<p>Read <a href="{href}">the guide</a>.</p>')
    assert [link.url for link in block.links] == [urljoin("https://pm.example/posts/one", href)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  \n One\u00a0 line \n", "One line"),
        ("\u2003One line\u2003", "\u2003One line"),
        ("\u2003\u2003\u2003\u2003", ""),
    ],
)
def test_the_one_text_of_a_block_is_read_like_one_of_several(text: str, read: str) -> None:
    assert [piece.text for piece in pieces(f"<p>{text}</p>")] == ([read] if read else [])
    assert [piece.text for piece in pieces(f"<p>{text}<i></i>\n </p>")] == ([read] if read else [])


def test_links_say_where_they_stand_and_lead() -> None:
    (block,) = pieces('<p>Line one <br> read <a href="/two" rel="Sponsored">the  second</a> post</p>')
    (link,) = block.links
    assert block.text[link.start : link.end] == "the second"
    assert (link.url, link.rel) == ("https://pm.example/two", "sponsored")


def test_scripts_styles_and_controls_are_no_text() -> None:
    body = "<p>Kept<script>alert(1)</script><style>p{}</style></p><form><input value=x><button>Go</button></form>"
    assert told(body) == [("paragraph", "Kept")]


def test_a_button_that_unfolds_an_answer_is_its_question() -> None:
    """Answers without their questions are no guide: the three ways in which lists of them are commonly written."""
    answer = "<div><p>Three to six months.</p></div>"
    for question in (
        "<h3><button><span>How long</span> does it take?</button><i></i></h3>",
        "<button><div><h3>How long does it take?</h3></div><svg><path/></svg></button>",
        "<h2><button>How long it takes</button></h2>",
    ):
        (kind, text), below = told(question + answer)
        assert (kind, text.removesuffix("?")[:8]) == ("heading", "How long")
        assert below == ("paragraph", "Three to six months.")
    asked = "<button aria-expanded=false>Сколько времени это занимает?</button>"
    assert told(asked + answer)[0] == ("paragraph", "Сколько времени это занимает?")


def test_a_button_beside_a_heading_is_no_part_of_it() -> None:
    assert told(
        "<h2>Roadmaps <button>Copy link</button></h2><button>Why?</button><h2><button> </button></h2>"
    ) == [("heading", "Roadmaps")]


def test_a_button_that_was_never_closed_does_not_swallow_the_page() -> None:
    assert ("paragraph", "The whole article") in told("<button>Menu<main><p>The whole article</p></main>")


@pytest.mark.parametrize(
    "hiding",
    [
        'style="display: none !important"',
        'style="position:absolute; left:-9999px"',
        'style="font-size:0"',
        'style="height:0;overflow:hidden"',
        'style="visibility:hidden"',
        'style="text-indent:-9999px"',
        'style="color:#fff;background:#ffffff"',
        'style="clip:rect(0 0 0 0)"',
        "hidden",
        'class="seo-x"',
    ],
)
def test_what_a_reader_does_not_see_says_why(hiding: str) -> None:
    """Each way of hiding is found on the element and inherited by what it holds."""
    sheet = "<style>/* x */ .seo-x { display:none } @media print { .shown { display:none } }</style>"
    inner, shown = pieces(f"<div {hiding}><p>casino</p></div><p class=shown>guide</p>", sheet)
    assert inner.hints.hidden
    assert not shown.hints.hidden


def test_a_page_nested_deeper_than_any_stack_is_read() -> None:
    depth = 1900
    assert told("<div>" * depth + "deep" + "</div>" * depth) != []


def test_the_nearest_way_of_hiding_counts() -> None:
    """What a script unfolds as a whole may hold text that nothing unfolds."""
    unfolded, buried = pieces('<div hidden><p>guide</p><p style="font-size:0">casino</p></div>')
    assert unfolded.hints.hidden != buried.hints.hidden
    assert "font-size" in buried.hints.hidden


def test_what_follows_the_end_of_a_page_is_read() -> None:
    """Browsers do; a template that closes the page too early must not cost the article."""
    body = b"<html><body><h1>Roadmaps</h1></body></html><!-- end --><p>A roadmap is bets.</p><ul><li>One</ul></html>Two"
    found, _ = segment(parse(Page("https://pm.example/one", body)), "https://pm.example/one")
    assert [piece.text for piece in found] == ["Roadmaps", "A roadmap is bets.", "One", "Two"]
    assert found[1].hints.path.startswith("body")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h3><a class=anchor href=#ask>#</a>Ask why<a href=#ask>¶</a></h3>", "Ask why"),
        ("<h2>Ask why <a href='#ask' aria-hidden=true><span>\U0001f517</span></a></h2>", "Ask why"),
        ("<ol><li>By her own account. <a href=#ref1>\u21a9\ufe0e</a></ol>", "By her own account."),
        ("<p>See <a href=#fn1>1</a>, <a href=#why>why</a> and <a href=/c#>C#</a></p>", "See 1, why and C#"),
    ],
)
def test_signs_that_link_inside_the_page_are_no_text(markup: str, text: str) -> None:
    assert [found for _, found in told(markup)] == [text]


def test_an_initial_in_an_element_of_its_own_is_the_first_letter_of_its_word() -> None:
    (piece,) = pieces("<div class='drop-cap'>D</div><p>uring my <a href=/first>first year</a></p>")
    assert piece.text == "During my first year"
    assert [piece.text[link.start : link.end] for link in piece.links] == ["first year"]


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=grade>A</div><p>large, older study</p>",
        "<p class=dropcap>Once</p><p>more with feeling</p>",
        "<p class=dropcap>I</p><p>Learned that</p>",
    ],
)
def test_a_letter_that_is_no_initial_stays_by_itself(markup: str) -> None:
    assert len(told(markup)) == 2


@pytest.mark.parametrize("hyphen", ["\u00ad", "&shy;", "&#173;", "&#xAD;"])
def test_a_word_is_one_word_wherever_a_line_may_break_it(hyphen: str) -> None:
    assert told(f"<p>Produkt{hyphen}managerin werden</p>") == [("paragraph", "Produktmanagerin werden")]


def test_a_list_goes_on_counting_where_its_page_does() -> None:
    """Steps with a paragraph between each two are a list of its own each, and say where they begin."""
    found = pieces(
        "<ol><li>Ask<li>Write</ol><p>Later:</p><ol start=3><li><p>Ship</p><p>It.</p><li>Learn</ol>"
        "<ol><li value=7>Rest</ol><ol start=x><li>No</ol><ul start=4><li>Dot</ul>"
    )
    assert [(piece.text, piece.number) for piece in found if piece.kind is Kind.ITEM] == [
        ("Ask", 0), ("Write", 0), ("Ship", 3), ("Learn", 0), ("Rest", 7), ("No", 0), ("Dot", 0),
    ]  # fmt: skip

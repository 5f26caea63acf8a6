"""Whatever a page holds: rendered and read by a reader of CommonMark, every block gives its own text back."""

from __future__ import annotations

import random
from typing import Any

import pytest
from lxml import html
from markdown_it import MarkdownIt

from filters.document import Block, Document, Hints, Kind, Link
from pipelines.render import block_markdown, markdown

READER = MarkdownIt("commonmark").enable("table")
# What means something to CommonMark at the beginning, in the middle or at the end of a line.
PIECES = (
    "# - + = > * _ ` ~ | \\ : ! < & ; 1. 2) 12. 10) --- === *** ___ ``` ~~~ :-- :-: |-- > > - - - ##### "
    "&amp; &copy &lt; &#35; <b> <!-- --> </p> <https://pm.example> https://pm.example/a_b_c [x] [x]: [x](y) ![ ]( "
    "word **bold** __init__ a*b*c 1986. A-B back\\ \\* \\\\ ~~gone~~ `tick` “quoted” Größe 产品 "
    "עברית \u200f \u00ad tab | cell -1 +1 #1 =1 5% end. ! ? :"
).split(" ")
TEXTUAL = (Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM, Kind.QUOTATION)


def line(source: random.Random) -> str:
    return " ".join(piece for piece in source.choices(PIECES, k=source.randint(1, 6)) if piece) or "word"


def block(source: random.Random, index: int) -> Block:
    kind = source.choice((*Kind, Kind.ITEM, Kind.ITEM, Kind.PARAGRAPH))
    hints = Hints(path=source.choice(("div/ul/li", "div/ol/li/p", "div")), parent=source.randint(1, 2))
    if kind is Kind.TABLE:
        rows = tuple(
            tuple(line(source) for _ in range(source.randint(1, 3))) for _ in range(source.randint(1, 3))
        )
        return Block(index, kind, "\n".join(" | ".join(row) for row in rows), rows=rows, hints=hints)
    text = "\n".join(line(source) for _ in range(source.randint(1, 3)))
    level = source.randint(1, 4) if kind in TEXTUAL and kind is not Kind.PARAGRAPH else source.choice((0, 1))
    start = source.randint(0, len(text) - 1)
    end = source.randint(start, len(text))
    address = source.choice(("https://pm.example/a(b)?c=&lt;d", "mailto:a@pm.example", "javascript:x()"))
    links = (Link(start, end, address),) if kind in TEXTUAL and text[start:end].strip() else ()
    return Block(index, kind, text, level, source.random() < 0.5, links, hints=hints)


def bare(text: str) -> str:
    return "".join(text.split())


def read_back(document: Document) -> str:
    tree = html.fragment_fromstring(READER.render(markdown(document)), create_parent="div")
    return bare("".join(tree.itertext()))


def told(document: Document) -> str:
    return bare("".join("".join(map("".join, b.rows)) if b.rows else b.text for b in document.blocks))


@pytest.mark.parametrize("seed", range(300))
def test_every_block_gives_its_text_back_in_order(seed: int) -> None:
    source = random.Random(seed)
    blocks = tuple(block(source, index) for index in range(source.randint(1, 8)))
    document = Document("https://pm.example/", blocks)
    assert read_back(document) == told(document), markdown(document)
    kinds = {"heading_open": "heading", "list_item_open": "item", "fence": "code", "table_open": "table"}
    tokens = [token.type for token in READER.parse(markdown(document))]
    assert [kinds[token] for token in tokens if token in kinds] == [
        b.kind.value for b in blocks if b.kind.value in kinds.values()
    ]
    assert not {"html_block", "hr", "code_block"}.intersection(tokens)


def rendered(*blocks: Block) -> Any:
    return html.fragment_fromstring(
        READER.render(markdown(Document("https://pm.example/", blocks))), create_parent="div"
    )


def item(index: int, text: str, level: int = 1, *, ordered: bool = False, parent: int = 1) -> Block:
    hints = Hints(path="div/" + "ul/li/" * (level - 1) + "ul/li", parent=parent)
    return Block(index, Kind.ITEM, text, level, ordered, hints=hints)


def test_an_item_of_the_third_level_may_stand_right_below_one_of_the_first() -> None:
    tree = rendered(item(0, "outer"), item(1, "deep", 3), item(2, "next"))
    assert [li.text.strip() for li in tree.findall("ul/li")] == ["outer", "next"]
    assert tree.find("ul/li/ul/li").text == "deep"


def test_items_whose_outer_item_was_removed_are_a_list_still() -> None:
    assert [li.text for li in rendered(item(0, "a", 2), item(1, "b", 2)).findall("ul/li")] == ["a", "b"]


def test_what_goes_on_in_an_item_of_two_digits_stays_in_it() -> None:
    blocks = [item(n, f"step {n}", ordered=True) for n in range(10)]
    more = Block(10, Kind.PARAGRAPH, "goes on", 1)
    code = Block(11, Kind.CODE, "a = 1\n\nb = 2", hints=Hints(path="div/ol/li/pre"))
    tree = rendered(*blocks, more, code, item(12, "step 10", ordered=True))
    (steps,) = tree.findall("ol")
    assert len(steps) == 11
    assert steps[9].find("pre/code").text == "a = 1\n\nb = 2\n"
    assert [p.text for p in steps[9].findall("p")] == ["step 9", "goes on"]


def test_two_lists_one_after_the_other_stay_two() -> None:
    first = [item(n, f"a{n}", ordered=True, parent=1) for n in range(2)]
    second = [item(n + 2, f"b{n}", ordered=True, parent=2) for n in range(2)]
    lists = rendered(*first, *second).findall("ol")
    assert [len(one) for one in lists] == [2, 2]
    assert not any(one.get("start") for one in lists)


def test_items_of_paragraphs_are_counted_on() -> None:
    """Where a paragraph stands in the item, its parent is the item and tells nothing of the list."""
    blocks = [Block(n, Kind.ITEM, f"a{n}", 1, True, hints=Hints(path="ol/li/p", parent=n)) for n in range(3)]
    assert markdown(Document("https://pm.example/", tuple(blocks))) == "1. a0\n2. a1\n3. a2"


def test_an_exclamation_mark_makes_no_image_of_a_link() -> None:
    tree = rendered(Block(0, Kind.PARAGRAPH, "Wow!here", links=(Link(4, 8, "https://pm.example/"),)))
    assert tree.find(".//img") is None
    assert tree.find(".//a").text == "here"


def test_a_heading_keeps_its_last_hash() -> None:
    assert rendered(Block(0, Kind.HEADING, "C #", level=2)).find("h2").text == "C #"


def test_a_wide_row_below_many_short_ones_costs_its_own_length_only() -> None:
    rows = (*[("a", "b")] * 1000, ("c",) * 5000)
    text = markdown(Document("https://pm.example/", (Block(0, Kind.TABLE, "", rows=rows),)))
    assert len(text) < 100_000


def test_a_list_begins_with_the_number_of_its_page() -> None:
    steps = (
        Block(0, Kind.ITEM, "Ask", level=1, ordered=True),
        Block(1, Kind.PARAGRAPH, "Then wait."),
        Block(2, Kind.ITEM, "Ship", level=1, ordered=True, number=2),
        Block(3, Kind.ITEM, "Learn", level=1, ordered=True),
    )
    assert markdown(Document("https://pm.example/", steps)) == "1. Ask\n\nThen wait.\n\n2. Ship\n3. Learn"
    assert block_markdown(steps[2]) == "2. Ship"

"""Markdown of kept text: structure is written, and what stands in a page stays text."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from filters.document import Block, Document, Kind, Link
from pipelines.render import markdown


def rendered(*blocks: Block) -> str:
    return str(
        MarkdownIt("commonmark")
        .enable("table")
        .render(markdown(Document(url="https://pm.example/", blocks=blocks)))
    )


def test_structure_survives() -> None:
    out = rendered(
        Block(0, Kind.HEADING, "Skills", level=2),
        Block(1, Kind.ITEM, "first", level=1, ordered=True),
        Block(2, Kind.ITEM, "under it", level=2),
        Block(3, Kind.ITEM, "second", level=1, ordered=True),
        Block(4, Kind.QUOTATION, "So it goes", level=1),
        Block(5, Kind.CODE, "a = ```b```", language="python"),
        Block(6, Kind.TABLE, "x | y\n1 | 2", rows=(("x", "y"), ("1", "2"))),
    )
    assert "<h2>Skills</h2>" in out
    assert out.index("<ol>") < out.index("<ul>") < out.index("second")
    assert out.count("<ol>") == 1
    assert "<blockquote>" in out
    assert '<code class="language-python">a = ```b```' in out
    assert "<td>1</td>" in out


@pytest.mark.parametrize(
    "text",
    [
        "# not a heading",
        "1. not a list",
        "- nor this",
        "+ nor this",
        "*stars* and _lines_ and `ticks`",
        "<script>alert(1)</script>",
        "[text](javascript:alert(1))",
        "a & b &amp; &lt;",
        "> quoted?",
        "~~gone~~ | piped",
        "===",
        "back\\slash",
    ],
)
def test_page_text_is_never_markup(text: str) -> None:
    import html

    out = rendered(Block(0, Kind.PARAGRAPH, text))
    assert out == f"<p>{html.escape(text, quote=False)}</p>\n"


def test_links_are_written_out_and_hostile_ones_are_not() -> None:
    text = "see here and there"
    links = (Link(4, 8, "https://pm.example/a(b)"), Link(13, 18, "javascript:alert(1)"))
    out = rendered(Block(0, Kind.PARAGRAPH, text, links=links))
    assert '<a href="https://pm.example/a(b)">here</a>' in out.replace("%28", "(").replace("%29", ")")
    assert "javascript" not in out
    assert "there</p>" in out

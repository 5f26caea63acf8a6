"""The fences one by one: URLs, control characters, Markdown of hostile pages."""

from __future__ import annotations

import re

import pytest

from pipelines.ui.article import day, minutes, opening, quotes, snippet
from pipelines.ui.markup import Outline, html
from pipelines.ui.safety import defused, language_and_direction, line, safe_url, web_url


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://a.example/ü?x=1#y", "HTTPS://A.EXAMPLE/", "mailto:a@b.example"]
)
def test_addresses_of_the_web_and_of_people_are_links(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/-/logout",
        "?q=1",
        "https:",
        "https:///path",
        "http://[::1",
        "https://a.example/\u202egpj.exe",
        "",
        None,
    ],
)
def test_anything_else_is_no_link(url: str | None) -> None:
    assert safe_url(url) == ""


def test_a_web_address_is_no_mail_address() -> None:
    assert web_url("mailto:a@b.example") == ""
    assert web_url("https://a.example") == "https://a.example"


def test_what_reorders_or_hides_text_goes_and_text_stays() -> None:
    assert defused("a\u202eb\u2066c\x00d\ufeffe") == "abcde"
    assert defused("مدير\u200f المنتج\nzwj \u200d 👩‍💻") == "مدير\u200f المنتج\nzwj \u200d 👩‍💻"
    assert defused(None) == ""


def test_a_line_is_one_line_and_of_bounded_length() -> None:
    assert line(" a\n\tb  c ") == "a b c"
    assert line("x" * 500, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", ("en", "ltr")),
        ("ar", ("ar", "rtl")),
        ("he-IL", ("he-IL", "rtl")),
        ("pt_BR", ("pt-BR", "ltr")),
        ("und", ("", "auto")),
        ("", ("", "auto")),
        (None, ("", "auto")),
        ('en" onload="x', ("", "auto")),
    ],
)
def test_language_and_direction(code: str | None, told: tuple[str, str]) -> None:
    assert language_and_direction(code) == told


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://tracker.example/a.png)",
        "![x](data:image/png;base64,AAAA)",
        "![x][1]\n\n[1]: https://tracker.example/a.png",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//evil.example)",
        "[x](/-/logout)",
        "<javascript:alert(1)>",
        "[x](&#106;avascript:alert(1))",
        '[x](https://a.example "onmouseover=alert(1)")',
        '```x" onmouseover=alert(1)\ncode\n```',
        "<style>*{display:none}</style>",
        "| a |\n|---|\n| <iframe src=https://evil.example> |",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<!-- --><b>x</b>",
    ],
)
def test_markdown_brings_no_markup_of_its_own(markdown: str) -> None:
    shown = str(html(markdown, Outline()))
    allowed = r"</?(?:p|pre|code|table|thead|tbody|tr|th|td|div|a)(?: [^<>]*)?>"
    assert "<" not in re.sub(allowed, "", shown)
    for attribute, value in re.findall(r'([\w-]+)="([^"]*)"', "".join(re.findall("<[^>]*>", shown))):
        assert attribute in {"href", "rel", "class", "tabindex", "role", "aria-label"}
        assert attribute != "href" or value.startswith("https://a.example")


def test_an_image_is_shown_as_its_description() -> None:
    assert "[image: A chart]" in html("![A chart](https://a.example/c.png)", Outline())


def test_links_name_their_relation() -> None:
    assert html("[x](https://a.example/)", Outline()) == (
        '<p><a href="https://a.example/" rel="nofollow noopener noreferrer">x</a></p>\n'
    )


def test_headings_leave_no_gaps() -> None:
    shown = html("# a\n\n#### b\n\n## c\n\n###### d\n\n# e", Outline())
    assert re.findall(r"<(h\d)>(\w)", shown) == [
        ("h2", "a"),
        ("h3", "b"),
        ("h3", "c"),
        ("h4", "d"),
        ("h2", "e"),
    ]


def test_a_title_is_left_out_only_where_it_is_repeated() -> None:
    assert html("# The *title*\n\nText", Outline(), "The title") == "<p>Text</p>\n"
    assert "<h2>Another</h2>" in html("# Another\n\nText", Outline(), "The title")


def test_wide_tables_can_be_reached_with_the_keyboard() -> None:
    shown = html("| a |\n|---|\n| b |", Outline())
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>' in shown.replace(
        "\n", ""
    )


def test_hits_are_marked_and_nothing_else_is_markup() -> None:
    assert snippet("a \x02<b>\x03 & \x03c\x02") == "a <mark>&lt;b&gt;</mark> &amp; c"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ('["a", "b\\nc"]', ("a", "b c")),
        ("[]", ()),
        (None, ()),
        ("not json", ("not json",)),
        ('{"a": 1}', ('{"a": 1}',)),
        ("[1, null]", ("1", "null")),
    ],
)
def test_evidence_is_told_whatever_was_stored(stored: str | None, told: tuple[str, ...]) -> None:
    assert quotes(stored) == told


def test_small_things_for_readers() -> None:
    assert day("2026-09-04") == "4 September 2026"
    assert day("last week") == "last week"
    assert (minutes(None), minutes(100), minutes(2300)) == (1, 1, 10)
    assert opening("The title\n\nFirst words", "The title") == "First words"
    assert opening("Other words", "The title") == "Other words"

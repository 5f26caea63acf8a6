"""What pages ask of robots, in their headers and in their own words."""

from __future__ import annotations

import pytest

from pipelines.page import Page
from pipelines.robots_tags import Asks, asks, nofollow

URL = "https://blog.example/guide"


def page(body: str, *headers: str, encoding: str = "utf-8") -> Page:
    return Page(URL, body.encode(encoding), headers=tuple(("x-robots-tag", value) for value in headers))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("noindex", "noindex"),
        ("NOINDEX, nofollow", "noindex"),
        ("none", "noindex"),
        ("noarchive", "noarchive"),
        ("nofollow, noarchive, noindex", "noindex, noarchive"),
        ("winnow: noindex", "noindex"),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noindex", "noindex"),
        ("max-snippet:20, noarchive", "noarchive"),
        ("otherbot: noindex, noarchive", ""),
        ("all", ""),
        ("index, follow", ""),
        ("noindexing", ""),
        ("", ""),
    ],
)
def test_headers(header: str, words: str) -> None:
    assert asks(page("<p>text", header)).words == words


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<meta name="robots" content="noindex">', "noindex"),
        ("<META content='NoIndex,NoArchive' NAME=ROBOTS>", "noindex, noarchive"),
        ('<meta name="winnow" content="noarchive">', "noarchive"),
        ('<meta name="robots" content="max-image-preview:large, index">', ""),
        ('<meta name="googlebot" content="noindex">', ""),
        ('<meta property="og:title" content="noindex your robots pages">', ""),
        ('<!-- <meta name="robots" content="noindex"> -->', ""),
        ('<p>To keep robots out, write &lt;meta name="robots" content="noindex"&gt;.</p>', ""),
        ('<script>document.write(\'<meta name="robots" content="noindex">\')</script>', ""),
        ('<meta name="robots">', ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_meta_tags(html: str, words: str, encoding: str) -> None:
    body = f"<html><head>{html}<title>Guide</title></head><body><p>text</p></body></html>" if html else ""
    assert asks(page(body, encoding=encoding)).words == words


def test_it_says_where_it_was_asked() -> None:
    both = asks(page('<meta name="robots" content="none, noarchive">', "noarchive"))
    assert both == Asks("robots meta tag: none", "X-Robots-Tag: noarchive")


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ([], False),
        (["noindex, NoFollow"], True),
        (["noindex", "none"], True),
        (["winnow: nofollow"], True),
        (["otherbot: nofollow"], False),
        (["index, follow"], False),
    ],
)
def test_links_are_not_followed_where_a_header_says_so(headers: list[str], asked: bool) -> None:
    assert nofollow(headers) == asked

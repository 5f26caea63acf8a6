"""Feeds, sitemaps and links as they are found in the wild, and as someone would write them who means harm."""

from __future__ import annotations

import gzip

import pytest

from crawler.listings import Listing, UnreadableListingError, read_feed, read_links, read_sitemap, unpacked

URL = "https://blog.example/feed/"


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (b"<rss><channel><item><link>https://blog.example/a</link></item></channel></rss>", ["/a"]),
        (b"\xef\xbb\xbf \n<rss><channel><item><link>/a</link></item></channel></rss>", ["/a"]),
        (b"<rss><channel><item><link>/a?x=1&amp;y=2</link></item></channel></rss>", ["/a?x=1&y=2"]),
        (
            b"<rss><channel><item><link>/a</link></item><item><link>/b & c</link></item></channel>",
            ["/a", "/b  c"],
        ),
        (b"<rss><channel><item><link><![CDATA[/a]]></link></item></channel></rss>", ["/a"]),
        (b"<rss><channel><item><title>no link</title></item></channel></rss>", []),
        (b"<rss><channel><item><link>/a</link></item><item><link>/a</link></item></channel></rss>", ["/a"]),
        (
            b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item><link>/a</link></item></r:RDF>",
            ["/a"],
        ),
        (b"<feed><entry><link rel='enclosure' href='/a.mp3'/><link href='/a'/></entry></feed>", ["/a"]),
        (b"<feed><entry><link type='application/json' href='/j'/><link href='/a'/></entry></feed>", ["/a"]),
        (b'{"items": [{"url": "/a"}, {"external_url": "/b"}, {"id": 1}, null]}', ["/a", "/b"]),
    ],
)
def test_a_feed_names_its_entries(body: bytes, pages: list[str]) -> None:
    assert list(read_feed(body, URL).pages) == [f"https://blog.example{page}" for page in pages]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>hello", "not a feed: its outermost element is <html>"),
        (b"", "not XML"),
        (b"\x00\x01\x02", "not XML"),
        (b'{"items": 3}', "no list of items"),
        (b"{" * 100_000, "not JSON"),
        (b'{"items":' + b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableListingError, match=reason):
        read_feed(body, URL)


def test_entities_are_not_expanded_and_files_not_read() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f"""<!DOCTYPE rss [<!ENTITY l0 "ha"><!ENTITY file SYSTEM "file:///etc/passwd">{laughs}]>
    <rss><channel><item><link>/a&l9;&file;</link></item></channel></rss>"""
    assert read_feed(body.encode(), URL).pages == ("https://blog.example/a",)


def test_a_sitemap_is_read_in_all_its_forms() -> None:
    """With any prefix, as an index, as plain lines, as robots.txt; broken ones as far as they go."""
    page = ("https://blog.example/a",)
    for body in (
        b"<urlset><url><loc> https://blog.example/a </loc></url></urlset>",
        b"<s:urlset xmlns:s='x'><s:url><s:loc>/a</s:loc></s:url></s:urlset>",
        b"<urlset><url><loc>/a</loc></url><url><loc>",
        b"https://blog.example/a\nnot a url\n",
        b"<urlset xmlns:i='i'><url><loc>/a</loc><i:image><i:loc>/a.png</i:loc></i:image></url></urlset>",
    ):
        assert read_sitemap(body, URL) == Listing(page), body
    index = Listing((), ("https://blog.example/posts.xml",))
    assert (
        read_sitemap(b"<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap></sitemapindex>", URL) == index
    )
    assert read_sitemap(b"User-agent: *\nSitemap: /posts.xml\n", URL) == index
    for body in (b"", b"nothing here", b"<html><body>404</body></html>"):
        with pytest.raises(UnreadableListingError):
            read_sitemap(body, URL)


def test_a_gzip_file_is_unpacked_up_to_a_limit() -> None:
    assert unpacked(gzip.compress(b"x" * 1000), 1000) == b"x" * 1000
    assert unpacked(b"plain", 1) == b"plain"
    with pytest.raises(UnreadableListingError, match="more than"):
        unpacked(gzip.compress(b"x" * 1001), 1000)
    with pytest.raises(UnreadableListingError, match="broken gzip"):
        unpacked(b"\x1f\x8bnonsense that is longer than a header", 1000)


def test_links_of_a_page_that_asks_not_to_be_followed_are_left() -> None:
    link = b"<a href='/a'>a</a>"
    assert read_links(link, URL).pages == ("https://blog.example/a",)
    assert read_links(b"<meta name=ROBOTS content='noindex, nofollow'>" + link, URL).pages == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 200_000 + b"<a href='/a'>",
        b"<a href='/a'><a href='http://[broken'>" + b"\xff\x00" * 100,
        b"<a href='/a'>" + b"<a " * 10_000,
        b"<base href='http://[broken'><a href='https://blog.example/a'>",
    ],
)
def test_broken_html_costs_no_more_than_its_links(body: bytes) -> None:
    assert set(read_links(body, URL).pages) <= {"https://blog.example/a"}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "no-such-encoding", ""])
def test_links_are_read_in_any_encoding(encoding: str) -> None:
    assert read_links(b"<a href='/a'>\xe9</a>", URL, encoding).pages == ("https://blog.example/a",)

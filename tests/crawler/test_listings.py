"""Feeds, sitemaps and links as they are found in the wild, and as someone would write them who means harm."""

from __future__ import annotations

import gzip
import json

import pytest

from crawler.entry_page import entry_page
from crawler.listings import (
    Listing,
    UnreadableListingError,
    feeds,
    read_feed,
    read_links,
    read_sitemap,
    sitemaps,
    unpacked,
)
from crawler.listings.feeds import MOST_ELEMENTS
from crawler.listings.links import MOST_LINKS
from crawler.listings.listing import Entry, moment_of, no_newer
from pipelines.extract import extract

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
    for last in ("<url><loc>/b&l9;&file;</loc></url>", "<url title='&l9;'><loc>/b</loc></url>"):
        body = f"""<!DOCTYPE urlset [<!ENTITY l0 "ha"><!ENTITY file SYSTEM "file:///etc/passwd">{laughs}]>
        <urlset><url><loc>/a</loc></url>{last}</urlset>"""
        pages = read_sitemap(body.encode(), URL).pages
        assert pages[0] == "https://blog.example/a"
        assert set(pages[1:]) <= {"https://blog.example/b"}, "it may end there, and is read as far as it goes"


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
        assert read_sitemap(body, URL).pages == page, body
    index = Listing((), (Entry("https://blog.example/posts.xml"),))
    assert (
        read_sitemap(b"<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap></sitemapindex>", URL) == index
    )
    assert read_sitemap(b"User-agent: *\nSitemap: /posts.xml\n", URL) == index
    dated = b"<sitemapindex><sitemap><loc>/p.xml</loc><lastmod>2026-10-01</lastmod></sitemap></sitemapindex>"
    assert [part.changed for part in read_sitemap(dated, URL).more] == ["2026-10-01"]
    for body in (b"", b"nothing here", b"<html><body>404</body></html>"):
        with pytest.raises(UnreadableListingError):
            read_sitemap(body, URL)


def test_a_listing_of_too_many_entries_is_read_as_far_as_the_memory_should_bear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And says how many are left; one that is made of nothing but tags is not read at all."""
    for module in (feeds, sitemaps):
        monkeypatch.setattr(module, "MOST_ENTRIES", most := 10_000)
    more = most + 7
    lines = "".join(f"https://blog.example/{n}\n" for n in range(more))
    pages = "".join(f"<url><loc>/{n}</loc></url>" for n in range(more))
    items = ",".join(f'{{"url": "/{n}"}}' for n in range(more))
    feed = "".join(f"<item><link>/{n}</link></item>" for n in range(most))
    for found in (
        read_sitemap(lines.encode(), URL),
        read_sitemap(f"<urlset>{pages}</urlset>".encode(), URL),
        read_feed(f'{{"items": [{items}]}}'.encode(), URL),
    ):
        assert (len(found.entries), found.left) == (most, 7)
        assert found.pages[-1] == f"https://blog.example/{most - 1}"
    assert len(read_feed(f"<rss>{feed}</rss>".encode(), URL).entries) == most
    for body in (b"<rss>" + b"<a/>" * (1 + MOST_ELEMENTS), b'{"items": [' + b"{}," * MOST_ELEMENTS + b"{}]}"):
        with pytest.raises(UnreadableListingError, match="elements"):
            read_feed(body, URL)
    links = b"".join(b"<a href=/%d>" % n for n in range(MOST_LINKS + 7))
    assert len(read_links(links, URL).entries) == MOST_LINKS


def test_only_the_first_base_of_a_page_counts() -> None:
    """As HTML has it; a thousand of them would make addresses of a thousand folders."""
    found = read_links(b"<base href='/a/'>" + b"<base href='b/'>" * 1000 + b"<a href=x>", URL)
    assert found.pages == ("https://blog.example/a/x",)


def test_entries_that_lie_deep_cost_no_more_than_others() -> None:
    """What their links are relative to is asked of the elements around them, and a feed chooses how many there are."""
    around = "".join(f"<a xml:base='/{n}/'>" for n in range(240))
    body = f"<rss>{around}{'<item><link>x</link></item>' * 20}{'</a>' * 240}</rss>"
    (entry,) = read_feed(body.encode(), URL).entries
    assert entry.url == "https://blog.example/239/x"


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
    assert read_links(b"<meta name=winnow content=nofollow>" + link, URL).pages == ()
    assert read_links(b"<meta name=otherbot content=nofollow>" + link, URL).pages != ()


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


WORDS = "A product manager writes down what people try to do before deciding what to build. " * 20


def test_dates_are_read_however_they_are_written() -> None:
    """As moments in UTC, or as days; the change of a page before its publication."""
    rss = b"<rss><item><link>/a</link><pubDate>Mon, 05 Jan 2026 23:30:00 -0500</pubDate></item></rss>"
    atom = b"""<feed><entry><link href='/a'/><published>2026-01-01T00:00:00Z</published>
    <updated>2026-02-03T04:05:06.7+01:00</updated></entry></feed>"""
    json_feed = b'{"items": [{"url": "/a", "date_published": "2026-01-01T00:00:00Z"}]}'
    assert [read_feed(body, URL).entries[0].changed for body in (rss, atom, json_feed)] == [
        "2026-01-06T04:30:00Z",
        "2026-02-03T03:05:06Z",
        "2026-01-01T00:00:00Z",
    ]
    news = b"""<urlset xmlns:n='n'><url><loc>/a</loc><lastmod>2026-01-01</lastmod></url><url><loc>/b</loc><n:news>
    <n:publication_date>2026-03-01T10:00+00:00</n:publication_date><n:title>B</n:title></n:news></url></urlset>"""
    assert [(entry.text, entry.changed) for entry in read_sitemap(news, URL).entries] == [
        ("", "2026-01-01"),
        ("B", "2026-03-01T10:00:00Z"),
    ]
    for odd in ("yesterday", "2026-13-45", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-12:00", "1" * 10_000):
        assert moment_of(odd) == ""


def test_a_listed_date_tells_whether_a_page_changed() -> None:
    assert no_newer("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z")
    assert no_newer("2026-01-01", "2026-01-01T10:00:00Z")
    assert no_newer("2026-01-01T10:00:00Z", "2026-01-01")
    assert not no_newer("2026-01-02", "2026-01-01T10:00:00Z")
    assert not no_newer("", "2026-01-01")
    assert not no_newer("2026-01-01", "")


INSIDE = f"<p>{WORDS}</p><ul><li>one</li></ul>"
RSS = f"""<rss xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:d='http://purl.org/dc/elements/1.1/'><channel>
<language>en-GB</language><item><title>T &amp; U</title><link>/a</link><d:creator>Ann Lee</d:creator>
<description>Short</description><pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate>
<c:encoded><![CDATA[{INSIDE}]]></c:encoded></item></channel></rss>"""
ATOM = f"""<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en-GB'><entry><title>T &amp; U</title><link href='/a'/>
<author><name>Bo Ek</name></author><published>2026-01-05T10:00:00Z</published><content type='xhtml'>
<div xmlns='http://www.w3.org/1999/xhtml'>{INSIDE}</div></content></entry></feed>"""
JSON = json.dumps(
    {
        "language": "en-GB",
        "items": [
            {
                "url": "/a",
                "title": "T & U",
                "authors": [{"name": "Cy Um"}, 3],
                "date_published": "2026-01-05T10:00:00Z",
                "content_html": INSIDE,
            }
        ],
    }
)


@pytest.mark.parametrize(("feed", "author"), [(RSS, "Ann Lee"), (ATOM, "Bo Ek"), (JSON, "Cy Um")])
def test_an_article_that_a_feed_carries_whole_becomes_a_page(feed: str, author: str) -> None:
    """With what the feed says of it, as a page would say it; and the same bytes each time."""
    (entry,) = read_feed(feed.encode(), URL).entries
    page = entry_page(entry, URL)
    assert page.url == "https://blog.example/a"
    assert page.body == entry_page(entry, URL).body
    document = extract(page).document
    assert (document.title, document.author, document.published) == ("T & U", author, "2026-01-05")
    assert document.language.lower() == "en-gb"
    assert "before deciding what to build" in document.text
    assert "one" in [block.text for block in document.blocks if block.kind == "item"]


@pytest.mark.parametrize(
    "content", [WORDS[:600], WORDS + "[…]", WORDS + "<a href=/a>Continue reading T</a>", ""]
)
def test_an_excerpt_is_no_article(content: str) -> None:
    feed = json.dumps({"items": [{"url": "/a", "content_html": content}]})
    assert read_feed(feed.encode(), URL).entries[0].article is None


def test_an_entry_cannot_say_what_its_document_says() -> None:
    """Neither by a base of its own, nor by a title that ends the element."""
    content = f"<base href='https://evil.example/'><title>no</title></head><p>{WORDS}</p><a href='b'>b</a>"
    feed = json.dumps(
        {"items": [{"url": "/a/", "title": "</title><meta name=author content=no>", "content_html": content}]}
    )
    (entry,) = read_feed(feed.encode(), URL).entries
    text = entry_page(entry, URL).body.decode()
    assert "evil.example" not in text
    assert "<meta name=author" not in text
    assert read_links(text.encode(), URL).pages == ("https://blog.example/a/b",)


def test_links_have_words_and_lists_a_next_page() -> None:
    """By its relation, or by words and address together; the words alone name many an article."""
    body = b"""<a href="/how-to"><img> How to <b>grow</b></a> <a href="/page/2">Older posts &raquo;</a>
    <a href="/next">Next</a> <a href="?p=7">A post</a>"""
    found = read_links(body, "https://blog.example/")
    assert [(entry.url[20:], entry.text) for entry in found.entries] == [
        ("/how-to", "How to grow"),
        ("/next", "Next"),
        ("/?p=7", "A post"),
    ]
    assert found.more == (Entry("https://blog.example/page/2"),)

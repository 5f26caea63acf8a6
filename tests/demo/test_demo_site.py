"""The demonstration site serves what its expectations say, and the expectations quote what it serves."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from demo.expected import ExpectedPage, load_expected
from demo.server import REDIRECTS, SITE, serve

EXPECTED = load_expected()
SERVED = [page for page in EXPECTED.values() if page.code == 200]
GUIDES = [page for page in EXPECTED.values() if page.is_guide]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = {
    *("news-teaser", "category", "byline"),
    *("casino-ad", "crypto-ad", "hidden-spam", "comment-spam"),
    *("newsletter", "share", "cookie", "sign-in", "read-more"),
    *("author-box", "comments-heading", "comment", "comment-form", "related", "related-teaser"),
    *("navigation", "sidebar", "footer"),
}
OTHER_FILES = {"/robots.txt", "/feed.xml", "/atom.xml", "/sitemap.xml", "/style.css", "/mirror/style.css"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(base: str, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serve() as url:
        yield url


def tree_of(base: str, page: ExpectedPage) -> html.HtmlElement:
    return html.document_fromstring(ask(base, page.path).body.decode(page.encoding))


def fold(text: str) -> str:
    return " ".join(text.split())


def by_path(pages: list[ExpectedPage]) -> dict[str, ExpectedPage]:
    return {page.path: page for page in pages}


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_page_answers_with_its_status(base: str, path: str) -> None:
    page, answer = EXPECTED[path], ask(base, path)
    assert answer.status == page.code
    if page.location:
        assert answer.headers["location"] == base + page.location
    else:
        assert answer.headers["content-type"].startswith("text/html")


def test_every_file_of_the_site_has_its_expectation() -> None:
    files = {
        "/" + file.relative_to(SITE).as_posix().removesuffix("index.html") for file in SITE.rglob("*.html")
    }
    assert files == {page.path for page in SERVED}


@pytest.mark.parametrize("path", sorted(by_path(SERVED)))
def test_a_page_is_written_in_the_encoding_it_declares(base: str, path: str) -> None:
    page, answer = EXPECTED[path], ask(base, path)
    assert f'<meta charset="{page.encoding}">'.encode() in answer.body
    charset = re.search("charset=(.+)", answer.headers["content-type"])
    assert charset is None or charset[1] == page.encoding
    answer.body.decode(page.encoding)


def test_one_guide_would_be_garbled_by_the_usual_guess(base: str) -> None:
    odd = [page for page in GUIDES if page.encoding != "utf-8"]
    assert [page.encoding for page in odd] == ["windows-1252"]
    answer = ask(base, odd[0].path)
    assert "charset" not in answer.headers["content-type"]
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


@pytest.mark.parametrize("path", sorted(by_path(SERVED)))
def test_every_internal_link_leads_to_something_intended(base: str, path: str) -> None:
    tree = tree_of(base, EXPECTED[path])
    for element in tree.iter("a", "link"):
        target = urlsplit(urljoin(base + path, str(element.get("href"))))
        if target.netloc == urlsplit(base).netloc:
            assert target.path in EXPECTED or target.path in OTHER_FILES
        else:
            assert target.scheme == "mailto" or target.netloc.endswith(".example")


@pytest.mark.parametrize("path", sorted(by_path(SERVED)))
def test_the_canonical_link_names_the_page_or_the_one_it_repeats(base: str, path: str) -> None:
    (href,) = tree_of(base, EXPECTED[path]).xpath("//link[@rel='canonical']/@href")
    assert href == base + (EXPECTED[path].canonical or path)


@pytest.mark.parametrize("path", sorted(by_path(GUIDES)))
def test_the_expected_blocks_stand_in_the_page_in_their_order(base: str, path: str) -> None:
    """Each kept text is found in an element of its kind, each after the one before."""
    tags = {
        "heading": "h{level}", "paragraph": "p", "quotation": "blockquote", "item": "li",
        "code": "pre", "table": "table",
    }  # fmt: skip
    elements = list(tree_of(base, EXPECTED[path]).iter(etree.Element))
    at = -1
    for kind, level, text in EXPECTED[path].kept:
        tag = tags[kind].format(level=level)
        at = next(
            (n for n, e in enumerate(elements) if n > at and e.tag == tag and holds(e, kind, text)),
            len(elements),
        )
        assert at < len(elements), f"no {tag} after the block before reads {text!r}"
        if kind == "item":
            assert level == sum(1 for up in elements[at].iterancestors("ul", "ol"))


def holds(element: html.HtmlElement, kind: str, text: str) -> bool:
    """Whether the text is the element's, but for a nested list and a piece to be trimmed off an end."""
    if kind == "code":
        return str(element.text_content()).strip("\n") == text
    if kind == "table":
        rows = [[fold(cell.text_content()) for cell in row.iter("td", "th")] for row in element.iter("tr")]
        return "\n".join(" | ".join(row) for row in rows) == text
    own = fold(element.text_content())
    return text in own and (kind == "item" or len(own) - len(text) <= len(" Read more…"))


@pytest.mark.parametrize("path", sorted(by_path(SERVED)))
def test_the_dirt_stands_in_the_page_and_not_in_what_is_kept(base: str, path: str) -> None:
    page = EXPECTED[path]
    texts = {fold(" ".join(str(t) for t in e.itertext())) for e in tree_of(base, page).iter(etree.Element)}
    kept = [fold(block.text) for block in page.kept]
    for dirt in page.dirt:
        assert fold(dirt.text) in texts
        assert fold(dirt.text) not in kept


def test_the_guides_carry_every_kind_of_dirt_in_every_place() -> None:
    dirt = {(dirt.kind, dirt.place) for page in GUIDES for dirt in page.dirt}
    assert {kind for kind, _ in dirt} == KINDS
    assert {place for kind, place in dirt if kind == "casino-ad"} == {"lead", "body", "list", "tail"}
    assert {place for _, place in dirt} >= {"hidden", "start", "end", "chrome"}


def test_the_guides_keep_lists_tables_quotations_and_code() -> None:
    kept = [block for page in GUIDES for block in page.kept]
    assert {block.kind for block in kept} == {"heading", "paragraph", "item", "quotation", "code", "table"}
    assert any(block.kind == "item" and block.level == 2 for block in kept)


def test_feeds_list_guides_that_exist(base: str) -> None:
    rss = etree.fromstring(ask(base, "/feed.xml").body)
    items = [urlsplit(str(link.text)) for link in rss.iterfind("channel/item/link")]
    blog = [page.path for page in GUIDES if page.path.startswith("/blog/") and not page.duplicate_of]
    oldest = min(blog, key=lambda path: EXPECTED[path].published)
    assert {item.path for item in items} == set(blog) - {
        oldest
    }  # a feed forgets: the crawl needs the sitemap too
    assert {item.netloc for item in items} == {urlsplit(base).netloc}
    assert [item.query for item in items if item.query] == ["utm_source=rss&utm_medium=feed"]

    atom = etree.fromstring(ask(base, "/atom.xml").body)
    links = {urlsplit(str(link.get("href"))).path for link in atom.iterfind(f"{ATOM}entry/{ATOM}link")}
    assert links == {path for path in EXPECTED if path.startswith("/mirror/") and path != "/mirror/"}


def test_the_sitemap_index_leads_to_every_guide_under_its_own_address(base: str) -> None:
    index = etree.fromstring(ask(base, "/sitemap.xml").body)
    listed: list[str] = []
    for loc in index.iterfind(f"{SITEMAP}sitemap/{SITEMAP}loc"):
        assert str(loc.text).startswith(base)
        maps = etree.fromstring(ask(base, urlsplit(str(loc.text)).path).body)
        listed += [urlsplit(str(url.text)).path for url in maps.iterfind(f"{SITEMAP}url/{SITEMAP}loc")]
    assert len(listed) == len(set(listed))
    assert {page.path for page in GUIDES if not page.duplicate_of} <= set(listed) <= set(EXPECTED)
    assert not any(path.startswith("/private/") for path in listed)


def test_the_listing_leads_through_all_its_pages(base: str) -> None:
    path, seen = "/blog/", []
    while path:
        seen.append(path)
        path = next(iter(tree_of(base, EXPECTED[path]).xpath("//a[@rel='next']/@href")), "")
    assert seen == ["/blog/", "/blog/page/2/", "/blog/page/3/"]


def test_robots_txt_closes_a_folder_that_is_linked(base: str) -> None:
    robots = ask(base, "/robots.txt").body.decode()
    assert "Disallow: /private/" in robots
    assert f"Sitemap: {base}/sitemap.xml" in robots
    skipped = {page.path for page in EXPECTED.values() if page.fetch == "skipped"}
    assert skipped == {"/private/drafts.html"}
    assert b'href="/private/drafts.html"' in ask(base, "/").body


def test_redirects_and_dead_links_are_linked(base: str) -> None:
    linked = {
        urlsplit(urljoin(base + page.path, str(href))).path
        for page in SERVED
        for href in tree_of(base, page).xpath("//a/@href")
    }
    assert {page.path for page in EXPECTED.values() if page.code != 200} <= linked
    assert set(REDIRECTS) == {page.path for page in EXPECTED.values() if page.fetch == "redirected"}


def test_an_unchanged_page_is_not_sent_again(base: str) -> None:
    first = ask(base, "/blog/stakeholder-map.html")
    again = ask(base, "/blog/stakeholder-map.html", **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_tracking_parameter_changes_nothing(base: str) -> None:
    plain = ask(base, "/blog/stakeholder-map.html")
    assert ask(base, "/blog/stakeholder-map.html?utm_source=sidebar").body == plain.body


def test_head_sends_no_body(base: str) -> None:
    answer = ask(base, "/about.html", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize(
    "path", ["/../server.py", "/%2e%2e/server.py", "/blog/../../expected.py", "//etc/passwd"]
)
def test_no_path_leads_out_of_the_site(base: str, path: str) -> None:
    assert ask(base, path).status == 404


def test_two_servers_name_their_own_addresses() -> None:
    with serve() as one, serve() as two:
        assert one != two
        assert f'<link rel="canonical" href="{two}/about.html">'.encode() in ask(two, "/about.html").body


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, str(SITE.parent / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[0]
            assert ask(url, "/about.html").status == 200
        finally:
            process.send_signal(signal.SIGINT)
            errors = process.communicate(timeout=10)[1]
    assert (process.returncode, errors) == (0, "")


def test_a_port_in_use_is_told_without_a_traceback(base: str) -> None:
    command = [sys.executable, str(SITE.parent / "server.py"), "--port", str(urlsplit(base).port)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert run.returncode == 2
    assert "try --port 0" in run.stderr
    assert "Traceback" not in run.stderr

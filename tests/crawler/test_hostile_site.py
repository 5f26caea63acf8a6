"""One crawl of all that a site can do to a crawler: each URL ends with one row that says what happened."""

from __future__ import annotations

import functools
import gzip
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard

from pipelines.store import Store

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Handler, Site

MAXSIZE = 200_000


def redirect(location: str) -> object:
    return lambda handler: handler.say(b"", 302, Location=location)


def cut_short(handler: Handler) -> None:
    handler.start(Content_Length="5000")
    handler.wfile.write(b"<p>only this much")


def huge_announced(handler: Handler) -> None:
    handler.start(Content_Length=str(100 << 20))
    handler.drip(b"x", 0.1, 50)


def times_out_in_the_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    handler.drip(b"X-Slow: 1\r\n", 0.2, 30)
    handler.close_connection = True


def fails_once(handler: Handler) -> None:
    again = handler.site.paths.count(handler.path) > 1
    handler.say(handler.site.guide(41), 200) if again else handler.say(b"later", 503)


def flood_of_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    handler.drip(b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(100)), 0, 10_000)
    handler.close_connection = True


def many_headers(handler: Handler) -> None:
    handler.start(**{f"X-{n}": "a" * 100 for n in range(100)})
    handler.wfile.write(handler.site.guide(44))


def flood_of_promises(handler: Handler) -> None:
    handler.drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0, 10_000)
    handler.close_connection = True


def in_chunks(piece: bytes, times: int, begin: bytes = b"") -> object:
    """An answer in pieces that announce their length; it ends with the connection."""

    def answer(handler: Handler) -> None:
        handler.start(Transfer_Encoding="chunked")
        handler.wfile.write(begin)
        handler.drip(piece, 0, times)

    return answer


def odd_pause(handler: Handler) -> None:
    again = handler.site.paths.count(handler.path) > 1
    handler.say(handler.site.guide(50)) if again else handler.say(b"later", 503, Retry_After="\u00b2")


ANSWERS: dict[str, object] = {
    "/robots.txt": lambda h: h.say(b"User-agent: *\nDisallow: /members/\n", kind="text/plain"),
    "/moved": redirect("/guide/1"),
    "/loop/a": redirect("/loop/b"),
    "/loop/b": redirect("/loop/a"),
    "/away": redirect("http://casino.example/win"),
    "/to-private": redirect("http://10.0.0.1/"),
    "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "/to-decimal": redirect("http://2852039166/latest/"),
    "/to-mapped": redirect("http://[::ffff:10.0.0.1]/"),
    "/to-name": redirect("http://rebound.example:9/"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-data": redirect("data:text/html,<p>How to grow as a product manager</p>"),
    "/to-nowhere": redirect(""),
    "/promises": flood_of_promises,
    "/chunks": in_chunks(b"400\r\n" + b"x" * 1024 + b"\r\n", 10**6),
    "/chunk-size": in_chunks(b"A" * 1000, 10**5),
    "/chunk-note": in_chunks(b"a" * 1000, 10**5, begin=b"5;"),
    "/trailers": in_chunks(b"X-More: %s\r\n" % (b"a" * 1000), 10**5, begin=b"0\r\n"),
    "/less-than-nothing": in_chunks(b"", 1, begin=b"-5\r\nhello\r\n0\r\n\r\n"),
    "/odd-pause": odd_pause,
    "/odd-charset": lambda h: h.say(h.site.guide(51), kind="text/html; charset=idna"),
    "/nul-charset": lambda h: h.say(h.site.guide(52), kind="text/html; charset=\x7f\u00ff"),
    "/packed-often": lambda h: h.say(
        functools.reduce(lambda body, _: gzip.compress(body), range(20), h.site.guide(53)),
        Content_Encoding=", ".join(["gzip"] * 20),
    ),
    "/gone": lambda h: h.say(b"gone", 410),
    "/broken": lambda h: h.say(b"oops", 500),
    "/recovers": fails_once,
    "/unasked-304": lambda h: h.say(b"", 304),
    "/soft-404": lambda h: h.say(
        b"<title>Page not found</title><h1>404</h1><p>This page does not exist.</p>"
    ),
    "/charset": lambda h: h.say("<p>Prêt à <b>café</b>".encode("latin-1"), kind="text/html; charset=utf-16"),
    "/malformed": lambda h: h.say(b"<html><p><<div></p/>&#xFFFFFFF; \xff\xfe</b><table><tr><p>" * 200),
    "/deep": lambda h: h.say(b"<div>" * 30_000 + b"deep" + b"</div>" * 10),
    "/empty": lambda h: h.say(b""),
    "/refresh": lambda h: h.say(b"<meta http-equiv=refresh content='0;url=/refreshed'><p>Wait.</p>"),
    "/picture": lambda h: h.say(b"\x89PNG", kind="image/png"),
    "/video": lambda h: (h.start(Content_Type="video/mp4"), h.drip(b"x" * 1000, 0.1, 100)),
    "/pdf": lambda h: h.say(b"%PDF-1.7\n%\xe2\xe3\n" + b"<p>" * 100),
    "/html-as-pdf": lambda h: h.say(h.site.guide(45), kind="application/pdf"),
    "/part": lambda h: h.say(h.site.guide(46), 206),
    "/not-packed": lambda h: h.say(h.site.guide(47), Content_Encoding="gzip"),
    "/not-deflated": lambda h: h.say(h.site.guide(47), Content_Encoding="deflate"),
    "/cut-packed": lambda h: h.say(gzip.compress(h.site.guide(48))[:-200], Content_Encoding="gzip"),
    "/brotli": lambda h: h.say(brotli.compress(h.site.guide(49)), Content_Encoding="br"),
    "/bomb-br": lambda h: h.say(brotli.compress(bytes(50 << 20), quality=4), Content_Encoding="br"),
    "/bomb-zstd": lambda h: h.say(
        zstandard.ZstdCompressor().compress(bytes(50 << 20)), Content_Encoding="zstd"
    ),
    "/bomb-twice": lambda h: h.say(gzip.compress(h.site.bomb(50)), Content_Encoding="gzip, gzip"),
    "/flood": flood_of_headers,
    "/many-headers": many_headers,
    "/to-script": redirect("javascript:alert(1)"),
    "/to-broken": redirect("http://[::1/"),
    "/untyped": lambda h: h.say(h.site.guide(42), kind=None),
    "/bomb": lambda h: h.say(h.site.bomb(50), Content_Encoding="gzip"),
    "/endless": lambda h: (h.start(), h.drip(b"<p>more</p>" * 1000, 0, 10**6)),
    "/drip": lambda h: (h.start(), h.drip(b"<p>", 0.2, 50)),
    "/slow-headers": times_out_in_the_headers,
    "/announced": huge_announced,
    "/cut-short": cut_short,
    "/garbage": lambda h: h.wfile.write(b"this is not HTTP\r\n\r\n") and h.drip(b"x", 0, 1),
    "/members/1": lambda h: h.say(h.site.guide(43)),
}

# path: state, HTTP status, words of the reason
FATES: dict[str, tuple[str, int | None, str]] = {
    "/guide/1": ("accepted", 200, ""),
    "/moved": ("accepted", 200, ""),
    "/recovers": ("accepted", 200, ""),
    "/untyped": ("accepted", 200, ""),
    "/loop/a": ("failed", None, "redirected too often"),
    "/away": ("skipped", None, "redirected to casino.example, which is not one of the source's hosts"),
    "/to-private": ("skipped", None, "refused: 10.0.0.1, a private"),
    "/to-metadata": ("skipped", None, "refused: 169.254.169.254, a link-local address"),
    "/to-decimal": ("skipped", None, "refused: 169.254.169.254, a link-local address"),
    "/to-mapped": ("skipped", None, "stands for 10.0.0.1"),
    "/to-name": ("skipped", None, "rebound.example, which is not one"),
    "/to-file": ("failed", 302, "file:///etc/passwd"),
    "/to-data": ("failed", 302, "which is not fetched"),
    "/to-nowhere": ("failed", None, ""),
    "/promises": ("failed", None, "the headers of the answer do not end"),
    "/chunks": ("failed", None, "larger than"),
    "/chunk-size": ("failed", None, "broke"),
    "/chunk-note": ("failed", None, "broke"),
    "/trailers": ("failed", None, "broke"),
    "/less-than-nothing": ("failed", None, "broke"),
    "/odd-pause": ("accepted", 200, ""),
    "/odd-charset": ("accepted", 200, ""),
    "/nul-charset": ("accepted", 200, ""),
    "/packed-often": ("accepted", 200, ""),
    "/guide-that-is-not": ("failed", 404, "HTTP 404: not found"),
    "/gone": ("failed", 410, "HTTP 410: gone"),
    "/broken": ("failed", 500, "HTTP 500"),
    "/unasked-304": ("failed", 304, "no earlier copy"),
    "/soft-404": ("rejected", 200, ""),
    "/charset": ("", 200, ""),
    "/malformed": ("rejected", 200, ""),
    "/deep": ("", 200, ""),
    "/empty": ("", 200, ""),
    "/refresh": ("rejected", 200, ""),
    "/picture": ("skipped", 200, "content type 'image/png'"),
    "/video": ("skipped", 200, "content type 'video/mp4'"),
    "/pdf": ("skipped", 200, "the body is a PDF file, although its content type says 'text/html'"),
    "/html-as-pdf": ("skipped", 200, "content type 'application/pdf'"),
    "/part": ("failed", 206, "only a part"),
    "/not-packed": ("failed", 200, "not packed as its Content-Encoding says"),
    "/not-deflated": ("failed", 200, "not packed as its Content-Encoding says"),
    "/cut-packed": ("failed", 200, "breaks off before it is unpacked whole"),
    "/brotli": ("accepted", 200, ""),
    "/bomb-br": ("failed", None, "unpacks to more than"),
    "/bomb-zstd": ("failed", None, "unpacks to more than"),
    "/bomb-twice": ("failed", None, "unpacks to more than"),
    "/flood": ("failed", None, "the headers of the answer do not end"),
    "/many-headers": ("accepted", 200, ""),
    "/to-script": ("failed", None, "redirected to what is no URL"),
    "/to-broken": ("failed", None, "redirected to what is no URL"),
    "/bomb": ("failed", None, "unpacks to more than"),
    "/endless": ("failed", None, "larger than"),
    "/drip": ("failed", None, "not complete after 4 s"),
    "/slow-headers": ("failed", None, "not complete after 4 s"),
    "/announced": ("failed", None, "larger than"),
    "/cut-short": ("failed", None, "broke before the body was complete"),
    "/garbage": ("failed", None, "does not speak HTTP"),
    "/members/1": ("skipped", None, "disallows it"),
    "/x/x/x/x": ("skipped", None, "repeats the path segment 'x'"),
    "/many?" + "&".join(f"p{n}=1" for n in range(20)): ("skipped", None, "20 query parameters"),
}
LONG = "/long/" + "a" * 5000


@dataclass(frozen=True)
class Row:
    state: str
    reason: str
    status: int | None
    final_url: str
    post: str | None


@dataclass(frozen=True)
class Crawl:
    status: int
    errors: list[str]
    data: Path
    rows: dict[str, Row]


@pytest.fixture(scope="module")
def crawl(site: Site, crawls: Crawls, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    site.answers = ANSWERS  # type: ignore[assignment]  # lambdas that return what their calls return
    data = tmp_path_factory.mktemp("hostile")
    start = [f"{{base}}{path}" for path in (*FATES, LONG)]
    start += [
        "{base}/guide/1#comments",
        "http://elsewhere.example/",
        f"HTTP://127.0.0.1:{site.server_port}/guide/1",
    ]
    crawls.source("hostile", "urls", start, hosts=["127.0.0.1"])
    crawls.source(
        "forbidden",
        "urls",
        ["{base}/forbidden", "http://[::1]/six"],
        allow_private=False,
        contact="a@b.example",
    )
    port = site.server_port
    crawls.source(
        "rebound",
        "urls",
        [f"http://rebound.example:{port}/rebound"],
        allow_private=False,
        contact="a@b.example",
    )
    crawls.source("intranet", "urls", [f"http://intranet.example:{port}/guide/7"])
    crawls.source("unknown", "urls", [f"http://unknown.example:{port}/"], allow_private=False)
    status, _, errors = crawls.run(
        ["hostile", "forbidden", "rebound", "intranet", "unknown"],
        data,
        settings={
            "RETRY_TIMES": 2,
            "RETRY_WAIT_SECONDS": 0.01,
            "DOWNLOAD_TIMEOUT": 4,
            "DOWNLOAD_MAXSIZE": MAXSIZE,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        },
        hosts={"rebound.example": "127.0.0.1", "intranet.example": "127.0.0.1"},
    )
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute("SELECT url, state, reason, status, final_url, post FROM fetches").fetchall()
    rows = {url.removeprefix(site.url): Row(*row) for url, *row in found}
    assert len(rows) == len(found)
    return Crawl(status, errors, data, rows)


def test_the_crawl_ends_well_and_says_no_more_than_its_progress(crawl: Crawl) -> None:
    assert crawl.status == 0, crawl.errors
    assert crawl.errors == []


@pytest.mark.parametrize("path", FATES)
def test_each_url_has_a_row_that_says_what_happened(crawl: Crawl, path: str) -> None:
    state, status, reason = FATES[path]
    row = crawl.rows[path]
    if state:
        assert row.state == state, row
    else:
        assert row.state in {"rejected", "errored"}, row
        assert row.reason
    assert row.status == status, row
    assert reason in row.reason, row


def test_nothing_else_has_a_row(crawl: Crawl) -> None:
    """One spelling a URL: a fragment or an upper-case scheme does not make another page of it."""
    (long,) = (url for url in crawl.rows if "/long/" in url)
    assert len(long) < 3000
    assert crawl.rows[long].state == "skipped"
    others = set(crawl.rows) - set(FATES) - {long}
    assert {url.partition("//")[2].partition("/")[0].partition(":")[0] or url for url in others} == {
        "/forbidden",
        "[",
        "elsewhere.example",
        "rebound.example",
        "intranet.example",
        "unknown.example",
    }


def test_the_books_balance(crawl: Crawl) -> None:
    with Store.open(crawl.data / "corpus.db", create=False) as store:
        counts = store.accounting(1)
    assert counts.balanced
    assert counts.discovered == len(crawl.rows)


def test_a_page_behind_a_redirect_is_kept_under_the_url_that_was_asked(crawl: Crawl, site: Site) -> None:
    assert crawl.rows["/moved"].final_url == f"{site.url}/guide/1"
    assert crawl.rows["/moved"].post != crawl.rows["/guide/1"].post


def test_what_is_refused_is_never_asked_for(crawl: Crawl, site: Site) -> None:
    """Not the page, and not the robots.txt in front of it."""
    for path in ("/forbidden", "/rebound", "/members/1", "/refreshed", "/x/x/x/x"):
        assert path not in site.paths
    assert "refused: 127.0.0.1, a loopback address" in crawl.rows["/forbidden"].reason
    assert "refused: ::1, a loopback address" in crawl.rows["http://[::1]/six"].reason
    assert crawl.rows["http://elsewhere.example/"].state == "skipped"


def test_a_name_is_judged_by_the_address_that_it_resolves_to(crawl: Crawl, site: Site) -> None:
    """A public name that leads to this machine is refused, unless its source says that it may."""
    rebound = crawl.rows[f"http://rebound.example:{site.server_port}/rebound"]
    assert rebound.state == "skipped"
    assert rebound.reason == "refused: rebound.example resolves to 127.0.0.1, a loopback address"
    assert crawl.rows[f"http://intranet.example:{site.server_port}/guide/7"].state == "accepted"
    unknown = crawl.rows[f"http://unknown.example:{site.server_port}/"]
    assert unknown.state == "failed"
    assert "name cannot be resolved" in unknown.reason


def test_what_may_be_temporary_is_tried_again_and_nothing_else(crawl: Crawl, site: Site) -> None:
    """What did not come in time only once: it would hold up its site."""
    expected = {"/broken": 3, "/recovers": 2, "/gone": 1, "/guide-that-is-not": 1, "/drip": 2}
    assert {path: site.paths.count(path) for path in expected} == expected


def test_every_request_says_who_we_are_and_nothing_of_where_we_come_from(crawl: Crawl, site: Site) -> None:
    assert site.seen
    for _, headers in site.seen:
        assert headers["User-Agent"].startswith("winnow/")
        assert not {"Referer", "Cookie", "Authorization"} & set(headers)

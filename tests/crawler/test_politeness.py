"""What a site's robots.txt asks for is done, and where nobody can tell what it asks for nothing is fetched."""

from __future__ import annotations

import itertools
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawls, Handler, Site

DELAY = 1.0
HOSTS = (
    "slow.example",
    "failing.example",
    "open.example",
    "away.example",
    "named.example",
    "endless.example",
    "packed.example",
    "knotty.example",
    "patient.example",
)
Fates = dict[str, tuple[str, str]]


def robots(handler: Handler) -> None:
    """Every host has a robots.txt of its own."""
    match handler.headers["Host"].partition(".")[0]:
        case "slow":
            handler.say(f"User-agent: *\nCrawl-delay: {DELAY}".encode(), kind="text/plain")
        case "failing":
            handler.say(b"User-agent: *\nAllow: /", status=503)
        case "open":
            handler.say(b"<h1>no such thing</h1>", status=404)
        case "endless":
            handler.start(Content_Type="text/plain")
            handler.drip(b"User-agent: *\nAllow: /\n" * 1000, 0, 10**5)
        case "packed":
            handler.say(handler.site.bomb(50), kind="text/plain", Content_Encoding="gzip")
        case "knotty":  # patterns that take a matcher that tries all ways until the end of days
            knots = b"".join(b"Disallow: /guide/%d%s$\n" % (n, b"*/*" * 200) for n in range(500))
            handler.say(b"User-agent: *\n" + knots + b"\xff\x00\n" * 1000, kind="text/plain")
        case "patient":
            handler.say(b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -1\n", kind="text/plain")
        case "away":
            handler.say(b"", status=302, Location="http://169.254.169.254/robots.txt")
        case _:
            text = b"User-agent: *\nAllow: /\nUser-agent: winnow\nDisallow: /guide/2\n"
            handler.say(text, kind="text/plain")


@pytest.fixture(scope="module")
def times() -> list[float]:
    return []


@pytest.fixture(scope="module")
def fates(site: Site, crawls: Crawls, times: list[float], tmp_path_factory: pytest.TempPathFactory) -> Fates:
    def timed(handler: Handler) -> None:
        if handler.headers["Host"].startswith("slow."):
            times.append(time.monotonic())
        handler.say(handler.site.guide(1))

    site.answers = {"/robots.txt": robots, **{f"/guide/{number}": timed for number in range(1, 5)}}
    for host in HOSTS:
        start = [f"http://{host}:{site.server_port}/guide/{number}" for number in (1, 2, 3)]
        crawls.source(host.partition(".")[0], "urls", start)
    data = tmp_path_factory.mktemp("polite")
    names = [host.partition(".")[0] for host in HOSTS]
    settings = {"RETRY_TIMES": 0, "AUTOTHROTTLE_START_DELAY": 0, "DOWNLOAD_TIMEOUT": 20}
    status, _, errors = crawls.run(names, data, settings=settings, hosts=dict.fromkeys(HOSTS, "127.0.0.1"))
    assert status == 0, errors
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute("SELECT url, state, reason FROM fetches").fetchall()
    return {
        url.partition("//")[2].replace(f":{site.server_port}", ""): (s, reason) for url, s, reason in rows
    }


def test_a_crawl_delay_is_kept(fates: Fates, times: list[float]) -> None:
    """To the second and not on average: between no two requests is less time."""
    assert {fates[f"slow.example/guide/{number}"][0] for number in (1, 2, 3)} == {"accepted"}
    assert len(times) == 3
    # our clock ticks when a request is read, theirs when it is sent, and a busy machine may come in between
    assert min(later - sooner for sooner, later in itertools.pairwise(times)) > DELAY / 2


def test_a_robots_txt_that_cannot_be_had_forbids_everything(fates: Fates, site: Site) -> None:
    assert fates["failing.example/guide/1"] == (
        "failed",
        "robots.txt answers HTTP 503, so nothing is fetched",
    )
    asked = {headers["Host"].partition(":")[0] for path, headers in site.seen if path.startswith("/guide/")}
    assert asked == {"slow.example", "open.example", "named.example", "knotty.example", "patient.example"}


def test_a_robots_txt_that_leads_into_a_private_network_is_not_followed(fates: Fates) -> None:
    state, reason = fates["away.example/guide/1"]
    assert state == "skipped"
    assert "169.254.169.254, a link-local address" in reason


def test_a_robots_txt_without_an_end_forbids_everything(fates: Fates) -> None:
    """Its rules may stand behind what anybody would read."""
    for host, reason in (
        ("endless", "the body is larger than 10 MiB"),
        ("packed", "the body unpacks to more"),
    ):
        state, told = fates[f"{host}.example/guide/1"]
        assert state == "failed"
        assert told.startswith(f"robots.txt cannot be had: {reason}")


@pytest.mark.parametrize("host", ["knotty", "patient"])
def test_an_odd_robots_txt_holds_nobody_up(fates: Fates, host: str) -> None:
    assert fates[f"{host}.example/guide/1"][0] == "accepted"


def test_no_robots_txt_allows_everything(fates: Fates) -> None:
    assert fates["open.example/guide/2"][0] == "accepted"


def test_rules_for_winnow_by_name_come_before_those_for_all(fates: Fates) -> None:
    assert fates["named.example/guide/1"][0] == "accepted"
    state, reason = fates["named.example/guide/2"]
    assert state == "skipped"
    assert reason.startswith("robots.txt of named.example")


def test_robots_txt_is_asked_for_once_a_host(fates: Fates, site: Site) -> None:
    asked = [headers["Host"] for path, headers in site.seen if path == "/robots.txt"]
    assert len(asked) == len(set(asked)) == len(HOSTS)

"""No answer of a name server, no redirect and no page leads a crawl of the web to this machine or into its network."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.conftest import Crawls, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")

WEB, HERE = "127.0.0.2", "127.0.0.1"
NAME = "blog.example"
# this machine in the spellings that a redirect may have, and its neighbours
INWARD = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[fec0::1]",
    "[ff02::1]",
]


@dataclass
class Two:
    """A site of the web, and a server on this machine that nobody on the web may reach; both at the same port."""

    web: Site
    here: Site

    @property
    def start(self) -> str:
        return f"http://{NAME}:{self.web.server_port}"


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


@pytest.fixture
def two() -> Iterator[Two]:
    with serving(Site(HERE)) as here, serving(Site(WEB, here.server_port)) as web:
        yield Two(web, here)


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path, "")


def source(crawls: Crawls, way: str, start: list[str], **more: object) -> None:
    crawls.source("web", way, start, allow_private=False, **more)


def fates(data: Path) -> dict[str, tuple[str, str]]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        found = db.execute(
            "SELECT url, state, reason FROM fetches WHERE run = (SELECT max(id) FROM runs)"
        ).fetchall()
    return {url: (state, reason) for url, state, reason in found}


def test_a_name_that_turns_to_a_private_address_is_asked_there_no_more(
    two: Two, crawls: Crawls, tmp_path: Path
) -> None:
    """The name is looked up for every connection here: each is made to the address that was judged, or not at all."""
    source(crawls, "urls", [f"{two.start}/guide/{number}" for number in range(4)])
    one_by_one = {"CONCURRENT_REQUESTS": 1, "DNSCACHE_ENABLED": False, "RETRY_TIMES": 0}
    two.web.answers["/guide/0"] = lambda handler: handler.say(handler.site.guide(0), Connection="close")
    # for robots.txt, for the first page as a connection is closed behind it, and then what its owner is after
    told = {NAME: [WEB, WEB, HERE]}
    two.web.answers["/robots.txt"] = lambda handler: handler.say(b"", 404, Connection="close")
    crawls.run(["web"], tmp_path, settings=one_by_one, hosts=told, public=[WEB])
    found = list(fates(tmp_path).values())
    assert found[0][0] == "accepted"
    refused = f"refused: {NAME} resolves to {HERE}, a loopback address"
    assert found[1:] == [("skipped", refused)] * 3
    assert two.here.seen == []


def test_a_name_keeps_the_address_that_it_was_judged_by(two: Two, crawls: Crawls, tmp_path: Path) -> None:
    """As crawls look names up: what its owner answers later in the run is not heard."""
    source(crawls, "urls", [f"{two.start}/guide/{number}" for number in range(4)])
    crawls.run(["web"], tmp_path, hosts={NAME: [WEB, HERE]}, public=[WEB])
    assert {state for state, _ in fates(tmp_path).values()} == {"accepted"}
    assert two.here.seen == []


def test_no_redirect_leads_inward(two: Two, crawls: Crawls, tmp_path: Path) -> None:
    port = two.web.server_port

    def redirect(where: str) -> Any:
        return lambda handler: handler.say(b"", 302, Location=f"http://{where}:{port}/secret")

    two.web.answers = {f"/{number}": redirect(where) for number, where in enumerate(INWARD)}
    two.web.answers["/name"] = redirect("inward.example")
    paths = [*(f"/{number}" for number in range(len(INWARD))), "/name"]
    source(crawls, "urls", [two.start + path for path in paths], hosts=[NAME, "inward.example"])
    crawls.run(["web"], tmp_path, hosts={NAME: WEB, "inward.example": HERE}, public=[WEB])
    found = fates(tmp_path)
    for path, where in zip(paths, [*INWARD, "inward.example"], strict=True):
        state, reason = found[two.start + path]
        assert state in {"skipped", "failed"}, where
        assert reason.startswith("refused: ") or "not a URL" in reason or "no URL" in reason, (where, reason)
    assert two.here.seen == []


def test_no_page_and_no_listing_leads_inward(two: Two, crawls: Crawls, tmp_path: Path) -> None:
    """A refresh, a base, a canonical address, links and the entries of a feed."""
    port = two.web.server_port
    inward = [f"http://{where}:{port}/secret" for where in INWARD]
    links = "".join(f'<a href="{url}">How to grow as a product manager</a>' for url in inward)
    refresh = f"<meta http-equiv=refresh content='0; url={inward[0]}'>"
    head = f"{refresh}<base href='http://{HERE}:{port}/'><link rel=canonical href='{inward[5]}'>"
    guide = Site.guide(1, f"{links}<a href='/relative'>more</a><iframe src='{inward[0]}'></iframe>").decode()
    page = guide.replace("<head>", f"<head>{head}").encode()
    items = "".join(f"<item><link>{url}</link></item>" for url in [*inward, f"{two.start}/guide/2"])
    two.web.answers = {
        "/": lambda handler: handler.say(page),
        "/feed": lambda handler: handler.say(
            f"<rss><channel>{items}</channel></rss>".encode(), kind="text/xml"
        ),
    }
    source(crawls, "site", [f"{two.start}/"], depth=3)
    crawls.source("fed", "feed", [f"{two.start}/feed"], allow_private=False)
    crawls.run(["web", "fed"], tmp_path, hosts={NAME: WEB}, public=[WEB])
    found = fates(tmp_path)
    assert found[f"{two.start}/guide/2"][0] == "accepted"
    taken = {url for url, (state, _) in found.items() if state in {"accepted", "rejected"}}
    assert all(url.startswith(two.start) for url in taken)
    assert two.here.seen == []
    assert "/secret" not in two.web.paths


def test_a_run_without_a_network_ends_and_the_next_one_goes_on(
    two: Two, crawls: Crawls, tmp_path: Path
) -> None:
    """No name server answers, and of another host nothing answers at its port; an hour later both do."""
    with serving(Site("127.0.0.3")) as other:
        gone = other.server_port
    source(crawls, "urls", [f"{two.start}/guide/{number}" for number in range(3)])
    crawls.source("down", "urls", [f"http://127.0.0.3:{gone}/guide/{number}" for number in range(3, 6)])
    status, _, errors = crawls.run(["web", "down"], tmp_path, hosts={NAME: ""}, public=[WEB])
    assert (status, errors) == (1, [])
    reasons = {url: reason for url, (state, reason) in fates(tmp_path).items() if state == "failed"}
    assert len(reasons) == 6
    for url, reason in reasons.items():
        assert ("name cannot be resolved" if NAME in url else "refused the connection") in reason
    assert two.web.seen == []

    with serving(Site("127.0.0.3", gone)):
        with closing(sqlite3.connect(tmp_path / "corpus.db")) as db:  # an hour goes by
            hour = "strftime('%Y-%m-%dT%H:%M:%SZ', next_due, '-1 hour')"
            db.execute(f"UPDATE urls SET next_due = {hour}")
            db.commit()
        status, _, errors = crawls.run([], tmp_path, everything=False, hosts={NAME: WEB}, public=[WEB])
    assert (status, errors) == (0, [])
    found = fates(tmp_path)
    assert len(found) == 6
    assert {state for state, _ in found.values()} == {"accepted"}
    assert all(two.web.paths.count(f"/guide/{number}") == 1 for number in range(3))


def test_a_site_at_a_byte_a_second_costs_its_page_and_no_more(
    two: Two, crawls: Crawls, tmp_path: Path
) -> None:
    """It may neither hold up the run beyond its time nor leave half a page; its other pages are fetched."""

    def slow(handler: Any) -> None:
        handler.start(Content_Length="100000")
        handler.drip(b"x", 1.0, 60)

    two.web.answers = {"/slow": slow}
    paths = ["/guide/1", "/slow", "/guide/2"]
    source(crawls, "urls", [two.start + path for path in paths])
    settings = {"DOWNLOAD_TIMEOUT": 3, "RETRY_WAIT_SECONDS": 0.01}
    status, _, _ = crawls.run(["web"], tmp_path, settings=settings, hosts={NAME: WEB}, public=[WEB])
    assert status == 0
    found = fates(tmp_path)
    assert found[f"{two.start}/slow"] == ("failed", "not complete after 3 s")
    assert [found[two.start + path][0] for path in ("/guide/1", "/guide/2")] == ["accepted", "accepted"]
    assert two.web.paths.count("/slow") == 2

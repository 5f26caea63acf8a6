"""Pages that scripts write: rendered where there is a browser, told as such where there is none, and never let out."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.browser import NAMES
from tests.crawler.conftest import QUICK

if TYPE_CHECKING:
    from tests.crawler.conftest import Answer, Crawls, Site

SHELL = """<!doctype html><html lang=en><head><title>Guide</title></head><body><div id=app></div>
<script src="/app.js"></script>{more}</body></html>"""
APP = """fetch('/api/guide').then(answer => answer.text()).then(text => {
  document.getElementById('app').innerHTML = text;
});"""


def page(text: str | bytes, kind: str = "text/html") -> Answer:
    return lambda handler: handler.say(text.encode() if isinstance(text, str) else text, kind=kind)


def fates(data: Path, site: Site) -> dict[str, tuple[str, str]]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        rows = db.execute("SELECT url, state, reason FROM fetches").fetchall()
    return {url.removeprefix(site.url): (state, reason) for url, state, reason in rows}


def kept(data: Path) -> str:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        return str(db.execute("SELECT group_concat(text) FROM post_texts").fetchone()[0])


@pytest.fixture(scope="module")
def scripted(site: Site, crawls: Crawls) -> str:
    inside = site.guide(501).decode().partition("<body>")[2].partition("</body>")[0]
    site.answers |= {
        "/app/1": page(SHELL.replace("{more}", "")),
        "/app.js": page(APP, "text/javascript"),
        "/api/guide": page(inside),
    }
    crawls.source("scripted", "urls", ["{base}/app/1"], browser=True)
    return "scripted"


def test_without_a_browser_such_a_page_is_told_and_is_no_empty_post(
    site: Site, crawls: Crawls, scripted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = tmp_path / "stub" / "playwright"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("raise ImportError('not here')")
    monkeypatch.syspath_prepend(stub.parent)
    seen = len(site.seen)
    status, _, errors = crawls.run([scripted], tmp_path / "data")
    assert (status, errors) == (0, [])
    state, reason = fates(tmp_path / "data", site)["/app/1"]
    assert state == "skipped"
    assert reason.startswith("needs a browser: ")
    assert "pm-winnow[browser]" in reason
    assert site.seen[seen:] == []
    with closing(sqlite3.connect(tmp_path / "data" / "corpus.db")) as db:
        assert db.execute("SELECT count(*) FROM posts").fetchone() == (0,)


@pytest.fixture
def _chromium() -> None:
    if not any(map(shutil.which, NAMES)):
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no chromium on the PATH")
        pytest.skip("no Chromium on the PATH: no page was rendered")


@pytest.mark.browser
@pytest.mark.usefixtures("_chromium", "scripted")
def test_what_scripts_write_is_kept(site: Site, crawls: Crawls, scripted: str, tmp_path: Path) -> None:
    """And archived as it was rendered, so that a replay needs neither browser nor network."""
    status, _, errors = crawls.run([scripted], tmp_path)
    assert (status, errors) == (0, [])
    assert fates(tmp_path, site) == {"/app/1": ("accepted", "")}
    assert "Guide number 501 is about prioritization" in kept(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("SELECT url FROM captures").fetchall() == [(f"{site.url}/app/1",)]


@pytest.mark.browser
@pytest.mark.usefixtures("_chromium", "scripted")
def test_the_browser_goes_nowhere_a_crawl_would_not(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """Not to other hosts or addresses, not by forms, sockets, frames or another page, nor where robots.txt says no."""
    other = type(site)()
    threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        elsewhere = f"http://127.0.0.2:{other.server_port}"
        ways = f"""<script>
        for (const to of ['{elsewhere}', 'http://localhost:{other.server_port}', 'http://[::1]:{other.server_port}']) {{
          fetch(to + '/fetch').catch(() => 0); new Image().src = to + '/image';
          try {{ new WebSocket(to.replace('http', 'ws') + '/socket'); }} catch (e) {{}}
          navigator.sendBeacon(to + '/beacon', 'x'); window.open(to + '/window');
        }}
        fetch('/api/post', {{method: 'POST', body: 'x'}}).catch(() => 0);
        fetch('/secret/x').catch(() => 0); fetch('/bomb.json').catch(() => 0);
        const frame = document.createElement('iframe'); frame.src = '/guide/9'; document.body.append(frame);
        setTimeout(() => {{ location = '{elsewhere}/gone'; }}, 100); alert('x');
        </script><link rel=prefetch href="{elsewhere}/prefetch"><link rel=stylesheet href="{elsewhere}/style">"""
        site.answers |= {
            "/app/2": page(SHELL.replace("{more}", ways)),
            "/robots.txt": page("User-agent: *\nDisallow: /secret/", "text/plain"),
            "/bomb.json": lambda handler: handler.say(
                site.bomb(40), kind="application/json", Content_Encoding="gzip"
            ),
        }
        crawls.source("ways", "urls", ["{base}/app/2"], browser=True)
        seen = len(site.seen)
        status, _, errors = crawls.run(["ways"], tmp_path)
        assert fates(tmp_path, site) == {"/app/2": ("accepted", "")}
        assert (status, errors) == (0, [])
        assert set(site.paths[seen:]) == {"/robots.txt", "/app/2", "/app.js", "/api/guide", "/bomb.json"}
        assert other.seen == []
        assert "prioritization" in kept(tmp_path)
    finally:
        del site.answers["/robots.txt"]
        other.shutdown()
        other.server_close()


@pytest.mark.browser
@pytest.mark.usefixtures("_chromium", "scripted")
def test_a_page_that_never_rests_costs_that_page_only(site: Site, crawls: Crawls, tmp_path: Path) -> None:
    """One whose script does not end, one that grows without an end, and one beside them."""
    site.answers |= {
        "/app/3": page(SHELL.replace("{more}", "<script>for (;;) {}</script>")),
        "/app/4": page(SHELL.replace("{more}", "<script>document.title = 'x'.repeat(12 << 20)</script>")),
    }
    crawls.source("busy", "urls", [f"{{base}}/app/{number}" for number in (3, 4, 1)], browser=True)
    status, _, errors = crawls.run(["busy"], tmp_path, settings={**QUICK, "RENDER_SECONDS": 5})
    assert (status, errors) == (0, [])
    found = fates(tmp_path, site)
    assert found["/app/3"] == ("failed", "its scripts keep the browser busy without an end")
    assert found["/app/4"] == ("failed", "its scripts made a page of more than 10 MiB")
    assert found["/app/1"] == ("accepted", "")

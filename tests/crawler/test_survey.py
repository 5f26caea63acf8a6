"""Adding a source: what a site offers is found, tried and written down, and nothing is enabled unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.run import enabled_sources
from crawler.source import SourceError, load_source, source_files
from crawler.source_writing import add_source, enable_source

if TYPE_CHECKING:
    from tests.crawler.conftest import Site

ADD = """
import json, sys
from pathlib import Path
from crawler.source import SourceError
from crawler.source_writing import add_source
url, folder, more = json.loads(sys.argv[1])
try:
    quick = {"AUTOTHROTTLE_ENABLED": False, "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}
    print(add_source(url, Path(folder), settings=quick, **more))
except SourceError as error:
    sys.exit(str(error))
"""
FRONT = """<title>Guides &amp; "tips"
</title><link rel=alternate type="application/rss+xml" href="/dead.xml">
<link rel=alternate type="application/atom+xml" href="atom.xml"><link rel=stylesheet href=x.css>"""


def add(url: str, folder: Path, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", ADD, json.dumps([url, str(folder), more])],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "WINNOW_CONTACT": ""},
    )


def test_a_site_is_added_by_the_feed_that_can_be_read(site: Site, tmp_path: Path) -> None:
    """With its sitemap as a hint, under a name of its own, and switched off."""
    feed = b"<feed><entry><link href='/guide/1'/></entry></feed>"
    site.answers = {
        "/": lambda handler: handler.say(FRONT.encode()),
        "/atom.xml": lambda handler: handler.say(feed, kind="application/atom+xml"),
        "/robots.txt": lambda handler: handler.say(b"Sitemap: /map.xml", kind="text/plain"),
        "/map.xml": lambda handler: handler.say(b"<urlset></urlset>", kind="text/xml"),
    }
    added = add(f"{site.url}/", tmp_path, name="guides", allow_private=True)
    assert added.returncode == 0, added.stderr
    source = load_source(tmp_path / "guides.toml")
    assert (source.way, source.start) == ("feed", (f"{site.url}/atom.xml",))
    assert source.title == 'Guides & "tips"'
    assert not source.enabled
    assert f"{site.url}/map.xml" in (tmp_path / "guides.toml").read_text()
    assert not any(path.startswith("/guide/") for path in site.paths)


def test_a_site_that_offers_nothing_is_told_with_what_was_tried(site: Site, tmp_path: Path) -> None:
    site.answers = {"/": lambda handler: handler.say(b"<title>Nothing</title>")}
    added = add(f"{site.url}/", tmp_path, allow_private=True)
    assert added.returncode == 1
    assert "names no feed and no sitemap" in added.stderr
    assert f"{site.url}/feed.xml: HTTP 404" in added.stderr
    assert "Traceback" not in added.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_site_of_ones_own_network_is_told_with_the_option_that_allows_it(tmp_path: Path) -> None:
    added = add("http://localhost:9/", tmp_path)
    assert added.returncode == 1
    assert "refused: localhost is a name of a local network" in added.stderr
    assert added.stderr.rstrip().endswith("If it is a site of your own network, say --allow-private.")


def test_what_cannot_be_added_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINNOW_CONTACT", raising=False)
    with pytest.raises(SourceError, match=r"'blog\.example' is not a URL that"):
        add_source("blog.example", tmp_path, name="x")
    with pytest.raises(SourceError, match="WINNOW_CONTACT"):
        add_source("https://blog.example/", tmp_path)
    (tmp_path / "blog-example.toml").touch()
    with pytest.raises(SourceError, match="there is such a source already"):
        add_source("https://www.blog.example/", tmp_path)


def test_a_source_is_switched_on_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    """What comes with winnow is copied, not changed; a second switch changes one word."""
    name, shipped = next(iter(source_files().items()))
    before = shipped.read_text()
    assert enable_source(name, tmp_path, enabled=True) == tmp_path / f"{name}.toml"
    assert shipped.read_text() == before
    assert [source.name for source in enabled_sources(tmp_path, contact="me@pm.example")[0]] == [name]
    enable_source(name, tmp_path, enabled=False)
    assert (tmp_path / f"{name}.toml").read_text() == before
    own = tmp_path / "own.toml"
    own.write_text('way = "urls"\nstart = ["https://blog.example/"]\n')
    enable_source("own", tmp_path, enabled=False)
    assert not load_source(own).enabled
    with pytest.raises(SourceError, match="no source is called 'nobody'"):
        enable_source("nobody", tmp_path, enabled=True)

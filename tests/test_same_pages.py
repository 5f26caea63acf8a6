"""Real pages from many sites: crawled over loopback and imported from files, they give the same blocks.

The import knows a page by its true URL, or as a file; to the crawl all of them stand on one host. So what the
URL itself decides may differ, and is left out: the name of a site that no page tells, canonical URLs and links
made absolute, how a link to another site weighs, what kind of page its address speaks of, and which of two copies is
the better one.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from pipelines.address import normal_url

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from pipelines.cli import main; main()"]

pytestmark = pytest.mark.evaldata


@pytest.fixture(scope="module")
def folder() -> Path:
    data = os.environ.get("WINNOW_EVAL_DATA")
    if not data:
        pytest.skip("WINNOW_EVAL_DATA does not name a folder with the pages in pm/html")
    return Path(data) / "pm" / "html"


def winnow(*arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The files of a folder on loopback, unpacked, with no more told of them than that they are HTML."""
    bodies = {
        f"/{path.relative_to(folder).as_posix()}": gzip.decompress(path.read_bytes())
        for path in folder.rglob("*.html.gz")
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            body = bodies.get(unquote(self.path))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


DECISION, RULE = 4, 5  # in the blocks of a page


@dataclass(frozen=True)
class Saved:
    """What a corpus holds of one page, but for what its URL decides."""

    post: tuple[object, ...]
    body: str
    blocks: list[tuple[object, ...]]
    kept: list[str]


@dataclass(frozen=True)
class Corpus:
    pages: dict[str, Saved]
    copies: list[frozenset[str]]


def read(database: Path, files: Mapping[str, str]) -> Corpus:
    """The pages by file; ``files`` has the file of each URL."""
    with closing(sqlite3.connect(database)) as db:
        posts = {
            post: (files[url], body, told)
            for post, url, body, *told in db.execute(
                # an owner of the site is one whose name stands in its address
                "SELECT id, url, body_hash, title, iif(json_extract(origins, '$.author') IN ('meta og:site_name',"
                " 'meta application-name', 'JSON-LD publisher', 'title element', 'line of the copyright',"
                " 'name of the site'), '', author), published, language, words, kept_blocks,"
                " removed_blocks, extraction, iif(rule = 'unwanted_kind', NULL, rule),"
                " iif(rule = 'unwanted_kind' OR status = 'duplicate', 'accepted', status) FROM posts"
            )
        }
        blocks: dict[str, list[tuple[object, ...]]] = {post: [] for post in posts}
        for post, *block in db.execute(
            'SELECT post, "index", kind, level, text, decision, rule, rule_version, trim_start, trim_end'
            ' FROM fragments ORDER BY post, "index"'
        ):
            blocks[post].append(tuple(block))
        texts = dict(db.execute("SELECT post, text FROM post_texts"))
        copies = db.execute("SELECT id, duplicate_of FROM posts WHERE duplicate_of IS NOT NULL").fetchall()
    pages = {
        file: Saved(tuple(told), body, blocks[post], texts[post].split("\n\n"))
        for post, (file, body, told) in posts.items()
    }
    return Corpus(pages, [frozenset(posts[post][0] for post in pair) for pair in copies])


def profile(here: Path) -> Path:
    """The default profile without what repeats on a site: the pages are of one site to the crawl alone."""
    file = here / "by-page.toml"
    told = (ROOT / "filters" / "profiles" / "default.toml").read_text(encoding="utf-8")
    assert "[rule.template]" in told
    file.write_text(told.replace("[rule.template]", ""), encoding="utf-8")
    return file


def true_urls(folder: Path) -> dict[str, str]:
    """The file of each URL of the manifest beside the folder; some pages have no URL that anybody knows."""
    rows = map(json.loads, (folder.parent / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    return {normal_url(row["url"]): row["html"].removeprefix("html/") for row in rows if row["url"]}


@pytest.fixture(scope="module")
def imported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    here = tmp_path_factory.mktemp("imported")
    winnow("import", str(folder), "--data", "data", "--profile", str(profile(here)), cwd=here)
    with closing(sqlite3.connect(here / "data" / "corpus.db")) as db:
        unknown = [url for (url,) in db.execute("SELECT url FROM posts WHERE url LIKE 'file:%'")]
    as_files = {url: unquote(url).rpartition("/html/")[2] for url in unknown}
    return read(here / "data" / "corpus.db", true_urls(folder) | as_files)


@pytest.fixture(scope="module")
def crawled(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    here = tmp_path_factory.mktemp("crawled")
    (here / "sources").mkdir()
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html.gz"))]
    with served(folder) as base:
        files = {f"{base}/{quote(name)}": name for name in names}
        source = {"way": "urls", "start": list(files), "delay": 0, "allow_private": True}
        toml = "\n".join(f"{key} = {json.dumps(value)}" for key, value in source.items())
        (here / "sources" / "pm.toml").write_text(toml, encoding="utf-8")
        chosen = str(profile(here))
        winnow("crawl", "pm", "--sources", "sources", "--data", "data", "--profile", chosen, cwd=here)
    return read(here / "data" / "corpus.db", files)


def test_every_file_is_a_post_either_way(folder: Path, imported: Corpus, crawled: Corpus) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html.gz")}
    assert len(files) > 70
    assert imported.pages.keys() == crawled.pages.keys() == files
    assert sum(len(page.kept) for page in crawled.pages.values()) > 3000


def test_page_for_page_the_same_blocks_are_kept(imported: Corpus, crawled: Corpus) -> None:
    """And the same removed, by the same rules; title, author, date, language and verdict are the same too.

    What suspicions take where a link to another site is one of them, ``boilerplate`` takes where it is none.
    """
    for file, page in imported.pages.items():
        other = crawled.pages[file]
        assert other.body == page.body, file
        assert other.kept == page.kept, file
        assert len(other.blocks) == len(page.blocks), file
        for one, two in zip(other.blocks, page.blocks, strict=True):
            doubted = any(
                block[RULE] == "boilerplate" and block[DECISION] == "removed" for block in (one, two)
            )
            assert one[:RULE] == two[:RULE] if doubted else one == two, file
        assert other.post == page.post, file


def test_the_same_pages_are_copies_of_one_another(imported: Corpus, crawled: Corpus) -> None:
    """Of two that are equally good the URL that sorts first is kept, so that is not the same file."""
    assert set(imported.copies) == set(crawled.copies)
    assert imported.copies

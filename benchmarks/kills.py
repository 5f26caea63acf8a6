"""Kills crawls at random moments, and compares what the next crawl makes of it with a crawl that nobody disturbed.

    python benchmarks/kills.py [--kills 200] [--seed 1] [--pages 60] [--most 4] [--cuts 0.25] [--keep DIR]

A small site on loopback (pages, a page that moved for good, a copy, one that is gone, one that asks not to be taken) is
crawled by the real command, undisturbed. Then, again and again, into a new folder: a crawl is killed by SIGKILL at a
random moment, up to ``--most`` times in a row, and the last one runs to its end. After some kills (``--cuts``) the
end of corpus.db's log is cut off as well, as a power cut does to writes that no disk has seen.

Every folder has to hold the corpus, the archive and the books that the undisturbed one holds, but for dates and numbers
of runs: no page lost, none twice. Prints where the kills hit, and ends with exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from pipelines.cli import main; main()", "crawl", "kills"]
# what tells when, in which run or on which try, and nothing of the pages
HISTORY = frozenset(
    "run first_seen changed_at last_seen last_state next_due revisit_hours failures seen gone_since since last tries"
    " fetched_at read_at headers id capture applied_at listed".split()
)
BOOKS = frozenset({"runs", "fetches", "source_runs"})
# how a page is packed depends on which came first
PACKING = frozenset({"bodies", "dictionaries"})
PARAGRAPHS = (
    "A product manager who wants to grow into {0} has five customer conversations a week, and writes each down.",
    "Roadmaps that mention {0} without an outcome are lists of wishes; say what will be different, and for whom.",
    "In an interview for a product role, tell one story about {0} with a number in it, and one that went wrong.",
    "Ask your manager for feedback on {0} after every launch, and keep the answers for your promotion document.",
    "Engineers trust a product manager who can explain why {0} matters before explaining how it should work.",
)
SUBJECTS = (
    "pricing discovery onboarding research metrics hiring strategy launches analytics retention".split()
)


class Site(ThreadingHTTPServer):
    """The site; a page takes a tenth of a second, so that a kill has something to hit."""

    daemon_threads = True

    def __init__(self, pages: int, seed: int) -> None:
        self.pages = {f"/guide/{number}": _page(number, seed) for number in range(pages)}
        self.pages["/copy"] = self.pages["/guide/0"]
        self.pages["/quiet"] = _page(pages, seed).replace(
            b"<title>", b"<meta name=robots content=noindex><title>"
        )
        super().__init__(("127.0.0.1", 0), type("Bound", (_Handler,), {"site": self}))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def sitemap(self) -> bytes:
        """All of its pages, also those that are not there."""
        paths = [*self.pages, "/moved", "/gone"]
        urls = "".join(f"<url><loc>{self.url}{path}</loc></url>" for path in paths)
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawl that is killed hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        path = self.path
        if path == "/sitemap.xml":
            self._if_changed(self.site.sitemap, "application/xml")
        elif path == "/moved":
            self._say(301, b"", Location="/guide/1")
        elif path in self.site.pages:
            time.sleep(0.1)
            self._if_changed(self.site.pages[path])
        else:
            self._say(410 if path == "/gone" else 404, b"<h1>Nothing here</h1>")

    def _if_changed(self, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        tag = f'"{self.path}"'
        known = self.headers.get("If-None-Match") == tag
        self._say(304 if known else 200, b"" if known else body, kind, ETag=tag)

    def _say(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


def _page(number: int, seed: int) -> bytes:
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 - the same pages every time
    subjects = dice.sample(SUBJECTS, 3)
    title = f"A product manager's guide to {subjects[0]}, part {number}"
    told = [
        dice.choice(PARAGRAPHS).format(f"{dice.choice(subjects)} in case {dice.randrange(10**6)}")
        for _ in range(12)
    ]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in told)
    head = f"<html lang=en><head><title>{title}</title></head>"
    return f"{head}<body><article><h1>{title}</h1>{text}</article></body></html>".encode()


@dataclass
class Bench:
    """A site, and the crawls of it."""

    site: Site
    sources: Path
    dice: random.Random
    cuts: float
    seconds: float = 0.0
    hit: Counter[str] = field(default_factory=Counter)
    cut: int = 0

    def start(self, data: Path) -> subprocess.Popen[bytes]:
        """A crawl, as a person starts it."""
        arguments = ["--sources", str(self.sources), "--data", str(data), "--workers", "1"]
        return subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def finish(self, data: Path) -> None:
        """A crawl to its end. Raises where it fails."""
        with self.start(data) as process:
            _, errors = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit(
                f"a crawl ended with exit status {process.returncode}:\n{errors.decode()[-2000:]}"
            )

    def kill(self, data: Path) -> bool:
        """A crawl that is killed at a random moment, rather late than early; False where it ended before."""
        fresh, began = not data.exists(), time.monotonic()
        with self.start(data) as process:
            try:
                process.wait(self.dice.triangular(0.05, 1.0, 0.9) * self.seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        if process.returncode != -signal.SIGKILL:
            if fresh:  # the machine is less busy than it was: kills have to come sooner to hit
                self.seconds = time.monotonic() - began
            return False
        self.hit[where(data)] += 1
        if self.dice.random() < self.cuts:
            self.cut += cut(data / "corpus.db", self.dice)
        return True


def where(data: Path) -> str:
    """How far a crawl was when it was killed."""
    try:
        with closing(sqlite3.connect(f"file:{data / 'corpus.db'}?mode=ro", uri=True)) as db:
            last = "run = (SELECT max(id) FROM runs)"
            ((runs, fates),) = db.execute(
                f"SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM fetches WHERE {last})"  # noqa: S608
            ).fetchall()
    except sqlite3.Error:
        return "before there was a database"
    if not runs:
        return "before there was a run"
    return "between pages" if fates else "before the first page"


def cut(database: Path, dice: random.Random) -> int:
    """Cut off the end of a database's log, as a power cut does; whether there was anything to cut."""
    log, index = (database.with_name(f"{database.name}-{end}") for end in ("wal", "shm"))
    if not log.exists() or not log.stat().st_size:
        return 0
    size, kept = log.stat().st_size, _on_disk(log, index)
    if kept >= size:
        return 0
    os.truncate(log, dice.randrange(kept, size))
    index.unlink(missing_ok=True)
    return 1


def _on_disk(log: Path, index: Path) -> int:
    """The bytes at the beginning of a log that no power cut can take: the disk has them before SQLite begins to write
    what they hold into the database itself.

    The number of such pages is nBackfillAttempted in SQLite's documentation of the WAL-index.
    """
    told = index.read_bytes()[:136] if index.exists() else b""
    pages = int.from_bytes(told[128:132], sys.byteorder)
    page_size = int.from_bytes(log.read_bytes()[8:12], "big")
    return 32 + pages * (24 + page_size) if pages else 0


def contents(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the databases of a folder say, without what tells of when."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for name in ("corpus.db", "archive.db"):
        with closing(sqlite3.connect(data / name)) as db:
            tables = [
                row[0]
                for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if row[0] not in BOOKS | PACKING
                and "_fts" not in row[0]
                and not row[0].startswith(("sqlite_", "_"))
            ]
            for table in tables:
                columns = [r[1] for r in db.execute(f"PRAGMA table_info({table})") if r[1] not in HISTORY]
                listed = ", ".join(f'"{column}"' for column in columns)
                rows = db.execute(f"SELECT {listed} FROM {table}").fetchall()  # noqa: S608
                found[f"{name} {table}"] = sorted(rows, key=repr)
            if name == "archive.db":
                bodies = db.execute("SELECT hash, size FROM bodies").fetchall()
                found["archive.db bodies"] = sorted(bodies)
            else:
                found["the last run's books"] = books(db)
    return found


def books(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The identities of every run that ended, and what the last one came across."""
    unbalanced = db.execute(
        "SELECT id, 'does not add up' FROM runs WHERE discovered <> fetched + skipped + failed"
        " OR fetched <> accepted + rejected + unchanged + errored"
    ).fetchall()
    left = db.execute("SELECT id, status FROM runs WHERE status = 'running'").fetchall()
    urls = db.execute("SELECT url FROM fetches WHERE run = (SELECT max(id) FROM runs) ORDER BY 1").fetchall()
    return [*unbalanced, *left, *urls]


def differences(
    found: dict[str, list[tuple[object, ...]]], wanted: dict[str, list[tuple[object, ...]]]
) -> list[str]:
    """Where two folders differ, in words."""
    told = []
    for table in sorted(found.keys() | wanted.keys()):
        ours, theirs = map(repr, found.get(table, [])), map(repr, wanted.get(table, []))
        missing, more = Counter(theirs), Counter(ours)
        lost, added = missing - more, more - missing
        for what, rows in (("missing", lost), ("too many", added)):
            if rows:
                told.append(f"{table}: {rows.total()} {what}, such as {next(iter(rows))[:200]}")
    return told


def main() -> int:
    """Kill, compare, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="how many kills in all (default: 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=60, help="pages of the site (default: 60)")
    parser.add_argument("--most", type=int, default=4, help="kills of one folder at most (default: 4)")
    parser.add_argument(
        "--cuts", type=float, default=0.25, help="share of kills with a power cut (default: 0.25)"
    )
    parser.add_argument("--keep", type=Path, help="keep folders that differ here")
    told = parser.parse_args()
    site = Site(told.pages, told.seed)
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name)
        (folder / "sources").mkdir()
        (folder / "sources" / "kills.toml").write_text(
            f'way = "sitemap"\nstart = ["{site.url}/sitemap.xml"]\ndelay = 0\nallow_private = true\n'
        )
        bench = Bench(site, folder / "sources", random.Random(told.seed), told.cuts)  # noqa: S311
        began = time.monotonic()
        bench.finish(folder / "undisturbed")
        bench.seconds = time.monotonic() - began
        wanted = contents(folder / "undisturbed")
        posts = len(wanted["corpus.db posts"])
        say(f"undisturbed: {posts} posts in {bench.seconds:.1f} s")
        kills, folders, wrong = 0, 0, 0
        while kills < told.kills:
            data = folder / f"killed-{folders}"
            for _ in range(bench.dice.randint(1, told.most)):
                if kills == told.kills or not bench.kill(data):
                    break
                kills += 1
            bench.finish(data)
            folders += 1
            found = differences(contents(data), wanted)
            wrong += bool(found)
            for line in found:
                say(f"  folder {folders}: {line}")
            if found and told.keep:
                shutil.copytree(data, told.keep / data.name)
            shutil.rmtree(data)
            say(f"{kills} of {told.kills} kills, {folders} folders, {wrong} of them wrong", again=True)
    site.shutdown()
    hits = ", ".join(f"{number} {moment}" for moment, number in bench.hit.most_common())
    say(
        f"{kills} kills ({hits}; {bench.cut} with a power cut), seed {told.seed}: {folders} folders, {wrong} differ"
    )
    return 1 if wrong else 0


def say(text: str, *, again: bool = False) -> None:
    """A line of the report; one that is only of interest now goes to standard error."""
    (sys.stderr if again else sys.stdout).write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

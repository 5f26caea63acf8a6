"""A hostile site on loopback, and crawls of it in processes of their own (a reactor starts only once)."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

GUIDE = """<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>Product managers who want to grow in their career start with the users. Talk to five of them
every week, write down what they struggle with, and share it with your engineers and designers
before you plan the next sprint.</p>
<h2>Build the habit</h2>
<p>Guide number {number} is about prioritization: a product manager decides what not to build. Keep
a roadmap that fits on one page, review it with your stakeholders every month, and explain the
outcome that each item serves.</p>
<ul><li>Ask for feedback from your manager after every launch.</li>
<li>Write one product strategy memo a quarter.</li>
<li>Practise interview questions with a friend who hires product managers.</li></ul>
<p>After a year of that you will have evidence for a promotion, and a portfolio of decisions that
you can tell as stories in any product management interview. Read about discovery, pricing and
analytics on the way.</p>
</article></body></html>"""


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers from the site's table; what the table does not hold is a guide under ``/guide/`` or a 404."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.seen.append((self.path, dict(self.headers)))
        answer = self.site.answers.get(self.path)
        if answer is not None:
            answer(self)
        elif self.path.startswith("/guide/"):
            number = int(self.path.split("/")[2])
            if number >= self.site.gated:
                self.site.gate.wait(60)
            self.say(self.site.guide(number), etag=True)
        else:
            self.say(b"<h1>Not found</h1>", status=404)

    def say(
        self,
        body: bytes,
        status: int = 200,
        kind: str | None = "text/html; charset=utf-8",
        etag: bool = False,
        **headers: str,
    ) -> None:
        tag = f'"{hash(body)}"'
        if etag and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        self.send_response(status)
        if kind is not None:
            self.send_header("Content-Type", kind)
        if etag:
            self.send_header("ETag", tag)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def start(self, **headers: str) -> None:
        """A 200 without a length; the body ends with the connection, if it does."""
        self.send_response(200)
        for name, value in ({"Content_Type": "text/html", "Connection": "close"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.close_connection = True

    def drip(self, piece: bytes, pause: float, times: int) -> None:
        for _ in range(times):
            try:
                self.wfile.write(piece)
            except OSError:  # the crawl has had enough, as it should
                return
            time.sleep(pause)

    def log_message(self, *arguments: Any) -> None:
        pass


class Site(ThreadingHTTPServer):
    """The server, with its table of answers and what it was asked for."""

    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((address, port), type("Bound", (Handler,), {"site": self}))
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        # guides from this number on are only answered while the gate is open
        self.gated = 0
        self.gate = threading.Event()
        self.gate.set()

    @staticmethod
    def guide(number: int, extra: str = "") -> bytes:
        """A guide as the profile wants it."""
        title = f"How to grow as a product manager, part {number}"
        return GUIDE.format(title=title, number=number).replace("</article>", f"{extra}</article>").encode()

    @staticmethod
    def bomb(megabytes: int) -> bytes:
        """A gzip file that unpacks to so many MiB of nothing."""
        return gzip.compress(b"\0" * (megabytes << 20), 9)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that hangs up is what these tests are about


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


# Names are told here, as these tests ask no name server; whatever else is looked up does not exist. A name with a list
# of addresses has one after the other, and the last one from then on; an empty one is that no server answers. As no
# test may leave this machine, the addresses ``public`` stand for those of the web.
CRAWL = """
import json, socket, sys
from pathlib import Path
told = json.loads(sys.argv[1])
names, public = told.pop("hosts"), told.pop("public")
def look_up(name):
    found = names.get(name, name if name.replace(".", "").isdigit() else "")
    if isinstance(found, list):
        found = found.pop(0) if len(found) > 1 else found[0]
    if not found:
        raise socket.gaierror(-2, "Name or service not known")
    return found
socket.gethostbyname = look_up
import crawler.resolver
judged = crawler.resolver.refused_address
crawler.resolver.refused_address = lambda address: "" if address in public else judged(address)
from crawler.run import crawl
sys.exit(crawl(told.pop("names"), data=Path(told.pop("data")), **told).status)
"""

QUICK = {"RETRY_TIMES": 1, "RETRY_WAIT_SECONDS": 0.01, "DOWNLOAD_TIMEOUT": 30}


def beside_progress(errors: str) -> list[str]:
    """What a crawl said on standard error beside how it came along; how often it told that, time decides."""
    return [line for line in errors.splitlines() if not line.startswith("crawl: ")]


class Crawls:
    """Writes sources and crawls them."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder = folder
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.base = base

    def source(self, name: str, way: str, start: list[str], **more: object) -> None:
        keys = {"way": way, "start": start, "delay": 0, "allow_private": True} | more
        lines = (f"{key} = {json.dumps(value)}" for key, value in keys.items())
        (self.sources / f"{name}.toml").write_text("\n".join(lines))

    def start(
        self,
        names: list[str],
        data: Path,
        settings: Mapping[str, object] = QUICK,
        hosts: Mapping[str, str | list[str]] | None = None,
        public: Sequence[str] = (),
        **more: object,
    ) -> subprocess.Popen[str]:
        told = {
            "names": names,
            "data": str(data),
            "sources_dir": str(self.sources),
            "base": self.base,
            "settings": dict(settings),
            "hosts": dict(hosts or {}),
            "public": list(public),
            "workers": 1,  # they take longer to start than these pages to curate
            **more,
        }
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CRAWL, json.dumps(told)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "WINNOW_CONTACT": "tester@pm.example",
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
        )

    def run(self, names: list[str], data: Path, **more: Any) -> tuple[int, str, list[str]]:
        """Exit status, standard output and what standard error holds beside the progress."""
        with self.start(names, data, **more) as process:
            try:
                output, errors = process.communicate(timeout=300)
            finally:
                process.kill()
        return process.returncode, output, beside_progress(errors)


@pytest.fixture(scope="module")
def crawls(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Crawls:
    return Crawls(tmp_path_factory.mktemp("crawls"), site.url)

"""Serves the demonstration site on loopback, with the status codes and headers of a real site.

``python -m demo.server --port 8080`` does so until Ctrl-C.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parent / "site"
HOST = "127.0.0.1"
# The files name themselves by this origin (canonical links, feeds, sitemaps); the server puts its own in.
ORIGIN = "https://winnow-demo.example"
REDIRECTS = {"/blog/ninety-days": "/blog/first-ninety-days.html"}
GONE = frozenset({"/blog/before-the-move.html"})
# Their encoding stands in the page alone, as on many old sites.
WITHOUT_CHARSET = frozenset({"/mirror/salary-conversation.html"})
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
}
FEEDS = {
    "/feed.xml": "application/rss+xml; charset=utf-8",
    "/atom.xml": "application/atom+xml; charset=utf-8",
}
NOT_FOUND = (
    b"<!DOCTYPE html><html lang=en><title>Nothing here</title><p>There is nothing at this address.</p>"
)


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of the site as it is sent; ``etag`` changes with its bytes."""

    body: bytes
    content_type: str
    etag: str


def load_site(base_url: str) -> dict[str, Resource]:
    """Every file of the site by its path, with the site's own origin replaced by ``base_url``.

    Requests are looked up in this table and never joined to a folder, so no path leads out of it.
    """
    found: dict[str, Resource] = {}
    for file in sorted(SITE.rglob("*")):
        if file.suffix not in TYPES:
            continue
        path = "/" + file.relative_to(SITE).as_posix()
        path = path.removesuffix("index.html")
        body = file.read_bytes().replace(ORIGIN.encode(), base_url.encode())
        content_type = FEEDS.get(path, TYPES[file.suffix])
        if path in WITHOUT_CHARSET:
            content_type = content_type.partition(";")[0]
        found[path] = Resource(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return found


class DemoServer(ThreadingHTTPServer):
    """Listens on loopback only; ``port`` 0 lets the system choose."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__((HOST, port), DemoHandler)
        self.base_url = f"http://{HOST}:{self.server_port}"
        self.site = load_site(self.base_url)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up; anything else is a defect and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class DemoHandler(BaseHTTPRequestHandler):
    """GET and HEAD; queries are ignored, as most blogs ignore those they do not know."""

    server: DemoServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one packet, or the second waits for an acknowledgement
    timeout = 30  # seconds; an idle connection ends

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path in REDIRECTS:
            location = self.server.base_url + REDIRECTS[path]
            self._answer(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": location})
            return
        resource = self.server.site.get(path)
        if resource is None:
            status = HTTPStatus.GONE if path in GONE else HTTPStatus.NOT_FOUND
            self._answer(status, NOT_FOUND, {"Content-Type": TYPES[".html"]})
        elif self.headers.get("If-None-Match") == resource.etag:
            self._answer(HTTPStatus.NOT_MODIFIED, None, {"ETag": resource.etag})
        else:
            headers = {"Content-Type": resource.content_type, "ETag": resource.etag}
            self._answer(HTTPStatus.OK, resource.body, headers)

    do_HEAD = do_GET  # noqa: N815

    def _answer(self, status: HTTPStatus, body: bytes | None, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:  # a 304 has no body, and no length to speak of
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet: the crawl that reads the site has its own log."""


@contextmanager
def serve(port: int = 0) -> Iterator[str]:
    """Serve the site in a thread; gives the base URL, without a slash at its end."""
    server = DemoServer(port)
    thread = threading.Thread(target=server.serve_forever, name="demo-site", daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve winnow's demonstration site on loopback.")
    parser.add_argument("--port", type=int, default=8080, help="0 lets the system choose (default: 8080)")
    port = parser.parse_args().port
    try:
        server = DemoServer(port)
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on port {port}: {error}; try --port 0")
    print(f"{server.base_url}/  (Ctrl-C ends it)", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()

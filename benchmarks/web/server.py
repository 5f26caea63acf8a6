"""Serves the loopback web until its standard input ends, each site at an address of its own; Linux only.

    python -m benchmarks.web.server --sites 30 --pages 1500 --seed 1 --sources FOLDER

writes the sources of the web into FOLDER and then ``{"port": ...}`` on a line. After that every line on standard
input is a question: ``asked`` is answered with what was asked for since the last ``reset``, by address and path, and
the bytes that were sent.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import socket
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypedDict

from benchmarks.web.bodies import CHANGED, Body, bodies, calendar, endless
from benchmarks.web.plan import Site, Web, plan

_ASKED = re.compile(rb"GET (\S+) HTTP/1\.1\r\n")
_TAG = re.compile(rb"\r\nif-none-match: *([^\r]+)", re.IGNORECASE)
_SINCE = re.compile(rb"\r\nif-modified-since: *([^\r]+)", re.IGNORECASE)
_DRIP_SECONDS = 1.0
_LATE_SECONDS = 3.0


class Asked(TypedDict):
    """What the server was asked for: by address and path, how often; and the bytes that it sent."""

    paths: dict[str, dict[str, int]]
    bytes: int


class Books:
    """What was asked and sent since the last reset."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.bytes = 0

    def told(self) -> Asked:
        """The books as they are told."""
        paths: dict[str, dict[str, int]] = {}
        for (address, path), times in self.asked.items():
            paths.setdefault(address, {})[path] = times
        return {"paths": paths, "bytes": self.bytes}


class Visitor(asyncio.Protocol):
    """One connection to one site."""

    def __init__(self, site: Site, held: dict[str, Body], books: Books, port: int) -> None:
        self._site = site
        self._held = held
        self._books = books
        self._base = f"http://{site.address}:{port}"
        self._read = b""
        self._later: list[asyncio.TimerHandle] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP has no other
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        for handle in self._later:
            handle.cancel()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            told = _ASKED.match(head + b"\r\n")
            if told is None:
                self._transport.close()
                return
            path = told[1].decode("latin-1")
            self._books.asked[self._site.address, path] += 1
            self._answer(path, head)

    def _answer(self, path: str, head: bytes) -> None:
        name = self._site.faulty.get(path)
        if path == "/robots.txt" and self._site.whole == "robots":
            self._send(b"500 Oops", b"", b"")
        elif name is not None and name in FAULTY:
            FAULTY[name](self, path, head)
        elif path.startswith("/calendar"):
            month = path.partition("month=")[2]
            text = calendar(int(month) if month.lstrip("-").isdigit() else 1)
            self._send(b"200 OK", b"Content-Type: text/html; charset=utf-8\r\n", text.encode())
        else:
            self._hold_out(path, head)

    def _hold_out(self, path: str, head: bytes) -> None:
        """What the site has, or that it did not change, or that there is no such thing."""
        held = self._held.get(path) or self._held.get(path.partition("?PHPSESSID=")[0])
        if held is None and path.startswith("/page/"):
            self._send(
                b"200 OK", b"Content-Type: text/html\r\n", endless(self._site, int(path.split("/")[2]))
            )
            return
        if held is None:
            self._send(b"404 Not Found", b"Content-Type: text/html\r\n", b"<h1>Nothing here</h1>")
            return
        tag, since = _TAG.search(head), _SINCE.search(head)
        same = tag[1] == held.etag if tag else bool(since and since[1].decode() == CHANGED)
        if same:
            self._send(b"304 Not Modified", held.headers, None)
        else:
            self._send(b"200 OK", held.headers, held.data)

    def _send(self, status: bytes, headers: bytes, body: bytes | None, length: int | None = None) -> None:
        size = b"" if body is None else b"Content-Length: %d\r\n" % (len(body) if length is None else length)
        self._write(b"HTTP/1.1 %s\r\n%s%s\r\n%s" % (status, headers, size, body or b""))

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._books.bytes += len(data)
            self._transport.write(data)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._later = [handle for handle in self._later if not handle.cancelled()][-5:]
        self._later.append(asyncio.get_running_loop().call_later(seconds, act))

    def _times(self, path: str) -> int:
        return self._books.asked[self._site.address, path]

    def _redirect(self, where: str) -> None:
        self._send(b"302 Found", f"Location: {where}\r\n".encode(), b"")

    # Faults, by their names in ``benchmarks.web.faults``

    def flaky(self, path: str, head: bytes) -> None:
        if self._times(path) == 1 and not _TAG.search(head) and not _SINCE.search(head):
            self._send(b"503 Service Unavailable", b"", b"later")
        else:
            self._hold_out(path, head)

    def busy(self, path: str, head: bytes) -> None:
        if self._times(path) == 1 and not _TAG.search(head) and not _SINCE.search(head):
            self._send(b"429 Too Many Requests", b"Retry-After: 1\r\n", b"later")
        else:
            self._hold_out(path, head)

    def late(self, path: str, head: bytes) -> None:
        self._after(_LATE_SECONDS, lambda: self._hold_out(path, head))

    def error(self, path: str, head: bytes) -> None:
        self._send(b"500 Internal Server Error", b"", b"oops")

    def reset(self, path: str, head: bytes) -> None:
        linger = (1).to_bytes(4, sys.byteorder) + bytes(4)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    def cut(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: text/html\r\n", b"<p>only this much", 5000)
        self._transport.close()

    def garbage(self, path: str, head: bytes) -> None:
        self._write(b"this is not HTTP\r\n\r\n")
        self._transport.close()

    def hang(self, path: str, head: bytes) -> None:
        """Nothing, until the other side has had enough."""

    def drip(self, path: str, head: bytes) -> None:
        self._write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n")
        self._drop()

    def _drop(self) -> None:
        if not self._transport.is_closing():
            self._write(b"<")
            self._after(_DRIP_SECONDS, self._drop)

    def loop(self, path: str, head: bytes) -> None:
        self._redirect(f"{self._base}{path}")

    def moved(self, path: str, head: bytes) -> None:
        self._redirect(self._base + next(iter(self._site.articles)))

    def away(self, path: str, head: bytes) -> None:
        self._redirect("http://casino.example/win")

    def inward(self, path: str, head: bytes) -> None:
        self._redirect("http://10.0.0.1/")

    def gone(self, path: str, head: bytes) -> None:
        self._send(b"410 Gone", b"Content-Type: text/html\r\n", b"<h1>Gone</h1>")

    def missing(self, path: str, head: bytes) -> None:
        self._send(b"404 Not Found", b"Content-Type: text/html\r\n", b"<h1>Not here</h1>")

    def picture(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n" + bytes(2000))

    def pdf(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: text/html\r\n", b"%PDF-1.7\n" + bytes(2000))

    def truncated(self, path: str, head: bytes) -> None:
        packed = gzip.compress(self._plain_article(), 6, mtime=0)
        self._send(
            b"200 OK", b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n", packed[: len(packed) // 2]
        )

    def unpacked(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n", self._plain_article())

    def bomb(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n", _bomb())

    def huge(self, path: str, head: bytes) -> None:
        self._send(b"200 OK", b"Content-Type: text/html\r\n", b"<p>", 400 << 20)

    def part(self, path: str, head: bytes) -> None:
        self._send(b"206 Partial Content", b"Content-Type: text/html\r\n", b"<p>a part")

    def _plain_article(self) -> bytes:
        held = self._held[next(iter(self._site.articles))].data
        return gzip.decompress(held) if self._site.packs else held


@cache
def _bomb() -> bytes:
    """40 MiB of nothing, as small as gzip can make them: that is what a bomb is."""
    return gzip.compress(bytes(40 << 20), 9, mtime=0)


FAULTY: dict[str, Callable[[Visitor, str, bytes], None]] = {
    name: value
    for name, value in vars(Visitor).items()
    if callable(value)
    and not name.startswith("_")
    and name not in vars(asyncio.Protocol)
    and name not in {"connection_made", "connection_lost", "data_received"}
}


async def serve(web: Web, sources: Path) -> None:
    """Serve until standard input ends."""
    loop, books = asyncio.get_running_loop(), Books()
    port, served = 0, []
    for site in web.sites:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((site.address, port))
        port = port or listener.getsockname()[1]
        served.append((site, listener))
    for site, listener in served:
        (sources / f"{site.name}.toml").write_text(site.source(port), encoding="utf-8")
        if site.whole == "down":
            listener.close()
            continue
        held = bodies(site, f"http://{site.address}:{port}")
        await loop.create_server(_visitors(site, held, books, port), sock=listener, backlog=128)
    print(json.dumps({"port": port}), flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line.strip() == b"reset":
            books.asked.clear()
            books.bytes = 0
        print(json.dumps(books.told()), flush=True)


def _visitors(site: Site, held: dict[str, Body], books: Books, port: int) -> Callable[[], Visitor]:
    return lambda: Visitor(site, held, books, port)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Serve a web of many sites on loopback addresses.")
    parser.add_argument("--sites", type=int, default=30)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-hanging", action="store_true", help="leave out what costs minutes of waiting")
    parser.add_argument(
        "--sources", type=Path, required=True, help="folder for the TOML files of the sources"
    )
    asked = parser.parse_args()
    asked.sources.mkdir(parents=True, exist_ok=True)
    asyncio.run(
        serve(plan(asked.sites, asked.pages, asked.seed, hanging=not asked.no_hanging), asked.sources)
    )


if __name__ == "__main__":
    main()

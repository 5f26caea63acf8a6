"""archive.db: every page as it was fetched, so that the network is read once and all else can be replayed.

Bodies are stored once, by their SHA-256 and compressed; a capture says which URL had which body, and when.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.address import host, normal_url, storable
from pipelines.packing import MAX_BODY, Packer
from pipelines.page import Page
from pipelines.store import StoreError, migrations
from pipelines.store.connection import Connected, connect, immediate

# they would let whoever gets the archive act as the visitor that fetched the page
_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization"})

# what the first archives hold, which do not tell the steps that made them
_UNRECORDED = ("bodies", "captures")


class ArchiveError(Exception):
    """An archive, or a page in it, that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A capture as it stands in the archive; ``new``: it was not there, or not the latest, before."""

    capture: int
    url: str
    body_hash: str
    new: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture without its body."""

    id: int
    url: str
    body_hash: str
    source: str
    fetched_at: str


class Archive(Connected):
    """The archive, open for reading and writing; use it from one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        # one flush a page: what was made of a page must not outlive it in a power cut, or it is never fetched again
        connection.execute("PRAGMA synchronous = FULL")
        self._packer = Packer(connection)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Archive:
        """Open the archive; ``create`` makes the file and brings an older one up to date.

        Raises ArchiveError for a file that is not one.
        """
        path = Path(path)
        if not create and not path.is_file():
            raise ArchiveError(f"{path}: there is no archive yet; a crawl or an import makes it")
        try:
            return cls(connect(path, migrations.archive, create=create, unrecorded=_UNRECORDED), path)
        except StoreError as error:
            raise ArchiveError(str(error)) from error

    def put(self, page: Page, source: str) -> ArchivedPage:
        """Store a page; a body that is already the URL's latest changes nothing.

        A URL that goes back to an earlier body has that capture dated anew, so that it is the latest
        again. Raises ArchiveError for a body above ``MAX_BODY``.
        """
        if len(page.body) > MAX_BODY:
            raise ArchiveError(
                f"{page.url}: a body of {len(page.body)} bytes, more than {MAX_BODY} are not kept"
            )
        url, body = normal_url(page.url), hashlib.sha256(page.body).hexdigest()
        headers = [
            [storable(name), storable(value)]
            for name, value in page.headers
            if name.lower() not in _SECRET_HEADERS
        ]
        told = (
            normal_url(page.final_url),
            page.status,
            json.dumps(headers, ensure_ascii=False),
            storable(page.fetched_at),
        )
        with immediate(self.connection):
            latest = self._latest(url)
            if latest is not None and latest.body_hash == body:
                return ArchivedPage(latest.id, url, body, new=False)
            known = self.connection.execute(
                "SELECT id, fetched_at FROM captures WHERE url = ? AND body = ?", (url, body)
            ).fetchone()
            if known is not None and not page.fetched_at > known[1]:
                return ArchivedPage(known[0], url, body, new=False)
            if known is not None:
                self.connection.execute(
                    "UPDATE captures SET final_url = ?, status = ?, headers = ?, fetched_at = ? WHERE id = ?",
                    (*told, known[0]),
                )
                return ArchivedPage(known[0], url, body, new=True)
            self._put_body(url, body, page.body)
            added = self.connection.execute(
                "INSERT INTO captures (url, body, final_url, status, headers, fetched_at, source)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (url, body, *told, storable(source)),
            )
        return ArchivedPage(added.lastrowid or 0, url, body, new=True)

    def _put_body(self, url: str, name: str, body: bytes) -> None:
        if self.connection.execute("SELECT 1 FROM bodies WHERE hash = ?", (name,)).fetchone():
            return
        packed = self._packer.pack(host(url), name, body)
        self.connection.execute(
            "INSERT INTO bodies (hash, size, data, dictionary) VALUES (?, ?, ?, ?)",
            (name, len(body), packed.data, packed.dictionary),
        )

    def get(self, capture: int) -> Page:
        """The page of a capture. Raises ArchiveError where it is missing or damaged."""
        row = self.connection.execute(
            "SELECT url, final_url, status, headers, fetched_at, body, size, data, dictionary FROM captures"
            " JOIN bodies ON bodies.hash = captures.body WHERE captures.id = ?",
            (capture,),
        ).fetchone()
        if row is None:
            raise ArchiveError(f"{self.path}: no capture {capture}")
        url, final_url, status, headers, fetched_at, name, size, data, dictionary = row
        body = self._packer.unpack(data, size, dictionary)
        if body is None or hashlib.sha256(body).hexdigest() != name:
            raise ArchiveError(f"{self.path}: the stored body of {url} is damaged (capture {capture})")
        pairs = tuple((key, value) for key, value in json.loads(headers))
        return Page(url, body, final_url, status, pairs, fetched_at)

    def latest(self, source: str | None = None, since: str | None = None) -> Iterator[Capture]:
        """The latest capture of every URL, ordered by URL; ``since``: those fetched then or later."""
        where, values = ["true"], []
        for condition, value in (("source = ?", source), ("fetched_at >= ?", since)):
            if value is not None:
                where.append(condition)
                values.append(value)
        # read ahead: the caller may write to the archive between two rows
        yield from [
            Capture(*row)
            for row in self.connection.execute(
                "SELECT id, url, body, source, fetched_at FROM captures AS this"  # noqa: S608
                f" WHERE {' AND '.join(where)} AND id = (SELECT id FROM captures WHERE url = this.url"
                " ORDER BY fetched_at DESC, id DESC LIMIT 1) ORDER BY url",
                values,
            ).fetchall()
        ]

    def sources(self) -> list[str]:
        """The names of the sources that captures belong to."""
        return [
            name for (name,) in self.connection.execute("SELECT DISTINCT source FROM captures ORDER BY 1")
        ]

    def captures(self, source: str | None = None, since: str | None = None) -> Iterator[Capture]:
        """Every capture, ordered by URL, moment and body; ``since``: those fetched then or later."""
        for row in self.connection.execute(
            "SELECT id, url, body, source, fetched_at FROM captures WHERE (?1 IS NULL OR source = ?1)"
            " AND (?2 IS NULL OR fetched_at >= ?2) ORDER BY url, fetched_at, body",
            (source, since),
        ):
            yield Capture(*row)

    def pages(self, source: str | None = None, since: str | None = None) -> Iterator[tuple[str, Page]]:
        """Source and page of the latest capture of every URL, ordered by URL."""
        for capture in self.latest(source, since):
            yield capture.source, self.get(capture.id)

    def latest_of(self, url: str) -> Capture | None:
        """The latest capture of one URL."""
        return self._latest(normal_url(url))

    def _latest(self, url: str) -> Capture | None:
        row = self.connection.execute(
            "SELECT id, url, body, source, fetched_at FROM captures WHERE url = ?"
            " ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (url,),
        ).fetchone()
        return Capture(*row) if row else None

    def elsewhere(self, url: str, body_sha256: str) -> bool:
        """Whether another URL has had this body."""
        row = self.connection.execute(
            "SELECT 1 FROM captures WHERE body = ? AND url <> ? LIMIT 1", (body_sha256, normal_url(url))
        ).fetchone()
        return row is not None

    def known(self, url: str, body_sha256: str) -> bool:
        """Whether the latest capture of this URL has this body.

        It was not necessarily curated: ``Store.current`` says that.
        """
        latest = self.latest_of(url)
        return latest is not None and latest.body_hash == body_sha256

"""archive.db: every page as it was fetched, so that the network is read once and all else can be replayed.

Bodies are stored once, by their SHA-256 and compressed; a capture says which URL had which body, and when.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import zstandard

from pipelines.address import normal_url, storable
from pipelines.page import Page

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a body: more is neither stored nor unpacked, since an archive may come from others."""

LEVEL = 9
BUSY_SECONDS = 30.0

# they would let whoever gets the archive act as the visitor that fetched the page
_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization"})

# append-only, as a file's user_version is the number of steps it has seen
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE bodies (
  hash TEXT PRIMARY KEY NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT""",
        """CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  body TEXT NOT NULL REFERENCES bodies(hash),
  final_url TEXT NOT NULL DEFAULT '',
  status INTEGER NOT NULL,
  headers TEXT NOT NULL DEFAULT '[]',
  fetched_at TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL,
  UNIQUE (url, body)
) STRICT""",
        "CREATE INDEX captures_latest ON captures(url, fetched_at, id)",
        "CREATE INDEX captures_source ON captures(source, fetched_at)",
    ),
)


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
    """The latest capture of a URL, without its body."""

    id: int
    url: str
    body_hash: str
    source: str
    fetched_at: str


class Archive:
    """The archive, open for reading and writing; use it from one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._packer = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Archive:
        """Open the archive; ``create`` makes the file and brings an older one up to date.

        Raises ArchiveError for a file that is not one.
        """
        path = Path(path)
        if not create and not path.is_file():
            raise ArchiveError(f"{path}: there is no archive yet; a crawl or an import makes it")
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise ArchiveError(f"{path}: cannot be opened: {error}") from error
        archive = cls(connection, path)
        try:
            archive._prepare(create=create)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise ArchiveError(f"{path}: not usable as a database: {error}") from error
        except BaseException:
            connection.close()
            raise
        return archive

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self, *, create: bool) -> None:
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        version = self._version()
        if version == len(_STEPS):
            return
        if not create:
            age = "made by an older winnow" if version else "an empty database"
            raise ArchiveError(f"{self.path}: {age}; a crawl or an import brings it up to date")
        self.connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            version = self._version()
            for step in _STEPS[version:]:
                for statement in step:
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {len(_STEPS)}")

    def _version(self) -> int:
        version: int = self.connection.execute("PRAGMA user_version").fetchone()[0]
        tables = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if version > len(_STEPS):
            raise ArchiveError(
                f"{self.path}: made by a newer winnow (archive version {version}); update winnow"
            )
        if (version > 0) != (("captures",) in tables) or (tables and not version):
            raise ArchiveError(f"{self.path}: a database that is not an archive of winnow's")
        return version

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

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
        with self._transaction():
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
            self._put_body(body, page.body)
            added = self.connection.execute(
                "INSERT INTO captures (url, body, final_url, status, headers, fetched_at, source)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (url, body, *told, storable(source)),
            )
        return ArchivedPage(added.lastrowid or 0, url, body, new=True)

    def _put_body(self, name: str, body: bytes) -> None:
        if self.connection.execute("SELECT 1 FROM bodies WHERE hash = ?", (name,)).fetchone():
            return
        self.connection.execute(
            "INSERT INTO bodies (hash, size, data) VALUES (?, ?, ?)",
            (name, len(body), self._packer.compress(body)),
        )

    def get(self, capture: int) -> Page:
        """The page of a capture. Raises ArchiveError where it is missing or damaged."""
        row = self.connection.execute(
            "SELECT url, final_url, status, headers, fetched_at, body, size, data FROM captures"
            " JOIN bodies ON bodies.hash = captures.body WHERE captures.id = ?",
            (capture,),
        ).fetchone()
        if row is None:
            raise ArchiveError(f"{self.path}: no capture {capture}")
        url, final_url, status, headers, fetched_at, name, size, data = row
        body = _unpack(data, size)
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

    def known(self, url: str, body_sha256: str) -> bool:
        """Whether the latest capture of this URL has this body.

        It was not necessarily curated: ``Store.current`` says that.
        """
        latest = self.latest_of(url)
        return latest is not None and latest.body_hash == body_sha256


def _unpack(data: bytes, size: int) -> bytes | None:
    """The body, or None where the frame is damaged or claims more than was put in."""
    try:
        claimed = zstandard.get_frame_parameters(data).content_size
        if claimed != size or size > MAX_BODY:
            return None
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=max(size, 1))
    except zstandard.ZstdError:
        return None

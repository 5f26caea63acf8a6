"""Pages from files: HTML, folders of it, JSONL rows, WARC.

Every input row gives one ``InputRow``, in order, also where it cannot be read: a bad row costs itself.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import IO, Literal, cast
from urllib.parse import quote, urlsplit

from pipelines.page import Page

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of one page after unpacking; the largest honest articles have less than a tenth of it."""

MAX_LINE = 4 * MAX_BYTES
"""Bytes of one JSONL line: a page whose every character needs an escape."""

HTML = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")
JSONL = (".jsonl", ".jsonl.gz")
WARC = (".warc", ".warc.gz")

_UTF8 = (("content-type", "text/html; charset=utf-8"),)
_PARENTS_WITH_A_MANIFEST = 3
_ROWS_TO_TELL = 20


class InputError(ValueError):
    """What the user named cannot be an input; nothing was read."""


@dataclass(frozen=True, slots=True)
class InputRow:
    """One row of the inputs: a page, or the reason why there is none.

    ``id`` is the row's own id where it has one, else what was read: a path, ``FILE:LINE`` or a URL.
    ``place`` is where the row stands: ids come from others and may repeat, places do not. ``source`` is the
    one that the page counts to, where the input tells it.
    """

    id: str
    page: Page | None = None
    error: str = ""
    place: str = ""
    source: str = ""


class UnreadableError(Exception):
    """One row that gives no page; the message is for people."""


@dataclass
class _Addresses:
    """The URLs of saved pages: the real ones from ``manifest.jsonl`` files, each read once, or made of paths."""

    told: dict[Path, str]
    urls: dict[Path, str] = field(default_factory=dict)
    read: set[Path] = field(default_factory=set)

    def of(self, path: Path, named: Path) -> str:
        """The URL of a file, found at or below a path that the user named."""
        return self.urls.get(path.resolve()) or self.of_place(path, named)

    def of_place(self, path: Path, named: Path) -> str:
        """The URL of a page whose address nobody knows."""
        below = path.relative_to(named).as_posix() if path != named else ""
        return "file:///" + quote("/".join(part for part in (self.told[named], below) if part))

    def near(self, folder: Path) -> None:
        """Take in the manifests of a folder and of the few folders above it."""
        for place in (folder, *folder.parents[:_PARENTS_WITH_A_MANIFEST]):
            self.take(place / "manifest.jsonl")

    def take(self, path: Path) -> None:
        """Take in one manifest; rows that are none are passed over, they cost a page its URL and no more."""
        if path in self.read or not path.is_file():
            return
        self.read.add(path)
        with suppress(OSError, UnreadableError):
            for _, line in _lines(path):
                with suppress(UnreadableError):
                    url, file = _manifest_row(_row(line))
                    self.urls.setdefault(_inside(path.parent, file).resolve(), url)


def read_inputs(paths: Sequence[str]) -> Iterator[InputRow]:
    """Every page of the inputs, in the order given; a folder's files are sorted by path.

    Raises InputError at once, before anything is read, for a path that is missing or of no known kind.
    """
    named = [_check(path) for path in paths]
    if not named:
        raise InputError("no input: name HTML files, folders, JSONL or WARC files, or - for standard input")
    return _read_all(named)


def _check(name: str) -> Path | None:
    """The path that a user named; None is standard input."""
    if name == "-":
        return None
    path = Path(name)
    if path.is_dir():
        return path
    if not path.exists():
        raise InputError(f"{name}: there is no such file or folder")
    if not path.name.lower().endswith((*HTML, *JSONL, *WARC)):
        known = " ".join((*HTML, *JSONL, *WARC))
        raise InputError(f"{name}: of no known kind; a file has to end in one of: {known}")
    if not path.is_file():
        raise InputError(f"{name}: not a regular file")
    return path


def _read_all(named: list[Path | None]) -> Iterator[InputRow]:
    addresses = _Addresses(_told([path for path in named if path is not None]))
    for path in named:
        if path is None:
            yield from _jsonl_rows("-", _stream_lines(sys.stdin.buffer), Path(), "file:///-")
        elif path.is_dir():
            yield from _folder(path, addresses)
        else:
            addresses.near(path.absolute().parent)
            yield from _file(path, addresses, path)


def _told(named: list[Path]) -> dict[Path, str]:
    """How URLs call the paths that a user named.

    A path below the working folder as it is seen from there. Any other by its name, a file with its folder's,
    and by as many of the folders above as it takes to tell all of them apart: posts are shared with people
    whom the folders of this machine do not concern.
    """
    here = Path.cwd()
    whole = {path: Path(os.path.abspath(path)) for path in named}  # noqa: PTH100 - resolve() follows links
    for parents in count():
        told = {
            path: place.relative_to(here).as_posix()
            if place.is_relative_to(here) and here != Path(here.anchor)
            else "/".join(place.parts[1:][-(parents + (1 if path.is_dir() else 2)) :])
            for path, place in whole.items()
        }
        if len(set(told.values())) == len(set(whole.values())):
            break
    return {path: "" if text == "." else text for path, text in told.items()}


def _folder(folder: Path, addresses: _Addresses) -> Iterator[InputRow]:
    addresses.near(folder.absolute())
    base = folder.resolve()
    for parent, folders, names in os.walk(folder):
        folders.sort()
        paths = [
            Path(parent, name) for name in sorted(names) if name.lower().endswith((*HTML, *JSONL, *WARC))
        ]
        refused = {path: told for path in paths if (told := _refusal(path, base))}
        kinds = {path: _kind(path) for path in paths if path not in refused}
        for path, kind in kinds.items():
            if kind == "manifest":
                addresses.take(path.absolute())
        for path in paths:
            if path in refused:
                yield InputRow(str(path), error=f"{path}: {refused[path]}", place=str(path))
            elif kinds[path] == "pages":
                yield from _file(path, addresses, folder)


def _refusal(path: Path, base: Path) -> str:
    """Why a file of a folder is not read; empty where it is."""
    if not path.resolve().is_relative_to(base):
        return "a link that leads out of the folder; not followed"
    if not path.is_file():
        return "not a regular file"
    if _kind(path) == "other":
        return 'holds no pages; its first rows have neither "html" nor "html_file"'
    return ""


def _file(path: Path, addresses: _Addresses, named: Path) -> Iterator[InputRow]:
    lower = path.name.lower()
    try:
        if lower.endswith(WARC):
            from pipelines.warc import read_warc  # most inputs are none, and its reader is slow to load

            yield from read_warc(path)
        elif lower.endswith(JSONL):
            yield from _jsonl_rows(str(path), _lines(path), path.parent, addresses.of_place(path, named))
        else:
            yield InputRow(str(path), Page(addresses.of(path, named), read_html(path)), place=str(path))
    except UnreadableError as error:
        yield InputRow(str(path), error=str(error), place=str(path))
    except OSError as error:
        yield InputRow(str(path), error=f"{path}: cannot be read: {error.strerror or error}", place=str(path))


# One page


def _unpacked(path: Path) -> IO[bytes]:
    packed = path.name.lower().endswith(".gz")
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def read_html(path: Path) -> bytes:
    """The bytes of an HTML file, unpacked if its name ends in ``.gz``; raises UnreadableError."""
    try:
        with _unpacked(path) as stream:
            body = stream.read(MAX_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"{path}: not a sound gzip file: {error}") from error
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(body) > MAX_BYTES:
        raise UnreadableError(f"{path}: more than {MAX_BYTES // 2**20} MiB after unpacking")
    if looks_binary(body):
        raise UnreadableError(f"{path}: a binary file, not HTML")
    return body


def looks_binary(body: bytes) -> bool:
    """Whether the bytes cannot be HTML: NUL in their head, but not as UTF-16 or UTF-32 have it."""
    head = body[:1024]
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))


def check_url(url: object) -> str:
    """The URL of a row; raises UnreadableError where it is no address of a page."""
    if not isinstance(url, str):
        raise UnreadableError(f'"url" has to be text, not {json.dumps(url)[:80]}')
    try:
        parts = urlsplit(url.strip())
        known = (parts.scheme.lower() in ("http", "https") and parts.hostname) or parts.scheme == "file"
    except ValueError:
        known = False
    if not known:
        raise UnreadableError(f'"url" is {url[:200]!r}: not an http, https or file URL')
    return url.strip()


# JSONL


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines of a file; None for a line that is too long. Raises UnreadableError."""
    try:
        with _unpacked(path) as stream:
            yield from _stream_lines(stream)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"{path}: not a sound gzip file: {error}") from error


def _stream_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if line.endswith(b"\n") or len(line) < MAX_LINE:
            if line.strip():
                yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)
        yield number, None


def _jsonl_rows(
    name: str, lines: Iterator[tuple[int, bytes | None]], folder: Path, address: str
) -> Iterator[InputRow]:
    """The rows of a JSONL file; ``address`` is the file's own, for rows without one."""
    for number, line in lines:
        place = f"{name}:{number}"
        known = place
        try:
            row = _row(line)
            known = str(row.get("id", place))
            url = (
                check_url(row["url"]) if row.get("url") else f"{address}/{quote(str(row.get('id', number)))}"
            )
            yield InputRow(known, _page(row, folder, url), place=place)
        except UnreadableError as error:
            yield InputRow(known, error=f"{place}: {error}", place=place)


def _row(line: bytes | None) -> dict[str, object]:
    if line is None:
        raise UnreadableError(f"a line of more than {MAX_LINE // 2**20} MiB")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 (byte {error.start + 1} of the line)") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise UnreadableError('not a JSON object; a row is {"id": ..., "url": ..., "html": ...}')
    return row


def _page(row: dict[str, object], folder: Path, url: str) -> Page:
    html, file = row.get("html"), row.get("html_file")
    if isinstance(html, str) and file is None and _is_html_path(html):
        html, file = None, html
    if isinstance(file, str):
        return Page(url, read_html(_inside(folder, file)))
    if not isinstance(html, str):
        raise UnreadableError(
            'no page: a row has "html" (text) or "html_file" (a path beside the JSONL file)'
        )
    body = html.encode("utf-8", "replace")
    if len(body) > MAX_BYTES:
        raise UnreadableError(f'"html" has more than {MAX_BYTES // 2**20} MiB')
    # the text was decoded already: what a <meta charset> inside says is no longer true
    return Page(url, body, headers=_UTF8)


def _inside(folder: Path, name: str) -> Path:
    """A file that a row names; rows come from others, so it must not lead out of their folder."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        raise UnreadableError(
            f'"html_file" is {name[:200]!r}: only paths inside the folder of the JSONL file are read'
        )
    whole = folder / path
    if not whole.resolve().is_relative_to(folder.resolve()):
        raise UnreadableError(
            f'"html_file" is {name[:200]!r}: a link that leads out of the folder; not followed'
        )
    if not whole.is_file():
        raise UnreadableError(f'"html_file" is {name[:200]!r}: there is no such file in {folder}')
    return whole


# Manifests


def _is_html_path(text: str) -> bool:
    return len(text) < 4096 and "<" not in text and "\n" not in text and text.lower().endswith(HTML)


def _manifest_row(row: dict[str, object]) -> tuple[str, str]:
    url, file = check_url(row.get("url")), row.get("html_file", row.get("html"))
    if not isinstance(file, str) or not _is_html_path(file):
        raise UnreadableError("not a row of a manifest")
    return url, file


def _kind(path: Path) -> Literal["manifest", "pages", "other"]:
    """What a file of a folder holds: pages, or (of JSONL) the names of pages beside it, or something else."""
    if not path.name.lower().endswith(JSONL):
        return "pages"
    with suppress(OSError, UnreadableError):
        for _, line in islice(_lines(path), _ROWS_TO_TELL):
            with suppress(UnreadableError):
                row = _row(line)
                with suppress(UnreadableError):
                    _manifest_row(row)
                    return "manifest"
                if row.keys() & {"html", "html_file"}:
                    return "pages"
    return "other"

"""WARC in and out: pages from the files of other crawlers, and the archive as a file that other tools read.

What winnow knows of a page and the standard has no field for stands in fields of its own, which other readers pass
over: ``Winnow-Source``, ``Winnow-URL`` (what was asked for, where a redirect led elsewhere) and
``Winnow-Fetched-At`` (where that is no moment to the second).
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from gzip import GzipFile
from http import HTTPStatus
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO, Any, cast, get_args
from urllib.parse import quote, unquote, urlsplit

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from pipelines.answers import Answers, StoredAnswer
from pipelines.archive import Archive, ArchiveError, Capture
from pipelines.inputs import MAX_BYTES, InputRow, UnreadableError, check_url, looks_binary
from pipelines.page import Page
from pipelines.robots_tags import asks
from pipelines.store import AnswerKind
from pipelines.store.connection import one_moment, written
from pipelines.store.store import winnow_version

HTML_TYPES = ("text/html", "application/xhtml+xml")
SOURCE, ASKED, FETCHED = "Winnow-Source", "Winnow-URL", "Winnow-Fetched-At"
UNTOLD_TYPE = "application/octet-stream"
ANSWER = "winnow-answer"
MAX_FIELDS = 1 << 20  # bytes of a record of fields
NOBODY_KNOWS = "1970-01-01T00:00:00Z"

# The body is archived unpacked, so these would no longer be true; they are told under another name.
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_ORIGINAL = "x-archive-orig-"
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_RECORDS = uuid.UUID("0bd9e14c-55c1-5d2c-8a5c-6f6b7e2f9a10")  # of names for records


# In


def read_warc(path: Path) -> Iterator[InputRow]:
    """One row an HTML response; an answer of 400 and above gives an error row, a redirect nothing.

    A record that winnow exported gives what was archived, whatever it is. A damaged file, also one that is cut off,
    gives the pages before the damage and an error row for the rest.
    """
    with path.open("rb") as file:
        stream = _Unpacked(file)
        number = 0
        record: Any = None
        held: InputRow | None = None  # until what follows shows that it is whole
        damage = ""
        try:
            for record in ArchiveIterator(stream):
                if held is not None:
                    yield held
                number, held = number + 1, None
                if _is_page(record):
                    held = _read(record, f"{path}: record {number}")
            if record is not None and getattr(record.raw_stream, "limit", 0) != 0:
                held = None
                raise ValueError("the file ends in the middle of a record")
            if stream.last and not stream.last.endswith((b"\r\n\r\n", b"\n\n")):
                raise ValueError("the file ends in the middle of a record")
        except Exception as error:  # noqa: BLE001 - warcio meets a record without a URL with an AttributeError
            damage = f"{path}: damaged after record {number}: {error}"
        if held is not None:
            yield held
        if damage:
            yield InputRow(f"{path}:{number + 1}", error=damage, place=f"{path}: record {number + 1}")


class _Unpacked:
    """The bytes of a file, unpacked if it is packed with gzip. ``last`` are the last four that were read.

    warcio would do that, but takes a packed file that is cut off for whole.
    """

    def __init__(self, file: BufferedReader) -> None:
        packed = file.peek(2)[:2] == b"\x1f\x8b"
        self._stream: GzipFile | BufferedReader = GzipFile(fileobj=file) if packed else file
        self._at = 0
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        """What comes next. Raises ``OSError`` where the file is damaged, once all before was read."""
        try:
            data = self._stream.read1(size)
        except (EOFError, zlib.error) as error:  # the first would be the end of the file to warcio
            raise OSError(str(error)) from None
        self._at += len(data)
        self.last = (self.last + data[-4:])[-4:]
        return data

    def tell(self) -> int:
        """How many bytes were read."""
        return self._at


def read_answers(path: Path) -> Iterator[StoredAnswer]:
    """What URLs answered in place of a page, from the head of a file that winnow exported; of another one nothing."""
    with path.open("rb") as file, suppress(Exception):
        for record in ArchiveIterator(_Unpacked(file)):
            if record.rec_type not in {"warcinfo", "metadata"}:
                return
            told = dict(
                line.split(": ", 1)
                for line in record.content_stream().read(MAX_FIELDS).decode().splitlines()
                if ": " in line
            )
            if record.rec_type == "warcinfo" and not told.get("software", "").startswith("pm-winnow/"):
                return
            if ANSWER in told and told[ANSWER] in get_args(AnswerKind):
                url = record.rec_headers.get_header(ASKED) or record.rec_headers.get_header("WARC-Target-URI")
                yield StoredAnswer(
                    check_url(unquote(url) if record.rec_headers.get_header(ASKED) else url),
                    cast("AnswerKind", told[ANSWER]),
                    unquote(told.get("detail", "")),
                    told["since"],
                    told["last"],
                    int(told["tries"]),
                )


def _is_page(record: Any) -> bool:
    ours = bool(record.rec_headers.get_header(SOURCE))
    if record.rec_type == "resource" and ours:
        return True
    if record.rec_type != "response" or record.http_headers is None:
        return False
    if ours:
        return True
    kind = record.http_headers.get_header("Content-Type") or ""
    return kind.partition(";")[0].strip().lower() in HTML_TYPES and not 300 <= _status(record) < 400


def _status(record: Any) -> int:
    if record.rec_type == "resource":
        return 200
    code = record.http_headers.get_statuscode()
    return int(code) if code and code.isascii() and code.isdigit() and len(code) == 3 else 0


def _read(record: Any, place: str) -> InputRow:
    told = record.rec_headers.get_header
    target = (told("WARC-Target-URI") or "").strip("<>")
    source, asked = unquote(told(SOURCE) or ""), unquote(told(ASKED) or "")
    try:
        url = check_url(asked or target)
        status = _status(record)
        if not source and not 200 <= status < 300:
            raise UnreadableError(f"answered with HTTP status {status}")
        body = record.content_stream().read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise UnreadableError(f"more than {MAX_BYTES // 2**20} MiB after unpacking")
        if not source and looks_binary(body):
            raise UnreadableError("binary data, not HTML")
    except UnreadableError as error:
        return InputRow(target or place, error=f"{place}: {error}", place=place, source=source)
    fetched = unquote(told(FETCHED) or "") or told("WARC-Date") or ""
    page = Page(
        url,
        body,
        final_url=target if asked and target != _safe(asked) else "",
        status=status,
        headers=_headers(record),
        fetched_at="" if fetched == NOBODY_KNOWS else fetched,
    )
    return InputRow(url, page, place=place, source=source)


def _headers(record: Any) -> tuple[tuple[str, str], ...]:
    if record.rec_type != "resource":
        return tuple((name.lower(), value) for name, value in record.http_headers.headers)
    kind = record.rec_headers.get_header("Content-Type")
    return () if kind == UNTOLD_TYPE else (("content-type", kind),)


# Out


def write_warc(
    archive: Archive,
    stream: IO[bytes],
    *,
    packed: bool,
    source: str | None = None,
    since: str | None = None,
    damaged: list[str] | None = None,
    noarchive: bool = False,
) -> int:
    """Write every capture, or those of a source or fetched since a day, as WARC 1.1; returns how many.

    What URLs answered in place of a page comes first, if all sources are asked for; the captures are ordered by URL
    and moment. Nothing in the file depends on when or where it is written. A body that is damaged costs its
    capture, and is told in ``damaged``. Pages that ask not to be archived (``noarchive``) are left out without
    ``noarchive``, as the file is made to be passed on.
    """
    writer = WARCWriter(stream, gzip=packed, warc_version="1.1")
    written = 0
    with one_moment(archive.connection):
        # twice, as the head tells what the file holds: unpacking costs little beside packing
        told = None if damaged is None else list[str]()
        writer.write_record(_info(writer, _wanted(archive, source, since, told, noarchive)))
        if source is None:
            for answer in Answers(archive).stored(since or ""):
                writer.write_record(_metadata(writer, answer))
        for capture, page in _wanted(archive, source, since, damaged, noarchive):
            for record in _records(writer, page, capture):
                writer.write_record(record)
            written += 1
    return written


def _wanted(
    archive: Archive, source: str | None, since: str | None, damaged: list[str] | None, noarchive: bool
) -> Iterator[tuple[Capture, Page]]:
    for capture in archive.captures(source, since):
        try:
            page = archive.get(capture.id)
        except ArchiveError as error:
            if damaged is None:
                raise
            damaged.append(str(error))
            continue
        if noarchive or not asks(page).noarchive:
            yield capture, page


def _info(writer: WARCWriter, wanted: Iterator[tuple[Capture, Page]]) -> Any:
    """The record that tells what made the file; its moment is that of the latest capture."""
    whole, latest = hashlib.sha256(), ""
    for capture, _ in wanted:
        latest = max(latest, capture.fetched_at)
        whole.update(f"{capture.url}\n{capture.body_hash}\n{capture.fetched_at}\n".encode())
    fields = {
        "software": f"pm-winnow/{winnow_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": "Pages as winnow archived them: bodies unpacked, cookies left out, requests as their"
        " addresses tell them",
    }
    payload = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    return writer.create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(payload),
        length=len(payload),
        warc_content_type="application/warc-fields",
        warc_headers_dict={
            "WARC-Record-ID": _name("warcinfo", whole.hexdigest()),
            "WARC-Date": _moment(latest),
        },
    )


def _records(writer: WARCWriter, page: Page, capture: Capture) -> Iterator[Any]:
    """The response of a capture and its request, or the resource that it is where it came from a file."""
    address = _safe(page.address)
    key = f"{capture.url}\n{capture.body_hash}\n{page.fetched_at}\n{address}"
    told = {"WARC-Record-ID": _name("response", key), "WARC-Date": _moment(page.fetched_at)}
    told |= _own_fields(page, capture, told["WARC-Date"])
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        yield writer.create_warc_record(
            address,
            "resource",
            payload=BytesIO(page.body),
            length=len(page.body),
            warc_content_type=page.header("content-type") or UNTOLD_TYPE,
            warc_headers_dict=told,
        )
        return
    yield writer.create_warc_record(
        address,
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=_answer(page),
        warc_headers_dict=told,
    )
    asked = StatusAndHeaders(
        f"GET {parts.path or '/'}{'?' if parts.query else ''}{parts.query} HTTP/1.1",
        [("Host", parts.netloc)],
        is_http_request=True,
    )
    yield writer.create_warc_record(
        address,
        "request",
        http_headers=asked,
        warc_headers_dict={
            "WARC-Record-ID": _name("request", key),
            "WARC-Date": told["WARC-Date"],
            "WARC-Concurrent-To": told["WARC-Record-ID"],
        },
    )


def _metadata(writer: WARCWriter, answer: StoredAnswer) -> Any:
    """What a URL answered in place of a page, for ``read_answers``."""
    fields = {
        ANSWER: answer.kind,
        "detail": quote(answer.detail, safe=":/ "),
        "since": answer.since,
        "last": answer.last,
        "tries": str(answer.tries),
    }
    payload = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    told = {
        "WARC-Record-ID": _name("metadata", f"{answer.url}\n{payload!r}"),
        "WARC-Date": _moment(answer.last),
    }
    if _safe(answer.url) != answer.url:
        told[ASKED] = quote(answer.url, safe=":/ ")
    return writer.create_warc_record(
        _safe(answer.url),
        "metadata",
        payload=BytesIO(payload),
        length=len(payload),
        warc_content_type="application/warc-fields",
        warc_headers_dict=told,
    )


def _own_fields(page: Page, capture: Capture, date: str) -> dict[str, str]:
    fields = {SOURCE: capture.source}
    if page.final_url or _safe(page.url) != page.url:
        fields[ASKED] = page.url
    if page.fetched_at and page.fetched_at != date:
        fields[FETCHED] = page.fetched_at
    return {name: quote(value, safe=":/ ") for name, value in fields.items()}


class _Headers(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """Headers of which no letter is changed; warcio would write those beyond ASCII in another way."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


def _answer(page: Page) -> StatusAndHeaders:
    """Status line and headers, as true of the unpacked body; what would break the syntax is left out."""
    headers = [
        (f"{_ORIGINAL}{name}" if name in _OF_THE_WIRE else name, re.sub(r"[\r\n\0]+", " ", value).strip())
        for name, value in page.headers
        if _HEADER_NAME.fullmatch(name)
        and not (name == "content-length" and value.strip() == str(len(page.body)))
    ]
    headers.append(("content-length", str(len(page.body))))
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    return _Headers(f"{page.status:03} {phrase}".strip(), headers, protocol="HTTP/1.1")


def _safe(url: str) -> str:
    """A URL as it may stand in a field: without blanks, line ends and letters beyond ASCII."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def _moment(fetched_at: str) -> str:
    """The moment in the form of WARC-Date."""
    try:
        given = datetime.fromisoformat(fetched_at)
    except ValueError:
        return NOBODY_KNOWS
    zoned = given if given.tzinfo else given.replace(tzinfo=UTC)
    return written(zoned.astimezone(UTC))


def _name(kind: str, key: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_RECORDS, f'{kind} {key}')}>"

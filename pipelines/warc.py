"""Pages out of WARC files: the HTML responses, as they were captured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

from pipelines.inputs import MAX_BYTES, InputRow, UnreadableError, check_url, looks_binary
from pipelines.page import Page

HTML_TYPES = ("text/html", "application/xhtml+xml")


def read_warc(path: Path) -> Iterator[InputRow]:
    """One row an HTML response; an answer of 400 and above gives an error row, a redirect nothing.

    A damaged file gives the pages before the damage and an error row for the rest.
    """
    with path.open("rb") as stream:
        number = 0
        try:
            for record in ArchiveIterator(stream):
                number += 1
                if _is_page(record):
                    yield _read(record, f"{path}: record {number}")
        except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
            told = f"{path}: damaged after record {number}: {error}"
            yield InputRow(f"{path}:{number + 1}", error=told, place=f"{path}: record {number + 1}")


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = record.http_headers.get_header("Content-Type") or ""
    return kind.partition(";")[0].strip().lower() in HTML_TYPES and not 300 <= _status(record) < 400


def _status(record: Any) -> int:
    code = record.http_headers.get_statuscode()
    return int(code) if code and code.isascii() and code.isdigit() and len(code) == 3 else 0


def _read(record: Any, place: str) -> InputRow:
    target = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    try:
        url = check_url(target)
        status = _status(record)
        if not 200 <= status < 300:
            raise UnreadableError(f"answered with HTTP status {status}")
        body = record.content_stream().read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise UnreadableError(f"more than {MAX_BYTES // 2**20} MiB after unpacking")
        if looks_binary(body):
            raise UnreadableError("binary data, not HTML")
    except UnreadableError as error:
        return InputRow(target or place, error=f"{place}: {error}", place=place)
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    fetched = record.rec_headers.get_header("WARC-Date") or ""
    return InputRow(url, Page(url, body, status=status, headers=headers, fetched_at=fetched), place=place)

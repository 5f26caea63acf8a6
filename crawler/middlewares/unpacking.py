"""Unpacks bodies that were sent packed, within the limit of their size, and only those that are whole."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import brotli
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from crawler.fates import Failed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

PIECE = 64 * 1024  # bytes that are unpacked at a time: no more than this beyond the limit


class BrokenBodyError(Exception):
    """A body that is not packed as it says, or breaks off."""


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Scrapy's, but that half a body is none.

    Scrapy takes what it can get of a stream that breaks off; half a page would be curated, and kept, as if it were
    all that its author wrote.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            return super().process_response(request, response)
        except BrokenBodyError as error:
            raise Failed(str(error), status=response.status, url=response.url) from None

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        try:
            return UNPACKERS[encoding](body, max_size)
        except (zlib.error, brotli.error, zstd.ZstdError):
            raise BrokenBodyError("the body is not packed as its Content-Encoding says") from None


class _Output:
    """What was unpacked so far."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._most and self._size > self._most:
            raise _DecompressionMaxSizeExceeded(self._size, self._most)
        self._pieces.append(piece)

    def whole(self, *, ended: bool) -> bytes:
        if not ended:
            raise BrokenBodyError("the body breaks off before it is unpacked whole")
        return b"".join(self._pieces)


def _gunzip(body: bytes, most: int) -> bytes:
    """All members of a gzip file; what follows the last one is left alone, as browsers do."""
    output, ended = _Output(most), not body
    while body.startswith(b"\x1f\x8b") or not ended:
        stream = zlib.decompressobj(wbits=31)
        _run(stream, body, output)
        ended, body = stream.eof, stream.unused_data
        if not ended:
            break
    return output.whole(ended=ended)


def _inflate(body: bytes, most: int) -> bytes:
    output, stream = _Output(most), zlib.decompressobj()
    try:
        stream.decompress(body, 1)
    except zlib.error:  # some servers leave the header of the stream out
        stream = zlib.decompressobj(wbits=-15)
    else:
        stream = zlib.decompressobj()
    _run(stream, body, output)
    return output.whole(ended=stream.eof or not body)


def _run(stream: zlib._Decompress, body: bytes, output: _Output) -> None:
    output.add(stream.decompress(body, PIECE))
    while stream.unconsumed_tail and not stream.eof:
        output.add(stream.decompress(stream.unconsumed_tail, PIECE))


def _unbrotli(body: bytes, most: int) -> bytes:
    output, stream = _Output(most), brotli.Decompressor()
    piece = stream.process(body, output_buffer_limit=PIECE)
    output.add(piece)
    while piece and not stream.is_finished():
        piece = stream.process(b"", output_buffer_limit=PIECE)
        output.add(piece)
    return output.whole(ended=stream.is_finished() or not body)


def _unzstd(body: bytes, most: int) -> bytes:
    """All frames."""
    output, ended = _Output(most), not body
    while body:
        stream = zstd.ZstdDecompressor()
        output.add(stream.decompress(body, PIECE))
        while not stream.eof and not stream.needs_input:
            output.add(stream.decompress(b"", PIECE))
        ended, body = stream.eof, stream.unused_data if stream.eof else b""
    return output.whole(ended=ended)


UNPACKERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _inflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}

"""Packed bodies: whole ones are unpacked, half ones are none, and none fills the memory."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from crawler.middlewares.unpacking import BrokenBodyError, UnpackingMiddleware

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(b"<p>Line %d of a page about product managers.</p>" % number for number in range(20_000))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "two gzip members": ("gzip", lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:])),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "two zstd frames": ("zstd", lambda data: zstd.compress(data[:1000]) + zstd.compress(data[1000:])),
}


def unpacked(name: str, packed: bytes, most: int = 10 << 20) -> bytes:
    return UnpackingMiddleware._decode(packed, PACKERS[name][0].encode(), most)


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("data", [TEXT, b"short", b""])
def test_a_whole_body_is_unpacked(name: str, data: bytes) -> None:
    assert unpacked(name, PACKERS[name][1](data)) == data


@pytest.mark.parametrize("name", PACKERS)
def test_an_empty_body_is_empty(name: str) -> None:
    assert unpacked(name, b"") == b""


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("share", [0.2, 0.9])
def test_half_a_body_is_none(name: str, share: float) -> None:
    """Half a page would be kept as if it were all that its author wrote."""
    packed = PACKERS[name][1](TEXT)
    with pytest.raises(BrokenBodyError, match="breaks off"):
        unpacked(name, packed[: int(len(packed) * share)])


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_not_packed_is_told(name: str) -> None:
    with pytest.raises(BrokenBodyError):
        unpacked(name, b"<html>this is plain text, whatever the header says</html>")


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_ends_at_the_limit(name: str) -> None:
    """64 MiB of nothing take no more memory than the limit and a piece."""
    bomb = PACKERS[name][1](bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(_DecompressionMaxSizeExceeded):
            unpacked(name, bomb, most=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_what_follows_a_gzip_file_is_left_alone() -> None:
    """Some servers pad it, and browsers do not mind."""
    assert unpacked("gzip", gzip.compress(TEXT) + bytes(512)) == TEXT

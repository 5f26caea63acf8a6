"""How bodies are packed: with zstd, and a dictionary a host, since the pages of a site share most of their markup.

A dictionary is a page of the host as it is: zstd's own training gives less, and costs more
(``benchmarks/compression.py``). It is stored once and never changed; a body names the one that it was packed
with, so that it stays readable when the host has a newer one.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass

import zstandard

LEVEL = 9
MAX_BODY = 64 * 1024 * 1024
"""Bytes of a body: more is neither stored nor unpacked, since an archive may come from others."""

MAX_DICTIONARY = 256 * 1024
"""Bytes: enough for the markup of nearly every page, and more would be read again for each body."""

LEAST_DICTIONARY = 2048
"""Bytes: what a shorter page shares with others is not worth a row."""

POOR = 0.75
"""A dictionary that leaves more than this of what packing without one gives has had its day: the site has
a new look. Over the pages of a site it leaves .05 to .7."""

TRIED, FORGOTTEN = 4, 16  # bodies to judge a dictionary by, at least; and when the older half counts no more
_HELD = 64  # dictionaries in memory: at most 16 MiB


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is stored; ``dictionary`` is the id of the one to unpack it with."""

    data: bytes
    dictionary: int | None


class Packer:
    """Packs for one archive, inside the caller's transaction, and unpacks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._held: OrderedDict[int, bytes] = OrderedDict()

    def pack(self, host: str, name: str, body: bytes) -> Packed:
        """A body of a host, by the hash that is its name; it may become the host's dictionary."""
        current = self._connection.execute(
            "SELECT id, tried, plain, packed FROM dictionaries WHERE host = ? ORDER BY id DESC LIMIT 1",
            (host,),
        ).fetchone()
        if current is None:
            return self._first(host, body) if len(body) >= LEAST_DICTIONARY else Packed(_plain(body), None)
        number, tried, plain_size, packed_size = current
        words = self._words(number)
        if words is None:
            return Packed(_plain(body), None)
        packed = Packed(_with(words, body), number)
        if name[:1] not in {"0", "1"}:  # packing one in eight twice is enough to watch it
            return packed
        plain = _plain(body)
        better = packed if len(packed.data) < len(plain) else Packed(plain, None)
        tried, plain_size, packed_size = (
            tried + 1,
            plain_size + len(plain),
            packed_size + len(better.data),
        )
        if tried >= TRIED and packed_size > POOR * plain_size and len(body) >= LEAST_DICTIONARY:
            return self._first(host, body)
        if tried >= FORGOTTEN:
            tried, plain_size, packed_size = tried // 2, plain_size // 2, packed_size // 2
        self._connection.execute(
            "UPDATE dictionaries SET tried = ?, plain = ?, packed = ? WHERE id = ?",
            (tried, plain_size, packed_size, number),
        )
        return better

    def unpack(self, data: bytes, size: int, dictionary: int | None) -> bytes | None:
        """The body, or None where the frame is damaged or claims more than was put in."""
        words = b"" if dictionary is None else self._words(dictionary)
        return None if words is None else _unpacked(data, size, MAX_BODY, words)

    def _first(self, host: str, body: bytes) -> Packed:
        """Make a dictionary of a body, which packs that body to next to nothing."""
        words = body[:MAX_DICTIONARY]
        added = self._connection.execute(
            "INSERT INTO dictionaries (host, size, data) VALUES (?, ?, ?)", (host, len(words), _plain(words))
        )
        return Packed(_with(words, body), added.lastrowid)

    def _words(self, number: int) -> bytes | None:
        """A stored dictionary; None where it is missing or damaged."""
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        row = self._connection.execute(
            "SELECT data, size FROM dictionaries WHERE id = ?", (number,)
        ).fetchone()
        words = _unpacked(row[0], row[1], MAX_DICTIONARY) if row is not None else None
        if words is not None:
            self._held[number] = words
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        return words


def packed_alone(body: bytes) -> bytes:
    """A body packed without a dictionary, quickly, with a checksum."""
    return zstandard.ZstdCompressor(write_content_size=True, write_checksum=True).compress(body)


def unpacked_alone(data: bytes, size: int) -> bytes | None:
    """What ``packed_alone`` was given; None where the frame is damaged or claims more than was put in."""
    return _unpacked(data, size, MAX_BODY)


def _plain(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=LEVEL, write_content_size=True).compress(body)


def _with(words: bytes, body: bytes) -> bytes:
    packer = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True, dict_data=_dictionary(words))
    return packer.compress(body)


def _dictionary(words: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _unpacked(data: bytes, size: int, most: int, words: bytes = b"") -> bytes | None:
    try:
        claimed = zstandard.get_frame_parameters(data).content_size
        if claimed != size or size > most:
            return None
        unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(words) if words else None)
        return unpacker.decompress(data, max_output_size=max(size, 1))
    except zstandard.ZstdError:
        return None

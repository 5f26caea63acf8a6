"""Writing an export: packed by its name, and in place only when it is complete."""

from __future__ import annotations

import errno
import gzip
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

GZIP_LEVEL = 6
ZSTD_LEVEL = 10


@contextmanager
def written_whole(path: str | Path, *, packed: bool = True) -> Iterator[IO[bytes]]:
    """A stream whose bytes become the file at ``path`` when the block ends well; ``-`` is standard output.

    The name says how it is packed, unless ``packed`` is false: then the bytes are written as they come.
    Nothing in the packed bytes depends on the machine or the moment. If the block raises, what stood at
    ``path`` before still stands. Raises OSError for a folder, a device or a pipe, which a file would replace.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    if target.exists() and not target.is_file():
        raise OSError(
            errno.EINVAL, "not a regular file, so it is not replaced; - is standard output", str(path)
        )
    beside = sibling(target, "part")
    try:
        with beside.open("xb") as raw:
            with ExitStack() as stack:
                yield stack.enter_context(_packed(raw, target.name.lower() if packed else ""))
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def sibling(target: Path, end: str) -> Path:
    """A name beside ``target``: a rename across file systems would not be atomic. Raises OSError without its folder."""
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, "there is no such folder", str(target.parent))
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.{end}")


@contextmanager
def _packed(raw: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if name.endswith(".gz"):
        with gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=raw, mtime=0) as packed:
            yield cast(IO[bytes], packed)
    elif name.endswith(".zst"):
        with zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(raw, closefd=False) as stream:
            yield cast(IO[bytes], stream)
    else:
        yield raw

"""Writing an export that is a folder: in place only when it is complete, and in no place that holds anything else."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.export_file import sibling
from pipelines.store.articles import Article

MARK = ".winnow-export"
"""The file by which a folder is known to be an export, so that the next one may replace it."""
SLUG_LIMIT = 60  # characters, of four bytes at most each: file systems take 255 bytes
_APART = re.compile(r"[\W_]+")


@contextmanager
def folder_written_whole(path: str | Path) -> Iterator[Path]:
    """A new folder that becomes the one at ``path`` when the block ends well.

    An earlier export there is replaced. Raises OSError where something else stands; if the block raises, what stood at
    ``path`` before still stands.
    """
    target = Path(path).absolute()
    if os.path.lexists(target) and not _replaceable(target):
        raise OSError(
            errno.EEXIST, "there is something that winnow export did not write; name a new folder", str(path)
        )
    beside, before = sibling(target, "part"), sibling(target, "old")
    try:
        beside.mkdir()
        (beside / MARK).write_text(
            "winnow export wrote this folder, and the next export to it replaces it.\n"
        )
        yield beside
        if target.exists():
            target.rename(before)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def file_name(article: Article, suffix: str) -> str:
    """Letters and digits of the title, for people, and the id, which makes it unique and valid everywhere."""
    slug = _APART.sub("-", article["title"].lower())[:SLUG_LIMIT].strip("-")
    return f"{slug or 'untitled'}-{article['id']}{suffix}"


def _replaceable(target: Path) -> bool:
    if target.is_symlink() or not target.is_dir():
        return False
    return (target / MARK).is_file() or not any(target.iterdir())

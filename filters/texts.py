"""What is worked out of a text, once: many rules, and the extraction before them, ask the same of the same blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import _lru_cache_wrapper, cache
from typing import TypeVar

WORD = re.compile(r"\w+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
MOST = 4096
"""Texts that are kept beyond their page, for the next page of the site to find its menu."""

Answer = TypeVar("Answer")
_KEPT: list[_lru_cache_wrapper[object]] = []


def remembered(function: Callable[..., Answer]) -> _lru_cache_wrapper[Answer]:
    """Keep all answers of a page until ``forget``, however many: a long page is read once like any other.

    A store of limited size does not do: rules go through the page one after the other, and where it holds less than the
    page, each of them finds nothing.
    """
    kept = cache(function)
    _KEPT.append(kept)
    return kept


def forget() -> None:
    """To be called at the end of a page: drops what would grow without end."""
    for kept in _KEPT:
        if kept.cache_info().currsize > MOST:
            kept.cache_clear()


@remembered
def count_words(text: str) -> float:
    """How many words a text has; two characters of a script without spaces are one."""
    # curly quotes make most texts more than ASCII; the first search settles those
    dense = len(UNSPACED.findall(text)) if not text.isascii() and UNSPACED.search(text) else 0
    return len(text.split()) + dense / 2


@remembered
def text_words(text: str) -> tuple[str, ...]:
    """The lower-case words of a text."""
    return tuple(WORD.findall(text.lower()))

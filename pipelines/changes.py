"""What differs between two versions of a text, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_PARAGRAPHS = 1500
"""Comparing takes time with the square of their number, at worst; longer texts are shown one after the other."""

What = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that both versions have, or only the earlier (``gone``) or the later one (``new``)."""

    what: What
    text: str


def changes(earlier: str, later: str) -> list[Change]:
    """All paragraphs of both versions, in the order of the page; what was replaced stands before what replaced it."""
    old, new = _paragraphs(earlier), _paragraphs(later)
    if len(old) > MOST_PARAGRAPHS or len(new) > MOST_PARAGRAPHS:
        return [Change("gone", text) for text in old] + [Change("new", text) for text in new]
    return list(_changes(old, new))


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, from_, to in matcher.get_opcodes():
        if tag == "equal":
            yield from (Change("same", text) for text in old[start:end])
            continue
        yield from (Change("gone", text) for text in old[start:end])
        yield from (Change("new", text) for text in new[from_:to])


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]

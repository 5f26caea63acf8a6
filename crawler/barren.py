"""Leaves alone what has been fruitless for long: a calendar, a search or a shop without an end, whatever its depth.

The pages that a program makes up are alike in all but a number, an id or the value of a parameter. Where so many of
them in a row gave no article, neither will the next thousand.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SHAPES = 10_000  # that are remembered, the latest: each page that is named in words and no article has one of its own
_NUMBER = re.compile(r"\d+")
# an id: letters and digits in no order that a reader would give them
_ID = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{6,}", re.IGNORECASE)


def shape(url: str) -> str:
    """What a URL has in common with others that a program made.

    That is its host and path without numbers and ids, and the names of its parameters.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:200]
    path = _NUMBER.sub("0", _ID.sub("0", parts.path))
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{parts.netloc.lower()}{path}{'?' if names else ''}{'&'.join(names)}"


class Barren:
    """Counts, by shape, how many pages in a row gave no article; ``most`` of them are enough."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._row: dict[str, int] = {}  # those met last are last

    def tell(self, url: str, *, article: bool) -> None:
        """A page was fetched, and was an article that no other address has, or was none."""
        key = shape(url)
        if article:
            self._row.pop(key, None)
        else:
            self._row[key] = min(self._row.pop(key, 0) + 1, self._most)
            if len(self._row) > SHAPES:
                del self._row[next(iter(self._row))]

    def against(self, url: str) -> str:
        """Why a URL is left alone; empty where nothing speaks against it."""
        key = shape(url)
        if self._row.get(key, 0) < self._most:
            return ""
        return f"a URL like {self._most} in a row that gave no article ({key[:200]})"

"""Guesses which URLs of a site are articles: by what its feed names, and what articles have in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.frontier import FURNITURE, score

MOST = 0.8  # of the articles share a shape, or it is not what tells them
FEW = 3  # articles from which a shape can be told
DATED = re.compile(r"^/(?:19|20)\d\d/\d{1,2}/")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Regular expressions as in ``Source``."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


def guess_patterns(articles: Sequence[str], others: Iterable[str]) -> Patterns:
    """Patterns that find the ``articles``, and that deny what among ``others`` looks like lists and furniture.

    Articles are the entries of a feed; without one, they are those of the others that look most like articles.
    A pattern for ``allow`` is given where most of them have a date in their path or lie in one folder.
    """
    every = list(dict.fromkeys(others))
    known = list(dict.fromkeys(articles)) or [url for url in every if score(url) > 0]
    return Patterns(_allow(known), _deny(known, every))


def _allow(articles: Sequence[str]) -> tuple[str, ...]:
    if len(articles) < FEW:
        return ()
    paths = [_path(url) for url in articles]
    if sum(bool(DATED.match(path)) for path in paths) >= MOST * len(paths):
        return (r"/(?:19|20)\d\d/\d{1,2}/",)
    folders = Counter(path.split("/")[1] for path in paths if path.count("/") > 1 and path.split("/")[2])
    if not folders:
        return ()
    folder, times = folders.most_common(1)[0]
    if times < MOST * len(paths):
        return ()
    hosts = sorted({(urlsplit(url).hostname or "").removeprefix("www.") for url in articles})
    host = re.escape(hosts[0]) if len(hosts) == 1 else "[^/]+"
    return (rf"^https?://(?:www\.)?{host}(?::\d+)?/{re.escape(folder)}/[^/?#]",)


def _deny(articles: Sequence[str], every: Sequence[str]) -> tuple[str, ...]:
    """Folders of furniture that occur on the site, and in none of its articles."""
    good = {folder for url in articles for folder in _folders(url)}
    seen = {folder for url in every for folder in _folders(url)}
    return tuple(f"/{re.escape(folder)}/" for folder in sorted(seen & FURNITURE.keys() - good))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return "/"


def _folders(url: str) -> list[str]:
    """The folders of a path, the page itself left out where others follow it."""
    return [folder for folder in _path(url).lower().split("/")[1:-1] if folder]

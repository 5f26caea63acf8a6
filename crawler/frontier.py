"""Which links come first where a crawl may take only some: those that most look like articles on a career in product.

A score is a sum of what can be known before a page is fetched: its URL, the words of the link, and what the same
part of the site gave before. The same links, titles and past give the same order.
"""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from crawler.line import Waiting

# Stems, by what a link with one of them is worth; each counts once.
SUBJECT = {
    "product": 1.0, "pm": 1.0, "career": 1.0, "interview": 1.0, "roadmap": 1.0, "promot": 0.8, "manager": 0.8,
    "management": 0.8, "discovery": 0.8, "stakeholder": 0.8, "prioriti": 0.8, "strateg": 0.6, "okr": 0.6,
    "metric": 0.6, "onboard": 0.6, "leader": 0.6, "mentor": 0.6, "resume": 0.6, "salar": 0.6, "hiring": 0.6,
    "backlog": 0.6, "launch": 0.4, "pricing": 0.4, "user": 0.4, "customer": 0.4, "team": 0.4, "guide": 0.6,
    "how": 0.4, "what": 0.2, "why": 0.4, "lesson": 0.4, "first": 0.2,
}  # fmt: skip
MOST_SUBJECT = 3.0
# Folders of lists and furniture: each costs, down to the least.
FURNITURE = {
    "tag": 2.0, "tags": 2.0, "category": 2.0, "categories": 2.0, "topic": 1.5, "topics": 1.5, "author": 2.0,
    "authors": 2.0, "archive": 2.0, "archives": 2.0, "page": 1.5, "search": 2.0, "login": 3.0, "signin": 3.0,
    "signup": 3.0, "register": 3.0, "cart": 3.0, "checkout": 3.0, "shop": 2.0, "pricing": 2.0, "privacy": 3.0,
    "terms": 3.0, "legal": 3.0, "contact": 2.0, "about": 1.5, "press": 1.5, "jobs": 2.0, "events": 1.5, "event": 1.5,
    "webinars": 1.5, "podcast": 1.0, "podcasts": 1.0, "feed": 2.0, "comments": 2.0, "amp": 1.0, "share": 2.0,
}  # fmt: skip
# Words of what is sold on hijacked sites, in the URL or in the link.
SPAM = frozenset("casino betting slots poker jackpot viagra cialis payday loans coupon promo escort".split())
SPAM_COST = 3.0
MOST_AWAY = 6.0
SHELF = frozenset(
    "blog article articles post posts guide guides essay essays insights learn resources".split()
)
DATED = re.compile(r"/(?:19|20)\d\d/(?:\d{1,2}/)?")
WORDS = re.compile(r"[^\W_]+")
LONG_SLUG = 3  # words; articles are named by their titles, lists by a word
DEEP = 5  # folders
# A part of a site that was never seen is worth as much as one that gave as many articles as other pages.
YIELD_WEIGHT = 2.0


def section(url: str) -> str:
    """The part of a site that a URL lies in: its first folder, or ``/`` for a page that lies in none."""
    try:
        folders = urlsplit(url).path.strip("/").split("/")
    except ValueError:
        return "/"
    return f"/{folders[0]}/" if len(folders) > 1 else "/"


def yields(judged: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """By section, the share (0 to 1) of pages that were accepted; two pages more, one of them accepted, are assumed.

    ``judged`` holds the URL of every page that a source gave, and whether it was accepted.
    """
    accepted: dict[str, int] = defaultdict(int)
    seen: dict[str, int] = defaultdict(int)
    for url, taken in judged:
        seen[section(url)] += 1
        accepted[section(url)] += taken
    return {part: (accepted[part] + 1) / (number + 2) for part, number in seen.items()}


def score(url: str, text: str = "", known: Mapping[str, float] | None = None) -> float:
    """How much a link promises, about -10 to 7; ``text`` is its words, ``known`` what ``yields`` says of the source.

    Words on the subject add up to 3, folders of lists and words of spam take up to 6; a slug like a title adds 1, a
    date in the path or a folder such as ``blog`` 0.5 each; a query or a deep path takes 0.5 each; a section whose
    pages were all accepted adds up to 1, one whose pages were all rejected takes as much.
    """
    try:
        parts = urlsplit(url)
        path = unquote(parts.path).lower()
    except ValueError:
        return -10.0
    folders = [folder for folder in path.split("/") if folder]
    in_url = [WORDS.findall(folder) for folder in folders]
    words = {word for folder in in_url for word in folder} | set(WORDS.findall(text.lower()))
    subject = sum(worth for stem, worth in SUBJECT.items() if any(_has(word, stem) for word in words))
    away = sum(FURNITURE.get(folder, 0.0) for folder in set(folders)) + SPAM_COST * len(SPAM & words)
    total = min(subject, MOST_SUBJECT) - min(away, MOST_AWAY)
    total += 1.0 * (bool(in_url) and len(in_url[-1]) >= LONG_SLUG)
    total += 0.5 * bool(DATED.search(path)) + 0.5 * bool(SHELF & set(folders[:-1]))
    total -= 0.5 * bool(parts.query) + 0.5 * (len(folders) > DEEP)
    total += YIELD_WEIGHT * ((known or {}).get(section(url), 0.5) - 0.5)
    return round(total, 3)


def _has(word: str, stem: str) -> bool:
    return word == stem if len(stem) < 4 else word.startswith(stem)


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a link stands: what was never fetched first, or not for the longest time; then by score, then as found."""

    last_seen: str
    against: float
    number: int


@dataclass
class Frontier:
    """Links that wait for their turn, the best first."""

    known: Mapping[str, float] = field(default_factory=dict)
    _heap: list[tuple[_Place, Waiting]] = field(default_factory=list)
    _number: int = 0

    def add(self, page: Waiting, last_seen: str) -> None:
        """Let a link wait."""
        self._number += 1
        worth = score(page.entry.url, page.entry.text, self.known)
        heapq.heappush(self._heap, (_Place(last_seen, -worth, self._number), page))

    def pop(self) -> Waiting:
        """The best link. Raises ``IndexError`` where none waits."""
        return heapq.heappop(self._heap)[1]

    def shed(self, kept: int) -> list[Waiting]:
        """Links that have no chance, as so many better ones wait; none until these are as many again."""
        if len(self._heap) <= 2 * kept:
            return []
        self._heap.sort()  # which is a heap, too
        left = [page for _, page in self._heap[kept:]]
        del self._heap[kept:]
        return left

    def __len__(self) -> int:
        return len(self._heap)

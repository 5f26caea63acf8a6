"""The loopback web as a plan: sites, their pages and faults, the sources that crawl them, and how each URL must end.

The same number of sites and pages and the same seed give the same web.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from benchmarks.web.faults import ACCEPTED, FAULTS, HANGING, QUICK, SLOW, WHOLE, Fate
from benchmarks.web.pages import TEMPLATES, Article, article
from benchmarks.web.words import MENU_TEXT

WAYS = ("feed", "sitemap", "site", "feed", "sitemap", "sitemap", "feed", "site", "sitemap", "urls")
FEEDS = ("rss", "atom", "json")
# as many in English as on the web of this trade, and the others in the encodings that they are found in
LANGUAGES = ("en",) * 13 + ("de", "es", "fr", "ru", "ja", "zh", "ko")
ENCODINGS = {
    "ru": "cp1251",
    "ja": "shift_jis",
    "zh": "gb18030",
    "ko": "euc_kr",
    "fr": "cp1252",
    "de": "utf-16",
}
DECLARED = {"cp1251": "windows-1251", "cp1252": "windows-1252", "euc_kr": "euc-kr"}
LISTED = 25  # entries on a page of a feed or list

REJECTED = Fate(("rejected",), status=200)
READ = Fate(("skipped",), "read for its links", 200)
TRAP = Fate(("accepted", "rejected", "skipped"), asked=None)
# Requests that a trap may cost: a calendar as deep as the source goes, and the page after a list's last.
TRAPS = {"/calendar": 15, "/page/": 2}


@dataclass(frozen=True)
class Site:
    """One site at an address of its own. ``faults`` are names of ``FAULTS``, ``whole`` one of ``WHOLE`` or empty."""

    number: int
    seed: str
    way: str
    language: str
    size: int
    faults: tuple[str, ...] = ()
    whole: str = ""

    @property
    def name(self) -> str:
        return f"site-{self.number:03}"

    @property
    def address(self) -> str:
        """An address of 127.0.0.0/8, all of which is this machine on Linux."""
        return f"127.0.{1 + self.number // 250}.{1 + self.number % 250}"

    @property
    def feed(self) -> str:
        return FEEDS[self.number // 2 % len(FEEDS)]

    @property
    def encoding(self) -> str:
        return ENCODINGS.get(self.language, "utf-8")

    @property
    def header_charset(self) -> str:
        """What the header says: nothing where the page says it, and a lie on every other such site."""
        if self.encoding == "utf-8":
            return "utf-8"
        return "utf-8" if self.number % 2 else ""

    @property
    def packs(self) -> bool:
        """Whether it answers with gzip."""
        return self.number % 4 == 1

    @property
    def validator(self) -> str:
        """How it tells that a page did not change: ``etag``, ``date``, or (one site in fifty) not at all."""
        if self.number % 50 == 49:
            return ""
        return "date" if self.number % 10 in {7, 8} else "etag"

    @property
    def listing_validator(self) -> str:
        """The same of its feeds, sitemaps and lists: one site in six makes them anew for every visitor."""
        return "" if self.number % 6 == 3 else self.validator

    @cached_property
    def articles(self) -> dict[str, Article]:
        """By path."""
        count = self.size - len(self.faults)
        template = TEMPLATES[self.number % len(TEMPLATES)]
        made = (article(self.seed, number, self.language, template) for number in range(count))
        return {f"/guides/{one.number + 1}": one for one in made}

    @cached_property
    def faulty(self) -> dict[str, str]:
        """Name of the fault by path."""
        return {f"/faults/{name}": name for name in self.faults}

    @property
    def paths(self) -> list[str]:
        """All pages in the order in which they are listed: faults stand among the articles."""
        listed = list(self.articles)
        for number, path in enumerate(self.faulty):
            listed.insert(min(len(listed), 2 + number * 3), path)
        return listed

    @property
    def start(self) -> list[str]:
        """Paths that the source begins with."""
        if self.way == "feed":
            return ["/feed.json" if self.feed == "json" else "/feed.xml"]
        return {"sitemap": ["/sitemap.xml"], "site": ["/"], "urls": self.paths}[self.way]

    @property
    def pages_of_list(self) -> int:
        return max(1, -(-len(self.paths) // LISTED))

    @property
    def listings(self) -> list[str]:
        """Paths of what is read for its links, the start included."""
        more = range(2, self.pages_of_list + 1)
        if self.way == "sitemap":
            return [*self.start, *(f"/sitemap-{n}.xml.gz" for n in range(1, self.pages_of_list + 1))]
        if self.way == "site":
            return [*self.start, *(f"/page/{n}/" for n in more)]
        if self.way == "feed" and self.feed != "rss":
            return [*self.start, *(f"{self.start[0]}?page={n}" for n in more)]
        return self.start if self.way == "feed" else []

    def source(self, port: int) -> str:
        """The TOML file of its source."""
        base = f"http://{self.address}:{port}"
        keys = {
            "title": f"Loopback site {self.number}",
            "homepage": f"{base}/",
            "way": self.way,
            "start": [base + path for path in self.start],
            "follow": ["/page/[0-9]+/$"] if self.way == "site" else [],
            "delay": 0,
            "allow_private": True,
        }
        return "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def fates(self) -> Iterator[tuple[str, Fate]]:
        """How each path must end in a first crawl."""
        if self.whole:
            yield from ((path, WHOLE[self.whole]) for path in self.start)
            return
        yield from ((path, READ) for path in self.listings)
        again = next(iter(self.articles)) if "moved" in self.faults else ""
        for path in self.articles:
            yield path, Fate(ACCEPTED.states, status=200, asked=2) if path == again else ACCEPTED
        yield from ((path, FAULTS[name]) for path, name in self.faulty.items())
        if self.way == "site":
            yield from ((f"/about/{name}", REJECTED) for name in MENU_TEXT)


@dataclass(frozen=True)
class Web:
    """All sites; ``port`` is where they listen."""

    sites: tuple[Site, ...]
    port: int = 0

    @property
    def pages(self) -> int:
        return sum(site.size for site in self.sites if not site.whole)

    def truth(self) -> dict[str, Fate]:
        """By URL, how a first crawl must end for it; traps come on top, see ``trap``."""
        return {
            f"http://{site.address}:{self.port}{path}": fate
            for site in self.sites
            for path, fate in site.fates()
        }


def trap(path: str) -> str:
    """The trap that a path belongs to; empty for none."""
    return next((start for start in TRAPS if path.startswith(start)), "")


def plan(sites: int, pages: int, seed: int = 1, *, hanging: bool = True) -> Web:
    """A web of so many sites and pages; ``hanging`` says whether two pages may cost two minutes each."""
    chance = random.Random(f"{seed}/web")  # noqa: S311 - the same seed, the same web
    whole = {sites - 1 - n: name for n, name in enumerate(WHOLE)} if sites > 2 * len(WHOLE) else {}
    weights = [0 if number in whole else chance.uniform(0.4, 1.6) for number in range(sites)]
    sizes = _shared(pages, weights)
    quick, slow, hangs = _dealt(QUICK), _dealt(SLOW), list(HANGING) if hanging else []
    made = []
    for number, size in enumerate(sizes):
        faults: list[str] = []
        if number not in whole and size > 12:
            faults = [next(quick) for _ in range(6)] if number % 3 == 0 else []
            faults += [next(slow)] if number % 10 == 5 else []
            faults += [hangs.pop()] if number in {1, 2} and hangs else []
        way = WAYS[number % len(WAYS)]
        made.append(
            Site(
                number,
                f"{seed}/{number}",
                "feed" if number in whole else way,
                LANGUAGES[(number * 7) % len(LANGUAGES)],
                size,
                tuple(dict.fromkeys(faults)),
                whole.get(number, ""),
            )
        )
    return Web(tuple(made))


def _dealt(faults: dict[str, Fate]) -> Iterator[str]:
    while True:
        yield from faults


def _shared(total: int, weights: list[float]) -> list[int]:
    """The total by weights, in whole numbers that sum to it."""
    whole, shared, given = sum(weights), [], 0
    seen = 0.0
    for weight in weights:
        seen += weight
        upto = round(total * seen / whole)
        shared.append(upto - given)
        given = upto
    return shared

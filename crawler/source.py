"""A source is one TOML file: a site, the ways its pages are found, and what may be fetched there."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import time
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from crawler.addresses import is_loopback
from pipelines.revisits import LEAST_HOURS, MOST_HOURS, Bounds
from pipelines.site_settings import Hint, SiteSettings

WAYS = ("feed", "sitemap", "list", "site", "urls")
MOST_NAMES = 12  # in a sentence
COUNTER = "{page}"  # stands for 1, 2, 3, ... in the address of a list
# one line of plain ASCII: it is sent as part of a header
CONTACT = re.compile(r"(?:https?://|mailto:)[!-~]+|[!-~]+@[!-~]+")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class SourceError(ValueError):
    """A source that cannot be used; the message quotes what is wrong, where, and what is valid."""


@dataclass(frozen=True, kw_only=True)
class Find:
    """One way of finding a source's pages; the fields are as in ``Source``."""

    way: str
    start: tuple[str, ...]
    follow: tuple[str, ...] = ()
    depth: int = 3
    pages: int = 50
    every_hours: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Source:
    """One site and the ways its pages are found.

    ``way`` is ``feed`` (RSS, Atom, JSON Feed), ``sitemap``, ``list`` (lists of articles), ``site`` (follows links from
    page to page) or ``urls`` (the pages themselves); ``start`` holds the feeds, sitemaps, lists, start pages or pages.
    ``{page}`` in one of ``start`` stands for 1, 2, 3 and so on, as long as each brings something new, and for at most
    ``pages`` of them. ``find`` holds further ways. Each has its own ``every_hours``, for which a crawl of whatever is
    due leaves it alone after the last: a feed may be read every day and the sitemap every month.

    Only pages on ``hosts`` (where empty: the hosts of ``start`` and ``homepage``) are fetched, whose URL is found by
    one of the regular expressions ``allow`` (empty: any) and by none of ``deny``. The ways ``list`` and ``site`` also
    read the links of pages found by ``follow``, without keeping them, and go ``depth`` links deep. ``full_text`` takes
    articles that a feed carries whole from the feed, without fetching the page. ``browser`` lets a browser render the
    pages (and lists), because scripts write their text.

    ``revisit_least_hours`` and ``revisit_most_hours`` are the bounds of the time that a page is left alone between two
    visits (see ``pipelines.revisits``).

    ``languages`` and ``kinds`` are those of the articles that it is taken for (empty: what the rules take), ``hint``
    what is known of its pages' markup; they hold for all pages on its ``hosts``, also for those that are imported.

    ``verified`` says that somebody saw it work, on the day ``verified_on`` (``YYYY-MM-DD``).
    ``limit`` is the number of pages a run takes at most (0: no limit), ``delay`` the least number of seconds between
    two requests. ``hours`` is when the source may be crawled, in the time of this machine: ``22:00-06:00`` (empty:
    at any time). ``contact`` is the operator's e-mail address or web page, told to the site in every request.
    ``allow_private`` lets the source's own hosts be private addresses.
    """

    name: str
    title: str = ""
    homepage: str = ""
    licence: str = ""
    notes: str = ""
    enabled: bool = True
    verified: bool = True
    verified_on: str = ""
    way: str
    start: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    depth: int = 3
    pages: int = 50
    full_text: bool = True
    browser: bool = False
    limit: int = 0
    delay: float = 1.0
    every_hours: float = 20.0
    revisit_least_hours: float = LEAST_HOURS
    revisit_most_hours: float = MOST_HOURS
    hours: str = ""
    contact: str = ""
    allow_private: bool = False
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    hint: tuple[Hint, ...] = ()
    find: tuple[Find, ...] = ()
    path: str = field(default="", compare=False)

    def on_site(self, url: str) -> bool:
        """Whether a URL lies on one of the source's hosts; sites often answer with and without ``www.``"""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return host.removeprefix("www.") in {own.removeprefix("www.") for own in self.hosts}

    def wants(self, url: str) -> bool:
        """Whether the URL is that of a page to keep."""
        return not self.left_out_by(url)

    def left_out_by(self, url: str) -> str:
        """Which of the patterns says that the URL is not that of a page to keep; empty where none does."""
        if denied := self._denied_by(url):
            return f"left out by the source's deny = {denied!r}"
        if self.allow and not any(re.search(pattern, url) for pattern in self.allow):
            return "left out, as none of the source's allow finds it"
        return ""

    def _denied_by(self, url: str) -> str:
        return next((pattern for pattern in self.deny if re.search(pattern, url)), "")

    def follows(self, url: str) -> bool:
        """Whether the links of the page are read although the page itself is not kept."""
        return not self._denied_by(url) and any(re.search(pattern, url) for pattern in self.follow)

    def ways(self) -> list[Source]:
        """The source once for each of its ways, with nothing in ``find``."""
        own = replace(self, find=())
        return [
            own,
            *(replace(own, **{f.name: getattr(find, f.name) for f in fields(Find)}) for find in self.find),
        ]

    def open_at(self, moment: time) -> bool:
        """Whether the source may be crawled at a time of the day."""
        if not self.hours:
            return True
        begin, end = (time.fromisoformat(told) for told in self.hours.split("-"))
        return begin <= moment < end if begin <= end else moment >= begin or moment < end

    def revisits(self) -> Source:
        """The source as the way that asks for what is known and due."""
        return replace(self, way="revisits", start=(), find=())

    @property
    def bounds(self) -> Bounds:
        """How long its pages are left alone."""
        return Bounds(self.revisit_least_hours, self.revisit_most_hours)

    @property
    def settings(self) -> SiteSettings:
        """What it says of the pages of its site, beside how they are found."""
        return SiteSettings(self.hosts, self.hint, self.languages, self.kinds)

    @property
    def is_loopback(self) -> bool:
        """Whether nothing of it lies beyond this machine."""
        return all(is_loopback(host) for host in self.hosts)


def shipped() -> Path:
    """The folder of the sources that come with winnow."""
    return Path(str(files("crawler") / "sources"))


def folders(extra: str | Path | None = None) -> list[Path]:
    """Where sources are looked for; a later folder's source hides an earlier one's of the same name.

    ``extra`` is a folder of one's own; without it, ``WINNOW_SOURCES`` names it.
    """
    own = extra or os.environ.get("WINNOW_SOURCES", "")
    if own and not Path(own).is_dir():
        raise SourceError(f"no such folder of sources: {str(own)!r}")
    return [shipped(), *([Path(own)] if own else [])]


def source_files(extra: str | Path | None = None) -> dict[str, Path]:
    """The file of every source by the source's name, sorted by name."""
    found = {path.stem: path for folder in folders(extra) for path in sorted(folder.glob("*.toml"))}
    return dict(sorted(found.items()))


def load_sources(names: Iterable[str], *, extra: str | Path | None = None, base: str = "") -> list[Source]:
    """The named sources; raises ``SourceError`` for the first that is not right."""
    known = source_files(extra)
    return [load_source(known_file(name, known), base=base) for name in dict.fromkeys(names)]


def known_file(name: str, known: dict[str, Path]) -> Path:
    """The file of a source. Raises ``SourceError``, with what was probably meant."""
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        raise SourceError(f"no source is called {name!r}{hint} {told(known)}")
    return known[name]


def told(known: Iterable[str]) -> str:
    """A sentence that says which sources there are, or where to read it."""
    names = list(known)
    if len(names) > MOST_NAMES:
        return f"There are {len(names)}; `winnow sources list` shows them"
    return f"There are: {', '.join(names) or 'none'}"


def load_source(path: Path, *, base: str = "") -> Source:
    """Read one TOML file; ``base`` replaces ``{base}`` in its values. Raises ``SourceError``."""
    from crawler.source_file import read_source

    return read_source(path, base)

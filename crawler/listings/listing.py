"""What every listing gives, and what its readers share."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.traps import without_session

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    Target = ParserTarget[None]
else:
    Target = object


MOST_ENTRIES = 250_000
"""Entries of a listing that are read. The protocol of sitemaps allows 50,000, and sites overdo it; a hostile one can
name millions in its 50 MiB, each of which takes some 300 bytes of memory."""


class UnreadableListingError(ValueError):
    """A body that is not the feed or sitemap it should be; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Article:
    """A whole article that a feed carries: ``content`` is HTML; ``base`` the URL that its links are relative to.

    ``published`` and ``updated`` are as in ``Entry.changed``; empty strings for what the feed does not say.
    """

    content: str
    title: str = ""
    author: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a listing names; ``text`` is the words of the link, or the title.

    ``changed`` is when the listing says that the page was last changed, in UTC: ``YYYY-MM-DDTHH:MM:SSZ``, or a day
    where it names no time, or empty.
    """

    url: str
    text: str = ""
    changed: str = ""
    article: Article | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """``entries`` name pages, ``more`` further listings: a feed's next page, the sitemaps of an index.

    ``left`` is how many more it names, which were not read.
    """

    entries: tuple[Entry, ...]
    more: tuple[Entry, ...] = ()
    left: int = 0

    @property
    def pages(self) -> tuple[str, ...]:
        """The URLs of the entries."""
        return tuple(entry.url for entry in self.entries)


def listing(entries: Iterable[Entry], more: Iterable[Entry] = (), left: int = 0) -> Listing:
    """A listing that names every URL once, by the first entry that does."""
    return Listing(_once(entries), _once(more), left)


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.url, entry)
    return tuple(first.values())


def unpacked(body: bytes, limit: int) -> bytes:
    """The body, or what a gzip file holds, up to ``limit`` bytes. Raises ``UnreadableListingError``."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise UnreadableListingError(f"a broken gzip file: {error}") from None
    if len(plain) > limit:
        raise UnreadableListingError(f"a gzip file that unpacks to more than {limit / 2**20:g} MiB")
    return plain


def joined(base: str, url: str) -> str:
    """The URL that a reference leads to, without its fragment or the number of a visit; empty for what is none."""
    try:
        return without_session(urljoin(base, url).partition("#")[0])
    except ValueError:
        return ""


def moment_of(told: str) -> str:
    """A date of a feed or sitemap as in ``Entry.changed``; empty for what cannot be read."""
    told = told.strip()[:64]
    try:
        found = datetime.fromisoformat(told) if told[4:5] == "-" else parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""
    if len(told) == len("2026-01-01"):
        return found.date().isoformat()
    if found.tzinfo is not None:
        try:
            found = found.astimezone(UTC)
        except OverflowError:
            return ""
    return found.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def no_newer(told: str, known: str) -> bool:
    """Whether a page that is listed as changed at ``told`` is the one that was listed as changed at ``known``.

    A day without a time is as long as the day.
    """
    return bool(told and known) and told[: len(known)] <= known


def before(told: str, day: str) -> bool:
    """Whether a listed change lies before a day (``YYYY-MM-DD``), in whatever time zone it was meant."""
    if not told:
        return False
    try:
        return datetime.fromisoformat(told[:10]) + timedelta(days=1) < datetime.fromisoformat(day)
    except (ValueError, OverflowError):
        return False


def said(error: Exception) -> str:
    """The first line of an error's text."""
    return (str(error).splitlines() or ["nothing in it"])[0][:200]

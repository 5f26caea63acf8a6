"""Looks at a site for the ways in which its pages can be found, and writes down a source for it."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.listings import Listing, UnreadableListingError, read_feed, read_sitemap, unpacked
from crawler.source import SourceError, load_source, source_files
from crawler.spider import SourceSpider
from crawler.spiders.sitemap import LARGEST

if TYPE_CHECKING:
    from lxml.etree import ParserTarget
    from scrapy.http import Response

    _Target = ParserTarget[None]
else:
    _Target = object

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
# where feeds are that no page names
USUAL_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")


@dataclass
class Survey:
    """What was found: the front page's title, and the feeds and sitemaps that could be read."""

    title: str = ""
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


class SurveySpider(SourceSpider):
    """Reads the front page and robots.txt, then tries the feeds and sitemaps that they name."""

    name = "survey"
    listing_bytes = LARGEST
    found: ClassVar[Survey]

    async def start(self) -> AsyncIterator[Any]:
        self._roles: dict[str, str] = {}
        front = self.source.start[0]
        for url, role in (
            (front, "front"),
            (urljoin(front, "/robots.txt"), "robots"),
            (urljoin(front, "/sitemap.xml"), "sitemap"),
        ):
            for request in self._look(url, role):
                yield request

    def _look(self, url: str, role: str) -> Any:
        self._roles[url] = role
        return self.listing(url)

    def read(self, response: Response) -> Listing:
        assert response.request is not None  # noqa: S101 - Scrapy sets it before a callback
        role = self._roles.get(response.request.meta["asked"], "")
        body = unpacked(response.body, LARGEST)
        if role == "front":
            return self._read_front(body, response.url)
        if role == "feed":
            if read_feed(body, response.url).pages:
                self.found.feeds.append(response.url)
        elif role == "sitemap":
            read_sitemap(body, response.url)
            self.found.sitemaps.append(response.url)
        else:
            named = read_sitemap(body, response.url).more
            self._roles |= dict.fromkeys(named, "sitemap")
            return Listing((), named)
        return Listing(())

    def _read_front(self, body: bytes, url: str) -> Listing:
        with contextlib.suppress(UnreadableListingError):
            if read_feed(body, url).pages:  # it was the address of the feed itself
                self.found.feeds.append(url)
                return Listing(())
        target = _FrontPage()
        with contextlib.suppress(etree.LxmlError, ValueError):
            etree.fromstring(body, etree.HTMLParser(target=target, no_network=True, huge_tree=False))
        self.found.title = " ".join(target.title.split())[:200]
        feeds = [urljoin(url, href) for href in target.feeds if "comments" not in href]
        feeds = list(dict.fromkeys(feeds)) or [urljoin(url, path) for path in USUAL_FEEDS]
        self._roles |= dict.fromkeys(feeds, "feed")
        return Listing((), tuple(feeds))


class _FrontPage(_Target):
    def __init__(self) -> None:
        self.title = ""
        self.feeds: list[str] = []
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._in_title = tag == "title" and not self.title
        if tag == "link" and attributes.get("type", "").lower() in FEED_TYPES and attributes.get("href"):
            self.feeds.append(attributes["href"].strip())

    def end(self, tag: str) -> None:
        self._in_title = False

    def data(self, text: str) -> None:
        if self._in_title:
            self.title += text

    def close(self) -> None:
        return None


def survey(
    url: str, *, contact: str = "", allow_private: bool = False, settings: Mapping[str, object] | None = None
) -> Survey:
    """Look at a site, as politely as a crawl. One survey or crawl a process.

    Raises ``SourceError`` where the URL is none, nobody can reach us, or no feed and no sitemap is found.
    """
    from crawler.process import Crawling
    from crawler.progress import Progress
    from crawler.run import named_sources
    from filters import load_profile
    from pipelines.archive import Archive
    from pipelines.items import Desk
    from pipelines.store import Store
    from pipelines.workers import Curators

    found = Survey()
    spider = type("BoundSurvey", (SurveySpider,), {"found": found})
    with ExitStack() as stack:
        # what is read on the way is kept nowhere, and its books only tell us why nothing was found
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="winnow-")))
        text = f"way = 'site'\nstart = [{_toml(url)}]\nallow_private = {str(allow_private).lower()}\n"
        (folder / "survey.toml").write_text(text, encoding="utf-8")
        try:
            sources = named_sources(["survey"], folder, contact=contact)
        except SourceError as error:
            raise SourceError(re.sub(r"^.*survey\.toml(:\d+)?: ", "", str(error))) from None
        store = stack.enter_context(Store.open(folder / "corpus.db"))
        archive = stack.enter_context(Archive.open(folder / "archive.db"))
        curators = stack.enter_context(Curators(workers=1))
        desk = Desk(store, archive, curators, store.start_run("crawl", load_profile()), curators.fingerprint)
        shown = Progress(desk, enabled=False)
        log = folder / "crawl.log"
        Crawling(sources, desk, shown, log, 0, False, settings or {}, spider).run()
        if not found.feeds and not found.sitemaps:
            fates = store.connection.execute("SELECT url, reason FROM fetches ORDER BY id").fetchall()
            told = "".join(f"\n  {tried}: {reason}" for tried, reason in fates)
            raise SourceError(
                f"{url} names no feed and no sitemap that can be read; a source of way 'site' or 'urls' can"
                f" still be written by hand. What was tried:{told}"
            )
    return found


def add_source(url: str, folder: Path, *, name: str = "", **options: Any) -> Path:
    """Survey a site and write its source into ``folder``, disabled until somebody has looked at it.

    ``name`` defaults to the host; ``options`` are those of ``survey``. Raises ``SourceError``.
    """
    name = name or re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "").removeprefix("www.")).strip("-")
    path = folder / f"{name}.toml"
    if path.exists():
        raise SourceError(f"{path}: there is such a source already")
    found = survey(url, **options)
    way, start, others = "feed", found.feeds[:1], found.feeds[1:]
    if not start:
        way, start, others = "sitemap", found.sitemaps, []
    lines = [
        f"title = {_toml(found.title)}",
        f"homepage = {_toml(url)}",
        f"way = {_toml(way)}",
        f"start = [{', '.join(_toml(one) for one in start)}]",
        *(f"# another feed: {_toml(other)}" for other in others),
        *(f"# for all pages, way = 'sitemap': {_toml(one)}" for one in found.sitemaps if way == "feed"),
        'notes = "Written by winnow; read the site\'s terms before you enable it."',
        "enabled = false",
        "verified = false",
    ]
    if options.get("allow_private"):
        lines.append("allow_private = true")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    load_source(path)
    return path


def enable_source(name: str, folder: Path, *, enabled: bool) -> Path:
    """Switch a source on or off in its file; one that comes with winnow is copied into ``folder`` first.

    Raises ``SourceError``.
    """
    known = source_files(folder)
    if name not in known:
        raise SourceError(f"no source is called {name!r}; there are: {', '.join(known) or 'none'}")
    load_source(known[name], base="http://127.0.0.1")  # a file that is not right is not touched
    path = folder / f"{name}.toml"
    if known[name] != path:
        shutil.copyfile(known[name], path)
    text = path.read_text(encoding="utf-8")
    line = f"enabled = {str(enabled).lower()}"
    changed, times = re.subn(
        r"^[ \t]*enabled[ \t]*=[ \t]*(true|false)", line, text, count=1, flags=re.MULTILINE
    )
    path.write_text(changed if times else f"{line}\n{text}", encoding="utf-8")
    return path


def _toml(text: str) -> str:
    """A basic string of TOML: what JSON writes, without control characters."""
    return json.dumps("".join(c for c in text if c.isprintable()), ensure_ascii=False)

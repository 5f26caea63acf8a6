"""The bytes of the loopback web, made before it is served: pages, feeds, sitemaps, lists, robots.txt."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
from dataclasses import dataclass

from benchmarks.web.pages import CHARSET, page
from benchmarks.web.plan import DECLARED, LISTED, Site
from benchmarks.web.words import CASINO, MENU_TEXT

# Sun, 01 Nov 2026: all pages changed on that day, and none since
CHANGED = "Sun, 01 Nov 2026 08:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it is sent, with the headers that go with it."""

    data: bytes
    headers: bytes
    etag: bytes = b""


def bodies(site: Site, base: str) -> dict[str, Body]:
    """All that a site answers with status 200, by path; ``base`` is its own address as a URL."""
    made = {
        path: _body(site, _html(site, number, path).encode(site.encoding, "xmlcharrefreplace"))
        for number, path in enumerate(site.articles)
    }
    for path, name in site.faulty.items():
        if name in ODD:
            made[path] = _body(site, ODD[name].encode(site.encoding, "xmlcharrefreplace"))
        else:  # what becomes an article in the end, or would have
            made[path] = next(iter(made.values()))
    made |= {
        f"/about/{name}": _body(site, _plain(f"<p>{text}</p>", site)) for name, text in MENU_TEXT.items()
    }
    robots = "User-agent: *\nDisallow: /members/\nDisallow: /faults/members\n"
    if site.whole == "closed":
        robots = "User-agent: *\nDisallow: /\n"
    made["/robots.txt"] = _body(site, robots.encode(), "text/plain")
    return made | _listings(site, base)


ODD = {
    "refresh": '<meta http-equiv="refresh" content="0; url=/guides/1"><p>You are being taken there.</p>',
    "soft404": "<title>Page not found</title><h1>404</h1><p>The page you asked for does not exist any more.</p>",
    "casino": f"<title>Casino bonus</title><h1>Best casino bonus</h1>{''.join(f'<p>{one}</p>' for one in CASINO * 4)}",
}


def calendar(month: int) -> str:
    """A month of an endless calendar."""
    near = "".join(
        f'<li><a href="/calendar?month={month + step}">month {month + step}</a></li>' for step in (-1, 1)
    )
    return f"<!DOCTYPE html><title>Events</title><h1>Events in month {month}</h1><ul>{near}</ul>"


def _html(site: Site, number: int, path: str) -> str:
    paths = list(site.articles)
    near = [paths[(number + step) % len(paths)] for step in (1, 2, 3)]
    neighbours = [(one, site.articles[one].title) for one in dict.fromkeys(near) if one != path]
    extra = ""
    if site.way == "site":  # the same page again, for every visit
        extra = f'<p><a href="{path}?PHPSESSID={site.number:04}{number:08}">Print</a></p>'
    text = page(site.articles[path], site.name, neighbours, extra)
    declared = DECLARED.get(site.encoding, site.encoding)
    return text.replace(CHARSET, f'<meta charset="{declared}">' if site.encoding != "utf-16" else "")


def _body(site: Site, data: bytes, kind: str = "text/html", validator: str | None = None) -> Body:
    validator = site.validator if validator is None else validator
    headers = f"Content-Type: {kind}"
    if kind == "text/html" and site.header_charset:
        headers += f"; charset={site.header_charset}"
    if site.packs and kind != "application/gzip":
        data = gzip.compress(data, 6, mtime=0)
        headers += "\r\nContent-Encoding: gzip"
    etag = b""
    if validator == "etag":
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'.encode()
        headers += f"\r\nETag: {etag.decode()}"
    elif validator == "date":
        headers += f"\r\nLast-Modified: {CHANGED}"
    return Body(data, headers.encode() + b"\r\n", etag)


def _listing(site: Site, data: bytes, kind: str = "text/html") -> Body:
    return _body(site, data, kind, site.listing_validator)


def _plain(text: str, site: Site) -> bytes:
    return f"<!DOCTYPE html><title>{site.name}</title>{text}".encode(site.encoding, "xmlcharrefreplace")


def _listings(site: Site, base: str) -> dict[str, Body]:
    if site.whole == "listing":
        return {path: _body(site, b"<p>Our feed has moved.", "application/rss+xml") for path in site.start}
    pages = [site.paths[at : at + LISTED] for at in range(0, len(site.paths), LISTED)] or [[]]
    make = {"sitemap": _sitemaps, "site": _lists, "feed": _feeds, "urls": lambda *_: {}}[site.way]
    return make(site, base, pages)


def _sitemaps(site: Site, base: str, pages: list[list[str]]) -> dict[str, Body]:
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    made, names = {}, ""
    for number, paths in enumerate(pages, start=1):
        rows = "".join(f"<url><loc>{base}{path}</loc><lastmod>2026-11-01</lastmod></url>" for path in paths)
        packed = gzip.compress(f"<urlset {space}>{rows}</urlset>".encode(), mtime=0)
        made[f"/sitemap-{number}.xml.gz"] = _listing(site, packed, "application/gzip")
        names += f"<sitemap><loc>{base}/sitemap-{number}.xml.gz</loc><lastmod>2026-11-01</lastmod></sitemap>"
    index = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {space}>{names}</sitemapindex>'
    return made | {"/sitemap.xml": _listing(site, index.encode(), "application/xml")}


def _lists(site: Site, base: str, pages: list[list[str]]) -> dict[str, Body]:
    """The front page and the further pages of its list."""
    made = {}
    for number, paths in enumerate(pages, start=1):
        made["/" if number == 1 else f"/page/{number}/"] = _listing(site, _list(site, paths, number))
    return made


def _list(site: Site, paths: list[str], number: int) -> bytes:
    rows = "".join(f'<li><a href="{path}">{html.escape(_title(site, path))}</a></li>' for path in paths)
    more = f'<a rel="next" href="/page/{number + 1}/">Older posts</a>'
    menu = "".join(f'<a href="/about/{name}">{name}</a>' for name in MENU_TEXT)
    return _plain(f'<ul>{rows}</ul>{more}{menu}<a href="/calendar?month=1">Events</a>', site)


def endless(site: Site, number: int) -> bytes:
    """A page after a list's last: it names what the last one named, and a page after itself."""
    return _list(site, site.paths[(site.pages_of_list - 1) * LISTED :], number)


def _title(site: Site, path: str) -> str:
    return site.articles[path].title if path in site.articles else path


def _feeds(site: Site, base: str, pages: list[list[str]]) -> dict[str, Body]:
    start = site.start[0]
    if site.feed == "rss":
        pages = [site.paths]
    made = {}
    for number, paths in enumerate(pages, start=1):
        more = f"{base}{start}?page={number + 1}" if number < len(pages) else ""
        rows = [(base + path, _title(site, path)) for path in paths]
        text, kind = {"rss": _rss, "atom": _atom, "json": _json}[site.feed](site, rows, more)
        made[start if number == 1 else f"{start}?page={number}"] = _listing(site, text.encode(), kind)
    return made


def _rss(site: Site, rows: list[tuple[str, str]], more: str) -> tuple[str, str]:
    items = "".join(
        f"<item><title>{html.escape(title)}</title><link>{url}</link>"
        "<pubDate>Sun, 01 Nov 2026 08:00:00 GMT</pubDate></item>"
        for url, title in rows
    )
    text = f'<rss version="2.0"><channel><title>{site.name}</title>{items}</channel></rss>'
    return text, "application/rss+xml"


def _atom(site: Site, rows: list[tuple[str, str]], more: str) -> tuple[str, str]:
    entries = "".join(
        f'<entry><title>{html.escape(title)}</title><id>{url}</id><link href="{url}"/>'
        "<updated>2026-11-01T08:00:00Z</updated></entry>"
        for url, title in rows
    )
    following = f'<link rel="next" href="{more}"/>' if more else ""
    text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{site.name}</title>{following}{entries}</feed>'
    return text, "application/atom+xml"


def _json(site: Site, rows: list[tuple[str, str]], more: str) -> tuple[str, str]:
    items = [
        {"id": url, "url": url, "title": title, "date_modified": "2026-11-01T08:00:00Z"}
        for url, title in rows
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": site.name, "items": items}
    return json.dumps(feed | ({"next_url": more} if more else {})), "application/feed+json"

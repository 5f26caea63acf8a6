"""Puts together what a page says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.canonical import canonical_key
from pipelines.dom import Piece
from pipelines.metadata.authors import find_authors
from pipelines.metadata.dates import find_days
from pipelines.metadata.licences import find_licence
from pipelines.metadata.linked import bare_address
from pipelines.metadata.statements import Elements, Statements, elements_of, read_statements, value_of
from pipelines.metadata.titles import find_title, host_of, site_keys
from pipelines.page import Page

SITE_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site")
AMERICAN = ("", "en", "en-us")  # languages in which a month may stand before its day: 4/3/2026
CLAIMED = 20  # canonical addresses that a page may name
LANGUAGE = re.compile(r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty strings for what the page does not say; days are ``YYYY-MM-DD`` or ``None``.

    ``origins`` are pairs of a field and where it was taken from.
    """

    title: str = ""
    author: str = ""
    published: str | None = None
    updated: str | None = None
    shown: str | None = None
    future: str | None = None
    site: str = ""
    licence: str = ""
    language: str = ""
    canonical_url: str = ""
    origins: tuple[tuple[str, str], ...] = ()


def read_metadata(tree: HtmlElement, page: Page, pieces: Sequence[Piece]) -> Metadata:
    """Read the markup, and the blocks around the title."""
    elements = elements_of(tree)
    canonical = canonical_url(elements, page.address)
    said = read_statements(tree, elements, frozenset(map(bare_address, (page.address, page.url, canonical))))
    language = declared_language(tree)
    names = [value for value, _ in said.said(*SITE_METAS)]
    sites = site_keys([*names, *said.linked.names], page.address)
    whole = value_of(tree.findtext(".//title"))
    title, title_origin, title_at = find_title(whole, said, pieces, sites, page.address)
    author, author_origin = find_authors(said, pieces, title_at, sites, whole, page.address)
    days = find_days(elements["script"], said, pieces, title_at, page, american=language in AMERICAN)
    site, site_origin = _site(said, page.address)
    licence, licence_origin = find_licence(said, pieces, page.address)
    origins = {
        "title": title_origin,
        "author": author_origin,
        "published": days.published_origin,
        "updated": days.updated_origin,
        "shown": days.shown_origin,
        "site": site_origin,
        "licence": licence_origin,
    }
    return Metadata(
        title=title,
        author=author,
        published=days.published,
        updated=days.updated,
        shown=days.shown,
        future=days.future,
        site=site,
        licence=licence,
        language=language,
        canonical_url=canonical,
        origins=tuple((name, origin) for name, origin in origins.items() if origin),
    )


def _site(said: Statements, address: str) -> tuple[str, str]:
    """The name of the site, and where it stands: what it calls itself, else its host."""
    for value, origin in said.said("og:site_name", "application-name"):
        return value, origin
    for name in said.linked.names:
        return name, "JSON-LD publisher"
    host = host_of(address)
    return host, "address" if host else ""


def declared_language(tree: HtmlElement) -> str:
    """The language the page declares (``lang`` of the root element, else content-language), or an empty string."""
    root = tree.getroottree().getroot()
    value = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    if not value:
        metas = tree.xpath("//meta[translate(@http-equiv,'CLANGUTE','clangute')='content-language']/@content")
        value = str(metas[0]) if metas else ""
    value = value.strip()
    return value.replace("_", "-").lower() if LANGUAGE.match(value) else ""


def canonical_url(elements: Elements, url: str) -> str:
    """``rel=canonical``, else ``og:url``, made absolute, where it is http(s).

    An empty string for a page that declares none, and for one that contradicts itself.
    """
    links = (
        link.get("href", "")
        for link in elements["link"]
        if "canonical" in (link.get("rel") or "").lower().split()
    )
    shared = (meta.get("content", "") for meta in elements["meta"] if meta.get("property") == "og:url")
    for stated in (links, shared):
        found = list(filter(None, (_absolute(value, url) for value in islice(stated, CLAIMED))))
        if found:
            return found[0] if len(set(map(canonical_key, found))) == 1 else ""
    return ""


def _absolute(value: str, url: str) -> str:
    try:
        found = urljoin(url, value.strip()).split("#")[0] if value.strip() else ""
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in ("http", "https") and parts.hostname else ""

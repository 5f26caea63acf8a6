"""What a page says of itself: title, author, date, site, language, canonical URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document as Extracted

from filters.document import Kind
from pipelines.dates import visible_date
from pipelines.dom import Piece, fold
from pipelines.page import Page

WORD = re.compile(r"\w+")
TITLE_REACH = 1000  # characters of the title element that headings are looked up in
LANGUAGE = re.compile(r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty strings for what the page does not say; ``published`` is ``YYYY-MM-DD`` or ``None``."""

    title: str = ""
    author: str = ""
    published: str | None = None
    site: str = ""
    language: str = ""
    canonical_url: str = ""


def date_params(fetched_at: str) -> dict[str, Any]:
    """Settings of the date search: no date after the page was fetched, or replays would change with the clock."""
    # The extensive search guesses: on pages without a date it nearly always finds one, and it takes longer than
    # everything else together.
    params: dict[str, Any] = {"original_date": True, "extensive_search": False}
    if fetched_at:
        params["max_date"] = fetched_at[:10]
    return params


def read_metadata(
    tree: HtmlElement, page: Page, pieces: Sequence[Piece], found: Extracted | None
) -> Metadata:
    """Read the tree's head and headings; ``found`` is what the extraction said, where it said anything."""
    if found is None:
        found = extract_metadata(tree, default_url=page.address, extensive=False)
    title = best_title(tree, found.title or "", pieces)
    return Metadata(
        title=title,
        author=fold(found.author or ""),
        published=found.date or visible_date(pieces, page.fetched_at[:10]),
        site=fold(found.sitename or "") or (urlsplit(page.address).hostname or ""),
        language=declared_language(tree),
        canonical_url=canonical_url(tree, page.address),
    )


def best_title(tree: HtmlElement, guess: str, pieces: Sequence[Piece]) -> str:
    """The page's title without the name of its site.

    A heading that stands in the title element is the title as its author wrote it; else what the metadata say.
    """
    whole = fold(tree.findtext(".//title") or "")
    key = _key(whole[:TITLE_REACH])
    joined = " ".join(key)
    for level in (1, 2):
        for piece in pieces:
            if piece.kind is Kind.HEADING and piece.level == level and not piece.hints.hidden:
                own = _key(piece.text)
                if len(own) >= 2 and 2 * len(own) >= len(key) and " ".join(own) in joined:
                    return fold(piece.text)
    return fold(guess) or whole


def _key(text: str) -> list[str]:
    return WORD.findall(text.lower())


def declared_language(tree: HtmlElement) -> str:
    """The language the page declares (``lang`` of the root element, else content-language), or an empty string."""
    root = tree.getroottree().getroot()
    value = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    if not value:
        metas = tree.xpath("//meta[translate(@http-equiv,'CLANGUTE','clangute')='content-language']/@content")
        value = str(metas[0]) if metas else ""
    value = value.strip()
    return value.replace("_", "-").lower() if LANGUAGE.match(value) else ""


def canonical_url(tree: HtmlElement, url: str) -> str:
    """``rel=canonical`` made absolute, where it is http(s); an empty string for a page that declares none."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            try:
                found = urljoin(url, link.get("href", "").strip())
                parts = urlsplit(found)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.hostname:
                return found.split("#")[0]
    return ""

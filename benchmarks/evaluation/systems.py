"""winnow and its peers, each as a function from a page to what it keeps of it.

Peers are optional. All get the same decoded page and its URL, run with their defaults for articles in English, and
without comments where they can be told so. None may reach the network: ``keep_offline`` sees to it.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from filters import load_profile
from pipelines.curate import Outcome, curate
from pipelines.page import Page

BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main"
    " nav ol p pre section table td th tr ul".split()
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a system kept of a page; ``None`` for what it never says of any page."""

    text: str
    title: str | None = None
    author: str | None = None
    date: str | None = None


System = Callable[[str, str], Kept]


def page_of(html: str, url: str) -> Page:
    """The page as it would come from a server that names the encoding."""
    return Page(url, html.encode(), headers=(("content-type", "text/html; charset=utf-8"),))


def _winnow() -> System:
    chain = load_profile()
    return lambda html, url: kept_by(curate(page_of(html, url), chain))


def kept_by(outcome: Outcome) -> Kept:
    """What winnow keeps, also of a page that it rejects: cleaning is measured here and not choosing."""
    after = outcome.after
    return Kept(after.text, after.title, after.author, after.shown or after.published or "")


def _trafilatura(**mode: bool) -> System:
    trafilatura = importlib.import_module("trafilatura")

    def run(html: str, url: str) -> Kept:
        found = trafilatura.bare_extraction(html, url=url, include_comments=False, with_metadata=True, **mode)
        if found is None:
            return Kept("", "", "", "")
        return Kept(found.text or "", found.title or "", found.author or "", found.date or "")

    return run


def _readability() -> System:
    readability = importlib.import_module("readability")

    def run(html: str, url: str) -> Kept:
        document = readability.Document(html, url=url)
        return Kept(_text_of(document.summary(html_partial=True)), document.short_title() or "")

    return run


def _text_of(markup: str) -> str:
    """The text of a piece of HTML, block elements on lines of their own."""
    try:
        tree = lxml.html.fromstring(markup)
    except (etree.ParserError, ValueError):
        return ""
    parts: list[str] = []
    _gather(tree, parts)
    return "".join(parts)


def _gather(element: HtmlElement, parts: list[str]) -> None:
    breaks = "\n" if element.tag in BLOCKS else ""
    parts += (breaks, element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            _gather(child, parts)
        parts.append(child.tail or "")
    parts.append(breaks)


def _newspaper() -> System:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of a part that is not needed here
        newspaper = importlib.import_module("newspaper")

    def run(html: str, url: str) -> Kept:
        article = newspaper.Article(url, fetch_images=False, follow_meta_refresh=False)
        article.download(input_html=html)
        article.parse()
        published = article.publish_date
        day = published.date().isoformat() if hasattr(published, "date") else str(published or "")[:10]
        return Kept(article.text or "", article.title or "", ", ".join(article.authors), day)

    return run


def _resiliparse() -> System:
    module = importlib.import_module("resiliparse.extract.html2text")
    extract = partial(module.extract_plain_text, main_content=True, alt_texts=False, comments=False)
    return lambda html, url: Kept(extract(html))


def _justext() -> System:
    justext = importlib.import_module("justext")
    words = justext.get_stoplist("English")

    def run(html: str, url: str) -> Kept:
        paragraphs = justext.justext(html, words)
        return Kept("\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate))

    return run


SYSTEMS: dict[str, Callable[[], System]] = {
    "winnow": _winnow,
    "trafilatura": _trafilatura,
    "trafilatura-recall": partial(_trafilatura, favor_recall=True),
    "trafilatura-precision": partial(_trafilatura, favor_precision=True),
    "readability-lxml": _readability,
    "newspaper4k": _newspaper,
    "resiliparse": _resiliparse,
    "jusText": _justext,
}


def load_systems(names: list[str]) -> tuple[dict[str, System], list[str]]:
    """The systems of these names, and the names of those that are not installed."""
    found: dict[str, System] = {}
    missing: list[str] = []
    for name in names:
        try:
            found[name] = SYSTEMS[name]()
        except ImportError:
            missing.append(name)
    return found, missing


def keep_offline() -> None:
    """From now on this process can neither look a host up nor connect to one; for worker processes only."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo"):
            raise ConnectionRefusedError(f"measuring takes no network: {arguments[-1]!r}")

    sys.addaudithook(refuse)

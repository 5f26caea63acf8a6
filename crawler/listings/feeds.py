"""Reads RSS, Atom and JSON feeds, with the articles that some of them carry whole."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from lxml import etree

from crawler.listings.listing import (
    MOST_ENTRIES,
    Article,
    Entry,
    Listing,
    UnreadableListingError,
    joined,
    listing,
    moment_of,
    said,
)

# Shorter is more often an excerpt than an article: half of what the shortest guides have.
WHOLE_WORDS = 200
CONTENT_NAMESPACE = "http://purl.org/rss/1.0/modules/content/"
XHTML = "http://www.w3.org/1999/xhtml"
TAGS = re.compile(r"<[^<>]{0,2000}>")
# How excerpts end: in an ellipsis, or with a link to the rest.
CUT = re.compile(
    r"(?:\[?(?:…|\.\.\.|&hellip;|&#8230;)\]?"
    r"|(?:read (?:more|on|the (?:rest|full))|continue reading|keep reading)[^.]{0,120})\W*$",
    re.IGNORECASE,
)
VALUE = 500  # characters of a title or a name
# Tags; a feed of articles has a tenth of it in 10 MiB, and each takes 120 bytes of memory.
MOST_ELEMENTS = 1_000_000
DEEPEST = 8  # elements around an entry that may say what its links are relative to; formats know three


def read_feed(body: bytes, url: str) -> Listing:
    """The entries of an RSS, Atom or JSON feed, in its order. Raises ``UnreadableListingError``.

    An entry whose content is at least ``WHOLE_WORDS`` words long and does not end like an excerpt has an article.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_feed(body, url)
    _check_size(body, b"<")
    root = _xml(body)
    name = _local(root)
    if name not in {"rss", "rdf", "feed"}:
        raise UnreadableListingError(f"not a feed: its outermost element is <{name}>")
    entries: list[Entry] = []
    more, left = [], 0
    language = ""
    for element in root.iter(tag=etree.Element):
        kind = _local(element)
        if kind in {"item", "entry"}:
            link = _atom_link(element, "alternate") if kind == "entry" else _rss_link(element)
            if link and len(entries) >= MOST_ENTRIES:
                left += 1
            elif link:
                entries.append(_entry(element, joined(_base(element, url), link.strip()), language))
        elif kind in {"feed", "channel"}:
            following = _atom_link(element, "next")
            language = _language(element)
            if following:
                more.append(Entry(joined(_base(element, url), following.strip())))
    return listing(entries, more, left)


def whole(content: str) -> bool:
    """Whether the content of an entry is the article, and no excerpt of it."""
    text = " ".join(TAGS.sub(" ", content).split())
    return len(text.split()) >= WHOLE_WORDS and not CUT.search(text[-200:])


def _entry(element: etree._Element, link: str, language: str) -> Entry:
    told: dict[str, str] = {}
    content = ""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = _local(child)
        if name == "encoded" and etree.QName(child).namespace == CONTENT_NAMESPACE:
            content = child.text or ""
        elif name == "content" and _local(element) == "entry":
            content = content or _atom_content(child)
        elif name == "author":
            told.setdefault("author", _author(child))
        elif child.text:
            told.setdefault(name, child.text.strip())
    published = moment_of(told.get("pubdate") or told.get("published") or told.get("date", ""))
    updated = moment_of(told.get("updated") or told.get("modified", ""))
    title = told.get("title", "")[:VALUE]
    if not whole(content):
        return Entry(link, title, updated or published)
    author = (told.get("creator") or told.get("author", ""))[:VALUE]
    article = Article(content, title, author, published, updated, language, _base(element, link))
    return Entry(link, title, updated or published, article)


def _atom_content(content: etree._Element) -> str:
    """The HTML of an Atom content element: escaped as text, or as elements of XHTML."""
    if content.get("type", "text") == "html":
        return content.text or ""
    if content.get("type") != "xhtml":
        return ""
    parts = [etree.tostring(child, encoding="unicode", method="html", with_tail=False) for child in content]
    return "".join(parts).replace(f' xmlns="{XHTML}"', "")


def _author(element: etree._Element) -> str:
    """The name of an Atom author, or what RSS says of one: an address, often with the name behind it."""
    for child in element:
        if isinstance(child.tag, str) and _local(child) == "name":
            return (child.text or "").strip()
    text = (element.text or "").strip()
    named = re.match(r"^\S+@\S+\s+\((.{1,200})\)$", text)
    return named[1] if named else "" if "@" in text else text


def _language(element: etree._Element) -> str:
    told = element.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    for child in element:
        if isinstance(child.tag, str) and _local(child) == "language":
            told = (child.text or "").strip()
        if isinstance(child.tag, str) and _local(child) == "item":
            break
    return told if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", told) else ""


def _check_size(body: bytes, *marks: bytes) -> None:
    """Raise ``UnreadableListingError`` for a body that would take up more memory than any feed needs."""
    if sum(map(body.count, marks)) > MOST_ELEMENTS:
        raise UnreadableListingError(f"a feed of more than {MOST_ELEMENTS:,} elements")


def _xml(body: bytes) -> etree._Element:
    try:
        # ``recover`` reads a feed with a stray ampersand to its end; entities stay unexpanded
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
        )
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableListingError(f"not XML: {said(error)}") from None
    if root is None:
        raise UnreadableListingError("not XML: nothing in it")
    return root


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _base(element: etree._Element, url: str) -> str:
    bases = [
        node.get("{http://www.w3.org/XML/1998/namespace}base", "")
        for node in (element, *islice(element.iterancestors(), DEEPEST))
    ]
    for base in filter(None, reversed(bases)):
        url = joined(url, base)
    return url


def _rss_link(item: etree._Element) -> str:
    guid = ""
    for child in item:
        if isinstance(child.tag, str):
            text = (child.text or "").strip()
            if _local(child) == "link" and (text or child.get("href")):
                return text or child.get("href", "")
            if _local(child) == "guid" and child.get("isPermaLink", "true") != "false":
                guid = text
    return guid if guid.startswith(("http://", "https://")) else ""


def _atom_link(element: etree._Element, wanted: str) -> str:
    """The link of this relation; without ``rel`` it is the alternate, and HTML is preferred."""
    found = [
        child
        for child in element
        if isinstance(child.tag, str)
        and _local(child) == "link"
        and child.get("href")
        and child.get("rel", "alternate") == wanted
    ]
    found.sort(key=lambda link: "html" not in link.get("type", "html"))
    return found[0].get("href", "") if found else ""


def _json_feed(body: bytes, url: str) -> Listing:
    _check_size(body, b"{", b"[")
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise UnreadableListingError(f"not JSON: {said(error)}") from None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise UnreadableListingError("not a JSON feed: it has no list of items")
    language = _text(data, "language")
    told = [item for item in items if isinstance(item, dict)]
    entries = [_json_entry(item, url, language) for item in told[:MOST_ENTRIES]]
    following = _text(data, "next_url")
    return listing(
        (entry for entry in entries if entry is not None),
        (Entry(joined(url, following)),) if following else (),
        max(len(told) - MOST_ENTRIES, 0),
    )


def _json_entry(item: Mapping[str, Any], url: str, language: str) -> Entry | None:
    link = _text(item, "url") or _text(item, "external_url")
    if not link:
        return None
    link = joined(url, link)
    published, updated = moment_of(_text(item, "date_published")), moment_of(_text(item, "date_modified"))
    title, content = _text(item, "title")[:VALUE], _text(item, "content_html")
    if not whole(content):
        return Entry(link, title, updated or published)
    authors = item.get("authors")
    names = (
        [_text(one, "name") for one in authors if isinstance(one, dict)] if isinstance(authors, list) else []
    )
    one = item.get("author")
    names += [_text(one, "name")] if isinstance(one, dict) and not names else []
    author = ", ".join(name for name in names[:5] if name)[:VALUE]
    own = _text(item, "language") or language
    return Entry(
        link, title, updated or published, Article(content, title, author, published, updated, own, link)
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""

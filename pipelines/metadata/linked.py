"""What JSON-LD says of the article of a page. It is data from a hostile page: read, and nothing else."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZE_LIMIT = 2_000_000  # characters of all scripts together; real pages stay below a tenth of it
BROKEN_LIMIT = 100_000  # characters of a script that is no JSON
NODE_LIMIT = 5000  # nodes that are looked at
VALUE_LIMIT = 500
NAME_LIMIT = 50  # authors
ARTICLES = (
    "article",
    "posting",
    "report",
    "howto",
    "recipe",
    "essay",
    "guide",
    "creativework",
    "podcastepisode",
)
PAGES = ("page",)
PUBLISHERS = ("organization", "website", "newsmediaorganization", "corporation", "localbusiness")
# The keys below which other descriptions of the same page stand; not those of comments, reviews or lists of posts.
DOWN = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")
BEFORE = ("<!--", "//", "/*", "<![CDATA[", "*/")
AFTER = ("-->", "*/", "]]>", "//", "/*", ";")
TRAILING = re.compile(r",(\s*[}\]])")
# Of broken JSON only plain pairs are read, each of a bounded length.
PAIR = re.compile(r'"(headline|datePublished|dateModified)"\s{0,20}:\s{0,20}"([^"\\]{1,300})"')
BROKEN_AUTHOR = re.compile(
    r'"author"\s{0,20}:\s{0,20}[\[{\s]{0,20}[^{}\[\]]{0,300}?"name"\s{0,20}:\s{0,20}"([^"\\]{1,100})"'
)

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """Of the article: ``people`` are authors that are persons (or not said to be anything), ``bodies`` the others.

    ``names`` are the names of the publisher and the site, by which the title's suffix is told.
    """

    headline: str = ""
    people: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    licence: str = ""
    names: tuple[str, ...] = ()


def read_linked(scripts: Iterable[str], addresses: frozenset[str]) -> Linked:
    """The article among the nodes of all scripts: the one with the page's address, else the first."""
    nodes: list[Node] = []
    broken: list[Node] = []
    left = SIZE_LIMIT
    for text in scripts:
        if len(text) > left:
            continue
        left -= len(text)
        try:
            nodes.extend(_nodes(_parsed(text), NODE_LIMIT - len(nodes)))
        except (ValueError, RecursionError):
            broken.append(_salvaged(text))
    known = {str(node["@id"]): node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 2}
    articles = sorted(
        (node for node in nodes if _is(node, ARTICLES)), key=lambda node: not _addresses(node) & addresses
    )
    pages = [node for node in nodes if _is(node, PAGES) and not _is(node, ARTICLES)]
    # A page that shows several articles says nothing of each of them by the others.
    ordered = [*articles[:1], *pages, *broken]
    people, bodies = _authors(ordered, known)
    return Linked(
        headline=_first(ordered[:1] if articles else broken, "headline", "name"),
        people=people,
        bodies=bodies,
        published=_first(ordered, "datePublished", "dateCreated", "uploadDate"),
        updated=_first(ordered, "dateModified"),
        licence=_first(ordered, "license"),
        names=tuple(_publishers(nodes, ordered, known)),
    )


def _parsed(text: str) -> Any:
    # strict=False: line breaks inside of strings are the commonest mistake
    try:
        return json.loads(text, strict=False)
    except ValueError:
        text = TRAILING.sub(r"\1", _unwrapped(text))
        if "&quot;" in text:
            text = html.unescape(text)
        return json.loads(text, strict=False)


def _unwrapped(text: str) -> str:
    """The text without the comment marks that old templates put around scripts."""
    text = text.strip()
    for mark in BEFORE:
        text = text.removeprefix(mark).lstrip()
    for mark in (*AFTER, *AFTER):
        text = text.removesuffix(mark).rstrip()
    return text


def _salvaged(text: str) -> Node:
    found: dict[str, Any] = {}
    text = text[:BROKEN_LIMIT]
    for pair in PAIR.finditer(text):
        found.setdefault(pair[1], pair[2])
    if author := BROKEN_AUTHOR.search(text):
        found["author"] = author[1]
    return found


def _nodes(data: Any, limit: int) -> Iterator[Node]:
    """The descriptions in the data, those that stand below others included; by a list, for it may be nested deep."""
    waiting = deque([data])
    while waiting and limit > 0:
        found = waiting.popleft()
        limit -= 1
        if isinstance(found, list):
            waiting.extendleft(reversed(found[:limit]))
        elif isinstance(found, dict):
            yield found
            waiting.extendleft(found[key] for key in reversed(DOWN) if key in found)


def _kinds(node: Node) -> list[str]:
    kinds = node.get("@type")
    if isinstance(kinds, str):
        kinds = [kinds]
    return [str(kind)[:100].lower() for kind in kinds[:10]] if isinstance(kinds, list) else []


def _is(node: Node, endings: tuple[str, ...]) -> bool:
    return any(kind.endswith(endings) for kind in _kinds(node))


def _addresses(node: Node) -> set[str]:
    main = node.get("mainEntityOfPage")
    if isinstance(main, dict):
        main = main.get("@id") or main.get("url")
    stated = (node.get("url"), node.get("@id"), main)
    return {bare_address(found) for found in stated if isinstance(found, str)}


def bare_address(address: str) -> str:
    """An address as addresses of one page are compared: without fragment and closing slash."""
    return address.partition("#")[0].rstrip("/")


def _text(value: Any) -> str:
    """A value as one line; of a description its address or name."""
    for _ in range(3):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("url") or value.get("@id") or value.get("name")
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return ""
    return " ".join(html.unescape(str(value)[:VALUE_LIMIT]).split())


def _first(nodes: Sequence[Node], *keys: str) -> str:
    return next((text for key in keys for node in nodes if (text := _text(node.get(key)))), "")


def _authors(nodes: Sequence[Node], known: Mapping[str, Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The authors of the first node that names any: persons, and others."""
    for node in nodes:
        for key in ("author", "creator"):
            people: dict[str, None] = {}
            bodies: dict[str, None] = {}
            stated = node.get(key)
            for author in (stated if isinstance(stated, list) else [stated])[:NAME_LIMIT]:
                if isinstance(author, dict):
                    author = {**known.get(str(author.get("@id")), {}), **author}
                    names = author.get("name")
                    for name in names[:NAME_LIMIT] if isinstance(names, list) else [names]:
                        (bodies if _is(author, PUBLISHERS) else people)[_text(name)] = None
                elif isinstance(author, str):
                    people[_text(author)] = None
            if any(people) or any(bodies):
                return tuple(filter(None, people)), tuple(filter(None, bodies))
    return (), ()


def _publishers(nodes: Sequence[Node], own: Sequence[Node], known: Mapping[str, Node]) -> Iterator[str]:
    for node in own:
        publisher = node.get("publisher")
        if isinstance(publisher, dict):
            publisher = {**known.get(str(publisher.get("@id")), {}), **publisher}
            if isinstance(name := publisher.get("name"), str):
                yield _text(name)
    for node in nodes[:200]:
        if _is(node, PUBLISHERS) and isinstance(name := node.get("name"), str):
            yield _text(name)

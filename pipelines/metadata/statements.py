"""What the markup of a page states: meta elements, JSON-LD, properties of microdata and RDFa, links with a relation.

Everything here comes from hostile pages: values are cut, counts are limited, nothing is fetched, and what cannot be
read is as if it were not there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipelines.element_text import SKIPPED, fold
from pipelines.metadata.linked import Linked, read_linked

META_LIMIT = 2000  # meta elements that are looked at
VALUE_LIMIT = 500  # characters of a value
VALUES_LIMIT = 20  # values of one name
ELEMENT_LIMIT = 200  # elements with a property
TEXT_LIMIT = 60  # pieces of text inside one of them
SCRIPT_LIMIT = 50  # scripts with JSON-LD
# Where a comment or another article is spoken of.
ELSEWHERE = ("comment", "review", "related", "recommend", "sidebar", "teaser")
PROPERTIES = frozenset(
    "headline author creator datepublished datecreated datemodified dateupdated license".split()
)
RELATION = re.compile(r"author|license", re.IGNORECASE)
SCRIPT_SIZE = 1_000_000  # characters of all scripts that are looked through for a day
SCRIPT_DAY = re.compile(
    r"(?:date_?published|published_?(?:at|on|date|time)|publish_?(?:date|time)|publication_?date|posted_?at)"
    r"\\?[\"']\s{0,3}:\s{0,3}\\?[\"']((?:19|20)\d\d-\d\d-\d\d)",
    re.IGNORECASE,
)
_RELATED = etree.XPath("descendant-or-self::a[@rel]")
_PROPERTIES = etree.XPath("descendant-or-self::*[@itemprop or (@property and not(self::meta))]")


@dataclass(frozen=True, slots=True)
class Statements:
    """``metas`` and ``properties`` hold values by lower-case name, in the order of the page, none of them empty.

    ``author_links`` are the texts of links whose relation is author, ``licence_links`` the addresses of those
    whose relation is licence.
    """

    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: Linked = field(default_factory=Linked)
    author_links: tuple[str, ...] = ()
    licence_links: tuple[str, ...] = ()
    times: tuple[str, ...] = ()

    def said(self, *names: str) -> Iterator[tuple[str, str]]:
        """(value, where it stands) of the meta elements of these names, in the order of the names."""
        for name in names:
            for value in self.metas.get(name, ()):
                yield value, f"meta {name}"

    def marked(self, *names: str) -> Iterator[tuple[str, str]]:
        """(value, where it stands) of elements with one of these properties."""
        for name in names:
            for value in self.properties.get(name.lower(), ()):
                yield value, f"microdata {name}"


Elements = Mapping[str, Sequence[HtmlElement]]


def elements_of(tree: HtmlElement) -> Elements:
    """The elements that state something, by name, in one walk over the tree."""
    found: dict[str, list[HtmlElement]] = {name: [] for name in ("meta", "link", "script", "time")}
    for element in tree.iter(*found):
        found[str(element.tag)].append(element)
    return found


def read_statements(tree: HtmlElement, elements: Elements, addresses: frozenset[str]) -> Statements:
    """Everything the markup states; ``addresses`` are those of the page, by which its own JSON-LD is told."""
    authors, licences = _relations((*elements["link"], *_RELATED(tree)))
    return Statements(
        _metas(elements["meta"]),
        _properties(tree),
        read_linked(_scripts(elements), addresses),
        authors,
        licences,
        _times(elements["time"]),
    )


def value_of(text: str | None) -> str:
    """A value as text: entities that were escaped twice are read, white space is folded, length is limited."""
    if not text:
        return ""
    text = text[: 2 * VALUE_LIMIT]
    return fold(html.unescape(text) if "&" in text else text)[:VALUE_LIMIT]


def opening(element: HtmlElement) -> str:
    """The first words inside an element."""
    parts: list[str] = []
    for inner in islice(element.iter(), TEXT_LIMIT):
        if isinstance(inner.tag, str) and inner.tag not in SKIPPED and inner.text:
            parts.append(inner.text[:VALUE_LIMIT])
        if inner is not element and inner.tail:
            parts.append(inner.tail[:VALUE_LIMIT])
    return value_of(" ".join(parts))


def _add(values: dict[str, list[str]], name: str, value: str) -> None:
    if value and len(known := values.setdefault(name, [])) < VALUES_LIMIT and value not in known:
        known.append(value)


def _frozen(values: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(found) for name, found in values.items()}


def _metas(metas: Iterable[HtmlElement]) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for meta in islice(metas, META_LIMIT):
        content = meta.get("content")
        if not content:
            continue
        value = value_of(content)
        for attribute in ("name", "property", "http-equiv"):
            for name in (meta.get(attribute) or "")[:100].lower().split():
                _add(values, name, value)
    return _frozen(values)


def _properties(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    """Microdata and RDFa of the article; what is said of comments and of other articles is left out."""
    values: dict[str, list[str]] = {}
    found = 0
    for element in _PROPERTIES(tree):
        stated = (element.get("itemprop") or element.get("property") or "")[:100].lower()
        names = {name.rpartition(":")[2].rpartition("/")[2] for name in stated.split()} & PROPERTIES
        if not names:
            continue
        found += 1
        if found > ELEMENT_LIMIT:
            break
        if _elsewhere(element):
            continue
        for name in sorted(names):
            _add(values, name, _property(element, name))
    return _frozen(values)


def _property(element: HtmlElement, name: str) -> str:
    if name in ("author", "creator"):
        for inner in islice(element.iterdescendants(etree.Element), TEXT_LIMIT):
            if "name" in (inner.get("itemprop") or inner.get("property") or "").lower():
                return value_of(inner.get("content")) or opening(inner)
    if name == "license" and element.get("href"):
        return value_of(element.get("href"))
    return value_of(element.get("content") or element.get("datetime")) or opening(element)


def _elsewhere(element: HtmlElement) -> bool:
    """Whether the element belongs to a comment or to a list of other articles."""
    for around in islice(element.iterancestors(), 30):
        words = f"{around.get('itemtype', '')} {around.get('class', '')} {around.get('id', '')}"[:300].lower()
        if around.tag not in ("body", "html") and any(word in words for word in ELSEWHERE):
            return True
    return False


def _scripts(elements: Elements) -> Iterator[str]:
    of_data = (script for script in elements["script"] if "ld+json" in (script.get("type") or "").lower())
    for script in islice(of_data, SCRIPT_LIMIT):
        yield script.text or ""
    # what a framework makes of JSON-LD that it takes for a meta element
    misplaced = (meta for meta in elements["meta"] if (meta.get("name") or "").endswith("ld+json"))
    for meta in islice(misplaced, SCRIPT_LIMIT):
        yield meta.get("content") or ""


def _relations(links: Iterable[HtmlElement]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    authors: dict[str, None] = {}
    licences: dict[str, None] = {}
    related = (link for link in links if RELATION.search(link.get("rel") or ""))
    for link in islice(related, ELEMENT_LIMIT):
        kinds = link.get("rel", "")[:100].lower().split()
        if "author" in kinds and link.tag == "a" and not _elsewhere(link):
            authors[opening(link)] = None
        if "license" in kinds:
            licences[value_of(link.get("href"))] = None
    return tuple(filter(None, authors))[:VALUES_LIMIT], tuple(filter(None, licences))[:VALUES_LIMIT]


def _times(times: Iterable[HtmlElement]) -> tuple[str, ...]:
    """The moments that elements for times give, those of comments and of other articles left out."""
    stated = (time for time in islice(times, ELEMENT_LIMIT) if time.get("datetime"))
    return tuple(value_of(time.get("datetime")) for time in stated if not _elsewhere(time))[:VALUES_LIMIT]


def script_days(scripts: Iterable[HtmlElement]) -> set[str]:
    """Every day of publication in the data of scripts, for pages that state it nowhere else."""
    left = SCRIPT_SIZE
    found: set[str] = set()
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            continue  # read as what it is
        text = (script.text or "")[:left]
        left -= len(text)
        found.update(match[1] for match in islice(SCRIPT_DAY.finditer(text), VALUES_LIMIT))
        if left <= 0:
            break
    return found

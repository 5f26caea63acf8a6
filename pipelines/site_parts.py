"""Finds the parts of a page that its source's hints speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

from pipelines.site_settings import PageSettings


class SelectorMistakeError(ValueError):
    """A CSS selector that cannot be used; the message says why."""


@lru_cache(maxsize=256)
def selector(text: str) -> etree.XPath:
    """The selector, ready for use. Raises ``SelectorMistakeError``."""
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(text))
    except (SelectorError, etree.XPathSyntaxError, ValueError) as error:
        raise SelectorMistakeError(f"{text!r} is not a CSS selector: {error}") from None


def mark(tree: HtmlElement, settings: PageSettings) -> tuple[dict[HtmlElement, str], str]:
    """What is said of elements, and so of all inside them unless they are spoken of themselves; and what is missing.

    An empty text ends what was said of the elements around. Of a required element that the page lacks, the selector
    is returned, and nothing else is said for its sake.
    """
    said: dict[HtmlElement, str] = {}
    missing = ""
    body = tree.find("body")
    for text in settings.require:
        found = _found(tree, text)
        if not found or body is None:
            missing = missing or text
            continue
        said[body] = f"outside of {text}"
        said.update((element, "") for element in found if element is not body)
    pruned = {element: f"{text} is pruned" for text in settings.prune for element in _found(tree, text)}
    for element in [element for element, words in said.items() if not words]:
        if any(above in pruned for above in element.iterancestors()):
            del said[element]
    return said | pruned, missing


def without(tree: HtmlElement, said: Mapping[HtmlElement, str]) -> HtmlElement:
    """A copy of the tree that holds only what nothing was said of, for the extraction to choose from."""
    marks = {}
    for number, (element, words) in enumerate(said.items()):
        element.set("data-winnow-part", str(number))
        marks[str(number)] = words
    copy = deepcopy(tree)
    for element in said:
        del element.attrib["data-winnow-part"]
    body = copy.find("body")
    marked = [element for element in copy.iter(etree.Element) if element.get("data-winnow-part")]
    kept = [element for element in marked if not marks[element.attrib.pop("data-winnow-part")]]
    outside = [element for element in marked if element is not body and element not in kept]
    for element in outside:
        element.drop_tree()
    if kept and body is not None:
        _only(body, kept)
    return copy


def _only(body: HtmlElement, kept: Sequence[HtmlElement]) -> None:
    inside = set(kept)
    outermost = [element for element in kept if not any(above in inside for above in element.iterancestors())]
    for element in outermost:
        element.tail = None
    for child in list(body):
        body.remove(child)
    body.text = None
    body.extend(outermost)


def _found(tree: HtmlElement, text: str) -> list[HtmlElement]:
    found = selector(text)(tree)
    return (
        [element for element in found if isinstance(element, HtmlElement)] if isinstance(found, list) else []
    )

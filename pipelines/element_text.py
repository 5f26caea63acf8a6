"""Which elements of a page hold text that a reader reads as part of it, and that text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr rb rtc output "
    "math mi mn mo ms mtext mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mstyle semantics".split()
)
# Nothing inside these is text that a reader reads as part of a page.
SKIPPED = frozenset(
    "script style noscript template svg iframe object embed canvas audio video map select datalist input "
    "textarea button option head link meta title progress meter applet frameset noframes annotation "
    "annotation-xml".split()
)
# Controls that are text all the same, see is_text.
CONTROLS = frozenset(("button", "option", "object", "map"))
QUESTION_MARKS = ("?", "\uff1f", "\u061f")
LONGEST_QUESTION = 300  # characters
ARROWS = "+-\u2212\u2013\u00d7\u25bc\u25be\u25b6\u25b8\u2304\u203a>"
# What links to a heading itself show, and those that lead from a footnote back to its place.
SIGNS = frozenset("# ¶ § \U0001f517 \u21a9 \u21a9\ufe0e \u21a9\ufe0f \u23ce \u2934 \u2191".split())
NUMBER = re.compile("[0-9]{1,4}")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLANKS = " \t\n\r\f\v\u00a0"
# What is not folded yet: single blanks, which are most of all, are left as they are.
# Every branch begins with a character of its own, or the search would stop at each letter.
BLANK = re.compile("|".join([f" [{BLANKS}]+", *(f"{blank}[{BLANKS}]*" for blank in BLANKS[1:])]))


def is_text(control: HtmlElement) -> bool:
    """Whether a control is text: one that was never closed and has taken in what follows it, or a button that unfolds
    the answer to a question, or a section of which it is the whole heading.
    """
    if next(control.iterdescendants("p", "article", "main", *HEADINGS), None) is not None:
        return True
    if control.tag != "button":
        return False
    text = fold("".join(visible_text(control)))
    if is_question(text):
        return True
    above = control.getparent()
    return above is not None and above.tag in HEADINGS and fold(str(above.text_content())) == text != ""


def is_question(text: str) -> bool:
    """Whether a line is a question of several words, and nothing else but the arrow or plus that unfolds its answer."""
    return (
        len(text) <= LONGEST_QUESTION
        and " " in text
        and text.rstrip(" \u200b" + ARROWS).endswith(QUESTION_MARKS)
    )


def number_in(element: HtmlElement, name: str) -> int:
    """The number in an attribute: 0 for none, and for one that no list or table of an article reaches."""
    value = str(element.get(name, "")).strip()
    return int(value) if NUMBER.fullmatch(value) else 0


def is_sign(element: HtmlElement) -> bool:
    """Whether an element is a link inside the page that shows a sign and no word: it is for readers to press."""
    if element.tag != "a" or not element.get("href", "").lstrip().startswith("#"):
        return False
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return text.strip() in SIGNS


def visible_text(element: HtmlElement, *, breaks: bool = False) -> Iterator[str]:
    """The text nodes inside an element but for those of scripts, styles and controls in it."""
    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, inner in walker:
        if event == "start":
            if inner.tag in SKIPPED and inner is not element:
                walker.skip_subtree()
            elif inner.tag == "br":
                yield "\n" if breaks else " "
            elif inner.text:
                yield inner.text
            continue
        if event == "end" and not breaks and inner.tag not in INLINE:
            yield " "
        if inner is not element and inner.tail:
            yield inner.tail


def fold(text: str) -> str:
    """The text with every run of white space as one blank."""
    return BLANK.sub(" ", text).strip()

"""What a page hides until a reader presses a tab or a question: panels and answers, which are text like any other.

They are laid open in the tree before anything reads it, since both the cut into blocks and trafilatura leave out
what does not show. Menus, dialogs and notices are behind buttons, too: those say no question, and stay closed.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement

from pipelines.element_text import fold, is_question, visible_text

# One search for both what may be closed and what may open it: each takes as long as all else here.
MARKED = etree.XPath("descendant::*[@style or @hidden or @aria-hidden or @role or @aria-controls]")
CLOSING_STYLES = ("display", "visibility", "height")
PROSE = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "td", "figcaption")
PRESSED = etree.XPath("descendant-or-self::*[self::button or @aria-expanded or @role='button' or @onclick]")
CLOSING = ("hidden", "aria-hidden", "style")


def unfold(tree: HtmlElement) -> None:
    """Take from panels of tabs, and from answers to questions, the attributes that keep them closed."""
    marked: list[HtmlElement] = MARKED(tree)
    closed = [element for element in marked if _is_closed(element)]
    if not closed:
        return
    panels = _panels(tree, marked)
    for element in closed:
        if _is_panel(element, panels) or _is_answer(element):
            for name in CLOSING:
                element.attrib.pop(name, None)


def _is_panel(element: HtmlElement, panels: frozenset[str]) -> bool:
    """Whether it is what a tab or a question names, or the wrapper of that which slides."""
    inner = element[0].get("id", "") if len(element) == 1 else ""
    return element.get("role") == "tabpanel" or not panels.isdisjoint((element.get("id", ""), inner))


def _is_answer(element: HtmlElement) -> bool:
    """Whether a question that one can press stands right before it, and no sentence of the text that asks something:
    behind any of those an advertisement may be hidden."""
    before = next(element.itersiblings(etree.Element, preceding=True), None)
    if before is None or before.get("hidden") is not None:
        return False
    return (before.tag not in PROSE or bool(PRESSED(before))) and is_question(
        fold("".join(visible_text(before)))
    )


def _is_closed(element: HtmlElement) -> bool:
    """Whether something may keep it closed: a style sheet does for a panel of tabs."""
    style = element.get("style", "")
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") == "tabpanel"
        or any(name in style for name in CLOSING_STYLES)
    )


def _panels(tree: HtmlElement, marked: Sequence[HtmlElement]) -> frozenset[str]:
    """The ids of what tabs and questions show."""
    controls = (element for element in marked if "aria-controls" in element.attrib)
    asked = (c for c in controls if c.get("role") == "tab" or is_question(_label(tree, c)))
    return frozenset(name for control in asked for name in control.get("aria-controls", "").split())


def _label(tree: HtmlElement, control: HtmlElement) -> str:
    """The text of a control, or of the element that it names as its label."""
    own = fold("".join(visible_text(control)))
    named = control.get("aria-labelledby", "")
    if own or not named or '"' in named:
        return own
    label = tree.find(f'.//*[@id="{named}"]')
    return "" if label is None else fold("".join(visible_text(label)))

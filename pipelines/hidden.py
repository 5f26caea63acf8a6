"""Why a reader of a page does not see an element: by attribute, style or a rule of the page's own style sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

OFF_SCREEN = re.compile(r"^-\s*(?:\d{4,}|[5-9]\d\d)(?:\.\d+)?(?:px|pt)?$|^-\s*\d{3,}(?:em|rem|vw|vh|%)$")
NOTHING = re.compile(r"^0+(?:\.0*)?(?:px|em|rem|pt|%)?$")
TINY = re.compile(r"^(?:0+(?:\.\d+)?|[01])px$")
CLIPPED = re.compile(r"^rect\(\s*[01](?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?\s*\)$")
HEX = re.compile(r"^#([0-9a-f])([0-9a-f])([0-9a-f])$")
# One class or id per selector and nothing that a state or a media query could switch: `.x{display:none}`.
SELECTORS = re.compile(r"\s*((?:[.#][\w-]+\s*,\s*)*[.#][\w-]+)\s*")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SUSPICIOUS = re.compile(
    r"display\s*:\s*none|font-size\s*:\s*0|-\s*\d{3,}|clip\s*:|color\s*:\s*transparent|overflow\s*:\s*hidden"
)  # of lower-case text: a search that minds no case takes five times as long
BRACE = re.compile(r"[{}]")
SHEET_LIMIT = 200_000
FADED = "style opacity:0"
"""The cause of what a reader does see: scripts that move things in leave them so before they have run."""
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000", "transparent": "transparent"}


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute or rule, lower-case, without ``!important``."""
    parts = (part.partition(":") for part in style.lower().replace("!important", "").split(";"))
    return {name.split()[-1]: value.strip() for name, _, value in parts if name.strip() and value.strip()}


def concealed_by(style: Mapping[str, str]) -> str:
    """The declaration that keeps an element from being seen, quoted, or an empty string."""
    get = style.get
    if get("display") == "none":
        return "display:none"
    if get("visibility") in ("hidden", "collapse"):
        return f"visibility:{get('visibility')}"
    for name in ("left", "right", "top", "text-indent", "margin-left", "margin-top"):
        if name in style and OFF_SCREEN.match(style[name]):
            return f"{name}:{style[name]}"
    for name in ("font-size", "opacity"):
        if name in style and NOTHING.match(style[name]):
            return f"{name}:{style[name]}"
    return _collapsed(style) or _blends_in(style)


def _collapsed(style: Mapping[str, str]) -> str:
    """A box without room for its text."""
    if style.get("overflow") in ("hidden", "clip"):
        for name in ("height", "max-height", "width", "max-width"):
            if name in style and (NOTHING.match(style[name]) or TINY.match(style[name])):
                return f"{name}:{style[name]};overflow:hidden"
    if "clip" in style and CLIPPED.match(style["clip"]):
        return f"clip:{style['clip']}"
    return ""


def _blends_in(style: Mapping[str, str]) -> str:
    """Text in the colour of its ground, or in none."""
    if style.get("color") == "transparent":
        return "color:transparent"
    shown = _colour(style.get("color", ""))
    ground = _colour(style.get("background-color") or style.get("background") or "")
    if shown == ground and shown.startswith(("#", "rgb")):
        return f"color:{style['color']} on the same colour"
    return ""


def _colour(value: str) -> str:
    short = HEX.match(value)
    if short:
        return "#" + "".join(digit * 2 for digit in short.groups())
    return NAMED_COLOURS.get(value, value.replace(" ", ""))


class Concealment:
    """Answers why an element itself is hidden; what hides its ancestors is for the caller to inherit."""

    def __init__(self, tree: HtmlElement) -> None:
        self._by_selector = _hiding_selectors(tree)

    def reason(self, element: HtmlElement) -> str:
        """The cause in a few words, or an empty string for an element that shows."""
        get = element.get
        if get("hidden", "until-found") != "until-found":
            return "the attribute hidden"
        style = get("style")
        if style:
            cause = concealed_by(declarations(style))
            if cause:
                return f"style {cause}"
        return self._by_sheet(get("class", ""), get("id", "")) if self._by_selector else ""

    def _by_sheet(self, classes: str, own_id: str) -> str:
        known = self._by_selector
        for name in classes.split():
            if f".{name}" in known:
                return f"the page's style .{name} {{{known['.' + name]}}}"
        if own_id and f"#{own_id}" in known:
            return f"the page's style #{own_id} {{{known['#' + own_id]}}}"
        return ""


def _hiding_selectors(tree: HtmlElement) -> dict[str, str]:
    """Selectors of one class or id that the page's inline style sheets hide, with the declaration."""
    found: dict[str, str] = {}
    for sheet in tree.iter("style"):
        text = (sheet.text or "")[:SHEET_LIMIT]
        if sheet.get("media", "all").strip().lower() not in ("", "all", "screen"):
            continue
        if not SUSPICIOUS.search(text.lower()):
            continue
        # what stands behind the last brace is no rule
        for rule in _outside_media(COMMENT.sub("", text)).split("}")[:-1]:
            before, brace, body = rule.rpartition("{")
            if not brace or ("display" not in body and not SUSPICIOUS.search(body.lower())):
                continue
            selectors = SELECTORS.fullmatch(before, before.rfind("{") + 1)
            if selectors is None:
                continue
            cause = concealed_by(declarations(body))
            for selector in selectors[1].split(","):
                name = selector.strip()
                # Sheets set opacity and visibility as the first frame of an animation, and scripts end it.
                if cause and not cause.startswith(("opacity", "visibility")):
                    found[name] = cause
                elif "display" in declarations(body) or "visibility" in declarations(body):
                    found.pop(name, None)
    return found


def _outside_media(sheet: str) -> str:
    """The sheet without its @-blocks: what they hide is hidden on some screens only."""
    out: list[str] = []
    at = 0
    while (start := sheet.find("@", at)) >= 0:
        out.append(sheet[at:start])
        brace, end = sheet.find("{", start), sheet.find(";", start)
        if brace < 0 or 0 <= end < brace:
            at = len(sheet) if end < 0 else end + 1
            continue
        depth, at = 1, len(sheet)
        for found in BRACE.finditer(sheet, brace + 1):
            depth += 1 if found[0] == "{" else -1
            if not depth:
                at = found.end()
                break
    out.append(sheet[at:])
    return "".join(out)

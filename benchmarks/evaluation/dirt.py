"""Puts known dirt into clean pages, so that what is left of it can be counted.

A *plan* says what goes where; it is drawn from the page's id and a seed alone. ``mixed`` puts it into the page's own
DOM, around and between elements that hold gold text. ``flat`` writes gold text and dirt as paragraphs of one
container, which is how a scraper's mirror looks: no class, no list, no link is left to tell them apart.

Places: ``lead`` (above the article), ``body`` (between its paragraphs), ``tail`` (below it) and ``hidden`` (in its
middle, where no reader sees it). Kinds: ``spam``, ``teaser`` (of another page) and ``widget`` (a label of the site's
own clutter).
"""

from __future__ import annotations

import html as entities
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from benchmarks.evaluation.measures import runs_of, word_list
from benchmarks.evaluation.pages import Article, Fragment, Stock, Teaser

LEAST_SPOTS = 5
LEAST_SPOT_WORDS = 6
LONGEST_SPAM = 280

CATEGORIES = ("Gadgets", "Bitcoin", "Celebrities", "Wellness", "Markets", "Gaming", "Travel")
COMMENT_LABELS = ("Add a comment", "Leave a reply", "Join the conversation", "0 comments", "Write a comment")
RELATED_LABELS = ("Related posts:", "You might also like", "More stories", "Recommended for you", "Read next")
POINTERS = ("Read also: ", "See also: ", "Related: ", "Don't miss: ", "You may also like: ")
HIDING = (
    "display:none",
    "visibility:hidden",
    "position:absolute;left:-5000px",
    "font-size:0;line-height:0",
    "height:0;overflow:hidden",
)
FORMS = (
    "<p>{}</p>",
    "<p><b>{}</b></p>",
    "<h4>{}</h4>",
    "<div>{}</div>",
    '<p><a href="{url}">{}</a></p>',
    '<div class="sponsored-box"><p><a href="{url}" rel="sponsored nofollow">{}</a></p></div>',
    '<p>{} <a href="{url}">{url}</a></p>',
    '<ul><li><a href="{url}">{}</a></li></ul>',
)
UNLINKED = FORMS[:4]
SPOTS = ("p", "li", "h1", "h2", "h3", "h4", "blockquote")
# A paragraph of dirt inside a list or a table would be a broken page; it goes behind the whole of it.
WITHIN = ("ul", "ol", "li", "dl", "dd", "blockquote", "td", "th", "tr", "tbody", "thead", "table")


@dataclass(frozen=True, slots=True)
class Piece:
    """One text that must go."""

    text: str
    kind: str
    place: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Insert:
    """One element of dirt; ``at`` says how far down the body (0 to 1) it stands."""

    place: str
    markup: str
    pieces: tuple[Piece, ...]
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DirtyPage:
    """A page with what was put into it."""

    html: str
    pieces: tuple[Piece, ...]


def plan(article: Article, stock: Stock, seed: int, variant: str) -> tuple[Insert, ...]:
    """What goes into a page, and where."""
    return tuple(_draw(random.Random(f"{seed}:{variant}:{article.id}"), article, stock))  # noqa: S311


def _draw(rng: random.Random, article: Article, stock: Stock) -> Iterator[Insert]:
    others = [teaser for teaser in stock.teasers if teaser.source != article.id]
    if others and rng.random() < 0.65:
        yield from _teaser(rng, "lead", rng.choice(others), "h2")
        yield _insert(rng, "lead", Piece(rng.choice(CATEGORIES), "widget", "lead"), UNLINKED)
    if rng.random() < 0.65:
        yield _spam(rng, "lead", rng.choice(stock.spam))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        yield _spam(rng, "body", rng.choice(stock.spam))
    if others and rng.random() < 0.4:
        text = rng.choice(POINTERS) + rng.choice(others).title
        yield _insert(rng, "body", Piece(text, "teaser", "body"), FORMS[4:5])
    if rng.random() < 0.3:
        yield _insert(rng, "body", Piece(rng.choice(stock.labels), "widget", "body"), FORMS)
    if rng.random() < 0.75:
        yield _insert(rng, "tail", Piece(rng.choice(COMMENT_LABELS), "widget", "tail"), UNLINKED)
        if rng.random() < 0.5:
            yield _spam(rng, "tail", rng.choice(stock.spam))
        if others:
            yield _insert(rng, "tail", Piece(rng.choice(RELATED_LABELS), "widget", "tail"), UNLINKED)
            for teaser in rng.sample(others, min(len(others), rng.randint(2, 4))):
                yield from _teaser(rng, "tail", teaser, "h3")
    if rng.random() < 0.3:
        hidden = [rng.choice(stock.spam) for _ in range(rng.randint(1, 3))]
        pieces = tuple(_piece("hidden", fragment) for fragment in hidden)
        inside = "".join(_markup(rng, piece.text, FORMS) for piece in pieces)
        style = rng.choice(HIDING)
        yield Insert("hidden", f'<div style="{style}">{inside}</div>', pieces, rng.random())


def _insert(rng: random.Random, place: str, piece: Piece, forms: Sequence[str]) -> Insert:
    return Insert(place, _markup(rng, piece.text, forms), (piece,), rng.random())


def _spam(rng: random.Random, place: str, fragment: Fragment) -> Insert:
    return _insert(rng, place, _piece(place, fragment), FORMS)


def _piece(place: str, fragment: Fragment) -> Piece:
    return Piece(fragment.text[:LONGEST_SPAM].strip(), "spam", place, fragment.language)


def _teaser(rng: random.Random, place: str, teaser: Teaser, heading: str) -> Iterator[Insert]:
    """Title and the first words, cut off where no sentence ends."""
    cut = teaser.opening[: rng.randint(100, 220)].rpartition(" ")[0] + rng.choice(("…", "...", " […]"))
    for text, tag in ((teaser.title, heading), (cut, "p")):
        yield _insert(rng, place, Piece(text, "teaser", place), (f"<{tag}>{{}}</{tag}>",))


def _markup(rng: random.Random, text: str, forms: Sequence[str]) -> str:
    site = rng.choice(("lucky", "vip", "best", "go"))
    url = f"https://{site}{rng.randrange(1000)}.example/{rng.randrange(10**6)}"
    return rng.choice(forms).replace("{url}", url).replace("{}", entities.escape(text))


def mixed(page: str, article: Article, inserts: Sequence[Insert]) -> DirtyPage | None:
    """The page with the dirt in its own DOM; ``None`` where too little of the gold text can be found in it."""
    try:
        tree = lxml.html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return None
    spots = _spots(tree, article.text)
    if len(spots) < LEAST_SPOTS:
        return None
    first, last, between = _outermost(spots[0]), _outermost(spots[-1]), spots[:-1]
    for insert in inserts:
        if insert.place == "lead":
            first.addprevious(_element(insert))
        elif insert.place != "tail":
            _outermost(between[int(insert.at * len(between))]).addnext(_element(insert))
    for insert in reversed([insert for insert in inserts if insert.place == "tail"]):
        last.addnext(_element(insert))
    text = lxml.html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return DirtyPage(text, tuple(piece for insert in inserts for piece in insert.pieces))


def _element(insert: Insert) -> HtmlElement:
    return lxml.html.fragment_fromstring(insert.markup)


def _spots(tree: HtmlElement, gold: str) -> list[HtmlElement]:
    """Elements whose words stand in the gold text, in its order, none within another."""
    told = runs_of(word_list(gold))
    at = 0
    found: list[HtmlElement] = []
    taken: set[HtmlElement] = set()
    for element in tree.iter(*SPOTS):
        words = word_list(element.text_content())
        if len(words) < LEAST_SPOT_WORDS or any(parent in taken for parent in element.iterancestors()):
            continue
        place = told.find(runs_of(words), at)
        if place >= 0:
            at = place + 1
            found.append(element)
            taken.add(element)
    return found


def _outermost(element: HtmlElement) -> HtmlElement:
    parent = element.getparent()
    while parent is not None and parent.tag in WITHIN:
        element, parent = parent, parent.getparent()
    return element


def flat(article: Article, inserts: Sequence[Insert]) -> DirtyPage | None:
    """The gold text and the dirt as paragraphs of one container; ``None`` for a text of hardly any lines."""
    lines = article.lines
    if len(lines) < LEAST_SPOTS:
        return None
    if article.title and runs_of(word_list(article.title)) not in runs_of(word_list(lines[0])):
        lines.insert(0, article.title)
    gaps: dict[int, list[str]] = {}
    seen = [insert for insert in inserts if insert.place != "hidden"]
    for insert in seen:
        gap = {"lead": 0, "tail": len(lines)}.get(insert.place)
        if gap is None:
            gap = 2 + int(insert.at * (len(lines) - 2))
        gaps.setdefault(gap, []).extend(piece.text for piece in insert.pieces)
    told = [text for i in range(len(lines) + 1) for text in (*gaps.get(i, ()), *lines[i : i + 1])]
    paragraphs = "\n".join(f"<p>{entities.escape(text)}</p>" for text in told)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{entities.escape(article.title)}</title></head>'
        f"\n<body><div>\n{paragraphs}\n</div></body></html>"
    )
    return DirtyPage(page, tuple(piece for insert in seen for piece in insert.pieces))

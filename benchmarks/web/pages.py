"""Articles of the loopback web: from a seed to HTML, with an ad, teasers and widgets around and inside the guide."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass

from benchmarks.web.words import AUTHORS, CASINO, LANGUAGES, MENU_TEXT, MONTHS, WIDGETS, Material

TEMPLATES = ("article", "divs", "table", "theme", "bare")
CHARSET = "<!--charset-->"
"""Where a site that declares its encoding in its pages does so."""

_SLOT = re.compile(r"\{(\w+)\}")
# as much of it as on a plain blog, whose pages are half markup
_STYLE = "".join(f".c{n}{{margin:{n}px auto;padding:0 {n}px;color:#3{n % 10}3}}" for n in range(150))
_SCRIPT = "window.dataLayer=window.dataLayer||[];function tag(){dataLayer.push(arguments)}" + "".join(
    f"tag('event','view_{n}',{{position:{n}}});" for n in range(40)
)

# What stands around an article on a real page: menus that unfold, columns of links in the foot, a cloud of tags. All
# lead to other hosts, which no source follows.
_AREAS = "Learn Read Watch Events Jobs Tools About Partners".split()
_THINGS = (
    "Roadmaps Research Pricing Launches Metrics Hiring Onboarding Interviews Strategy Discovery Retention Analytics"
    " Leadership Salaries Growth Platforms Experiments Stakeholders"
).split()


@dataclass(frozen=True, slots=True)
class Article:
    """What a page is made from; the same article is the same bytes whenever it is asked for."""

    number: int
    title: str
    author: str
    date: str
    language: str
    template: str
    seed: str


def filled(sentence: str, material: Material, chance: random.Random) -> str:
    """A sentence with its slots filled, its first letter a capital."""
    text = _SLOT.sub(lambda slot: chance.choice(material.slots[slot[1]]), sentence)
    return text[:1].upper() + text[1:]


def article(seed: str, number: int, language: str, template: str) -> Article:
    """The article of a site by its number; titles of a site differ."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311
    material = LANGUAGES[language]
    title = f"{filled(chance.choice(material.titles), material, chance)} ({number + 1})"
    date = f"20{chance.randrange(18, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    return Article(number, title, chance.choice(AUTHORS), date, language, template, seed)


def page(of: Article, site: str, neighbours: list[tuple[str, str]], extra: str = "") -> str:
    """The HTML of an article; ``neighbours`` are paths and titles that it teases, ``extra`` stands in its foot."""
    chance = random.Random(f"{of.seed}/{of.number}/text")  # noqa: S311
    body = _text(of, chance)
    teasers = "".join(
        f'<li class="teaser"><a href="{path}">{html.escape(title)}</a></li>' for path, title in neighbours
    )
    return _frame(of, site, body, teasers, extra)


def _text(of: Article, chance: random.Random) -> str:
    """The guide itself: sections of paragraphs, lists, a table; in some an ad stands in the middle."""
    material = LANGUAGES[of.language]
    deck = _deck(material, chance)
    paragraphs = [material.joint.join(deck[at : at + 3]) for at in range(0, len(deck), 3)]
    parts = [f"<p>{text}</p>" for text in paragraphs[:2]]
    for number, text in enumerate(paragraphs[2:]):
        if number % 2 == 0:
            parts.append(f"<h2>{_escaped(chance.choice(material.headings), material, chance)}</h2>")
        parts.append(f"<p>{text}</p>")
        if number % 6 == 0:
            entries = [f"<li>{_escaped(item, material, chance)}</li>" for item in material.items]
            parts.append(f"<ul>{''.join(entries)}</ul>")
        if number == 3:
            parts.append(_table(material, chance))
        if number == 5 and chance.random() < 0.3:
            ad = chance.choice(CASINO)
            parts.append(f'<p><a href="https://casino.example/win" rel="sponsored">{ad}</a></p>')
    return "\n".join(parts)


def _deck(material: Material, chance: random.Random) -> list[str]:
    """Sentences in some order; those of a language with few come once, or the text would repeat itself."""
    decks = (
        2 if len(material.sentences) > 20 else 1 if material.joint else 5
    )  # such words have no gaps to count
    return [
        _escaped(one, material, chance)
        for _ in range(decks)
        for one in chance.sample(material.sentences, len(material.sentences))
    ]


def _escaped(sentence: str, material: Material, chance: random.Random) -> str:
    return html.escape(filled(sentence, material, chance), quote=False)


def _table(material: Material, chance: random.Random) -> str:
    head = "".join(f"<th>{name}</th>" for name in material.columns)
    rows = "".join(
        f"<tr><td>{n}</td><td>{_escaped(chance.choice(material.items), material, chance)}</td><td>{n * 3}</td></tr>"
        for n in range(1, 4)
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _links(chance: random.Random, count: int, area: str) -> str:
    """So many entries of a list that lead away."""
    entries = []
    for number in range(count):
        thing = chance.choice(_THINGS)
        url = f"https://{area.lower()}.network.example/{thing.lower()}/{number}?ref=menu&amp;at={chance.randrange(999)}"
        entries.append(
            f'<li class="menu-item menu-item-{number}"><a class="link link-{area.lower()}" href="{url}">'
            f"<span>{thing} {number + 1}</span></a></li>"
        )
    return "".join(entries)


def _menus(of: Article) -> str:
    """The head of a site's pages, the same on all of them."""
    chance = random.Random(f"{of.seed}/menus")  # noqa: S311
    return "".join(
        f'<div class="menu menu-{area.lower()}" role="menu"><button aria-expanded="false">{area}</button>'
        f'<ul class="sub-menu">{_links(chance, 9, area)}</ul></div>'
        for area in _AREAS
    )


def _columns(of: Article) -> str:
    """The foot of a site's pages, with a cloud of tags."""
    chance = random.Random(f"{of.seed}/columns")  # noqa: S311
    columns = "".join(
        f'<div class="footer-column"><h4>{area}</h4><ul>{_links(chance, 7, area)}</ul></div>'
        for area in _AREAS[:5]
    )
    tags = "".join(
        f'<a class="tag" href="https://tags.network.example/{t.lower()}">{t}</a> ' for t in _THINGS
    )
    return f'<div class="footer-columns">{columns}</div><div class="tag-cloud">{tags}</div>'


def _frame(of: Article, site: str, body: str, teasers: str, extra: str) -> str:
    year, month, day = of.date.split("-")
    title, told = html.escape(of.title), f"{MONTHS[int(month) - 1]} {int(day)}, {year}"
    menu = "".join(f'<li><a href="/about/{name}">{name.title()}</a></li>' for name in MENU_TEXT)
    head = (
        f'<head><title>{title} | {site}</title>{CHARSET}<meta name="author" content="{of.author}">'
        f'<meta property="article:published_time" content="{of.date}">'
        f"<style>{_STYLE}</style><script>{_SCRIPT}</script></head>"
    )
    widgets = "".join(f'<div class="widget w{n}"><p>{text}</p></div>' for n, text in enumerate(WIDGETS))
    by = f'<p class="byline">{of.author}, <time datetime="{of.date}">{told}</time></p>'
    foot = f"<footer>{_columns(of)}<p>© {year} {site}</p>{extra}</footer>"
    related = (
        f'<section class="related"><h3>Related posts</h3><ul>{teasers}</ul></section>' if teasers else ""
    )
    heading = f"<h1>{title}</h1>{by}"
    inside = {
        "article": f"<main><article>{heading}{body}</article></main>{related}{widgets}",
        "divs": f'<div class="c1"><div class="c2 post-content">{heading}{body}</div>{related}</div>{widgets}',
        "table": f"<table><tr><td width=160><ul>{menu}</ul></td><td>{heading}{body}</td></tr></table>{related}",
        "theme": f'<div id="content" class="entry-content">{heading}{body}{widgets}</div><aside>{related}</aside>',
        "bare": f"{heading}{body}{related}",
    }[of.template]
    return (
        f'<!DOCTYPE html>\n<html lang="{of.language}">{head}<body><nav><ul>{menu}</ul>{_menus(of)}</nav>\n'
        f"{inside}\n{foot}</body></html>"
    )

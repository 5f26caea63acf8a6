"""Pages that are copies of an article, and pages that only look like it: what finding copies is measured on.

Copies are made the way they come about: laid out by another site's theme, cut off at the end, with dirt put in, with
words edited here and there, and all of it at once. What must not count as copies are the parts of a serial and
advertisements of one firm. All is drawn from the article's id.
"""

from __future__ import annotations

import html as entities
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.evaluation.dirt import flat, mixed, plan
from benchmarks.evaluation.pages import Article, Stock

SEED = 11
CUT = 0.1  # share of the words that a cut leaves out at the end
EDITED = 40  # one word in so many is changed, dropped or joined by another
FILLERS = "really quite often perhaps usually mostly simply also still rather clearly then".split()
LONG = 300  # words of each half of an article that is made a serial
TASKS = 120  # words of a job advertisement that are its own; the firm's, on all of them, are about 200
ABOUT = """
{firm} builds the software that dental practices, vets and opticians run their day on. Four hundred people in six
countries work here, most of them from home, and nine thousand practices pay us every month. We were founded by two
nurses, and we still begin every week with a call to a practice.

You will own a part of the product from the first conversation with a practice to the numbers a quarter after launch.
You will work with a designer and five engineers who have been together for two years.
"""
OFFER = """
We offer thirty days of leave, a budget for learning that nobody has to approve, and hardware that you choose yourself.
Salaries are the same for the same work in every country; the bands are on our website, and you will be told yours in
the first call.

{firm} hires people of every origin, age, faith, sex and ability, and pays for what they need to do their work. Write to
us, in any form you like, and you will have an answer from a person within a week, whatever the answer is.
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """A page; pages of one ``group`` are copies of each other, whatever they are made by (``way``)."""

    group: str
    way: str
    url: str
    title: str
    html: str


def copies(article: Article, stock: Stock) -> Iterator[Variant]:
    """The article's own page, and copies of it."""
    rng = _rng(article, "copies")

    def made(way: str, html: str) -> Variant:
        return Variant(article.id, way, f"https://{way}.example/{article.id}", article.title, html)

    lines = article.lines
    yield Variant(
        article.id, "page", article.url or f"https://page.example/{article.id}", article.title, article.html()
    )
    yield made("rethemed", theme(article.title, lines, rng))
    yield made("cut", theme(article.title, cut(lines), rng))
    yield made("edited", theme(article.title, edited(lines, rng), rng))
    dirty = mixed(article.html(), article, plan(article, stock, SEED, "mixed"))
    if dirty is not None:
        yield made("dirty", dirty.html)
    changed = Article(
        article.id,
        article.url,
        article.title,
        "",
        "",
        "\n".join(edited(cut(lines), rng)),
        (),
        (),
        article.file,
    )
    everything = flat(changed, plan(article, stock, SEED, "flat"))
    if everything is not None:
        yield made("all", everything.html)


def lookalikes(article: Article, least: int = LONG) -> Iterator[Variant]:
    """The parts of a serial, and advertisements of one firm: made of the article, and each a page of its own."""
    rng = _rng(article, "lookalikes")
    lines = article.lines
    halves = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    if min(sum(len(line.split()) for line in half) for half in halves) < least:
        return
    for number, half in enumerate(halves, 1):
        title = f"{article.title}, Part {number}"
        yield _own(
            article, f"part {number}", title, theme(title, [f"This is a serial. {lines[0]}", *half], rng)
        )
    for number, half in enumerate(halves, 1):
        tasks = " ".join(" ".join(half).split()[:TASKS])
        title = f"Product Manager, team {number}"
        advert = "\n\n".join((ABOUT, tasks, OFFER)).replace("{firm}", f"Firm {article.id[:2]}")
        paragraphs = [" ".join(paragraph.split()) for paragraph in advert.strip().split("\n\n")]
        yield _own(article, f"job {number}", title, theme(title, paragraphs, rng))


def _own(article: Article, way: str, title: str, html: str) -> Variant:
    name = re.sub(r"\W", "-", way)
    return Variant(f"{article.id} {way}", way.split()[0], f"https://{name}.example/{article.id}", title, html)


def cut(lines: Sequence[str]) -> list[str]:
    """The text without the last tenth of its words."""
    left = round(sum(len(line.split()) for line in lines) * (1 - CUT))
    kept = []
    for line in lines:
        words = line.split()[:left]
        left -= len(words)
        if words:
            kept.append(" ".join(words))
    return kept


def edited(lines: Sequence[str], rng: random.Random) -> list[str]:
    """The text as an editor leaves it: one word in forty is another one, is gone, or has got company."""
    told = []
    for line in lines:
        words = []
        for word in line.split():
            draw = rng.random() * EDITED
            if draw >= 1:
                words.append(word)
            elif draw > 2 / 3:
                words += [word, rng.choice(FILLERS)]
            elif draw > 1 / 3:
                words.append(rng.choice(FILLERS))
        told.append(" ".join(words))
    return [line for line in told if line]


def theme(title: str, lines: Sequence[str], rng: random.Random) -> str:
    """The text as some site lays it out, with what stands around it there."""
    name, box, title_box = rng.choice(
        (
            ("Harbour Notes", "article", "header"),
            ("The Long Desk", 'div class="post-body"', "div"),
            ("Mill & Co", "main", "div"),
        )
    )
    paragraphs = "\n".join(f"<p>{entities.escape(line)}</p>" for line in lines if line != title)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{entities.escape(title)} - {name}</title></head><body>'
        f'<nav class="top"><a href="/">Home</a> <a href="/about">About</a> <a href="/subscribe">Subscribe</a></nav>'
        f"<{title_box}><h1>{entities.escape(title)}</h1></{title_box}>\n<{box}>\n{paragraphs}\n</{box.split()[0]}>"
        f'<aside class="newsletter"><h3>Join {name}</h3><p>Get our best posts in your inbox every Friday.</p></aside>'
        f"<footer><p>© {name}. All rights reserved.</p></footer></body></html>"
    )


def _rng(article: Article, use: str) -> random.Random:
    return random.Random(f"{SEED}:{use}:{article.id}")  # noqa: S311

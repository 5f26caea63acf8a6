"""What is measured of one page. Every measure is a pair (sum, count), so that pages add up to shares and means.

Word bags (precision, recall, F1)
    Words are runs of letters and digits, case folded. What kept text and gold text have in common, each word as often
    as both have it, over the words of the kept text (precision) or of the gold text (recall); F1 is their harmonic
    mean. The mean over pages is the measure of the Web Content Extraction Benchmark.
Leaks and missed
    A page leaks when it holds at least one of the snippets that it must not hold; missed is the share of the
    snippets it must hold that are gone. Case and white space do not count.
Title, author, date
    On pages whose gold row has one: a title is right when the F1 of its words is over .8, an author when the F1 of its
    words is at least .5 ("By A. Writer, Some Magazine" is right for "A. Writer"), a date to the day. No answer is a
    wrong answer; of a system that never gives one nothing is said.
Items, headings, cells
    Of the page's own ``li`` (without the lists inside), ``h1`` to ``h6`` and ``td``/``th`` (without tables inside):
    those of at least three words (cells: two) whose words stand side by side in the gold text are what the article
    has; kept are those whose words stand side by side in the kept text. A text that occurs twice counts once. The
    share of a page, over the pages that have any.
Dirt
    A fragment is left when at least half of its word triples that the gold text does not have stand in the
    kept text; one of less than five words when it stands there more often than in the gold text. Of scripts that
    write no spaces every sign is a word here. Shares are of all fragments; intervals take pages as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from lxml.html import HtmlElement

Pair = tuple[float, float]
Measures = dict[str, Pair]

WORD = re.compile(r"\w+")
# Han, kana and hangul one by one, then runs of all other letters.
SIGN_OR_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
SHORT_FRAGMENT = 5
TITLE_AGREES = 0.8
AUTHOR_AGREES = 0.5
LEAST_WORDS = {"items": 3, "headings": 3, "cells": 2}


class Known(Protocol):
    """What is known of a page."""

    @property
    def text(self) -> str: ...
    @property
    def must(self) -> tuple[str, ...]: ...
    @property
    def must_not(self) -> tuple[str, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def date(self) -> str: ...


class Fragmentary(Protocol):
    """A piece of dirt."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def place(self) -> str: ...


class Agreement(NamedTuple):
    """How well two bags of words agree, each figure between 0 and 1."""

    precision: float
    recall: float
    f1: float


def word_list(text: str) -> list[str]:
    """The words of a text, case folded."""
    return WORD.findall(text.casefold())


def runs_of(words: Iterable[str]) -> str:
    """Words in a form in which ``in`` asks for whole words side by side."""
    return f" {' '.join(words)} "


def agreement(kept: Sequence[str], gold: Sequence[str]) -> Agreement:
    """Precision, recall and F1 of two bags of words; two empty ones agree."""
    if not kept or not gold:
        same = float(not kept and not gold)
        return Agreement(same, same, same)
    shared = (Counter(kept) & Counter(gold)).total()
    precision, recall = shared / len(kept), shared / len(gold)
    return Agreement(precision, recall, 2 * shared / (len(kept) + len(gold)))


def text_measures(kept: str, known: Known) -> Measures:
    """Word bags, and snippets that leak or are missed."""
    agrees = agreement(word_list(kept), word_list(known.text))
    found: Measures = {name: (value, 1.0) for name, value in agrees._asdict().items()}
    folded = _folded(kept)
    if known.must_not:
        found["leaks"] = float(any(_folded(snippet) in folded for snippet in known.must_not)), 1.0
    if known.must:
        gone = sum(_folded(snippet) not in folded for snippet in known.must)
        found["missed"] = gone / len(known.must), 1.0
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def metadata_measures(title: str | None, author: str | None, date: str | None, known: Known) -> Measures:
    """Whether title, author and date are right; ``None`` is a system that never says so."""
    found: Measures = {}
    if known.title and title is not None:
        found["title"] = float(agreement(word_list(title), word_list(known.title)).f1 > TITLE_AGREES), 1.0
    if known.author and author is not None:
        agrees = agreement(word_list(author), word_list(known.author)).f1
        found["author"] = float(agrees >= AUTHOR_AGREES), 1.0
    if known.date and date is not None:
        found["date"] = float(date[:10] == known.date[:10]), 1.0
    return found


def gold_elements(tree: HtmlElement, gold: str) -> dict[str, set[str]]:
    """The list items, headings and table cells of a page that stand in the gold text, each as a run of words."""
    told = runs_of(word_list(gold))
    found: dict[str, set[str]] = {"items": set(), "headings": set(), "cells": set()}
    for element in tree.iter("li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th"):
        kind = "items" if element.tag == "li" else "cells" if element.tag in ("td", "th") else "headings"
        if kind == "cells" and element.find(".//td") is not None:
            continue
        words = word_list(_own_text(element))
        if len(words) >= LEAST_WORDS[kind] and (run := runs_of(words)) in told:
            found[kind].add(run)
    return found


def _own_text(element: HtmlElement) -> str:
    """The text of an element without that of lists inside it and of scripts."""
    if element.tag in ("script", "style", "template") or not isinstance(element.tag, str):
        return ""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("ul", "ol"):
            parts.append(_own_text(child))
        parts.append(child.tail or "")
    return " ".join(parts)


def element_measures(kept: str, elements: Mapping[str, set[str]]) -> Measures:
    """The share of the gold elements whose words are kept side by side."""
    told = runs_of(word_list(kept))
    return {
        kind: (sum(run in told for run in runs) / len(runs), 1.0) for kind, runs in elements.items() if runs
    }


class Signs:
    """The words of a text (of scripts without spaces, its signs), and every three that stand side by side."""

    def __init__(self, text: str) -> None:
        self.words = SIGN_OR_WORD.findall(text.casefold())
        self.triples = set(zip(self.words, self.words[1:], self.words[2:], strict=False))

    def times(self, run: Sequence[str]) -> int:
        """How often these words stand here side by side."""
        # A space on both sides of every word: neighbours would share it, and be counted once.
        return f" {'  '.join(self.words)} ".count(f" {'  '.join(run)} ")


def is_left(fragment: str, kept: Signs, gold: Signs) -> bool:
    """Whether a fragment is still there."""
    own = Signs(fragment)
    if not own.words:
        return False
    if len(own.words) < SHORT_FRAGMENT:
        return kept.times(own.words) > gold.times(own.words)
    telling = own.triples - gold.triples
    return bool(telling) and 2 * len(telling & kept.triples) >= len(telling)


def dirt_measures(kept: str, gold: str, pieces: Sequence[Fragmentary]) -> tuple[Measures, list[int]]:
    """Shares removed by kind and place, whether the page is wholly clean, and the numbers of the pieces left."""
    kept_signs, gold_signs = Signs(kept), Signs(gold)
    left = [n for n, piece in enumerate(pieces) if is_left(piece.text, kept_signs, gold_signs)]
    total, gone = Counter[str](), Counter[str]()
    for number, piece in enumerate(pieces):
        for name in ("removed", piece.kind, piece.place):
            total[name] += 1
            gone[name] += number not in left
    found: Measures = {name: (float(gone[name]), float(count)) for name, count in total.items()}
    if pieces:
        found["clean"] = float(not left), 1.0
    return found, left

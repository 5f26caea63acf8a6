"""Measures all of winnow with models that were not fitted to the sites it is measured on.

The models that come with winnow are fitted to every development article, so only this says what an unknown site gets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from unittest.mock import patch

from benchmarks.evaluation.dirt import mixed, plan
from benchmarks.evaluation.intervals import estimate
from benchmarks.evaluation.measures import Measures, Pair, dirt_measures, element_measures, text_measures
from benchmarks.evaluation.pages import Article, Stock
from benchmarks.evaluation.systems import page_of
from benchmarks.evaluation.work import elements_of
from filters import load_profile, second_look
from filters.chain import Chain
from filters.trees import read_trees
from pipelines.extract import UnreadableError, extract
from pipelines.main_text import Model, read_model

NAMED = ("precision", "recall", "f1", "leaks", "missed", "items", "headings", "cells")
OF_DIRT = ("f1", "spam", "teaser", "widget", "clean", "recall lost")


@dataclass(frozen=True, slots=True)
class Unseen:
    """What dirt is made of."""

    stock: Stock
    seed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of a page as it is and, where there is room for it, with dirt."""

    id: str
    clean: Measures
    dirty: Measures


@dataclass(frozen=True, slots=True)
class Models:
    """The lines of the two files of ``pipelines.main_text``, and of that of ``filters.second_look``."""

    weights: Sequence[str]
    trees: Sequence[str]
    second_look: Sequence[str]


class Bench:
    """One model, and the rules of the default profile."""

    def __init__(self, unseen: Unseen, model: Model) -> None:
        self.unseen = unseen
        self.model = model
        self.chain: Chain = load_profile()

    def kept(self, html: str, url: str) -> str:
        """The text that is left of a page; none of one that cannot be read."""
        try:
            document = extract(page_of(html, url), model=self.model).document
        except UnreadableError:
            return ""
        return self.chain.run(document).after.text

    def measure(self, article: Article) -> Measured:
        """A page as it is, and with the dirt that its id and the seed give it."""
        html = article.html()
        text = self.kept(html, article.url)
        clean = text_measures(text, article) | element_measures(text, elements_of(html, article.text))
        page = mixed(html, article, plan(article, self.unseen.stock, self.unseen.seed, "mixed"))
        dirty: Measures = {}
        if page is not None:
            text = self.kept(page.html, article.url)
            dirty = text_measures(text, article) | dirt_measures(text, article.text, page.pieces)[0]
            dirty["recall lost"] = clean["recall"][0] - dirty["recall"][0], 1.0
        return Measured(article.id, clean, dirty)


_bench: list[Bench] = []


def _start(unseen: Unseen, models: Models) -> None:
    second = read_trees(models.second_look, second_look.COLUMNS)
    patch.object(second_look, "model", lambda: second).start()  # for the life of the process
    _bench[:] = [Bench(unseen, read_model(models.weights, models.trees))]


def _measure(article: Article) -> Measured:
    return _bench[0].measure(article)


def measured(articles: Sequence[Article], unseen: Unseen, models: Models) -> Iterator[Measured]:
    """The measures of articles under models that are given by the lines of their files."""
    with ProcessPoolExecutor(2, initializer=_start, initargs=(unseen, models)) as pool:
        yield from pool.map(_measure, articles, chunksize=8)


def figures_of(results: Sequence[Measured]) -> list[str]:
    """A line a measure: percent, with the interval of 95%."""
    lines = []
    for title, names, found in (
        ("as they are", NAMED, [result.clean for result in results]),
        ("with dirt", OF_DIRT, [result.dirty for result in results]),
    ):
        pairs: dict[str, list[Pair]] = defaultdict(list)
        for measures in found:
            for name in names:
                if name in measures:
                    pairs[name].append(measures[name])
        for name in names:
            told = estimate(pairs[name])
            if told is not None:
                lines.append(
                    f"{title}  {name}  {100 * told.value:.2f} ({100 * told.low:.2f} to {100 * told.high:.2f})"
                )
    return lines

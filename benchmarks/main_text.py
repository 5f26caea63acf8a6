"""Fits the models of pipelines/main_text.py to pages whose text is known.

    python benchmarks/main_text.py FOLDER [--seed 1] [--folds 5] [--limit N] [--write pipelines]

FOLDER is the one that benchmarks/evaluate.py reads. Each article is learned from twice, as it is and with dirt in its
DOM (benchmarks/evaluation/dirt.py), so that what stands in the middle of an article is not taken for it. A block is
main text when most of its words stand in the gold text in its order. First come the figures of a cross-validation that
never learns from a site it is measured on, of the scores alone; what an unknown site gets of the whole of winnow is
measured by benchmarks/second_look.py. ``--write`` fits to all pages and writes both data files; then the trees of the
second look have to be grown anew. Needs scikit-learn (requirements-bench.txt).
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/main_text.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.boosting import tree_lines  # noqa: E402
from benchmarks.evaluation.dirt import mixed, plan  # noqa: E402
from benchmarks.evaluation.measures import Agreement, agreement, word_list  # noqa: E402
from benchmarks.evaluation.pages import Article, Stock, read_data  # noqa: E402
from pipelines.choice import align  # noqa: E402
from pipelines.extract import UnreadableError, take_apart  # noqa: E402
from pipelines.page import Page  # noqa: E402
from pipelines.signs import COLUMNS, rows  # noqa: E402

DIRTY_WEIGHT = 0.3  # of a page with dirt, beside 1 for the page as it is
# A block counts by its share of the article's words, as in the measure, and a little for being a block at all.
PAGE_WEIGHT, BLOCK_WEIGHT, LEAST_WORDS = 60.0, 0.15, 50
STRENGTH = 0.05  # inverse of the penalty on squared weights; .02 to .1 make no difference in cross-validation
LEAST_SITES = 6  # on which a value has to occur to get a weight
LEAST_WEIGHT = 0.02  # smaller ones are not written
# Of the trees: few leaves and many blocks a leaf, since what is to be learned holds on sites of any make.
TREES, LEAVES, RATE, LEAST_BLOCKS, PENALTY, TRIED = 150, 8, 0.1, 100, 20.0, 0.2
# Blocks of which the sum is sure and right teach the trees little: one in five stands for all of them.
SURE, ONE_IN = 0.97, 5
NUMBERS = {name: place for place, (name, _) in enumerate(COLUMNS)}
LOWEST, HIGHEST = 20, 1000  # no column has a value below -LOWEST, or from HIGHEST up
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.5)
"""The scores that figures are given for; the one in force is the setting of ``filters/rules/boilerplate.py``."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A page to learn from: columns and words, a label and a weight for each block, and what measures need."""

    article: Article
    site: str
    dirty: bool
    texts: tuple[str, ...]
    columns: NDArray[np.int16]
    words: tuple[tuple[str, ...], ...]
    labels: tuple[bool, ...]
    weights: tuple[float, ...]


def learn_from(article: Article, stock: Stock, seed: int) -> list[Learned]:
    """The rows of a page as it is and with dirt; none of a page that cannot be read."""
    return [page for html, dirt in versions(article, stock, seed) for page in _learned(article, html, dirt)]


def versions(article: Article, stock: Stock, seed: int) -> Iterator[tuple[str, list[str]]]:
    """The page as it is and, where there is room for it, with dirt: its HTML, and the texts put into it."""
    html = article.html()
    yield html, []
    dirty = mixed(html, article, plan(article, stock, seed, "mixed"))
    if dirty is not None:
        yield dirty.html, [piece.text for piece in dirty.pieces]


def _learned(article: Article, html: str, dirt: Sequence[str]) -> Iterator[Learned]:
    try:
        parts = take_apart(Page(url=article.url, body=html.encode()), thorough=True)
    except UnreadableError:
        return
    pieces = parts.pieces
    injected = {" ".join(word_list(text)) for text in dirt}
    labels = [
        share >= 0.5 and " ".join(word_list(piece.text)) not in injected
        for piece, share in zip(pieces, align(pieces, article.lines), strict=True)
    ]
    size = max(LEAST_WORDS, len(word_list(article.text)))
    counts = [min(size, len(word_list(piece.text))) for piece in pieces]
    of_page = DIRTY_WEIGHT if dirt else 1.0
    signs = list(rows(pieces, parts.shares, parts.metadata.title))
    yield Learned(
        article=article,
        site=urlsplit(article.url).hostname or article.id,
        dirty=bool(dirt),
        texts=tuple(piece.text for piece in pieces),
        columns=np.array([values for values, _ in signs], np.int16),
        words=tuple(tuple(f"{name}\t{word}" for name, word in words) for _, words in signs),
        labels=tuple(labels),
        weights=tuple(of_page * (PAGE_WEIGHT * count / size + BLOCK_WEIGHT) for count in counts),
    )


class Fit:
    """A logistic regression over the values that occur on enough sites, and trees over the columns of numbers."""

    def __init__(self, pages: Sequence[Learned]) -> None:
        sites: dict[str, set[str]] = defaultdict(set)
        for page in pages:
            for sign in _signs_of(page):
                sites[sign].add(page.site)
        kept = sorted(sign for sign, on in sites.items() if len(on) >= LEAST_SITES)
        self.places = {sign: place for place, sign in enumerate(kept)}
        labels = np.array([label for page in pages for label in page.labels])
        weights = np.array([weight for page in pages for weight in page.weights])
        matrix = self._matrix(pages)
        self.regression = LogisticRegression(C=STRENGTH, max_iter=200)
        self.regression.fit(matrix, labels, sample_weight=weights)
        self.trees = self._grown(np.vstack([page.columns for page in pages]), matrix, labels, weights)

    def _grown(
        self,
        columns: NDArray[np.int16],
        matrix: Any,
        labels: NDArray[np.bool_],
        weights: NDArray[np.float64],
    ) -> HistGradientBoostingClassifier:
        right = np.where(labels, 1, -1) * (self.regression.predict_proba(matrix)[:, 1] - 0.5) + 0.5
        sure = right > SURE
        taken = ~sure | (np.arange(len(labels)) % ONE_IN == 0)
        trees = HistGradientBoostingClassifier(
            learning_rate=RATE,
            max_iter=TREES,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=LEAST_BLOCKS,
            l2_regularization=PENALTY,
            max_features=TRIED,
            early_stopping=False,
            random_state=1,
        )
        told = np.where(sure, ONE_IN * weights, weights)
        return trees.fit(columns[taken], labels[taken], sample_weight=told[taken])

    def _matrix(self, pages: Iterable[Learned]) -> Any:
        """A row a block, with a one for each of its signs that has a place."""
        words: list[int] = []
        counts: list[int] = []
        for page in pages:
            for told in page.words:
                found = {self.places[sign] for sign in told if sign in self.places}
                words += found
                counts.append(len(found))
        values = np.vstack([page.columns for page in pages]).astype(np.int64) + LOWEST
        places = np.full((len(COLUMNS), LOWEST + HIGHEST), -1)
        for sign, place in self.places.items():
            name, value = sign.split("\t")
            if name in NUMBERS:
                places[NUMBERS[name], int(value) + LOWEST] = place
        blocks, columns = np.nonzero((found_at := places[np.arange(len(COLUMNS)), values]) >= 0)
        rows_of = np.concatenate([blocks, np.repeat(np.arange(len(counts)), counts)])
        at = np.concatenate([found_at[blocks, columns], np.array(words, np.int64)])
        ones = np.ones(len(at), np.float32)
        return csr_matrix((ones, (rows_of, at)), shape=(len(counts), len(self.places)))

    def scores(self, page: Learned) -> list[float]:
        """The probability of each block, as pipelines.main_text works it out."""
        total = self.regression.decision_function(self._matrix([page]))
        total = (total + self.trees.decision_function(page.columns)) / 2
        return [float(p) for p in 1 / (1 + np.exp(-total))]

    def lines(self) -> list[str]:
        """The weights as pipelines/main_text.tsv holds them."""
        told = [f"bias\t\t{self.regression.intercept_[0]:.3f}"]
        for sign, place in self.places.items():
            weight = self.regression.coef_[0][place]
            if abs(weight) >= LEAST_WEIGHT:
                told.append(f"{sign}\t{weight:.3f}")
        return told

    def tree_lines(self) -> list[str]:
        """The trees as pipelines/main_text_trees.tsv holds them; the first is a bare answer, that of all of them."""
        return tree_lines(self.trees, [name for name, _ in COLUMNS])


def _signs_of(page: Learned) -> Iterator[str]:
    """The signs that occur on a page."""
    for (name, _), values in zip(COLUMNS, page.columns.T.tolist(), strict=True):
        yield from (f"{name}\t{value}" for value in set(values))
    yield from {sign for words in page.words for sign in words}


def validated(pages: Sequence[Learned], folds: int) -> list[str]:
    """Lines of figures of the scores; no site is learned from and measured on at once."""
    figures: dict[tuple[bool, float], list[Agreement]] = defaultdict(list)
    splits = GroupKFold(folds).split(pages, groups=[page.site for page in pages])
    for number, (learn, check) in enumerate(splits, 1):
        fit = Fit([pages[number] for number in learn])
        for page in (pages[number] for number in check):
            scores = fit.scores(page)
            for threshold in THRESHOLDS:
                kept = "\n".join(t for t, s in zip(page.texts, scores, strict=True) if s >= threshold)
                agrees = agreement(word_list(kept), word_list(page.article.text))
                figures[page.dirty, threshold].append(agrees)
        print(f"part {number} of {folds}", file=sys.stderr)
    lines = ["pages  threshold  precision  recall  F1"]
    for (dirty, threshold), bags in sorted(figures.items()):
        means = "  ".join(f"{statistics.fmean(column):.4f}" for column in zip(*bags, strict=True))
        lines.append(f"{'dirty' if dirty else 'as they are'}  {threshold}  {means}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folds", type=int, default=5, help="0 leaves the cross-validation out")
    parser.add_argument("--limit", type=int, metavar="N", help="use N articles only, the same ones each time")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the data files go")
    asked = parser.parse_args()
    data = read_data(asked.folder, asked.limit)
    learn = partial(learn_from, stock=data.stock, seed=asked.seed)
    with ProcessPoolExecutor(2) as pool:
        pages = [page for found in pool.map(learn, data.articles, chunksize=8) for page in found]
    random.Random(asked.seed).shuffle(pages)  # noqa: S311
    figures = validated(pages, asked.folds) if asked.folds else []
    print("\n".join(figures))
    if asked.write is not None:
        fit = Fit(pages)
        sites = len({page.site for page in pages})
        for name, what, lines in (
            ("main_text.tsv", "Weights of pipelines/main_text.py: column, value, weight.", fit.lines()),
            (
                "main_text_trees.tsv",
                "Trees of pipelines/main_text.py: column, edge, value.",
                fit.tree_lines(),
            ),
        ):
            head = [
                what,
                f"Made by benchmarks/main_text.py from {len(data.articles)} development articles of {sites} sites",
                f"of WCXB (CC-BY-4.0), as they are and with dirt (seed {asked.seed}).",
                f"Mean of word bags of both models, cross-validated in {asked.folds} parts by site:",
                *figures,
            ]
            told = [*(f"# {line}" for line in head), *lines]
            (asked.write / name).write_text("\n".join(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

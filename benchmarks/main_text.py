"""Fits the weights of pipelines/main_text.py to pages whose text is known.

    python benchmarks/main_text.py FOLDER [--seed 1] [--folds 5] [--write pipelines/main_text.tsv]

FOLDER is the one that benchmarks/evaluate.py reads. Each article is learned from twice, as it is and with dirt in its
DOM (benchmarks/evaluation/dirt.py), so that what stands in the middle of an article is not taken for it. A block is
main text when most of its words stand in the gold text in its order. First come the figures of a cross-validation that
never learns from a site it is measured on; ``--write`` fits to all pages and writes the weights. Needs scikit-learn
(requirements-bench.txt).
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
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/main_text.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.evaluation.dirt import mixed, plan  # noqa: E402
from benchmarks.evaluation.measures import Agreement, agreement, word_list  # noqa: E402
from benchmarks.evaluation.pages import Article, Stock, read_data  # noqa: E402
from pipelines.extract import UnreadableError, align, take_apart  # noqa: E402
from pipelines.page import Page  # noqa: E402
from pipelines.signs import rows  # noqa: E402

DIRTY_WEIGHT = 0.3  # of a page with dirt, beside 1 for the page as it is
# A block counts by its share of the article's words, as in the measure, and a little for being a block at all.
PAGE_WEIGHT, BLOCK_WEIGHT, LEAST_WORDS = 60.0, 0.15, 50
STRENGTH = 0.05  # inverse of the penalty on squared weights; .02 to .1 make no difference in cross-validation
LEAST_SITES = 6  # on which a value has to occur to get a weight
LEAST_WEIGHT = 0.02  # smaller ones are not written
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.5)
"""The scores that figures are given for; the one in force is the setting of ``filters/rules/boilerplate.py``."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A page to learn from: a row of signs, a label and a weight for each block, and what measures need."""

    site: str
    dirty: bool
    gold: str
    texts: tuple[str, ...]
    signs: tuple[tuple[str, ...], ...]
    labels: tuple[bool, ...]
    weights: tuple[float, ...]


def learn_from(article: Article, stock: Stock, seed: int) -> list[Learned]:
    """The rows of a page as it is and with dirt; none of a page that cannot be read."""
    page = article.html()
    found = list(_learned(article, page, ()))
    dirty = mixed(page, article, plan(article, stock, seed, "mixed"))
    if dirty is not None:
        found += _learned(article, dirty.html, [piece.text for piece in dirty.pieces])
    return found


def _learned(article: Article, html: str, dirt: Sequence[str]) -> Iterator[Learned]:
    try:
        parts = take_apart(Page(url=article.url, body=html.encode()))
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
    yield Learned(
        site=urlsplit(article.url).hostname or article.id,
        dirty=bool(dirt),
        gold=article.text,
        texts=tuple(piece.text for piece in pieces),
        signs=tuple(
            tuple(f"{name}\t{value}" for name, value in row)
            for row in rows(pieces, parts.shares, parts.metadata.title)
        ),
        labels=tuple(labels),
        weights=tuple(of_page * (PAGE_WEIGHT * count / size + BLOCK_WEIGHT) for count in counts),
    )


class Fit:
    """A logistic regression over the values that occur on enough sites."""

    def __init__(self, pages: Sequence[Learned]) -> None:
        sites: dict[str, set[str]] = defaultdict(set)
        for page in pages:
            for sign in {sign for row in page.signs for sign in row}:
                sites[sign].add(page.site)
        kept = sorted(sign for sign, on in sites.items() if len(on) >= LEAST_SITES)
        self.places = {sign: place for place, sign in enumerate(kept)}
        labels = np.array([label for page in pages for label in page.labels])
        weights = np.array([weight for page in pages for weight in page.weights])
        self.regression = LogisticRegression(C=STRENGTH, max_iter=200)
        self.regression.fit(self._matrix(pages), labels, sample_weight=weights)

    def _matrix(self, pages: Iterable[Learned]) -> Any:
        columns: list[int] = []
        ends = [0]
        for page in pages:
            for row in page.signs:
                columns += {self.places[sign] for sign in row if sign in self.places}
                ends.append(len(columns))
        shape = (len(ends) - 1, len(self.places))
        return csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=shape)

    def scores(self, page: Learned) -> list[float]:
        """The probability of each block."""
        return [float(p) for p in self.regression.predict_proba(self._matrix([page]))[:, 1]]

    def lines(self) -> Iterator[str]:
        """The weights as pipelines/main_text.tsv holds them."""
        yield f"bias\t\t{self.regression.intercept_[0]:.3f}"
        for sign, place in self.places.items():
            weight = self.regression.coef_[0][place]
            if abs(weight) >= LEAST_WEIGHT:
                yield f"{sign}\t{weight:.3f}"


def validated(pages: Sequence[Learned], folds: int) -> list[str]:
    """Lines of figures; no site is learned from and measured on at once."""
    figures: dict[tuple[bool, float], list[Agreement]] = defaultdict(list)
    splits = GroupKFold(folds).split(pages, groups=[page.site for page in pages])
    for learn, check in splits:
        fit = Fit([pages[number] for number in learn])
        for page in (pages[number] for number in check):
            scores = fit.scores(page)
            for threshold in THRESHOLDS:
                kept = "\n".join(t for t, s in zip(page.texts, scores, strict=True) if s >= threshold)
                figures[page.dirty, threshold].append(agreement(word_list(kept), word_list(page.gold)))
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
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    data = read_data(asked.folder)
    learn = partial(learn_from, stock=data.stock, seed=asked.seed)
    with ProcessPoolExecutor(2) as pool:
        pages = [page for found in pool.map(learn, data.articles, chunksize=8) for page in found]
    random.Random(asked.seed).shuffle(pages)  # noqa: S311
    figures = validated(pages, asked.folds) if asked.folds else []
    print("\n".join(figures))
    if asked.write is not None:
        sites = len({page.site for page in pages})
        head = [
            "Weights of pipelines/main_text.py: column, value, weight.",
            f"Made by benchmarks/main_text.py from {len(data.articles)} development articles of {sites} sites",
            f"of WCXB (CC-BY-4.0), as they are and with dirt (seed {asked.seed}).",
            f"Mean of word bags, cross-validated in {asked.folds} parts by site:",
            *figures,
        ]
        told = [*(f"# {line}" for line in head), *Fit(pages).lines()]
        asked.write.write_text("\n".join(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

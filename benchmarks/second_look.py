"""Grows the trees by which blocks are looked at twice (``filters/second_look.py``), and measures winnow by site.

    python benchmarks/second_look.py FOLDER [--folds 4] [--seed 1] [--limit N] [--write filters/model]

FOLDER (or WINNOW_EVAL_DATA) is the one of ``benchmarks/main_text.py``. Each article is looked at as it is and with dirt
and read by a model of main text that saw nothing of its site, as the trees are to know scores of unknown sites. Half of
the dirt is learned from as if the rules knew none of its words, since spam of next year is in no list: what is left
is where it stands. The figures are those of all of winnow with models and trees that saw nothing of a site. ``--write``
grows trees from all pages. Needs scikit-learn (group ``bench``).
"""

from __future__ import annotations

import argparse
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/second_look.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.boosting import tree_lines  # noqa: E402
from benchmarks.evaluation.measures import word_list  # noqa: E402
from benchmarks.evaluation.pages import Article, Data, Stock, read_data  # noqa: E402
from benchmarks.evaluation.systems import page_of  # noqa: E402
from benchmarks.evaluation.unseen import Measured, Models, Unseen, figures_of, measured  # noqa: E402
from benchmarks.main_text import Fit, learn_from, versions  # noqa: E402
from filters import load_profile  # noqa: E402
from filters.chain import Chain  # noqa: E402
from filters.reading import Reading  # noqa: E402
from filters.rule import Rule  # noqa: E402
from filters.rules.boilerplate import Boilerplate  # noqa: E402
from filters.second_look import COLUMNS, DATA, SecondLook  # noqa: E402
from filters.verdict import Family, Verdict  # noqa: E402
from pipelines.choice import align  # noqa: E402
from pipelines.extract import UnreadableError, extract  # noqa: E402
from pipelines.main_text import Model, read_model  # noqa: E402

TREES, LEAVES, RATE, LEAST_BLOCKS, PENALTY, TRIED = 80, 16, 0.1, 60, 5.0, 0.5
PAGE_WEIGHT, BLOCK_WEIGHT, LEAST_WORDS = 10.0, 0.15, 30
DIRTY_WEIGHT = 0.5  # of a page with dirt, beside 1 for the page as it is
BLIND = 2  # of so many pieces of dirt one is learned from without what its words and links say
WORDS = (Family.LEXICON, Family.LANGUAGE, Family.LINK, Family.TOPIC)


@dataclass(frozen=True, slots=True)
class Noted:
    """What the trees see of a block, whether they are asked, and whether they would be without the block rules."""

    row: tuple[int, ...]
    doubted: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """The blocks of a page that the trees learn from: a row, a label and a weight each."""

    rows: tuple[tuple[int, ...], ...]
    labels: tuple[bool, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Recorder(Rule):
    """Notes what the second look would see; removes nothing."""

    family = Family.LAYOUT
    scope = "context"

    def check(self, reading: Reading) -> Iterator[Verdict]:
        look, rule = SecondLook(reading), Boilerplate()
        _noted.clear()
        for place, block in enumerate(reading.blocks):
            doubtful = rule.doubts(reading, place)
            doubted = doubtful and block.index not in reading.removed
            _noted.append(Noted(tuple(map(int, look.row(place))), doubted, doubtful))
        return iter(())


_noted: list[Noted] = []
_reader: list[tuple[Model, Chain]] = []


def _start(weights: Sequence[str], trees: Sequence[str]) -> None:
    chain = load_profile()
    rules = tuple(rule for rule in chain.rules if rule.scope == "block")
    _reader[:] = [(read_model(weights, trees), replace(chain, rules=(*rules, Recorder())))]


def looked_at(article: Article, stock: Stock, seed: int) -> list[Looked]:
    """The page as it is and with dirt; none of a page that cannot be read."""
    return [page for html, dirt in versions(article, stock, seed) for page in _looked(article, html, dirt)]


def _looked(article: Article, html: str, dirt: Sequence[str]) -> Iterator[Looked]:
    model, chain = _reader[0]
    try:
        document = extract(page_of(html, article.url), model=model).document
    except UnreadableError:
        return
    chain.run(document)
    injected = {" ".join(word_list(text)) for text in dirt}
    size = max(LEAST_WORDS, len(word_list(article.text)))
    of_page = DIRTY_WEIGHT if dirt else 1.0
    rows, labels, weights = [], [], []
    for block, share, noted in zip(
        document.blocks, align(document.blocks, article.lines), _noted, strict=True
    ):
        words = word_list(block.text)
        told = " ".join(words)
        is_dirt = told in injected
        blind = is_dirt and zlib.crc32(told.encode()) % BLIND == 0
        if noted.doubted or (blind and noted.doubtful):
            rows.append(_blind(noted.row) if blind else noted.row)
            labels.append(share >= 0.5 and not is_dirt)
            weights.append(of_page * (PAGE_WEIGHT * min(size, len(words)) / size + BLOCK_WEIGHT))
    yield Looked(tuple(rows), tuple(labels), tuple(weights))


def _blind(row: Sequence[int]) -> tuple[int, ...]:
    """The row of a block of which no rule knows a word."""
    unknown = {*map(str, WORDS), "rules"}
    return tuple(0 if name in unknown else value for name, value in zip(COLUMNS, row, strict=True))


def grown(pages: Sequence[Looked]) -> list[str]:
    """The lines of trees over all blocks of pages that are looked at twice."""
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
    trees.fit(
        np.array([row for page in pages for row in page.rows], np.int16),
        np.array([label for page in pages for label in page.labels]),
        sample_weight=np.array([weight for page in pages for weight in page.weights]),
    )
    return tree_lines(trees, COLUMNS)


@dataclass(frozen=True, slots=True)
class Part:
    """The articles of a part of the sites, the model that saw nothing of them, and what is looked at twice on them."""

    articles: tuple[Article, ...]
    fit: Fit
    pages: tuple[Looked, ...]


def parts_of(data: Data, folds: int, seed: int) -> Iterator[Part]:
    """All articles, cut into parts by site."""
    learn = partial(learn_from, stock=data.stock, seed=seed)
    with ProcessPoolExecutor(2) as pool:
        pages = [page for found in pool.map(learn, data.articles, chunksize=8) for page in found]
    splits = GroupKFold(folds).split(pages, groups=[page.site for page in pages])
    for number, (learnt, held_out) in enumerate(splits, 1):
        fit = Fit([pages[place] for place in learnt])
        articles = tuple(pages[place].article for place in held_out if not pages[place].dirty)
        look = partial(looked_at, stock=data.stock, seed=seed)
        with ProcessPoolExecutor(2, initializer=_start, initargs=(fit.lines(), fit.tree_lines())) as pool:
            looked = tuple(page for found in pool.map(look, articles, chunksize=8) for page in found)
        yield Part(articles, fit, looked)
        print(f"part {number} of {folds}: looked at", file=sys.stderr)


def main() -> int:
    """Print the figures; with ``--write``, the data file too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, metavar="N", help="use N articles only, the same ones each time")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the data file goes")
    asked = parser.parse_args()
    if not asked.folder or not (Path(asked.folder) / "wcxb" / "gold.jsonl").exists():
        sys.exit(f"{asked.folder!r} holds no wcxb/gold.jsonl: name the folder of evaluation data")
    data = read_data(Path(asked.folder), asked.limit)
    parts = list(parts_of(data, asked.folds, asked.seed))
    if asked.write is not None:
        sites = len({urlsplit(article.url).hostname for part in parts for article in part.articles})
        head = [
            "# What filters/second_look.py asks: a column, an edge and a value, or an answer.",
            f"# Grown by benchmarks/second_look.py on the articles of {sites} sites of the development split of WCXB",
            f"# (CC-BY-4.0), as they are and with dirt (seed {asked.seed}), scored by models that know no such site.",
        ]
        told = [*head, *grown([page for part in parts for page in part.pages])]
        (asked.write / DATA.name).write_text("\n".join(told) + "\n", encoding="utf-8")
    results: list[Measured] = []
    for number, part in enumerate(parts, 1):
        second = grown([page for other in parts if other is not part for page in other.pages])
        models = Models(part.fit.lines(), part.fit.tree_lines(), second)
        results += measured(part.articles, Unseen(data.stock, asked.seed), models)
        print(f"part {number} of {asked.folds}: measured", file=sys.stderr)
    print("\n".join(figures_of(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

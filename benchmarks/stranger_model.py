"""Fits the weights and the trees that judge all evidence on a block (``filters/stranger.py``), and says what they see.

    python benchmarks/stranger_model.py FOLDER --folds FOLDER [--write filters/model]

FOLDER (or WINNOW_EVAL_DATA) is the one of benchmarks/unseen_spam.py, which also lays out the pages: spam as a paragraph
between the paragraphs of articles, and clean texts of which all has to stay. ``--folds`` is a folder that
``benchmarks/spam_model.py --folds`` wrote, so that wording is scored by a model that saw nothing of a text's source.
Spam of our own is learned from like this, too, by kind: what is fitted to the few sources alone misses most of what
others write. Of it, the phrases ``unseen`` of benchmarks/spam_phrases.toml are shown to no model of wording. Only
blocks that some rule speaks of are learned from, for no others are asked about. Look-alikes of our own,
tests/filters/hard_negatives, stand in the guide of tests/filters/guides. The table is cross-validated: weights that
judge spam of a source or a kind of our own never saw any of it, nor a line of a site any of that site. Needs
scikit-learn (group ``bench``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/stranger_model.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.boosting import tree_lines  # noqa: E402
from benchmarks.spam_model import MARKUP, OWN, look_alikes, phrases  # noqa: E402
from benchmarks.unseen_spam import Clean, Host, Spam, clean, fragments, hosts, places, wording_of  # noqa: E402
from filters import load_profile  # noqa: E402
from filters.chain import Chain, by_block  # noqa: E402
from filters.document import Block, Document, Kind  # noqa: E402
from filters.reading import Reading  # noqa: E402
from filters.stranger import SIGNS, Page  # noqa: E402

PLACES = 3
PARTS = 6
STRENGTH = 0.1  # inverse of the regularisation, chosen by the cross-validated figures among .002 to .1
# Of the trees: shallow and few, since what is to be learned holds for spam of sources that nobody has seen.
TREES, DEPTH, FEWEST, SHRINKAGE = 150, 3, 100, 10.0
# What tells of the page alone: trees would learn which pages we put spam into, of which none is short.
UNASKED = ("size", "typical")
# A source of spam counts as much as MOST of its texts at most, a text of our own by a third.
MOST, SPAM_WEIGHT, OWN_WEIGHT = 150, 3.0, 0.3
# A clean block counts by its length, since losing a paragraph hurts more than losing a line.
BLOCK_WEIGHT, WORDS_A_WEIGHT, LONGEST = 0.5, 20, 60
ALIKE = "look-alikes"
CLEAN = ("articles", "pm", "not-pm", ALIKE)
ALIKE_WEIGHT = 5.0  # of a block that was written to be mistaken
GUIDE = ROOT / "tests" / "filters" / "guides" / "en.toml"
SCORES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
SPARED = (-4.0, -3.0, -2.0, -1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A block to learn from; ``source`` is what cross-validation keeps together, ``kept`` what the other rules say, and
    ``spoken`` whether they say anything.
    """

    signs: tuple[float, ...]
    spam: bool
    source: str
    kind: str
    english: bool
    words: int
    kept: bool
    spoken: bool


def main() -> None:
    """Print the cross-validated figures; with ``--write``, the data file too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    parser.add_argument("--folds", type=Path, metavar="FOLDER", required=True)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    if not arguments.folder or not (folder / "wcxb" / "gold.jsonl").exists():
        sys.exit(f"{arguments.folder!r} holds no wcxb/gold.jsonl: name the folder of evaluation data")
    texts: list[Spam | Clean] = [
        *fragments(folder, arguments.folds),
        *_own(arguments.folds),
        *clean(folder, arguments.folds),
        *_alike(),
    ]
    texts.sort(key=lambda text: str(text.fold))
    chunks = [texts[start : start + 100] for start in range(0, len(texts), 100)]
    learn = partial(_rows, hosts=hosts(folder), folds=arguments.folds)
    with ProcessPoolExecutor(2) as pool:
        rows = [row for found in pool.map(learn, chunks) for row in found]
    lines = list(_figures(rows, _held_out(rows)))
    print(*lines, sep="\n")
    if arguments.write:
        _write(arguments.write, rows, lines)


def _own(folds: Path) -> Iterator[Spam]:
    """Our own spam, that of which the model of wording learns with the model that did not learn of its kind."""
    number = json.loads((folds / "folds.json").read_text(encoding="utf-8"))
    for table in ("spam", "unseen"):
        for kind, listed in phrases(table):
            source = f"{OWN}{kind}"
            yield from (Spam(text, kind, "en", number.get(source), source) for text in listed)


def _alike() -> Iterator[Clean]:
    """Texts that look like spam, the lines of each without its markup."""
    for theme, case in look_alikes():
        lines = [" ".join(MARKUP.sub("", line).split()) for line in case["text"].split("\n")]
        yield Clean(case["name"], ALIKE, "", tuple(filter(None, lines)), None, f"{ALIKE}, {theme}")


def _rows(texts: Sequence[Spam | Clean], hosts: list[Host], folds: Path) -> list[Row]:
    chain = load_profile("default")
    rules = tuple(rule for rule in chain.rules if rule.scope != "document" and rule.id != "stranger")
    chain = replace(chain, rules=rules)
    found: list[Row] = []
    for fold, group in groupby(texts, lambda text: text.fold):
        with wording_of(folds, fold):
            for text in group:
                found += _of_spam(chain, text, hosts) if isinstance(text, Spam) else _of_clean(chain, text)
    return found


def _of_spam(chain: Chain, spam: Spam, hosts: list[Host]) -> Iterator[Row]:
    for (title, lines), at in places(spam, hosts, PLACES):
        page = [title, *lines[:at], spam.text, *lines[at:]]
        yield from _read(chain, title, page, [at + 1], spam.source, spam.kind, spam.language == "en")


def _of_clean(chain: Chain, text: Clean) -> Iterator[Row]:
    if text.group == ALIKE:
        guide = tomllib.loads(GUIDE.read_text(encoding="utf-8"))
        title, (*before, last) = guide["title"], guide["paragraphs"]
        asked = range(len(before), len(before) + len(text.lines))
        yield from _read(chain, title, [*before, *text.lines, last], asked, text.source, ALIKE, True)
        return
    yield from _read(chain, text.title, text.lines, range(len(text.lines)), text.source, text.group, True)


def _read(
    chain: Chain,
    title: str,
    lines: Sequence[str],
    asked: Iterable[int],
    source: str,
    kind: str,
    english: bool,
) -> Iterator[Row]:
    blocks = tuple(Block(number, Kind.PARAGRAPH, line) for number, line in enumerate(lines))
    document = Document("https://page.example/", blocks, title=title)
    cleaning = chain.run(document)
    reading = Reading(document)
    spoken = by_block(cleaning.verdicts)
    reading.removed = {d.index: d.verdict for d in cleaning.decisions if d.verdict is not None and not d.kept}
    page = Page(reading, lambda index: spoken.get(index, ()))
    for position in asked:
        if reading.words[position] and position != reading.title_position:
            found = page.signs(position)
            yield Row(
                signs=tuple(found[name] for name in SIGNS),
                spam=kind not in CLEAN,
                source=source,
                kind=kind,
                english=english,
                words=len(lines[position].split()),
                kept=cleaning.decisions[position].kept,
                spoken=blocks[position].index in spoken,
            )


def _weights(rows: Sequence[Row]) -> Any:
    """How much each block counts."""
    counts = Counter((row.source, row.kind) for row in rows if row.spam)
    return np.array(
        [
            SPAM_WEIGHT
            * min(1.0, MOST * PLACES / 3 / counts[row.source, row.kind])
            * (OWN_WEIGHT if row.source.startswith(OWN) else 1.0)
            if row.spam
            else ALIKE_WEIGHT
            if row.kind == ALIKE
            else BLOCK_WEIGHT + min(row.words, LONGEST) / WORDS_A_WEIGHT
            for row in rows
        ]
    )


def _fit(values: Any, spam: Any, weights: Any) -> tuple[Any, float]:
    """The weights and the bias for values as they are, fitted to values of like spread."""
    spread = values.std(axis=0) + 1e-9
    machine = LogisticRegression(C=STRENGTH, solver="newton-cholesky", max_iter=200)
    machine.fit(values / spread, spam, sample_weight=weights)
    return machine.coef_[0] / spread, float(machine.intercept_[0])


def _grow(values: Any, spam: Any, weights: Any) -> HistGradientBoostingClassifier:
    """The trees, which ask about hundredths as ``filters.stranger.hundredths`` has them."""
    machine = HistGradientBoostingClassifier(
        max_iter=TREES, max_depth=DEPTH, min_samples_leaf=FEWEST, l2_regularization=SHRINKAGE, random_state=0
    )
    return machine.fit(_hundredths(values), spam, sample_weight=weights)


def _hundredths(values: Any) -> Any:
    """What the trees ask about; what they must not ask about is 0 everywhere."""
    asked = np.array([name not in UNASKED for name in SIGNS])
    return np.rint(100 * values).astype(int) * asked


def _held_out(rows: Sequence[Row]) -> Any:
    """A score for every block by weights and trees that saw nothing of its source."""
    values, spam, weights = (
        np.array([row.signs for row in rows]),
        np.array([r.spam for r in rows]),
        _weights(rows),
    )
    number = {name: place % PARTS for place, name in enumerate(sorted({r.source for r in rows if r.spam}))}
    part = np.array([number.get(r.source, zlib.crc32(r.source.encode()) % PARTS) for r in rows])
    scores = np.zeros(len(rows))
    spoken = np.array([row.spoken for row in rows])
    for held in range(PARTS):
        shown, asked = spoken & (part != held), part == held
        own, bias = _fit(values[shown], spam[shown], weights[shown])
        grown = _grow(values[shown], spam[shown], weights[shown])
        answers = grown.decision_function(_hundredths(values[asked]))
        scores[asked] = (values[asked] @ own + bias + answers) / 2
    return scores


def _figures(rows: Sequence[Row], scores: Any) -> Iterator[str]:
    """What goes at each score beside what goes by the other rules, and what of that stays below it.

    Of spam it is the share of the places, of clean texts the share of the words.
    """
    kept = np.array([row.kept for row in rows])
    spoken = np.array([row.spoken for row in rows])
    words = np.array([row.words for row in rows])
    own = np.array([row.spam and row.source.startswith(OWN) for row in rows])
    real = np.array([row.spam for row in rows]) & ~own
    english = np.array([row.english for row in rows])
    groups = {"spam": real, "English spam": real & english, "our own": own}
    kinds = {kind: np.array([row.kind == kind for row in rows]) for kind in CLEAN}
    yield "score  " + "  ".join(groups) + "  words of: " + "  ".join(kinds)
    for mark in (-np.inf, *SPARED, *SCORES):
        gone = ~kept | (spoken & (scores >= mark)) if mark > 0 else ~kept & (scores >= mark)
        shares = "  ".join(f"{gone[group].mean():.3f}" for group in groups.values())
        lost = "  ".join(f"{words[kind & gone].sum() / words[kind].sum():.4%}" for kind in kinds.values())
        yield f"{mark:5}  {shares}  {lost}"


def _write(folder: Path, rows: Sequence[Row], figures: Iterable[str]) -> None:
    rows = [row for row in rows if row.spoken]
    values, spam = np.array([row.signs for row in rows]), np.array([row.spam for row in rows])
    weights, bias = _fit(values, spam, _weights(rows))
    usual = values[~spam].mean(axis=0)
    origin = [
        f"Fitted by benchmarks/stranger_model.py on {datetime.now(UTC):%Y-%m-%d} to {spam.sum()} places of spam and",
        f"{(~spam).sum()} clean blocks: spam/fragments.jsonl, wcxb (CC-BY-4.0), topic/docs.jsonl, our own spam",
        "(benchmarks/spam_phrases.toml) and look-alikes.",
    ]
    head = [
        "Weights of the signs of filters/stranger.py, and the value that is usual for each.",
        *origin,
        "Held-out figures of the mean of these and the trees, above 0 what goes with them, below it what stays:",
        *figures,
    ]
    lines = [f"# {line}" for line in head]
    lines += [f"bias = {bias + float(weights @ usual):.4f}", "", "[weight]"]
    lines += [f'"{name}" = {weight:.4f}' for name, weight in zip(SIGNS, weights, strict=True)]
    lines += ["", "[usual]"]
    lines += [f'"{name}" = {value:.4f}' for name, value in zip(SIGNS, usual, strict=True)]
    (folder / "stranger.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    head = ["Trees of filters/stranger.py: sign, edge in hundredths, value.", *origin]
    lines = [f"# {line}" for line in head] + tree_lines(_grow(values, spam, _weights(rows)), tuple(SIGNS))
    (folder / "stranger_trees.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Trains the model of how spam is worded (``filters/wording.py``), and says what it sees of spam it was not shown.

    python benchmarks/spam_model.py FOLDER [--write filters/lexicons/wording.tsv] [--folds FOLDER]

FOLDER (or WINNOW_EVAL_DATA) holds spam/fragments.jsonl, wcxb/gold.jsonl and topic/docs.jsonl. Spam and look-alikes of
our own come from benchmarks/spam_phrases.toml and tests/filters/hard_negatives. Clean are the lines, headings and
titles of articles. Only English is learnt: there is no clean text in other languages to tell their spam from. The
table is cross-validated: spam of a source is judged by a model that saw none of that source, a line by one that saw
nothing of its site, a look-alike by one that saw nothing of its file. ``--folds`` writes these models too, for
benchmarks/unseen_spam.py, and one without each share of our own kinds of spam, for benchmarks/stranger_model.py.
Needs scikit-learn (group ``bench``).
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import sys
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from filters.language import function_words, main_script
from filters.topic import STEM, WORD, background
from filters.wording import LEAST_WORDS, pieces, words

PHRASES = Path(__file__).with_name("spam_phrases.toml")
LOOK_ALIKES = Path(__file__).parents[1] / "tests" / "filters" / "hard_negatives"
MARKUP = re.compile(r"^(?:# |- |\d+\. |> |\| |~~~.*)|\]\([^)\s]*\)|\[(?=[^\]]*\]\()")
FOLDS = 5
OWN_FOLDS = 4  # more of them, each without a share of our own kinds
OWN = "our own, "  # what the source of our own spam of a kind begins with
RARE = 2  # spam texts that an n-gram occurs in at least ...
COMMON = 60  # ... or else texts of any kind
KEPT = 9000  # n-grams with the strongest weights; a data file of about 130 KB
STRENGTH = 0.5  # inverse of the regularisation, chosen by the cross-validated figures among .1 to 10
HEAVY = 5.0  # how much spam and look-alikes count against an ordinary line, of which there are many more
ORDINARY = ("article", "text")  # the kinds of clean text that were not written to be mistaken
ALARMS = (0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; ``source`` is what cross-validation keeps together."""

    text: str
    spam: bool
    source: str
    kind: str


def main() -> None:
    """Print the cross-validated figures; with ``--write``, the data file too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument(
        "--folds", type=Path, metavar="FOLDER", help="write the models of the cross-validation into it"
    )
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    if not arguments.folder or not (folder / "spam" / "fragments.jsonl").exists():
        sys.exit(f"{arguments.folder!r} holds no spam/fragments.jsonl: name the folder of evaluation data")
    texts = list(_texts(folder))
    names, matrix = _matrix(texts)
    lines = list(_figures(texts, _held_out(texts, names, matrix, arguments.folds)))
    print(*lines, sep="\n")
    if arguments.write:
        kept, weights, bias = _train(matrix, np.array([text.spam for text in texts]), _weights(texts))
        _write(arguments.write, texts, lines, [names[column] for column in kept], weights, bias)


def _texts(folder: Path) -> Iterator[Text]:
    """Every text once, spam first."""
    seen: set[str] = set()
    for text in [*_spam(folder), *_clean(folder)]:
        if text.text and text.text not in seen:
            seen.add(text.text)
            yield text


def _spam(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "spam" / "fragments.jsonl"):
        text = " ".join(html.unescape(row["text"]).split())[:300]
        if row["kind"] not in ("teaser", "widget") and row["lang"] == "en" and _is_english(text):
            yield Text(text, True, row["source"], row["kind"])
    for kind, listed in phrases("spam"):
        yield from (Text(line, True, f"{OWN}{kind}", kind) for line in listed)
    for theme, case in look_alikes():
        if "twin" in case:
            yield Text(" ".join(MARKUP.sub("", case["twin"]).split()), True, f"{OWN}{theme}", theme)


def _clean(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "wcxb" / "gold.jsonl"):
        if row["page_type"] == "article":
            for line in [row["title"] or "", *row["text"].split("\n")]:
                yield Text(" ".join(line.split())[:600], False, f"wcxb {row['id']}", "article")
    for row in _rows(folder / "topic" / "docs.jsonl"):
        if not row["source"].startswith("wcxb"):
            for line in row["text"].split("\n")[:150]:
                yield Text(" ".join(line.split())[:600], False, row["source"], "text")
    for kind, listed in phrases("clean"):
        yield from (Text(line, False, f"{OWN}clean", kind) for line in listed)
    for theme, case in look_alikes():
        for line in case["text"].split("\n"):
            yield Text(" ".join(MARKUP.sub("", line).split()), False, f"look-alikes, {theme}", "look-alike")


def look_alikes() -> Iterator[tuple[str, dict[str, Any]]]:
    """The English cases of text that looks like spam, with the theme of their file."""
    for path in sorted(LOOK_ALIKES.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if told.get("language", "en") == "en":
            yield from ((path.stem, case) for case in told["case"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def phrases(table: str) -> Iterator[tuple[str, list[str]]]:
    for kind, listed in tomllib.loads(PHRASES.read_text(encoding="utf-8"))[table].items():
        yield kind, listed.strip().split("\n")


def _is_english(text: str) -> bool:
    """Whether a fragment labelled as English is; some are titles of casinos in other languages."""
    own = [word[:STEM] for word in WORD.findall(text.lower())]
    counts = function_words(text.lower().split())
    best = counts.most_common(1)
    if main_script(text) != "Latin" or not own or (best and best[0][1] >= 2 and best[0][1] > counts["en"]):
        return False
    return sum(stem in background() for stem in own) >= 0.4 * len(own)


def _ngrams(text: str) -> tuple[Counter[str], float]:
    """The n-grams of a text with their counts, and the factor that ``filters.wording`` scales their sum by."""
    own = words(text)
    found = Counter(piece for word in set(own) for piece in pieces(word))
    found.update(" ".join(pair) for pair in set(pairwise(own)))
    return found, max(len(set(own)), LEAST_WORDS) ** -0.5


def _matrix(texts: Sequence[Text]) -> tuple[list[str], Any]:
    """The n-grams that are frequent enough, and a row a text."""
    counted = [_ngrams(text.text) for text in texts]
    in_spam: Counter[str] = Counter()
    in_all: Counter[str] = Counter()
    for text, (found, _) in zip(texts, counted, strict=True):
        in_all.update(found.keys())
        if text.spam:
            in_spam.update(found.keys())
    names = sorted(ngram for ngram, count in in_all.items() if in_spam[ngram] >= RARE or count >= COMMON)
    columns = {ngram: column for column, ngram in enumerate(names)}
    rows, where, values = [], [], []
    for row, (found, scale) in enumerate(counted):
        for ngram, count in found.items():
            if (column := columns.get(ngram)) is not None:
                rows.append(row)
                where.append(column)
                values.append(count * scale)
    shape = (len(texts), len(names))
    return names, sparse.csr_matrix((values, (rows, where)), shape=shape, dtype=np.float32)


def _train(matrix: Any, spam: Any, weight: Any) -> tuple[Any, Any, float]:
    """The columns with the strongest weights, these weights trained without the other columns, and the bias."""

    def fit(rows: Any) -> LogisticRegression:
        machine = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
        return machine.fit(rows, spam, sample_weight=weight)

    occurs = np.asarray((matrix > 0).sum(axis=0)).ravel()
    strength = np.abs(fit(matrix).coef_[0]) * occurs**0.25
    kept = np.sort(np.argsort(-strength, kind="stable")[:KEPT])
    final = fit(matrix[:, kept])
    return kept, final.coef_[0], float(final.intercept_[0])


def _weights(texts: Sequence[Text]) -> Any:
    """How much each text counts in training."""
    return np.array([1.0 if text.kind in ORDINARY else HEAVY for text in texts])


def folds_of(texts: Sequence[Text]) -> dict[str, int]:
    """Which part of the cross-validation the sources of the texts belong to; the few of spam are spread evenly.

    Our own phrases are in every training set but that of their kind's part, which leaves out nothing else.
    """
    sources = {text.source for text in texts}
    folds = {name: -1 if name.startswith(OWN) else zlib.crc32(name.encode()) % FOLDS for name in sources}
    names = sorted({text.source for text in texts if text.spam})
    folds.update((name, n % FOLDS) for n, name in enumerate(n for n in names if not n.startswith(OWN)))
    folds.update(
        (name, FOLDS + n % OWN_FOLDS) for n, name in enumerate(n for n in names if n.startswith(OWN))
    )
    return folds


def _held_out(texts: Sequence[Text], names: Sequence[str], matrix: Any, folds: Path | None) -> Any:
    """A score for every text but our own, by a model that saw nothing of its source."""
    spam, weight = np.array([text.spam for text in texts]), _weights(texts)
    parts = folds_of(texts)
    fold = np.array([parts[text.source] for text in texts])
    own = np.array([text.source.startswith(OWN) for text in texts])
    scores = np.full(len(texts), np.nan)
    if folds is not None:
        folds.mkdir(parents=True, exist_ok=True)
        (folds / "folds.json").write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    for held in range(FOLDS if folds is None else FOLDS + OWN_FOLDS):
        shown = np.where(fold != held)[0]
        judged = np.where((fold == held) & ~own)[0]
        kept, weights, bias = _train(matrix[shown], spam[shown], weight[shown])
        if len(judged):
            scores[judged] = matrix[judged][:, kept] @ weights + bias
        if folds is not None:
            trained = _lines([names[column] for column in kept], weights, bias)
            (folds / f"{held}.tsv").write_text("\n".join(trained) + "\n", encoding="utf-8")
    return scores


def _figures(texts: Sequence[Text], scores: Any) -> Iterator[str]:
    """For each rate of false alarms the score it stands at, and the share of held-out spam that scores more."""
    known = ~np.isnan(scores)
    spam = np.array([text.spam for text in texts])
    kinds = Counter((t.kind, t.source) for t, k in zip(texts, known, strict=True) if t.spam and k)
    groups = [group for group, count in kinds.most_common() if count >= 20]
    ordinary = np.array([text.kind in ORDINARY for text in texts])
    clean, found = scores[known & ordinary], scores[known & spam]
    alike = scores[known & ~spam & ~ordinary]
    yield f"{len(found)} held-out spam texts of {len({s for _, s in kinds})} sources, {len(clean)} lines of articles"
    yield "lines   score  spam   look-alikes  " + "  ".join(
        f"{kind} ({kinds[kind, source]})" for kind, source in groups
    )
    for alarm in ALARMS:
        mark = float(np.quantile(clean, 1 - alarm))
        shares = [
            np.mean([s > mark for t, s in zip(texts, scores, strict=True) if (t.kind, t.source) == group])
            for group in groups
        ]
        told = "  ".join(f"{share:.2f}" for share in shares)
        yield f"{alarm:.1%}  {mark:6.2f}  {np.mean(found > mark):.3f}  {np.mean(alike > mark):.3f}  {told}"


def _write(
    path: Path, texts: Sequence[Text], figures: Iterable[str], names: list[str], weights: Any, bias: float
) -> None:
    spam = sum(text.spam for text in texts)
    head = [
        "Weights of n-grams that spam and articles differ in; see filters/wording.py. The first line is the bias.",
        f"Trained by benchmarks/spam_model.py on {datetime.now(UTC):%Y-%m-%d} on {spam} spam texts and",
        f"{len(texts) - spam} clean ones: spam/fragments.jsonl (English), benchmarks/spam_phrases.toml,",
        "tests/filters/hard_negatives, wcxb (CC-BY-4.0), topic/docs.jsonl. Held-out figures:",
        *figures,
    ]
    lines = [f"# {line}" for line in head] + _lines(names, weights, bias)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lines(names: Sequence[str], weights: Any, bias: float) -> list[str]:
    return [f"\t{bias:.2f}"] + [
        f"{n}\t{w:.2f}" for n, w in zip(names, weights, strict=True) if abs(w) >= 0.005
    ]


if __name__ == "__main__":
    main()

"""Measures the lexical rules: what they say of real spam, and what they say of clean articles.

    python benchmarks/lexicon.py FOLDER [--show N]

FOLDER (or WINNOW_EVAL_DATA) holds spam/fragments.jsonl, wcxb/gold.jsonl and topic/docs.jsonl. Every line of
a clean text counts as a block of its document; every fragment is judged as the only block of an empty page.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from filters.document import Block, Document, Kind
from filters.lexicon import lexicon, read, scan
from filters.reading import Reading
from filters.rule import Rule, registry
from filters.signals import signals
from filters.verdict import Action
from filters.wordlist_rule import WordlistRule

SPAM = ("disguise",)
LABELS = (
    "advertisement",
    "comment_form",
    "cookie_notice",
    "newsletter",
    "page_label",
    "share_line",
    "sign_in",
)


def main() -> None:
    """Print one table for spam and one for clean text."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="show N missed fragments and N clean lines"
    )
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    if not arguments.folder or not (folder / "spam" / "fragments.jsonl").exists():
        sys.exit(f"{arguments.folder!r} holds no spam/fragments.jsonl: name the folder of evaluation data")
    rules = registry()
    words = [rule() for rule in rules.values() if issubclass(rule, WordlistRule) or rule.id in SPAM]
    labels = [rules[name]() for name in LABELS if name in rules]
    started = time.perf_counter()
    lexicon()
    print(f"lists built in {1000 * (time.perf_counter() - started):.0f} ms, {len(lexicon().terms)} terms")
    _spam(_rows(folder / "spam" / "fragments.jsonl"), words, arguments.show)
    articles = [row for row in _rows(folder / "wcxb" / "gold.jsonl") if row["page_type"] == "article"]
    clean = {"wcxb articles": articles, "topic texts": list(_rows(folder / "topic" / "docs.jsonl"))}
    for name, rows in clean.items():
        _clean(name, rows, words, arguments.show)
        _clean(f"{name}, labels", rows, labels, arguments.show)
    _cost([row["text"] for row in articles[:200]])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open() as lines:
        yield from map(json.loads, lines)


def _document(row: dict[str, str], texts: Iterable[str]) -> Document:
    blocks = tuple(Block(index, Kind.PARAGRAPH, text) for index, text in enumerate(texts))
    return Document(url="https://page.example/", blocks=blocks, title=row.get("title") or "")


def _verdicts(rules: list[Rule], document: Document) -> dict[int, tuple[bool, float, tuple[str, ...]]]:
    """By block: whether a verdict is decisive, the heaviest of the suspicions, and the evidence."""
    reading = Reading(document)
    found: dict[int, tuple[bool, float, tuple[str, ...]]] = {}
    for rule in rules:
        for verdict in rule.check(reading):
            if verdict.block is None:
                continue
            before = found.get(verdict.block, (False, 0.0, ()))
            decisive = verdict.action is Action.REMOVE
            score = max(before[1], verdict.score)
            found[verdict.block] = (before[0] or decisive, score, (*before[2], rule.id, *verdict.evidence))
    return found


def _spam(rows: Iterable[dict[str, str]], rules: list[Rule], show: int) -> None:
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    for row in rows:
        decisive, score, _ = _verdicts(rules, _document({}, [row["text"]])).get(0, (False, 0.0, ()))
        for key in (f"{row['kind']}/{row['lang']}", row["kind"]):
            table = tables[key]
            table["n"] += 1
            table[".4"] += score >= 0.4
            table[".5"] += score >= 0.5
            table[".7"] += score >= 0.7
            table["decisive"] += decisive
        if score < 0.5:
            missed.append(f"{score:.2f} {row['kind']}/{row['lang']} {row['text'][:150]!r}")
    print("\nspam                          n    >=.4    >=.5    >=.7   decisive")
    for key, table in sorted(tables.items(), key=lambda pair: (-pair[1]["n"], pair[0])):
        shares = "".join(f"{100 * table[name] / table['n']:8.1f}" for name in (".4", ".5", ".7", "decisive"))
        print(f"{key:26}{table['n']:5d}{shares}")
    print(*missed[:show], sep="\n")


def _clean(name: str, rows: list[dict[str, str]], rules: list[Rule], show: int) -> None:
    counts: Counter[str] = Counter()
    shown: list[tuple[float, str]] = []
    for row in rows:
        texts = [line for line in row["text"].split("\n") if line.strip()]
        counts["lines"] += len(texts)
        counts["words"] += sum(len(text.split()) for text in texts)
        for index, (decisive, score, evidence) in _verdicts(rules, _document(row, texts)).items():
            size = len(texts[index].split())
            for level in (0.2, 0.4, 0.5, 0.7):
                if score >= level:
                    counts[f"lines {level}"] += 1
                    counts[f"words {level}"] += size
            counts["decisive"] += decisive
            counts["decisive words"] += size if decisive else 0
            if score >= 0.5:
                where = row.get("id", "")
                shown.append(
                    (
                        score + decisive,
                        f"{score:.2f} {decisive:d} {where} {evidence[:6]} {texts[index][:140]!r}",
                    )
                )
    print(f"\n{name}: {counts['lines']} lines, {counts['words']} words")
    for level in (0.2, 0.4, 0.5, 0.7):
        lines, words = counts[f"lines {level}"], counts[f"words {level}"]
        shares = (100 * lines / counts["lines"], 100 * words / counts["words"])
        print(f"  >={level}: {lines:5d} lines {shares[0]:.3f}%  words {shares[1]:.3f}%")
    print(f"  decisive: {counts['decisive']} lines, {counts['decisive words']} words")
    for _, line in sorted(shown, reverse=True)[:show]:
        print("   ", line)


def _cost(texts: list[str]) -> None:
    """Milliseconds a block of sixty words, caches cold."""
    words = " ".join(texts).split()
    blocks = [" ".join(words[start : start + 60]) for start in range(0, len(words), 60)]
    for cached in (read, scan, signals):
        cached.cache_clear()
    rules = [rule() for rule in registry().values() if issubclass(rule, WordlistRule)]
    started = time.process_time()
    for block in blocks:
        scan(block)
    scanned = time.process_time()
    for cached in (read, scan, signals):
        cached.cache_clear()
    for start in range(0, len(blocks), 50):
        reading = Reading(_document({}, blocks[start : start + 50]))
        for rule in rules:
            deque(rule.check(reading), maxlen=0)
    weighed = time.process_time()
    print(
        f"\n{len(blocks)} blocks of 60 words: scan {1000 * (scanned - started) / len(blocks):.3f} ms a block",
        end="",
    )
    print(f", scan and {len(rules)} rules {1000 * (weighed - scanned) / len(blocks):.3f} ms")


if __name__ == "__main__":
    main()

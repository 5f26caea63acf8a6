"""Measures how much spam goes that the filters never saw, by kind and language, each text alone in an article.

    python benchmarks/unseen_spam.py FOLDER [--folds FOLDER] [--texts FOLDER] [--places N] [--beside] [--show N]
    python benchmarks/unseen_spam.py FOLDER [--folds FOLDER] --clean [--show N]

FOLDER (or WINNOW_EVAL_DATA) holds wcxb/gold.jsonl and spam/fragments.jsonl. Each text is put as a paragraph between
the paragraphs of ``--places`` articles, which have no markup: nothing but its words and its place tells it from them.
With ``--folds``, a folder that ``benchmarks/spam_model.py --folds`` wrote, spam is judged by a model of wording that
saw nothing of its source. With ``--beside`` two ads that every list knows stand in each page as well, since spam
seldom comes alone, and the rules look for more where they found some. ``--texts`` measures the files of a folder laid
out as tests/filters/spam instead.

``--clean`` measures the other side: the lines of articles and of topic/docs.jsonl as the blocks of a page each, with
``--folds`` under a model that saw nothing of their site: the share of words that goes, and of texts that lose
more than one word in fifty.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from filters import load_profile, wording
from filters.chain import Chain
from filters.document import Block, Document, Kind

HOSTS = 80
LINES = range(12, 61)  # of an article that can hold a text
LONGEST = 300
SHORTEST = 12
MUCH_LOST = 0.02
ADS = (
    "Claim 200 free spins and a 100% welcome bonus at Golden Reels, the best online casino of the year.",
    "Maxwin slot gacor hari ini, deposit pulsa tanpa potongan",
)
Host = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Spam:
    """A text that has to go; ``fold`` is the model that saw nothing of its source."""

    text: str
    kind: str
    language: str
    fold: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Clean:
    """The lines of a text of which all has to stay; ``fold`` is the model that saw nothing of its site."""

    id: str
    group: str
    title: str
    lines: tuple[str, ...]
    fold: int | None
    source: str


def main() -> None:
    """Print the share that goes, for all and by kind and language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    parser.add_argument("--folds", type=Path, metavar="FOLDER")
    parser.add_argument("--texts", type=Path, metavar="FOLDER")
    parser.add_argument("--places", type=int, default=2, metavar="N")
    parser.add_argument("--beside", action="store_true", help="with two known ads in each page")
    parser.add_argument("--clean", action="store_true", help="what goes of clean texts, and no spam")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="show N texts that were kept, or blocks that went"
    )
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    if not arguments.folder or not (folder / "wcxb" / "gold.jsonl").exists():
        sys.exit(f"{arguments.folder!r} holds no wcxb/gold.jsonl: name the folder of evaluation data")
    chain = load_profile("default")
    chain = replace(chain, rules=tuple(rule for rule in chain.rules if rule.scope != "document"))
    if arguments.clean:
        _measure_clean(chain, folder, arguments.folds, arguments.show)
    else:
        _measure_spam(chain, folder, arguments)


def _measure_spam(chain: Chain, folder: Path, arguments: argparse.Namespace) -> None:
    spam = list(_texts(arguments.texts) if arguments.texts else fragments(folder, arguments.folds))
    articles = hosts(folder)
    gone: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    kept: list[str] = []
    for fold in sorted({text.fold for text in spam}, key=str):
        with wording_of(arguments.folds, fold):
            for text in (text for text in spam if text.fold == fold):
                removed = [
                    _is_removed(chain, text, host, ADS if arguments.beside else ())
                    for host in places(text, articles, arguments.places)
                ]
                for key in ("all", f"kind {text.kind}", f"language {text.language}"):
                    seen[key] += len(removed)
                    gone[key] += sum(removed)
                if not all(removed):
                    kept.append(f"{text.kind} {text.language} {text.text[:120]!r}")
    for key in sorted(seen):
        print(f"{key:24}{gone[key] / seen[key]:7.3f} of {seen[key] // arguments.places}")
    print(*kept[: arguments.show], sep="\n")


def _measure_clean(chain: Chain, folder: Path, folds: Path | None, show: int) -> None:
    """Print what goes of texts that are clean, a line for the articles and one for each label of other texts."""
    counts: Counter[str] = Counter()
    lost: list[str] = []
    texts = list(clean(folder, folds))
    for fold in sorted({text.fold for text in texts}, key=str):
        with wording_of(folds, fold):
            for text in (text for text in texts if text.fold == fold):
                blocks = tuple(Block(at, Kind.PARAGRAPH, line) for at, line in enumerate(text.lines))
                cleaning = chain.run(Document("https://page.example/", blocks, title=text.title))
                words = cleaning.before.words - cleaning.after.words
                counts[f"{text.group} texts"] += 1
                counts[f"{text.group} words"] += cleaning.before.words
                counts[f"{text.group} lost"] += words
                counts[f"{text.group} much"] += words > MUCH_LOST * cleaning.before.words
                lost += [
                    f"{text.id} {decision.verdict.rule}: {block.text[:120]!r}"
                    for block, decision in zip(blocks, cleaning.decisions, strict=True)
                    if decision.verdict is not None
                ]
    for group in sorted({text.group for text in texts}):
        share = counts[f"{group} lost"] / counts[f"{group} words"]
        much, number = counts[f"{group} much"], counts[f"{group} texts"]
        print(f"{group:12}{share:9.4%} of the words go; {much} of {number} texts lose over {MUCH_LOST:.0%}")
    print(*lost[:show], sep="\n")


def clean(folder: Path, folds: Path | None) -> Iterator[Clean]:
    number = json.loads((folds / "folds.json").read_text(encoding="utf-8")) if folds else {}
    rows = [
        (row, "articles", f"wcxb {row['id']}")
        for row in _rows(folder / "wcxb" / "gold.jsonl")
        if row["page_type"] == "article"
    ]
    if (folder / "topic" / "docs.jsonl").exists():
        others = _rows(folder / "topic" / "docs.jsonl")
        rows += [(row, row["label"], row["source"]) for row in others if not row["source"].startswith("wcxb")]
    for row, group, source in rows:
        lines = tuple(line.strip() for line in row["text"].split("\n") if line.strip())
        yield Clean(row["id"], group, row.get("title") or "", lines, number.get(source), source)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fragments(folder: Path, folds: Path | None) -> Iterator[Spam]:
    number = json.loads((folds / "folds.json").read_text(encoding="utf-8")) if folds else {}
    seen: set[str] = set()
    for row in _rows(folder / "spam" / "fragments.jsonl"):
        text = " ".join(row["text"].split())[:LONGEST]
        if row["kind"] not in ("teaser", "widget") and len(text) >= SHORTEST and text not in seen:
            seen.add(text)
            yield Spam(text, row["kind"], row["lang"], number.get(row["source"]), row["source"])


def _texts(folder: Path) -> Iterator[Spam]:
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            kind, _, text = line.partition(": ")
            yield Spam(text, kind, path.stem)


def hosts(folder: Path) -> list[Host]:
    """Titles and paragraphs of some articles, the same ones every time."""
    articles = [row for row in _rows(folder / "wcxb" / "gold.jsonl") if row["page_type"] == "article"]
    split = [(row["title"] or "", [line.strip() for line in row["text"].split("\n")]) for row in articles]
    full = [(title, [line for line in lines if line]) for title, lines in split]
    fitting = [(title, lines) for title, lines in full if title and len(lines) in LINES]
    return sorted(fitting, key=lambda host: zlib.crc32(host[0].encode()))[:HOSTS]


def places(text: Spam, hosts: list[Host], count: int) -> Iterator[tuple[Host, int]]:
    draw = random.Random(text.text)  # noqa: S311 - the same places every time
    for _ in range(count):
        host = draw.choice(hosts)
        yield host, draw.randint(2, len(host[1]) - 1)


def _is_removed(chain: Chain, spam: Spam, place: tuple[Host, int], ads: tuple[str, ...]) -> bool:
    (title, lines), at = place
    page = [title, *ads, *lines[:at], spam.text, *lines[at:]]
    blocks = tuple(Block(number, Kind.PARAGRAPH, line) for number, line in enumerate(page))
    cleaning = chain.run(Document("https://page.example/", blocks, title=title))
    return not cleaning.decisions[len(ads) + at + 1].kept


def wording_of(folds: Path | None, fold: int | None) -> Any:
    """Puts the model of a fold, or the shipped one, in the place of the model of wording."""
    data = wording._data() if folds is None or fold is None else (folds / f"{fold}.tsv").read_bytes()
    lines = [line.split("\t") for line in data.decode().splitlines() if not line.startswith("#")]
    weights = {ngram: float(weight) for ngram, weight in lines}
    bias = weights.pop("")
    for cached in (wording._known_pieces, wording._weight, wording._pairs, wording._terms, wording._wording):
        cached.cache_clear()
    return patch.object(wording, "model", lambda: (weights, bias))


if __name__ == "__main__":
    main()

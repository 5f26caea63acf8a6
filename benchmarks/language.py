"""Measures how often the language of a text is known, beside langdetect alone and beside a count of function words.

    python benchmarks/language.py [FOLDER]

Takes the texts in nineteen languages that were written for the tests, in pieces of PIECE characters, and, with FOLDER,
the texts of more than 200 characters of topic/docs.jsonl and spam/fragments.jsonl that name their language (``lang``).
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/language.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from filters.language import WORD, detected, function_words, identify  # noqa: E402

TESTS = ROOT / "tests" / "filters"
PIECE, STEP = 220, 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each set, and what was taken for another language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    asked = parser.parse_args(arguments)
    sets = {"pieces of our own texts": list(pieces())}
    if asked.folder is not None:
        for name in ("topic/docs.jsonl", "spam/fragments.jsonl"):
            sets[name] = list(labelled(asked.folder / name))
    print("| texts of over 200 characters | number | languages | winnow | langdetect | function words |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, texts in sets.items():
        ways = (lambda t: identify(t).language, lambda t: detected(t[:4000]).language, commonest)
        shares = [sum(way(text) == language for language, text in texts) / len(texts) for way in ways]
        languages = len({language for language, _ in texts})
        print(f"| {name} | {len(texts)} | {languages} | " + " | ".join(f"{s:.1%}" for s in shares) + " |")
    wrong = Counter(
        (name, language, identify(text).language)
        for name, texts in sets.items()
        for language, text in texts
        if identify(text).language != language
    )
    for (name, language, taken), times in sorted(wrong.items()):
        print(f"{name}: labelled {language}, taken for {taken or 'none'}: {times}")
    return 0


def pieces() -> Iterator[tuple[str, str]]:
    """Language and text of every piece of the texts in the tests."""
    texts = tomllib.loads((TESTS / "languages.toml").read_text(encoding="utf-8"))
    for path in sorted((TESTS / "guides").glob("*.toml")):
        texts[path.stem] = "\n".join(tomllib.loads(path.read_text(encoding="utf-8"))["paragraphs"])
    for language, text in sorted(texts.items()):
        for start in range(0, max(1, len(text) - PIECE + 1), STEP):
            yield language, text[start : start + PIECE]


def labelled(path: Path) -> Iterator[tuple[str, str]]:
    """Language and text of the rows that name one and are long enough."""
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if len(row["text"]) > 200 and row.get("lang"):
                yield row["lang"].split("-")[0], row["text"]


def commonest(text: str) -> str:
    """The baseline: the language with the most function words."""
    counts = function_words(WORD.findall(text[:4000].lower()))
    return counts.most_common(1)[0][0] if counts else ""


if __name__ == "__main__":
    sys.exit(main())

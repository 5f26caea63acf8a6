"""Measures how often the language of a text is known, beside langdetect alone and beside a count of function words.

    python benchmarks/language.py [FOLDER] [--mistakes 20] [--markdown docs/kinds.md]

Takes the texts in nineteen languages that were written for the tests, in pieces of PIECE characters, and, with FOLDER,
the texts of more than 200 characters of topic/docs.jsonl and spam/fragments.jsonl that name their language (``lang``).
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/language.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from filters.language import WORD, detected, function_words, identify  # noqa: E402

TESTS = ROOT / "tests" / "filters"
PIECE, STEP = 220, 60


START, END = "<!-- languages -->", "<!-- end of languages -->"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its name and the language that it is said to be written in."""

    name: str
    language: str
    text: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each set and the surest mistakes, and write them where that was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument(
        "--mistakes", type=int, default=20, metavar="N", help="tell the N surest mistakes (20)"
    )
    parser.add_argument(
        "--markdown", type=Path, metavar="OUT", help=f"write the figures between {START} and {END}"
    )
    asked = parser.parse_args(arguments)
    sets = {"pieces of our own texts": list(pieces())}
    if asked.folder is not None:
        for name in ("topic/docs.jsonl", "spam/fragments.jsonl"):
            sets[name] = list(labelled(asked.folder / name))
    told = f"{figures(sets)}\n\n{mistakes([t for texts in sets.values() for t in texts], asked.mistakes)}"
    print(told)
    if asked.markdown:
        before, _, rest = asked.markdown.read_text(encoding="utf-8").partition(f"{START}\n")
        after = rest.partition(END)[2]
        asked.markdown.write_text(f"{before}{START}\n\n{told}\n\n{END}{after}", encoding="utf-8")
    return 0


def figures(sets: Mapping[str, Sequence[Text]]) -> str:
    """How often each way is right, by set and over all, as a Markdown table."""
    lines = [
        "| texts of over 200 characters | number | languages | winnow | langdetect | function words |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    ways = (lambda t: identify(t).language, lambda t: detected(t[:4000]).language, commonest)
    hits = {
        name: [sum(way(t.text) == t.language for t in texts) for way in ways] for name, texts in sets.items()
    }
    whole = [text for texts in sets.values() for text in texts]
    for name, own_texts in [*sets.items(), ("all", whole)]:
        own = hits.get(name) or [sum(column) for column in zip(*hits.values(), strict=True)]
        shares = " | ".join(f"{hit / len(own_texts):.1%}" for hit in own)
        lines.append(
            f"| {name} | {len(own_texts)} | {len({text.language for text in own_texts})} | {shares} |"
        )
    return "\n".join(lines)


def mistakes(texts: Sequence[Text], most: int) -> str:
    """What was taken for another language, the surest first, as a Markdown table."""
    guesses = ((identify(text.text), text) for text in texts)
    wrong = [(guess, text) for guess, text in guesses if guess.language != text.language]
    wrong.sort(key=lambda pair: (-pair[0].confidence, pair[1].name))
    return "\n".join(
        [
            f"The {min(most, len(wrong))} surest of {len(wrong)} mistakes:",
            "",
            "| text | labelled | taken for | confidence |",
            "|---|---|---|---:|",
            *(
                f"| `{text.name}` | {text.language} | {guess.language or 'none'} | {guess.confidence:.2f} |"
                for guess, text in wrong[:most]
            ),
        ]
    )


def pieces() -> Iterator[Text]:
    """Every piece of the texts in the tests."""
    texts = tomllib.loads((TESTS / "languages.toml").read_text(encoding="utf-8"))
    for path in sorted((TESTS / "guides").glob("*.toml")):
        texts[path.stem] = "\n".join(tomllib.loads(path.read_text(encoding="utf-8"))["paragraphs"])
    for language, text in sorted(texts.items()):
        for start in range(0, max(1, len(text) - PIECE + 1), STEP):
            yield Text(f"{language} from {start}", language, text[start : start + PIECE])


def labelled(path: Path) -> Iterator[Text]:
    """The rows that name a language and are long enough; one without an id goes by its line."""
    with path.open(encoding="utf-8") as lines:
        for number, row in enumerate(map(json.loads, lines), 1):
            if len(row["text"]) > 200 and row.get("lang"):
                name = f"{path.parent.name}/{row.get('id') or f'line {number}'}"
                yield Text(name, row["lang"].split("-")[0], row["text"])


def commonest(text: str) -> str:
    """The baseline: the language with the most function words."""
    counts = function_words(WORD.findall(text[:4000].lower()))
    return counts.most_common(1)[0][0] if counts else ""


if __name__ == "__main__":
    sys.exit(main())

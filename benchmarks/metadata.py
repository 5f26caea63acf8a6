"""Measures title, author and date on the articles of the Web Content Extraction Benchmark, beside trafilatura.

    python benchmarks/metadata.py FOLDER [--mistakes 20] [--markdown docs/metadata.md]

A title is right when the F1 of its words and those of the gold title is over .8, an author when it shares a word with
the gold one, a date to the day; no answer is a wrong one. Every mistake is told with its class: the gold value stands
nowhere on the page, nothing was found though it does, or another one was taken.
"""

from __future__ import annotations

import argparse
import html
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/metadata.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.evaluation.measures import TITLE_AGREES, agreement, runs_of, word_list  # noqa: E402
from benchmarks.evaluation.pages import Article, read_data  # noqa: E402
from benchmarks.evaluation.systems import load_systems, page_of  # noqa: E402
from filters.days import days_in  # noqa: E402
from pipelines.extract import UnreadableError, extract  # noqa: E402

START, END = "<!-- figures -->", "<!-- end of figures -->"
FIELDS = ("title", "author", "date")
NOWHERE, NONE, ANOTHER = "not on the page", "none found", "another one taken"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read of a page: values by field, and where each was found."""

    values: Mapping[str, str]
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field of a page that was read wrongly; ``kind`` is its class, ``origin`` where the answer was found."""

    field: str
    page: str
    kind: str
    origin: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures and the mistakes, and write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mistakes", type=int, default=20, metavar="N", help="N mistakes of each field (20)")
    parser.add_argument(
        "--markdown", type=Path, metavar="OUT", help=f"write the figures between {START} and {END}"
    )
    asked = parser.parse_args(arguments)
    articles = read_data(asked.folder).articles
    peers, _ = load_systems(["trafilatura"])
    right: dict[str, Counter[str]] = {name: Counter() for name in ("winnow", *peers)}
    known: Counter[str] = Counter()
    mistakes: list[Mistake] = []
    for article in articles:
        gold = {field: value for field in FIELDS if (value := getattr(article, field))}
        known.update(gold.keys())
        own = read(article)
        for field, value in gold.items():
            if RIGHT[field](own.values[field], value):
                right["winnow"][field] += 1
            else:
                mistakes.append(mistake(article, field, own))
        for name, system in peers.items():
            kept = system(article.html(), article.url)
            right[name].update(f for f, value in gold.items() if RIGHT[f](getattr(kept, f) or "", value))
    told = "\n\n".join([*tables(known, right, mistakes), *listed(mistakes, asked.mistakes)])
    print(told)
    if asked.markdown:
        before, _, rest = asked.markdown.read_text(encoding="utf-8").partition(f"{START}\n")
        asked.markdown.write_text(
            f"{before}{START}\n\n{told}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8"
        )
    return 0


def read(article: Article) -> Answers:
    """What winnow reads of a page; nothing of one that it cannot read."""
    try:
        document = extract(page_of(article.html(), article.url)).document
    except UnreadableError:
        return Answers(dict.fromkeys(FIELDS, ""), {})
    origins = dict(document.origins)
    return Answers(
        {
            "title": document.title,
            "author": document.author,
            "date": document.shown or document.published or "",
        },
        {**origins, "date": origins.get("shown") or origins.get("published", "")},
    )


RIGHT: dict[str, Callable[[str, str], bool]] = {
    "title": lambda said, gold: agreement(word_list(said), word_list(gold)).f1 > TITLE_AGREES,
    "author": lambda said, gold: not set(word_list(said)).isdisjoint(word_list(gold)),
    "date": lambda said, gold: said[:10] == gold[:10],
}


def mistake(article: Article, field: str, own: Answers) -> Mistake:
    """The class of a wrong answer."""
    if not stands_on(article.html(), field, getattr(article, field)):
        kind = NOWHERE
    else:
        kind = ANOTHER if own.values[field] else NONE
    return Mistake(field, article.id, kind, own.origins.get(field, ""))


def stands_on(page: str, field: str, gold: str) -> bool:
    """Whether a value is anywhere in the source of a page: a date in any form, a name and a title word by word."""
    text = html.unescape(page)
    if field == "date":
        return any(
            day == gold[:10]
            for american in (True, False)
            for _, _, day in days_in(text.lower(), american=american)
        )
    return runs_of(word_list(gold)) in runs_of(word_list(text))


def tables(
    known: Mapping[str, int], right: Mapping[str, Mapping[str, int]], mistakes: Sequence[Mistake]
) -> Iterator[str]:
    """The shares that are right, and the mistakes by class."""
    lines = ["| field | pages | " + " | ".join(right) + " |", "|---|---:|" + "---:|" * len(right)]
    for field in FIELDS:
        shares = (right[name][field] / known[field] for name in right)
        lines.append(f"| {field} | {known[field]} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    yield "\n".join(lines)
    counts = Counter((one.field, one.kind) for one in mistakes)
    kinds = (NOWHERE, NONE, ANOTHER)
    lines = ["| mistakes | " + " | ".join(kinds) + " |", "|---|" + "---:|" * len(kinds)]
    lines += [
        f"| {field} | " + " | ".join(str(counts[field, kind]) for kind in kinds) + " |" for field in FIELDS
    ]
    yield "\n".join(lines)


def listed(mistakes: Sequence[Mistake], most: int) -> Iterator[str]:
    """The mistakes of each field, first those where the right answer was there and another one was taken."""
    order = (ANOTHER, NONE, NOWHERE)
    for field in FIELDS:
        own = sorted(
            (one for one in mistakes if one.field == field), key=lambda one: (order.index(one.kind), one.page)
        )
        lines = [
            f"### Read wrongly: {field}",
            "",
            f"{min(most, len(own))} of {len(own)}; a page is named by its id.",
            "",
        ]
        lines += ["| page | mistake | taken from |", "|---|---|---|"]
        lines += [f"| `{one.page}` | {one.kind} | {one.origin or 'nowhere'} |" for one in own[:most]]
        yield "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

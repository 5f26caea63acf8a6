"""A folder that datasets.load_dataset reads: the posts as packed JSON Lines, and a card that describes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.export import jsonl
from pipelines.export.markdown import yaml
from pipelines.export_folder import folder_written_whole
from pipelines.store.articles import Article

FOLDER = True
POSTS = "posts.jsonl.gz"

COLUMNS = {
    "id": ("string", "Of the post in the corpus."),
    "url": ("string", "Where it was read."),
    "aliases": ("list", "All other addresses of the article."),
    "title": ("string", "As the page gives it."),
    "author": ("string", "Names, joined by semicolons; empty where the page tells none."),
    "date": ("string", "The day that the page goes by, `YYYY-MM-DD`, or null."),
    "updated": ("string", "The day of the last change, where the page tells it."),
    "site": ("string", "The name of the site."),
    "licence": ("string", "What page or source say of it; empty is unknown, and not free."),
    "origins": ("string", "JSON: where title, author and the other fields were found."),
    "language": ("string", "ISO 639-1."),
    "language_confidence": ("float64", "0 to 1; null where it could not be told."),
    "other_language": ("string", "The second language of a text in two."),
    "kind": ("string", "The form of the page, such as guide or career-story."),
    "stage": ("string", "The stage of a career that it is most about."),
    "stages": ("list", "All of them."),
    "topics": ("list", "What it is about."),
    "words": ("int64", "Of the kept text."),
    "text": ("string", "What was kept of the page, blocks joined by a blank line."),
    "markdown": ("string", "The same with its headings, lists, tables and code."),
    "source": ("string", "The source through which it was found."),
    "overruled": ("string", "What a curator decided about it."),
}
"""Type and meaning of each column. Without the types readers guess them from the first rows, and fail at later ones."""


def write(articles: Iterable[Article], path: str | Path) -> int:
    """Write the folder; how many posts it holds."""
    seen: dict[str, Counter[str]] = {name: Counter() for name in ("language", "kind", "licence")}
    words = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal words
        for article in articles:
            for name, counter in seen.items():
                counter[str(article[name])] += 1  # type: ignore[literal-required]
            words += article["words"]
            yield {**article, "origins": json.dumps(article["origins"], ensure_ascii=False, sort_keys=True)}

    with folder_written_whole(path) as folder:
        count = jsonl.write(rows(), folder / POSTS)
        (folder / "README.md").write_bytes(card(count, words, seen).encode())
    return count


def card(count: int, words: int, seen: Mapping[str, Counter[str]]) -> str:
    """The card: what machines read as YAML, then what people do."""
    features = "".join(
        f"  - name: {name}\n    {'sequence' if kind == 'list' else 'dtype'}: {'string' if kind == 'list' else kind}\n"
        for name, (kind, _) in COLUMNS.items()
    )
    languages = sorted(code for code in seen["language"] if code)
    return f"""\
---
pretty_name: Career guides for product managers
language: {yaml(languages)}
task_categories: [text-generation]
configs:
- config_name: default
  data_files: {POSTS}
dataset_info:
  features:
{features}---

# Career guides for product managers

{count:,} articles, {words:,} words, cleaned by winnow of adverts, sign-up boxes and the rest that is no article.

    from datasets import load_dataset
    posts = load_dataset("path/of/this/folder", split="train")

The articles remain the work of their authors. What you may do with each is for you to find out; the column `licence`
holds what its page or its source says.

| column | is |
|---|---|
{"".join(f"| `{name}` | {meaning} |{chr(10)}" for name, (_, meaning) in COLUMNS.items())}
{_table("language", seen["language"])}
{_table("kind", seen["kind"])}
{_table("licence", seen["licence"])}"""


def _table(name: str, counter: Counter[str]) -> str:
    ordered = sorted(counter.items(), key=lambda found: (-found[1], found[0]))
    rows = "".join(f"| {_cell(value) or 'unknown'} | {number:,} |\n" for value, number in ordered)
    return f"| {name} | articles |\n|---|---|\n{rows}"


def _cell(value: str) -> str:
    """A licence is a page's word: one line, and nothing in it that is markup."""
    return "".join(
        f"&#{ord(char)};" if char in "|<>&`[]!*_\\" else char for char in " ".join(value.split())[:200]
    )

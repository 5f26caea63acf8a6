"""Reads the folder of evaluation data: articles with their gold text, spam, teasers, labels and labelled texts."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

# Below this a text has no room for dirt in its middle, and one odd line is half of it.
LEAST_TEASER = 120
FREQUENT_LABELS = 40


class FolderError(ValueError):
    """The folder is not laid out as it should be; the message says which file is wrong and how."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article page whose text is known; ``date`` is ``YYYY-MM-DD``, empty strings are not known.

    ``must`` and ``must_not`` are snippets that an extract has to hold or must not hold.
    """

    id: str
    url: str
    title: str
    author: str
    date: str
    text: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    file: Path

    def html(self) -> str:
        """The page itself; a byte that is not UTF-8 costs one character."""
        return _page(self.file)

    @property
    def lines(self) -> list[str]:
        """The paragraphs of the gold text."""
        return [line.strip() for line in self.text.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of real spam."""

    text: str
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """Title and first words of an article of another page."""

    source: str
    title: str
    opening: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What dirt is made of."""

    spam: tuple[Fragment, ...]
    teasers: tuple[Teaser, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A clean text that is about product management (``label`` is ``pm``) or is not (``not-pm``)."""

    id: str
    label: str
    title: str
    text: str
    language: str
    split: str


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page of which only its kind is known (guide, career, off-topic, not-article ...)."""

    id: str
    url: str
    kind: str
    file: Path

    def html(self) -> str:
        """The page itself."""
        return _page(self.file)


@dataclass(frozen=True, slots=True)
class Data:
    """All of the folder; a limit makes fewer of all but the stock."""

    articles: tuple[Article, ...]
    stock: Stock
    texts: tuple[LabelledText, ...]
    pages: tuple[KnownPage, ...]


def read_data(folder: Path, limit: int | None = None) -> Data:
    """Read the folder; ``limit`` takes that many articles and texts, the same ones every time.

    Dirt is made from all articles whatever the limit, so a page gets the same dirt in every run. Raises
    ``FolderError``.
    """
    articles = [_article(row, folder) for row in _rows(folder / "wcxb" / "gold.jsonl") if _is_article(row)]
    if not articles:
        raise FolderError(f"{folder / 'wcxb' / 'gold.jsonl'} has no row whose page_type is 'article'")
    stock = Stock(_spam(folder), _teasers(articles), _labels(folder))
    texts = [_text(row) for row in _rows(folder / "topic" / "docs.jsonl", needed=False)]
    pages = [
        KnownPage(row["html"], row["url"], row["kind"], folder / "pm" / row["html"])
        for row in _rows(folder / "pm" / "manifest.jsonl", needed=False)
    ]
    return Data(
        tuple(sorted(sampled(articles, limit), key=lambda article: article.id)),
        stock,
        tuple(sorted(sampled(texts, limit), key=lambda text: text.id)),
        tuple(sorted(sampled(pages, limit), key=lambda page: page.id)),
    )


def _page(file: Path) -> str:
    body = file.read_bytes()
    return (gzip.decompress(body) if file.suffix == ".gz" else body).decode("utf-8", "replace")


Row = TypeVar("Row", Article, LabelledText, KnownPage)


def sampled(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """That many of the rows (all without a limit), the same ones every time."""
    # By hash and not by id: pages of one site often have ids next to each other.
    return sorted(rows, key=lambda row: hashlib.sha256(row.id.encode()).hexdigest())[:limit]


def _rows(path: Path, *, needed: bool = True) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        if needed:
            raise FolderError(f"{path} is missing")
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise FolderError(f"{path}, line {number}: no JSON: {error}") from None


def _is_article(row: dict[str, Any]) -> bool:
    return row.get("page_type", "article") == "article" and bool(row.get("text"))


def _article(row: dict[str, Any], folder: Path) -> Article:
    try:
        return Article(
            id=row["id"],
            url=row["url"] or "",
            title=(row.get("title") or "").strip(),
            author=(row.get("author") or "").strip(),
            date=(row.get("date") or "")[:10],
            text=row["text"],
            must=tuple(row.get("must") or ()),
            must_not=tuple(row.get("must_not") or ()),
            file=folder / "wcxb" / row["html"],
        )
    except KeyError as error:
        raise FolderError(
            f"{folder / 'wcxb' / 'gold.jsonl'}: a row has no {error}: {str(row)[:80]}"
        ) from None


def _spam(folder: Path) -> tuple[Fragment, ...]:
    path = folder / "spam" / "fragments.jsonl"
    found = tuple(
        Fragment(" ".join(row["text"].split()), row["kind"], row.get("lang") or "")
        for row in _rows(path)
        if row["kind"] not in ("teaser", "widget") and len(row["text"]) > 10
    )
    if not found:
        raise FolderError(f"{path} has no spam")
    return found


def _teasers(articles: list[Article]) -> tuple[Teaser, ...]:
    found = []
    for article in sorted(articles, key=lambda article: article.id):
        opening = next((line for line in article.lines if len(line) > LEAST_TEASER), "")
        if article.title and opening:
            found.append(Teaser(article.id, article.title, opening))
    return tuple(found)


def _labels(folder: Path) -> tuple[str, ...]:
    rows = sorted(_rows(folder / "spam" / "widgets.jsonl"), key=lambda row: (-row["count"], row["text"]))
    if not rows:
        raise FolderError(f"{folder / 'spam' / 'widgets.jsonl'} has no labels")
    return tuple(row["text"][:1].upper() + row["text"][1:] for row in rows[:FREQUENT_LABELS])


def _text(row: dict[str, Any]) -> LabelledText:
    return LabelledText(
        row["id"],
        row["label"],
        row.get("title") or "",
        row["text"],
        row.get("lang", ""),
        row.get("split", ""),
    )

"""The labelled texts and pages that ``benchmarks/kind_model.py`` learns from, and those written for it."""

from __future__ import annotations

import gzip
import json
import pickle
import re
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filters import load_profile
from filters.document import Block, Document, Kind, Link
from filters.judgement import ARTICLES, KINDS
from pipelines.curate import curate
from pipelines.page import Page

# The forms of pages that the data only calls "not-article", by a part of the file's name.
FORMS = {
    "job-product-manager": "job-ad",
    "philanding": "job-ad",
    "harunr-deazy": "product",
    "robaita": "product",
    "instapaper": "listing",
}
TYPES = {"service": "product", "collection": "listing"}
# Kinds of labelled texts that are articles of one sort or another; of summaries of talks nobody knows.
TEXTS = {
    *"guide essay career listicle review transcript handbook article near-miss interview-prep".split(),
    "handbook/guide",
}
OWN = Path(__file__).resolve().parent / "kind_texts.toml"
OWN_PAGES = Path(__file__).resolve().parent / "kind_pages.toml"
MARKS = {"# ": Kind.HEADING, "- ": Kind.ITEM, "> ": Kind.QUOTATION}
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Sample:
    """A document with its labels; ``form`` is ``article`` or a kind that is none, and ``None`` where nobody knows.

    ``about`` is ``None`` where the label does not say; ``accepted`` is what became of it under the rules so far, and
    ``uncleaned`` the page as it was extracted.
    """

    id: str
    folder: str
    kind: str
    source: str
    document: Document
    about: bool | None
    form: str | None
    hard: bool = False
    ambiguous: bool = False
    accepted: bool = False
    uncleaned: Document | None = None


def texts(folder: Path) -> Iterator[Sample]:
    """The labelled texts, a line a paragraph."""
    for row in _rows(folder / "topic" / "docs.jsonl"):
        lines = [line.strip() for line in row["text"].split("\n") if line.strip()]
        blocks = tuple(Block(index, Kind.PARAGRAPH, line) for index, line in enumerate(lines))
        document = Document("", blocks, title=row.get("title") or "")
        kind = row["kind"]
        yield Sample(
            f"topic/{row['id']}",
            "topic",
            kind,
            row["source"].removeprefix("wcxb:"),
            document,
            row["label"] == "pm",
            "article" if kind in TEXTS else TYPES.get(kind, kind) if kind in KINDS or kind in TYPES else None,
            bool(row.get("hard")),
            bool(row.get("ambiguous")),
        )


def own_texts() -> Iterator[tuple[Document, bool]]:
    """The texts written for the training, with their first line as a title and without, and whether they are pm."""
    data = tomllib.loads(OWN.read_text(encoding="utf-8"))
    for name, about in (("product", True), ("neighbours", False)):
        for text in data[name]:
            lines = [line for line in text.split("\n") if line.strip()]
            blocks = tuple(Block(index, Kind.PARAGRAPH, line) for index, line in enumerate(lines))
            for title in (lines[0], ""):
                yield Document("", blocks, title=title), about


def own_pages() -> list[Sample]:
    """The pages written for the training, as samples of the folder ``own``."""
    rows = tomllib.loads(OWN_PAGES.read_text(encoding="utf-8"))["page"]
    return [_own_page(number, row) for number, row in enumerate(rows)]


def _own_page(number: int, row: dict[str, Any]) -> Sample:
    title, *lines = [line for line in row["text"].split("\n") if line.strip()]
    blocks = []
    for index, line in enumerate(lines):
        kind = MARKS.get(line[:2], Kind.PARAGRAPH)
        text, links = _linked(line[2:] if line[:2] in MARKS else line)
        blocks.append(Block(index, kind, text, 2 if kind is Kind.HEADING else 0, links=links))
    article = row["kind"] in ARTICLES
    document = Document(
        row["url"],
        tuple(blocks),
        title=title,
        # of real pages most articles name their author and their day
        author="A. Writer" if article and number % 3 else "",
        published="2024-05-06" if article and number % 4 else None,
    )
    return Sample(
        f"own/{number}",
        "own",
        row["kind"],
        f"own/{urlsplit(row['url']).hostname}",
        document,
        row["about"],
        "article" if article else row["kind"],
    )


def _linked(line: str) -> tuple[str, tuple[Link, ...]]:
    text, links, end = "", [], 0
    for match in LINK.finditer(line):
        text += line[end : match.start()]
        links.append(Link(len(text), len(text) + len(match[1]), match[2]))
        text, end = text + match[1], match.end()
    return text + line[end:], tuple(links)


def pages(folder: Path, cache: Path | None) -> list[Sample]:
    """The labelled pages as the chain leaves them."""
    rows = list(_listed(folder))
    if cache is not None and cache.is_file():
        kept = pickle.loads(cache.read_bytes())  # noqa: S301 - a file of one's own
    else:
        with ProcessPoolExecutor(2) as pool:
            kept = list(pool.map(_cleaned, [(row[3], row[4]) for row in rows], chunksize=8))
        if cache is not None:
            cache.write_bytes(pickle.dumps(kept))
    return [_page(row, *left) for row, left in zip(rows, kept, strict=True)]


def _listed(folder: Path) -> Iterator[tuple[str, str, str, str, Path]]:
    """Folder, kind, source, address and file of every page."""
    for row in _rows(folder / "pm" / "manifest.jsonl"):
        yield "pm", row["kind"], row["site"], row.get("url") or "", folder / "pm" / row["html"]
    for row in _rows(folder / "other" / "manifest.jsonl"):
        source = row["html"].split("/")[1]
        yield "other", row["type"], source, row.get("url") or "", folder / "other" / row["html"]
    for row in _rows(folder / "wcxb" / "gold.jsonl"):
        host = (urlsplit(row["url"] or "").hostname or "").removeprefix("www.")
        yield "wcxb", row["page_type"], host, row["url"] or "", folder / "wcxb" / row["html"]


def _cleaned(page: tuple[str, Path]) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """A page's cleaned document and the one before cleaning as plain data (classes change between runs), and whether
    it was accepted.
    """
    url, path = page
    outcome = curate(Page(url=url, body=gzip.decompress(path.read_bytes())), load_profile())
    return _plain(outcome.after), _plain(outcome.before), outcome.status == "accepted"


def _plain(document: Document) -> dict[str, Any]:
    blocks = [
        (b.index, b.kind.value, b.text, b.level, [(link.start, link.end, link.url) for link in b.links])
        for b in document.blocks
    ]
    fields = {
        name: getattr(document, name) for name in ("url", "title", "author", "published", "site", "language")
    }
    return {**fields, "blocks": blocks}


def _document(plain: dict[str, Any]) -> Document:
    blocks = tuple(
        Block(index, Kind(what), text, level, links=tuple(Link(*link) for link in links))
        for index, what, text, level, links in plain["blocks"]
    )
    return Document(**{**plain, "blocks": blocks})


def _page(
    row: tuple[str, str, str, str, Path], plain: dict[str, Any], before: dict[str, Any], accepted: bool
) -> Sample:
    folder, kind, source, url, path = row
    name = f"{folder}/{path.parent.name}/{path.name}" if folder != "wcxb" else url
    about: bool | None = folder == "pm" and kind != "off-topic"
    if folder == "pm" and kind == "not-article":
        about = None
    form = kind if folder == "wcxb" else "article"
    if kind == "job-ad":
        form = "job-ad"
    elif kind == "not-article":
        form = next((own for part, own in FORMS.items() if part in name), "other")
    form = TYPES.get(form, form)
    found = _document(plain)
    return Sample(
        name, folder, kind, source, found, about, form, accepted=accepted, uncleaned=_document(before)
    )


def half(sample: Sample) -> Document:
    """The first half of the blocks, as of a page that was cut short."""
    blocks = sample.document.blocks
    return replace(sample.document, blocks=blocks[: max(1, len(blocks) // 2)])


def untitled(sample: Sample) -> Document | None:
    """Without its title, and without the heading that repeats it."""
    document = sample.document
    blocks = document.blocks
    if blocks and blocks[0].text.strip() == document.title.strip():
        blocks = blocks[1:]
    return replace(document, title="", blocks=blocks) if document.title else None


def unaddressed(sample: Sample) -> Document | None:
    """Without its address."""
    return replace(sample.document, url="") if sample.document.url else None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)

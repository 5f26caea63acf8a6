"""Measures how surely copies of an article are found, and how often two articles are taken for one.

    python benchmarks/copies.py FOLDER [--limit 150] [--mistakes 20] [--markdown docs/duplicates.md]
    python benchmarks/copies.py --scale 20000

FOLDER is laid out as docs/evaluation.md tells; copies and look-alikes are made of its articles (see
benchmarks/evaluation/variants.py). Its other pages (those of one site, of listings, shops and forums, job
advertisements) stand beside them, each an article of its own. All are cleaned as in a crawl, saved into a new
corpus and settled there. A pair of pages counts as found when one is kept for both.

--scale settles a corpus of so many posts, made of words drawn at random, and prints time, memory and what a second
settling takes, when nothing is new.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from benchmarks.evaluation.pages import FolderError, read_data
from benchmarks.evaluation.variants import Variant, copies, lookalikes
from filters import load_profile
from filters.chain import Chain
from filters.document import Block, Document, Kind
from pipelines.curate import Outcome, Status, curate
from pipelines.page import Page
from pipelines.shingles import BAND_BYTES, MINIMA, Likeness, Text, bands, likeness, shingles, signature
from pipelines.store import Store, post_id
from pipelines.store.rows import digest

START, END = "<!-- figures -->", "<!-- end of figures -->"
OTHERS = 500  # pages of the benchmark that stand beside the copies
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A page with what cleaning made of it."""

    variant: Variant
    outcome: Outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument(
        "--limit", type=int, default=150, metavar="N", help="articles that copies are made of (150)"
    )
    parser.add_argument("--mistakes", type=int, default=0, metavar="N", help="print the N surest mistakes")
    parser.add_argument("--pages", type=Path, metavar="CACHE", help="keep the cleaned pages in this file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scale", type=int, metavar="POSTS", help="settle a corpus of so many posts instead")
    parser.add_argument(
        "--markdown", type=Path, metavar="OUT", help=f"write the figures between {START} and {END}"
    )
    chosen = parser.parse_args(arguments)
    if chosen.scale:
        print(scale(chosen.scale))
        return 0
    if chosen.folder is None:
        parser.error("a folder of evaluation data is needed, or --scale")
    try:
        cleaned = cleaned_pages(chosen.folder, chosen.limit, chosen.workers, chosen.pages)
    except FolderError as error:
        print(error, file=sys.stderr)
        return 1
    told = report(cleaned, chosen.mistakes)
    print(told)
    if chosen.markdown:
        text = chosen.markdown.read_text(encoding="utf-8")
        before, after = text.partition(START)[0], text.partition(END)[2]
        chosen.markdown.write_text(f"{before}{START}\n{told}\n{END}{after}", encoding="utf-8")
    return 0


def cleaned_pages(folder: Path, limit: int, workers: int, kept: Path | None) -> list[Cleaned]:
    """All pages that are measured on, cleaned; from a file where an earlier run left them."""
    if kept is not None and kept.is_file():
        with kept.open("rb") as file:
            found: list[Cleaned] = pickle.load(file)  # noqa: S301 - written by an earlier run of this
        return found
    found = clean(list(variants(folder, limit)), workers)
    if kept is not None:
        with kept.open("wb") as file:
            pickle.dump(found, file)
    return found


def variants(folder: Path, limit: int) -> Iterator[Variant]:
    """All pages that are measured on."""
    data = read_data(folder, limit)
    for article in data.articles:
        yield from copies(article, data.stock)
    used = {article.id for article in data.articles}
    for article in read_data(folder, 3 * limit).articles:
        if article.id not in used:  # a part of an article would be a copy of a part of it
            used.add(article.id)
            yield from lookalikes(article)
    rows = [row for row in _rows(folder / "wcxb" / "gold.jsonl") if row["id"] not in used]
    for row in sorted(rows, key=lambda row: digest(row["id"].encode()))[:OTHERS]:
        yield _page(folder / "wcxb", row, row["url"] or f"https://page.example/{row['id']}", row["id"])
    for name in ("pm", "other"):
        for row in _rows(folder / name / "manifest.jsonl"):
            yield _page(
                folder / name, row, row.get("url") or f"https://{name}.example/{row['html']}", row["html"]
            )


def _page(folder: Path, row: Mapping[str, str], url: str, name: str) -> Variant:
    file = folder / row["html"]
    body = file.read_bytes()
    html = (gzip.decompress(body) if file.suffix == ".gz" else body).decode("utf-8", "replace")
    return Variant(
        name,
        row.get("page_type") or row.get("kind") or row.get("type") or "",
        url,
        row.get("title") or "",
        html,
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def clean(pages: Sequence[Variant], workers: int) -> list[Cleaned]:
    """Every page that gives a text, as a post that is accepted: whether it is wanted is not the question here."""
    with ProcessPoolExecutor(workers) as pool:
        outcomes = pool.map(_outcome, pages, chunksize=8)
        found = []
        for number, (variant, outcome) in enumerate(zip(pages, outcomes, strict=True), 1):
            if number % 200 == 0:
                print(f"{number} of {len(pages)} pages cleaned", file=sys.stderr)
            if outcome.status is not Status.ERRORED and outcome.after.words:
                found.append(Cleaned(variant, replace(outcome, status=Status.ACCEPTED, reason="", rule="")))
    return found


_chain: list[Chain] = []


def _outcome(variant: Variant) -> Outcome:
    if not _chain:
        _chain.append(load_profile("default"))
    outcome = curate(Page(url=variant.url, body=variant.html.encode()), _chain[0])
    # only the texts are needed: what every rule said of every block would be carried between the processes
    return replace(
        outcome, verdicts=(), decisions=(), before=outcome.after, page=replace(outcome.page, body=b"")
    )


def report(cleaned: Sequence[Cleaned], mistakes: int) -> str:
    """The figures as a table, with the mistakes that the measures were surest of below it."""
    pages = {post_id(page.variant.url): page for page in cleaned}
    groups: dict[str, list[str]] = defaultdict(list)
    for post, page in pages.items():
        groups[page.variant.group].append(post)
    true = {_pair(*pair) for posts in groups.values() for pair in combinations(posts, 2)}
    found = settled(cleaned)
    ways: dict[str, set[Pair]] = {
        "winnow": found,
        "the same text": _same(pages, lambda page: digest(page.outcome.after.text.encode())),
        "the same title": _same(pages, lambda page: page.outcome.after.title.casefold()),
    }
    lines = [
        f"{len(pages)} pages, {len(true)} pairs of copies among {len(pages) * (len(pages) - 1) // 2:,} pairs.",
        "",
        "| copies are pages with | precision | recall | pairs taken for copies |",
        "|---|---|---|---|",
        *(
            f"| {way} | {_share(taken & true, taken)} | {_share(taken & true, true)} | {len(taken)} |"
            for way, taken in ways.items()
        ),
        "",
        "| copy of the article's page | recall | pairs | share one of 28 bands of 4 | one of 14 bands of 8 |",
        "|---|---|---|---|---|",
        *_by_way(pages, true, found),
    ]
    if mistakes:
        lines += ["", *_mistakes(pages, true, found, mistakes)]
    return "\n".join(lines)


def settled(cleaned: Iterable[Cleaned]) -> set[Pair]:
    """The pairs of pages for which a new corpus keeps one post."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "corpus.db") as store:
        run = store.start_run("import", Chain("test", ()))
        with store.transaction():
            for page in cleaned:
                store.save(page.outcome, "benchmark", run)
        store.settle()
        kept: dict[str, list[str]] = defaultdict(list)
        for post, best in store.connection.execute("SELECT id, coalesce(duplicate_of, id) FROM posts"):
            kept[best].append(post)
    return {_pair(*pair) for posts in kept.values() for pair in combinations(posts, 2)}


def _same(pages: Mapping[str, Cleaned], key: Callable[[Cleaned], str]) -> set[Pair]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for post, page in pages.items():
        by_key[key(page)].append(post)
    return {_pair(*pair) for posts in by_key.values() for pair in combinations(posts, 2)}


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _share(part: Sized, whole: Sized) -> str:
    return f"{len(part) / len(whole):.4f}" if len(whole) else "-"


def _by_way(pages: Mapping[str, Cleaned], true: set[Pair], found: set[Pair]) -> Iterator[str]:
    met: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in true:
        one, other = (pages[post] for post in pair)
        ways = {one.variant.way, other.variant.way}
        way = next(iter(ways - {"page"})) if "page" in ways and len(ways) == 2 else "two copies"
        minima = [signature(shingles(page.outcome.after.text)) for page in (one, other)]
        long = (slice(at, at + 2 * BAND_BYTES) for at in range(0, 4 * MINIMA, 2 * BAND_BYTES))
        for name, holds in (
            ("pairs", True),
            ("found", pair in found),
            ("short", any(mine == theirs for mine, theirs in zip(*map(bands, minima), strict=True))),
            ("long", any(minima[0][band] == minima[1][band] for band in long)),
        ):
            met[way][name] += [pair] if holds else []
    for way, counted in sorted(met.items()):
        pairs = counted["pairs"]
        shares = [_share(counted[name], pairs) for name in ("found", "short", "long")]
        yield f"| {way} | {shares[0]} | {len(pairs)} | {shares[1]} | {shares[2]} |"


def _mistakes(pages: Mapping[str, Cleaned], true: set[Pair], found: set[Pair], most: int) -> Iterator[str]:
    """Pairs taken for copies that are none, the most alike first, then missed copies, the least alike first."""

    def alike(pair: Pair) -> Likeness:
        return likeness(*(Text(pages[post].outcome.after.text) for post in pair))

    for name, pairs, sign in (("taken for copies", found - true, -1), ("missed", true - found, 1)):
        measured = sorted(
            ((alike(pair), pair) for pair in pairs), key=lambda entry: (sign * entry[0].jaccard, entry[1])
        )
        yield f"{len(pairs)} pairs {name}:"
        yield ""
        for shares, pair in measured[:most]:
            told = " / ".join(f"{pages[post].variant.way} {pages[post].variant.url[:70]}" for post in pair)
            yield f"- jaccard {shares.jaccard:.2f}, covered {shares.covered:.2f} and {shares.other_covered:.2f}: {told}"
        yield ""


def scale(posts: int) -> str:
    """Time and memory of settling a corpus, a tenth of which are copies."""
    rng = random.Random(3)  # noqa: S311
    vocabulary = [f"word{number}" for number in range(20_000)]
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "corpus.db") as store:
        run = store.start_run("import", Chain("test", ()))
        text = ""
        with store.transaction():
            for number in range(posts):
                fresh = number % 10 or not text
                text = " ".join(rng.choices(vocabulary, k=1200)) if fresh else text[: -len(text) // 12]
                document = Document(
                    f"https://site{number % 200}.example/{number}", (Block(0, Kind.PARAGRAPH, text),)
                )
                outcome = Outcome(Page(url=document.url, body=b""), Status.ACCEPTED, "", document, document)
                store.save(outcome, "benchmark", run)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = []
        for name in ("first", "second"):
            began = time.process_time()
            changed = store.settle()
            told.append(
                f"{name} settling: {time.process_time() - began:.1f} s of CPU, {changed} posts changed"
            )
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return "\n".join(
        [f"{posts} posts of 1,200 words", *told, f"memory: {(after - before) / 1024:.0f} MB more than before"]
    )


if __name__ == "__main__":
    sys.exit(main())

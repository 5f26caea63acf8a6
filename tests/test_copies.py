"""Copies of the guides of the demonstration site, and pages that only look like such: how many are told rightly."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from benchmarks.copies import END, START, Cleaned, clean, main, settled
from benchmarks.evaluation.pages import Article, Fragment, Stock, Teaser
from benchmarks.evaluation.variants import Variant, copies, lookalikes
from demo.expected import load_expected
from demo.server import load_site
from pipelines.store import post_id
from tests.benchmarks.folder import write_folder

BASE = "http://127.0.0.1:8080"
FLOOR = 0.98
STOCK = Stock(
    (
        Fragment("Claim 200 free spins at Harbour Slots Casino, no deposit needed, play tonight", "gambling", "en"),
        Fragment("Nice post!! I earn 9000 a week from home, visit my channel and see how", "comment-spam", "en"),
    ),
    (
        Teaser("x", "Ten gadgets for the autumn", "The leaves are falling and so are the prices of everything that "
               "beeps, so we have looked at ten small machines that make the walk to the office a little shorter."),
        Teaser("y", "A rally nobody believed in", "Markets rose for the ninth day in a row while those who had sold on "
               "the first looked for a reason why this could not last until the end of the quarter."),
    ),
    ("Read more", "Tags", "Subscribe"),
)  # fmt: skip


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> list[Article]:
    """The guides that are no copies already, with the text that is expected of them."""
    folder = tmp_path_factory.mktemp("pages")
    site = load_site(BASE)
    found: list[Article] = []
    for page in load_expected().values():
        if page.is_guide and not page.duplicate_of:
            file = folder / f"{len(found)}.html"
            file.write_bytes(site[page.path].body)
            lines = "\n".join(" ".join(block.text.split()) for block in page.kept)
            found.append(Article(str(len(found)), BASE + page.path, page.title, "", "", lines, (), (), file))
    assert len(found) > 8
    return found


@pytest.fixture(scope="module")
def pages(articles: list[Article]) -> list[Cleaned]:
    variants: list[Variant] = []
    for number, article in enumerate(articles):
        # a part of an article would be a copy of a part of it: each is used for one of the two
        variants += copies(article, STOCK) if number % 3 else lookalikes(article, least=100)
    return clean(variants, workers=2)


def test_copies_are_found_and_nothing_else(pages: list[Cleaned]) -> None:
    ways = {page.variant.way for page in pages}
    assert ways == {"page", "rethemed", "cut", "edited", "dirty", "all", "part", "job"}
    groups = {page.variant.url: page.variant.group for page in pages}
    true = {pair for pair in combinations(sorted(groups), 2) if groups[pair[0]] == groups[pair[1]]}
    found = settled_urls(pages)
    assert len(true) > 50
    assert len(found & true) / len(true) >= FLOOR, sorted(true - found)
    assert len(found & true) / len(found) >= FLOOR, sorted(found - true)


def settled_urls(pages: list[Cleaned]) -> set[tuple[str, str]]:
    urls = {post_id(page.variant.url): page.variant.url for page in pages}
    return {(min(pair), max(pair)) for pair in ((urls[one], urls[other]) for one, other in settled(pages))}


def test_the_benchmark_prints_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.md"
    out.write_text(f"# Title\n\n{START}\n{END}\n\nrest\n", encoding="utf-8")
    folder = write_folder(tmp_path / "data")
    assert main([str(folder), "--workers", "1", "--mistakes", "2", "--markdown", str(out)]) == 0
    told = capsys.readouterr().out
    assert "| winnow | " in told
    assert "| the same title | " in told
    assert "pairs missed:" in told
    assert told.strip() in out.read_text(encoding="utf-8")
    assert main(["--scale", "30"]) == 0
    assert "second settling" in capsys.readouterr().out
    assert main([str(tmp_path / "nothing")]) == 1
    assert "gold.jsonl is missing" in capsys.readouterr().err

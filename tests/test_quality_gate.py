"""What extraction and cleaning reach on the pages of the demonstration site, and the floors they may not fall below.

The floors stand in ``tests/quality_floors.toml``, with the hash of the pages they were measured on. A floor may rise.
To lower one, name it under ``[lowered]`` with the reason, and put the same sentence into the changelog.
"""

from __future__ import annotations

import hashlib
import html
import shutil
import subprocess
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evaluation.dirt import DirtyPage, Insert, Piece, flat
from benchmarks.evaluation.measures import agreement, dirt_measures, word_list
from benchmarks.evaluation.pages import Article
from demo.expected import EXPECTED, ExpectedPage, KeptBlock, load_expected
from demo.server import SITE, load_site
from filters import load_profile
from filters.chain import Chain
from filters.document import Block, Document, Kind
from pipelines.curate import curate
from pipelines.page import Page

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ROOT / "tests" / "quality_floors.toml"
BASE = "http://127.0.0.1:8080"
GUIDES = [page for page in load_expected().values() if page.is_guide]
# What a reader of the page never sees as a line of text of its own.
NOT_IN_FLAT = ("chrome", "hidden", "start", "end")
# Floors are written with three digits.
ROUNDING = 0.0005


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reached() -> dict[str, float]:
    """Every figure that has a floor, each between 0 and 1, over all guides of the site."""
    chain = load_profile()
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, float] = defaultdict(float)
    for guide in GUIDES:
        for name, (value, count) in (*as_served(guide, chain), *as_flat(guide, chain)):
            sums[name] += value
            counts[name] += count
    return {name: sums[name] / counts[name] for name in counts}


def as_served(guide: ExpectedPage, chain: Chain) -> Iterator[tuple[str, tuple[float, float]]]:
    """The page as the server sends it: blocks kept rightly, and dirt removed."""
    resource = load_site(BASE)[guide.path]
    page = Page(BASE + guide.path, resource.body, headers=(("content-type", resource.content_type),))
    after = curate(page, chain).after
    kept = Counter(as_expected(block) for block in after.blocks)
    right = (kept & Counter(guide.kept)).total()
    yield "kept_blocks_precision", (right, kept.total())
    yield "kept_blocks_recall", (right, len(guide.kept))
    yield "dirt_removed", dirt_measures(after.text, text_of(guide), guide.dirt)[0]["removed"]


def as_flat(guide: ExpectedPage, chain: Chain) -> Iterator[tuple[str, tuple[float, float]]]:
    """The same texts as paragraphs of one container, with dirt and without."""
    seen = [dirt for dirt in guide.dirt if dirt.place not in NOT_IN_FLAT]
    inserts = []
    for number, dirt in enumerate(seen):
        place = dirt.place if dirt.place in ("lead", "tail") else "body"
        piece = Piece(dirt.text, dirt.kind, place)
        # Any fixed spread over the body will do, as long as it is always the same.
        inserts.append(Insert(place, f"<p>{html.escape(dirt.text)}</p>", (piece,), number * 0.37 % 1))
    gold = text_of(guide)
    article = Article(guide.path, BASE + guide.path, guide.title, "", "", gold, (), (), SITE)
    dirty = kept_of(flat(article, inserts), article, chain)
    yield "flat_dirt_removed", dirt_measures(dirty, gold, seen)[0]["removed"]
    yield "flat_words_kept", (agreement(word_list(dirty), word_list(gold)).recall, 1)
    blocks = tuple(Block(index, Kind.PARAGRAPH, line) for index, line in enumerate(article.lines))
    clean = chain.run(Document(BASE + guide.path, blocks, title=guide.title))
    yield "clean_words_kept", (clean.after.words, clean.before.words)


def kept_of(page: DirtyPage | None, article: Article, chain: Chain) -> str:
    assert page is not None
    return curate(Page(article.url, page.html.encode()), chain).after.text


def text_of(guide: ExpectedPage) -> str:
    return "\n".join(block.text for block in guide.kept)


def as_expected(block: Block) -> KeptBlock:
    """The block as the expectations write it; in code and between the cells of a table white space counts."""
    text = block.text if block.kind in (Kind.CODE, Kind.TABLE) else " ".join(block.text.split())
    level = block.level if block.kind in (Kind.HEADING, Kind.ITEM, Kind.QUOTATION) else 0
    return KeptBlock(block.kind.value, level, text)


def hash_of_pages() -> str:
    digest = hashlib.sha256()
    for folder, pattern in ((SITE, "*.html"), (EXPECTED, "*.toml")):
        for file in sorted(folder.rglob(pattern)):
            digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def test_the_pages_are_those_that_the_floors_were_measured_on(told: dict[str, Any]) -> None:
    """Whoever changes a page or what it must give says so here, and looks at the floors again."""
    assert told["pages"] == hash_of_pages()


def test_every_figure_has_a_floor(told: dict[str, Any], reached: dict[str, float]) -> None:
    assert set(told["floors"]) == set(reached)


def test_no_figure_falls_below_its_floor(told: dict[str, Any], reached: dict[str, float]) -> None:
    fallen = {
        name: f"{reached[name]:.3f}, and the floor is {floor:.3f}"
        for name, floor in told["floors"].items()
        if reached[name] < floor - ROUNDING
    }
    assert fallen == {}


def earlier_floors() -> Iterator[dict[str, float]]:
    """The floors of every commit that touched the file."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("the history is not here: no git checkout")
    name = FLOORS.relative_to(ROOT).as_posix()
    commits = subprocess.run(
        [git, "log", "--format=%H", "--diff-filter=AM", "--", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for commit in commits.stdout.split():
        shown = subprocess.run(
            [git, "show", f"{commit}:{name}"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        yield tomllib.loads(shown.stdout)["floors"]


def lowered(floors: dict[str, float], earlier: Iterator[dict[str, float]]) -> dict[str, float]:
    """The floors that once stood higher, with the height; one that is gone stood higher."""
    highest: dict[str, float] = {}
    for version in earlier:
        for name, floor in version.items():
            highest[name] = max(floor, highest.get(name, 0.0))
    return {name: height for name, height in highest.items() if floors.get(name, -1.0) < height}


def test_a_floor_is_only_lowered_with_a_reason_that_stands_in_the_changelog(told: dict[str, Any]) -> None:
    reasons = told.get("lowered", {})
    assert set(lowered(told["floors"], earlier_floors())) == set(reasons)
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    assert [reason for reason in reasons.values() if " ".join(reason.split()) not in changelog] == []


def test_lowering_and_dropping_a_floor_is_seen() -> None:
    earlier = [{"a": 0.8, "b": 0.5, "c": 0.9}, {"a": 0.9, "b": 0.6}]
    assert lowered({"a": 0.9, "b": 0.55}, iter(earlier)) == {"b": 0.6, "c": 0.9}

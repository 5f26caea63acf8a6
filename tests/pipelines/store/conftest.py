"""A store on disk, and outcomes made by hand: what the rules say is not what these tests are about."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from filters.chain import Chain, Decision
from filters.document import Block, Document, Kind
from filters.verdict import Action, Family, Verdict
from pipelines.curate import Outcome, Status
from pipelines.page import Page
from pipelines.store import Store

MakeOutcome = Callable[..., Outcome]
SettleInOrders = Callable[[Sequence[Outcome], int, int], Iterator[Store]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "corpus.db") as opened:
        yield opened


@pytest.fixture
def chain() -> Chain:
    return Chain("test", ())


@pytest.fixture
def run(store: Store, chain: Chain) -> int:
    return store.start_run("import", chain)


@pytest.fixture
def settled(tmp_path: Path, chain: Chain) -> SettleInOrders:
    """Settled stores of the same pages, which came in one order in ``every``, settled once before, too: after the first
    page, the second and so on up to ``places`` in turn.
    """

    def stores(pages: Sequence[Outcome], every: int, places: int) -> Iterator[Store]:
        for number, order in enumerate(itertools.permutations(pages)):
            if number % every:
                continue
            with Store.open(tmp_path / f"{number}.db") as store:
                run = store.start_run("crawl", chain)
                for place, page in enumerate(order):
                    store.save(page, "blog", run)
                    if place == number % places:
                        store.settle()
                store.settle()
                yield store

    return stores


@pytest.fixture
def outcome() -> MakeOutcome:
    """A page of three blocks: a heading, a paragraph with a trimmed tail, and an advertisement that went."""

    def make(
        url: str = "https://blog.example/a",
        text: str = "Talk to five customers a week.",
        *,
        status: Status = Status.ACCEPTED,
        spam: str = "Play now and win",
        canonical: str = "",
        published: str | None = "2026-01-02",
        title: str = "Interviews",
        profile: str = "0123456789ab",
        body: bytes | None = None,
        reason: str = "",
        rule: str = "",
        fetched_at: str = "2026-02-03T04:05:06Z",
    ) -> Outcome:
        blocks = (
            Block(0, Kind.HEADING, title, level=2),
            Block(1, Kind.PARAGRAPH, text + " Read more..."),
            Block(2, Kind.PARAGRAPH, spam),
        )
        trim = Verdict(
            "old_tail",
            2,
            Action.TRIM,
            Family.LAYOUT,
            "Ends in a teaser.",
            1.0,
            1,
            ("Read more...",),
            len(text),
        )
        gamble = Verdict(
            "old_advert", 3, Action.REMOVE, Family.LEXICON, "Advertises a casino.", 0.9, 2, ("win", "Play")
        )
        before = Document(url, blocks, title=title, published=published, site="Blog", canonical_url=canonical)
        return Outcome(
            page=Page(url, text.encode("utf-8", "replace") if body is None else body, fetched_at=fetched_at),
            status=status,
            reason=reason,
            before=before,
            after=before.with_blocks((blocks[0], blocks[1].cut(0, len(text)))),
            verdicts=(trim, gamble),
            decisions=(
                Decision(0, True, None, 0, len(title)),
                Decision(1, True, trim, 0, len(text)),
                Decision(2, False, gamble, 0, 0),
            ),
            rule=rule,
            language="en",
            extraction="main",
            profile=profile,
        )

    return make


@pytest.fixture
def contents() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """Every row that must not change when nothing does: all tables but ``runs`` and ``fetches``."""

    def read(path: Path) -> dict[str, list[tuple[object, ...]]]:
        tables = [
            "posts",
            "post_texts",
            "fragments",
            "verdicts",
            "topics",
            "stages",
            "rules",
            "sources",
            "urls",
        ]
        with Store.open(path, create=False) as opened:
            return {
                table: opened.connection.execute(f"SELECT rowid, * FROM {table} ORDER BY 1, 2").fetchall()
                for table in tables
            }

    return read

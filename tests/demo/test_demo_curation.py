"""Curating each page of the demonstration site gives what is written down for it, block by block."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.expected import ExpectedPage, KeptBlock, load_expected
from demo.server import load_site
from filters import load_profile
from filters.chain import Chain
from filters.document import Block, Kind
from pipelines.curate import Outcome, curate
from pipelines.page import Page

BASE = "http://127.0.0.1:8080"
EXPECTED = {page.path: page for page in load_expected().values() if page.status}
GUIDES = [path for path, page in EXPECTED.items() if page.is_guide]


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_profile()


@pytest.fixture(scope="module")
def outcomes(chain: Chain) -> dict[str, Outcome]:
    site = load_site(BASE)
    return {
        path: curate(
            Page(
                url=BASE + path,
                body=site[path].body,
                headers=(("content-type", site[path].content_type),),
                fetched_at="2026-01-05T09:00:00Z",
            ),
            chain,
        )
        for path in EXPECTED
    }


def kept_block(block: Block) -> KeptBlock:
    """The block as the expectations write it; in code and between the cells of a table white space counts."""
    text = block.text if block.kind in (Kind.CODE, Kind.TABLE) else fold(block.text)
    level = block.level if block.kind in (Kind.HEADING, Kind.ITEM, Kind.QUOTATION) else 0
    return KeptBlock(block.kind.value, level, text)


def fold(text: str) -> str:
    return " ".join(text.split())


def differences(page: ExpectedPage, outcome: Outcome) -> Iterator[str]:
    """What was lost and what was left, a line each, with the rule that took it or the dirt that it is."""
    kept = [kept_block(block) for block in outcome.after.blocks]
    for block in page.kept:
        if block not in kept:
            yield why_lost(outcome, block)
    for number, found in enumerate(kept):
        if found not in page.kept:
            kinds = sorted({f"{d.place} {d.kind}" for d in page.dirt if fold(found.text) in fold(d.text)})
            index = outcome.after.blocks[number].index
            yield f"left: block {index} ({' or '.join(kinds) or 'no known dirt'}) {found.text[:100]!r}"


def why_lost(outcome: Outcome, lost: KeptBlock) -> str:
    for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True):
        verdict = decision.verdict
        if fold(lost.text) in fold(block.text) and verdict is not None and not decision.kept:
            return f"lost: block {block.index} to {verdict.rule} ({verdict.reason}) {lost.text[:100]!r}"
    return f"lost: no {lost.kind} of level {lost.level} reads just {lost.text[:100]!r}"


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_page_ends_in_its_state(outcomes: dict[str, Outcome], path: str) -> None:
    assert outcomes[path].status == EXPECTED[path].status, outcomes[path].reason
    assert bool(outcomes[path].reason) == (outcomes[path].status != "accepted")


@pytest.mark.parametrize("path", sorted(GUIDES))
def test_a_guide_loses_its_dirt_and_nothing_else(outcomes: dict[str, Outcome], path: str) -> None:
    page, outcome = EXPECTED[path], outcomes[path]
    found = list(differences(page, outcome))
    assert not found, "\n".join(["", *found])
    assert [kept_block(block) for block in outcome.after.blocks] == list(page.kept)


@pytest.mark.parametrize("path", sorted(GUIDES))
def test_a_guide_carries_what_the_page_says_of_itself(outcomes: dict[str, Outcome], path: str) -> None:
    page, document = EXPECTED[path], outcomes[path].before
    assert document.title == page.title
    assert document.canonical_url == BASE + (page.canonical or path)
    assert outcomes[path].language == page.language
    if page.author:
        assert (document.author, document.published) == (page.author, page.published)


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_every_block_that_went_has_a_reason(outcomes: dict[str, Outcome], path: str) -> None:
    outcome = outcomes[path]
    assert [decision.index for decision in outcome.decisions] == [b.index for b in outcome.before.blocks]
    for decision in outcome.decisions:
        if not decision.kept:
            assert decision.verdict is not None
            assert decision.verdict.rule
            assert decision.verdict.reason.strip()

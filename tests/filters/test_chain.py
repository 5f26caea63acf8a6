"""How evidence is weighed: one family is never enough, three faint witnesses prove nothing, trims keep offsets."""

from __future__ import annotations

import pytest

from filters.chain import Chain, weigh
from filters.document import Block, Kind, Link
from filters.verdict import Action, Family, Verdict

BLOCK = Block(0, Kind.PARAGRAPH, "Sign in The text itself. Read more...")


def suspect(family: Family, score: float) -> Verdict:
    return Verdict("some_rule", 1, Action.SUSPECT, family, f"seen by {family}", score, 0)


def trim(start: int, end: int) -> Verdict:
    return Verdict("edge_label", 1, Action.TRIM, Family.LEXICON, "a label", 1.0, 0, (), start, end)


@pytest.mark.parametrize(
    ("verdicts", "kept"),
    [
        ([], True),
        ([suspect(Family.LEXICON, 0.95)], True),
        ([suspect(Family.LEXICON, 0.9), suspect(Family.LEXICON, 0.9)], True),
        ([suspect(Family.LEXICON, 0.6), suspect(Family.LINK, 0.4)], False),
        ([suspect(Family.LEXICON, 0.6), suspect(Family.LINK, 0.39)], True),
        ([suspect(Family.LEXICON, 0.35), suspect(Family.LINK, 0.35), suspect(Family.TOPIC, 0.35)], True),
        ([Verdict("hidden", 1, Action.REMOVE, Family.LAYOUT, "out of sight", 1.0, 0)], False),
    ],
)
def test_evidence_of_two_families_has_to_reach_the_threshold(verdicts: list[Verdict], kept: bool) -> None:
    assert weigh(BLOCK, verdicts, 1.0).kept is kept


def test_what_is_spared_stays_if_it_is_only_suspected() -> None:
    spare = Verdict("stranger", 2, Action.SPARE, Family.TOPIC, "part of the article", 0.96, 0)
    suspicions = [suspect(Family.LEXICON, 0.6), suspect(Family.TOPIC, 0.6)]
    assert not weigh(BLOCK, suspicions, 1.0).kept
    assert weigh(BLOCK, [*suspicions, spare], 1.0).whole(BLOCK)
    decisive = Verdict("hidden", 1, Action.REMOVE, Family.LAYOUT, "out of sight", 1.0, 0)
    assert not weigh(BLOCK, [spare, decisive], 1.0).kept
    assert weigh(BLOCK, [*suspicions, spare, trim(0, 7)], 1.0).start == 8


def test_the_decision_names_all_witnesses() -> None:
    verdicts = [suspect(Family.LINK, 0.4), suspect(Family.LEXICON, 0.7), suspect(Family.LEXICON, 0.5)]
    verdict = weigh(BLOCK, verdicts, 1.0).verdict
    assert verdict is not None
    assert verdict.reason == "seen by lexicon; seen by link"
    assert verdict.score == pytest.approx(1.1)


def test_trims_take_only_the_ends_and_keep_offsets() -> None:
    decision = weigh(BLOCK, [trim(0, 7), trim(25, len(BLOCK.text))], 1.0)
    assert decision.kept
    assert BLOCK.text[decision.start : decision.end] == "The text itself."


def test_a_trim_in_the_middle_does_nothing() -> None:
    assert weigh(BLOCK, [trim(8, 11)], 1.0).whole(BLOCK)


def test_trims_that_leave_nothing_remove_the_block() -> None:
    assert not weigh(BLOCK, [trim(0, len(BLOCK.text))], 1.0).kept


def test_links_of_a_trimmed_block_move_with_its_text() -> None:
    block = Block(
        0,
        Kind.PARAGRAPH,
        "Sign in Read this",
        links=(Link(0, 7, "https://a.example/"), Link(8, 12, "https://b.example/")),
    )
    (link,) = block.cut(8, 17).links
    assert (link.start, link.end, link.url) == (0, 4, "https://b.example/")


def test_an_empty_chain_keeps_everything() -> None:
    from filters.document import Document

    document = Document(url="https://pm.example/", blocks=(BLOCK,))
    cleaning = Chain("none", ()).run(document)
    assert cleaning.after == document
    assert cleaning.rejection is None

"""The result row of ``winnow curate``: one flat record a page, for people and programs outside."""

from __future__ import annotations

from typing import TypedDict

from filters.document import Block
from pipelines.curate import Outcome
from pipelines.render import markdown


class RemovedRow(TypedDict):
    """A removed block, or the part that was trimmed off one."""

    index: int
    text: str
    rule: str
    version: int
    reason: str
    score: float
    evidence: list[str]


class ResultRow(TypedDict):
    """One page. ``text`` and ``removed`` are there for a rejected page too.

    ``date`` and ``updated`` are ``YYYY-MM-DD`` or ``None``; ``origins`` says where each field was found.
    """

    id: str
    url: str
    status: str
    reason: str
    title: str
    author: str
    date: str | None
    updated: str | None
    site: str
    licence: str
    origins: dict[str, str]
    language: str
    language_confidence: float
    other_language: str
    kind: str
    stage: str
    stages: list[str]
    topics: list[str]
    words: int
    text: str
    markdown: str
    removed: list[RemovedRow]
    extraction: str
    profile: str


def result_row(row_id: str, outcome: Outcome) -> ResultRow:
    """The row of one outcome."""
    after = outcome.after
    return ResultRow(
        id=row_id,
        url=outcome.page.url,
        status=outcome.status.value,
        reason=outcome.reason,
        title=after.title,
        author=after.author,
        date=after.published,
        updated=after.updated,
        site=after.site,
        licence=after.licence,
        origins=dict(after.origins),
        language=outcome.language,
        language_confidence=outcome.language_confidence,
        other_language=outcome.other_language,
        kind=outcome.kind,
        stage=outcome.stage,
        stages=list(outcome.stages),
        topics=list(outcome.topics),
        words=after.words,
        text=after.text,
        markdown=markdown(after),
        removed=removed_rows(outcome),
        extraction=outcome.extraction,
        profile=outcome.profile,
    )


def removed_rows(outcome: Outcome) -> list[RemovedRow]:
    """Every removed block and trimmed span of an outcome, in the order of the page."""
    return [
        RemovedRow(
            index=block.index,
            text=text,
            rule=decision.verdict.rule,
            version=decision.verdict.version,
            reason=decision.verdict.reason,
            score=decision.verdict.score,
            evidence=list(decision.verdict.evidence),
        )
        for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True)
        if decision.verdict is not None
        for text in _gone(block, decision.kept, decision.start, decision.end)
    ]


def _gone(block: Block, kept: bool, start: int, end: int) -> list[str]:
    if not kept:
        return [block.text]
    return [text for text in (block.text[:start].strip(), block.text[end:].strip()) if text]

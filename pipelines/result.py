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

    ``rule`` is the document rule that rejected it (empty: none did); ``about`` the probability from 0 to 1 that it is
    about product management, ``None`` for an errored page; the reasons name the features that spoke loudest.
    Days are ``YYYY-MM-DD`` or ``None``: ``date`` is the one that the page goes by (see ``Document.shown``),
    ``published`` that of publication, which is mostly the same. ``origins`` says where each field was found.
    """

    id: str
    url: str
    status: str
    reason: str
    rule: str
    title: str
    author: str
    date: str | None
    published: str | None
    updated: str | None
    site: str
    licence: str
    origins: dict[str, str]
    language: str
    language_confidence: float
    other_language: str
    about: float | None
    about_reason: str
    kind: str
    kind_reason: str
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
    after, judgement = outcome.after, outcome.judgement
    return ResultRow(
        id=row_id,
        url=outcome.page.url,
        status=outcome.status.value,
        reason=outcome.reason,
        rule=outcome.rule,
        title=after.title,
        author=after.author,
        date=after.shown or after.published,
        published=after.published,
        updated=after.updated,
        site=after.site,
        licence=after.licence,
        origins=dict(after.origins),
        language=outcome.language,
        language_confidence=outcome.language_confidence,
        other_language=outcome.other_language,
        about=judgement.about if judgement else None,
        about_reason="; ".join(map(str, judgement.about_because)) if judgement else "",
        kind=outcome.kind,
        kind_reason="; ".join(map(str, judgement.kind_because)) if judgement else "",
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

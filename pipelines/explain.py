"""One outcome as a person reads it: the page's blocks in order, kept, trimmed or removed, with the reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from filters.chain import Decision
from filters.document import Block
from filters.verdict import Verdict
from pipelines.curate import Outcome
from pipelines.result import result_row
from pipelines.store.queries import Copies

# What a terminal would act on (escape sequences included) or what turns the direction of a line around:
# the text comes from hostile pages.
_INVISIBLE = {
    code: None
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
    if chr(code) not in "\n\t"
}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of one block's text, and whether it is ``gone``; ``verdict`` says why, or by whose word it stays."""

    block: Block
    text: str
    verdict: Verdict | None = None
    gone: bool = False


def harmless(text: str) -> str:
    """The text without control characters and direction overrides, fit for a terminal."""
    return text.translate(_INVISIBLE)


def parts(outcome: Outcome) -> list[Part]:
    """The whole extracted page in order; a trimmed block gives two or three parts."""
    found: list[Part] = []
    for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True):
        found.extend(_parts(block, decision))
    return found


def _parts(block: Block, decision: Decision) -> list[Part]:
    verdict = decision.verdict
    if not decision.kept or decision.whole(block):
        return [Part(block, block.text, verdict, gone=not decision.kept)]
    start, end = decision.start, decision.end
    cut = (
        Part(block, block.text[:start], verdict, gone=True),
        Part(block, block.text[start:end]),
        Part(block, block.text[end:], verdict, gone=True),
    )
    return [part for part in cut if part.text.strip()]


def explained(name: str, outcome: Outcome, copies: Copies) -> dict[str, Any]:
    """The result row with every block's fate, every verdict and what a corpus knows of copies, as plain data."""
    blocks = [
        {
            "index": block.index,
            "kind": block.kind.value,
            "level": block.level,
            "text": block.text,
            "decision": _decision(block, decision),
            "kept": [decision.start, decision.end] if decision.kept else None,
            **_why(decision.verdict),
        }
        for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True)
    ]
    verdicts = [
        {
            "block": verdict.block,
            "action": verdict.action.value,
            "family": verdict.family.value,
            **_why(verdict),
        }
        for verdict in outcome.verdicts
    ]
    return {
        **result_row(name, outcome),
        "overruled": outcome.overruled,
        "copies": asdict(copies),
        "judgement": asdict(outcome.judgement) if outcome.judgement else None,
        "quality": asdict(outcome.quality) if outcome.quality else None,
        "blocks": blocks,
        "verdicts": verdicts,
    }


def _decision(block: Block, decision: Decision) -> str:
    if not decision.kept:
        return "removed"
    return "kept" if decision.whole(block) else "trimmed"


def _why(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"rule": None, "version": None, "reason": None, "score": None, "evidence": []}
    return {
        "rule": verdict.rule,
        "version": verdict.version,
        "reason": verdict.reason,
        "score": verdict.score,
        "evidence": list(verdict.evidence),
    }

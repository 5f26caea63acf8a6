"""Runs the rules of a profile over a document and weighs what they say.

A curator's word on a block is asked for first, and nothing is weighed against it (``keep``, or a ``remove`` that comes
before all others). Otherwise a block goes when one verdict is decisive (``remove``), or when evidence of at least two
families sums to the profile's threshold and no verdict speaks for the block (``spare``). One family is never enough:
the prose of product managers is full of "bets", "stakes", "slots" and "odds".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from filters import topic
from filters.document import Block, Document
from filters.judgement import Judgement
from filters.language import Guess
from filters.quality import Quality
from filters.reading import Reading
from filters.rule import Rule, Scope
from filters.template import TemplateCounts
from filters.texts import forget
from filters.verdict import Action, Family, Verdict
from filters.walls import wall

# Three faint suspicions are no proof: one witness has to have seen something.
LEAST_WITNESS = 0.4


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one block.

    ``verdict`` is the one that decided; ``None`` for a block that is kept whole, but for one that a curator keeps. Of
    several pieces of evidence it is the heaviest, and its ``score`` is their sum. ``start`` and ``end`` are the offsets
    of the text that is kept.
    """

    index: int
    kept: bool
    verdict: Verdict | None = None
    start: int = 0
    end: int = 0

    def whole(self, block: Block) -> bool:
        """Whether nothing of the block was trimmed."""
        return self.start == 0 and self.end == len(block.text)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """A document before and after the chain, with every verdict and one decision a block.

    ``rejection`` is the verdict that turned the document as a whole away, if one did; ``language`` is what the
    kept text is written in, ``other_language`` a second one of a mixed text, ``judgement`` what it is about and what
    kind of text it is, ``quality`` what its counts say.
    """

    before: Document
    after: Document
    verdicts: tuple[Verdict, ...]
    decisions: tuple[Decision, ...]
    rejection: Verdict | None
    language: Guess
    other_language: str
    judgement: Judgement
    quality: Quality


@dataclass(frozen=True)
class Chain:
    """The rules of a profile in their order, with the sum that evidence of two families has to reach.

    ``extraction`` stands for how documents are made of pages before the rules see them, for the fingerprint.
    """

    name: str
    rules: tuple[Rule, ...]
    threshold: float = 1.0
    extraction: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with a rule, its version, its settings, its word lists or the extraction."""
        parts = [[rule.id, rule.version, rule.settings(), rule.data_fingerprint()] for rule in self.rules]
        shared = topic.data_fingerprint()  # by which whole documents are read, whatever rule asks
        told = json.dumps([self.threshold, shared, self.extraction, parts], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    @property
    def needs(self) -> frozenset[str]:
        """What its rules have to know beyond the document."""
        return frozenset(need for rule in self.rules for need in rule.needs)

    def run(self, document: Document, template_counts: TemplateCounts | None = None) -> Cleaning:
        """Apply the block rules, then one by one those that need to know what went, then judge what is left.

        ``template_counts`` says what repeats on the document's site; without it no rule speaks of that.
        """
        reading = Reading(document, template_counts=template_counts)
        verdicts = self._ask("block", reading)
        spoken = by_block(verdicts)
        decided = {block.index: self._weigh(block, spoken) for block in document.blocks}
        reading.spoken = by_block(verdicts)
        reading.removed = _removed(decided.values())
        for rule in self.rules:
            if rule.scope == "context" and (told := list(rule.check(reading))):
                verdicts += told
                said = by_block(told)
                for index, own in said.items():
                    spoken.setdefault(index, []).extend(own)
                decided |= {b.index: self._weigh(b, spoken) for b in document.blocks if b.index in said}
                reading.removed = _removed(decided.values())
        decisions = tuple(decided.values())
        after = document.with_blocks(
            tuple(
                block if decision.whole(block) else block.cut(decision.start, decision.end)
                for block, decision in zip(document.blocks, decisions, strict=True)
                if decision.kept
            )
        )
        # cleaning may have removed the sentence by which the page breaks off
        after = replace(after, wall=wall(document.blocks))
        left = Reading(after, reading.language)
        judged = self._ask("document", left)
        rejection = next((v for v in judged if v.action is Action.REJECT), None)
        cleaning = Cleaning(
            before=document,
            after=after,
            verdicts=(*verdicts, *judged),
            decisions=decisions,
            rejection=rejection,
            language=left.language,
            other_language=left.other_language,
            judgement=left.judgement,
            quality=left.quality,
        )
        forget()
        return cleaning

    def _ask(self, scope: Scope, reading: Reading) -> list[Verdict]:
        return [verdict for rule in self.rules if rule.scope == scope for verdict in rule.check(reading)]

    def _weigh(self, block: Block, spoken: Mapping[int, Sequence[Verdict]]) -> Decision:
        return weigh(block, spoken.get(block.index, ()), self.threshold)


def _removed(decisions: Iterable[Decision]) -> dict[int, Verdict]:
    """What removed each block that goes, by the block's index."""
    return {d.index: d.verdict for d in decisions if d.verdict is not None and not d.kept}


def by_block(verdicts: Iterable[Verdict]) -> dict[int, list[Verdict]]:
    """The verdicts on blocks by the index of their block."""
    spoken: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.block is not None:
            spoken.setdefault(verdict.block, []).append(verdict)
    return spoken


def weigh(block: Block, verdicts: Sequence[Verdict], threshold: float) -> Decision:
    """What the verdicts on one block come to."""
    if not verdicts:
        return Decision(block.index, True, None, 0, len(block.text))
    if verdicts[0].action is Action.KEEP:
        return Decision(block.index, True, verdicts[0], 0, len(block.text))
    decisive = next((v for v in verdicts if v.action is Action.REMOVE), None)
    if decisive is not None:
        return Decision(block.index, False, decisive)
    spared = any(verdict.action is Action.SPARE for verdict in verdicts)
    # Of each family only the heaviest piece counts: two word lists that hit the same word are one witness.
    heaviest: dict[Family, Verdict] = {}
    for verdict in verdicts:
        known = heaviest.get(verdict.family)
        if verdict.action is Action.SUSPECT and (known is None or verdict.score > known.score):
            heaviest[verdict.family] = verdict
    total = round(sum(verdict.score for verdict in heaviest.values()), 3)
    witnesses = sorted(heaviest.values(), key=lambda verdict: -verdict.score)
    if not spared and len(witnesses) > 1 and total >= threshold and witnesses[0].score >= LEAST_WITNESS:
        reason = "; ".join(verdict.reason for verdict in witnesses)
        evidence = tuple(piece for verdict in witnesses for piece in verdict.evidence)
        return Decision(
            block.index, False, replace(witnesses[0], reason=reason, score=total, evidence=evidence)
        )
    return _trimmed(block, [v for v in verdicts if v.action is Action.TRIM])


def _trimmed(block: Block, trims: Sequence[Verdict]) -> Decision:
    """The block without the spans at its ends; one of which nothing is left is removed."""
    start, end, cause = 0, len(block.text), None
    for trim in trims:
        if trim.start <= start < trim.end:
            start, cause = trim.end, trim
        elif trim.start < end <= trim.end:
            end, cause = trim.start, trim
    while start < end and block.text[start].isspace():
        start += 1
    while end > start and block.text[end - 1].isspace():
        end -= 1
    if cause is None:
        return Decision(block.index, True, None, 0, len(block.text))
    return Decision(block.index, start < end, cause, start, end)

"""Runs the rules of a profile over a document and weighs what they say.

A block goes when one verdict is decisive (``remove``), or when evidence of at least two families
sums to the profile's threshold. One family is never enough: the prose of product managers is full of
"bets", "stakes", "slots" and "odds".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filters.document import Block, Document
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Action, Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one block.

    ``verdict`` is the one that decided (``None`` for a block that is kept whole); of several pieces of
    evidence it is the heaviest, and its ``score`` is their sum. ``start`` and ``end`` are the offsets of
    the text that is kept.
    """

    index: int
    kept: bool
    verdict: Verdict | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Cleaning:
    """A document before and after the chain, with every verdict and one decision a block.

    ``rejection`` is the verdict that turned the document as a whole away, if one did.
    """

    before: Document
    after: Document
    verdicts: tuple[Verdict, ...]
    decisions: tuple[Decision, ...]
    rejection: Verdict | None


@dataclass(frozen=True)
class Chain:
    """The rules of a profile in their order, with the threshold that their evidence has to reach."""

    name: str
    rules: tuple[Rule, ...]
    threshold: float = 1.0
    island_words: int = 8

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change when a rule, its version, a setting or its word lists change."""
        parts = [
            [rule.id, rule.version, rule.settings(), rule.data_fingerprint()] for rule in self.rules
        ]
        told = json.dumps([self.threshold, self.island_words, parts], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def run(self, document: Document) -> Cleaning:
        """Apply the block rules, decide, then let the document rules judge what is left."""
        reading = Reading(document)
        verdicts = [v for rule in self.rules if rule.scope == "block" for v in rule.check(reading)]
        decisions = self.decide(document.blocks, verdicts)
        after = document.with_blocks(
            tuple(
                block.cut(decision.start, decision.end)
                for block, decision in zip(document.blocks, decisions, strict=True)
                if decision.kept
            )
        )
        left = Reading(after)
        judged = [v for rule in self.rules if rule.scope == "document" for v in rule.check(left)]
        return Cleaning(
            before=document,
            after=after,
            verdicts=(*verdicts, *judged),
            decisions=decisions,
            rejection=judged[0] if judged else None,
        )

    def decide(self, blocks: Sequence[Block], verdicts: Iterable[Verdict]) -> tuple[Decision, ...]:
        """One decision a block, in the order of the blocks."""
        spoken: dict[int, list[Verdict]] = {}
        for verdict in verdicts:
            if verdict.block is not None:
                spoken.setdefault(verdict.block, []).append(verdict)
        return tuple(self._weigh(block, spoken.get(block.index, [])) for block in blocks)

    def _weigh(self, block: Block, verdicts: list[Verdict]) -> Decision:
        raise NotImplementedError

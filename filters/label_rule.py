"""What the rules on a page's furniture share: blocks that are a label, or begin or end with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from filters.document import Block, Kind
from filters.furniture import FurnitureHit, furniture
from filters.lexicon import data_fingerprint
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

_QUOTES = "\"'“”«»„‘「『`"


@dataclass(frozen=True, kw_only=True)
class LabelRule(Rule):
    """The base of the rules that look for labels of some groups of the furniture list.

    A block of at most ``words`` words that is an unmistakable label goes, and so does one of at most ``around`` words
    that is made of several. What may be part of the article is only suspected: an ambiguous label, a heading, a list
    item among items that are no labels, what a colon announces or quotation marks enclose; and a block of at most
    ``around`` words that a label opens or closes (of a whole sentence only with ``sentences``).
    """

    family = Family.LEXICON
    version = 3
    groups: ClassVar[tuple[str, ...]]
    kind: ClassVar[str]  # in words, for the reason: "a newsletter form"

    words: int = 14
    around: int = 40
    ambiguous: float = 0.35
    heading: float = 0.5
    part: float = 0.5
    sentences: bool = False

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint("furniture")

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, block in enumerate(reading.blocks):
            if reading.labels[position].isdisjoint(self.groups):
                continue
            hits = [hit for hit in furniture(block.text) if hit.group in self.groups]
            if position == reading.title_position:
                continue
            whole = [hit for hit in hits if hit.whole]
            if whole and len(block.text.split()) <= self.words:
                yield self._whole(reading.blocks, position, min(whole, key=lambda hit: hit.ambiguous))
            elif (labels := _all_of(block.text, hits)) and len(block.text.split()) <= self.around:
                yield self._whole(reading.blocks, position, labels[0])
            else:
                yield from self._part(block, hits)

    def _whole(self, blocks: tuple[Block, ...], position: int, hit: FurnitureHit) -> Verdict:
        block = blocks[position]
        reason = f"It is a label of {self.kind}"
        before = blocks[position - 1].text.rstrip() if position else ""
        quoted = block.text.lstrip()[:1] in _QUOTES or before.endswith((":", "："))
        if hit.ambiguous:
            score = self.ambiguous if block.kind is not Kind.HEADING else self.ambiguous / 2
            return self.suspect(block.index, score, f"It may be a label of {self.kind}", hit.term)
        if block.kind is Kind.HEADING:
            heads = position + 1 < len(blocks) and _is_text(blocks[position + 1])
            return self.suspect(block.index, self.heading / (2 if heads else 1), reason, hit.term)
        if block.kind is Kind.QUOTATION or (quoted and not _is_label(before)):
            return self.suspect(block.index, self.ambiguous, f"{reason}, but introduced or quoted", hit.term)
        if block.kind is Kind.ITEM and not _among_labels(blocks, position):
            return self.suspect(
                block.index, self.heading, f"{reason}, but in a list of other things", hit.term
            )
        return self.remove(block.index, reason, hit.term)

    def _part(self, block: Block, hits: list[FurnitureHit]) -> Iterator[Verdict]:
        """A sentence around a label: "Subscribe to our newsletter and never miss a post"."""
        if _is_sentence(block) and not self.sentences:
            return
        sure = [
            hit for hit in hits if not hit.ambiguous and (hit.closes or _begins_sentence(block.text, hit))
        ]
        if sure and len(block.text.split()) <= self.around:
            terms = [hit.term for hit in sure[:4]]
            score = self.part if len(sure) == 1 else self.part + 0.15
            yield self.suspect(block.index, score, f"It begins or ends like {self.kind}", *terms)
            return
        call = [hit.term for hit in hits if hit.opens]
        if call and block.kind is Kind.PARAGRAPH and len(block.text.split()) <= 8 and not _is_sentence(block):
            yield self.suspect(block.index, self.ambiguous, f"It may be a call of {self.kind}", *call[:2])


def _all_of(text: str, hits: list[FurnitureHit]) -> list[FurnitureHit]:
    """The unmistakable labels of a text that is made of them, as a form in one line is; none of any other text."""
    sure = [hit for hit in hits if not hit.ambiguous]
    left = 0
    for hit in sure:
        if any(map(str.isalpha, text[left : hit.start])):
            return []
        left = max(left, hit.end)
    return [] if any(map(str.isalpha, text[left:])) else sure


def _is_text(block: Block) -> bool:
    """Whether a block is body text that a heading above it may belong to."""
    return block.kind is not Kind.HEADING and len(block.text.split()) >= 12


def _begins_sentence(text: str, hit: FurnitureHit) -> bool:
    """Whether the label stands at the beginning of the block or of a sentence in it."""
    return hit.opens or text[: hit.start].rstrip().endswith((".", "!", "?", "…", "。", "！", "？"))


def _is_sentence(block: Block) -> bool:
    return block.text.rstrip().endswith((".", "。", "!", "?", ":"))


def _is_label(text: str) -> bool:
    return len(text) <= 200 and any(hit.whole for hit in furniture(text))


def _among_labels(blocks: tuple[Block, ...], position: int) -> bool:
    """Whether the list items next to this one are labels too, or there are none."""
    near = [
        blocks[other]
        for other in (position - 1, position + 1)
        if 0 <= other < len(blocks) and blocks[other].kind is Kind.ITEM
    ]
    return all(_is_label(block.text) or (block.links and len(block.text) < 30) for block in near)

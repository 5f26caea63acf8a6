"""A document as the rules read it: what several of them need is worked out once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from filters.document import Block, Document, Kind
from filters.language import Guess, identify, main_script
from filters.verdict import Verdict

WORD = re.compile(r"\w+")
LETTERS = re.compile(r"[^\W\d_]{3,}")
TITLE_REACH = 40  # blocks from the top in which the title is looked for
TITLE_LIKENESS = 0.75  # Jaccard of word sets from which a line is the title; tried on suffixes and edits


class Reading:
    """A document with what is worked out of it on demand; rules share one, and none of them changes it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks = document.blocks
        # What the chain has decided so far, by block index; empty while the block rules run.
        self.removed: Mapping[int, Verdict] = {}

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The lower-case words of each block."""
        return tuple(tuple(WORD.findall(block.text.lower())) for block in self.blocks)

    @cached_property
    def body(self) -> tuple[Block, ...]:
        """The visible blocks that the extractor took for main text: the yardstick for what belongs here."""
        chosen = tuple(b for b in self.blocks if b.hints.chosen >= 0.5 and not b.hints.hidden)
        return chosen or self.blocks

    @cached_property
    def language(self) -> Guess:
        """The language that most of the body is written in."""
        longest = sorted(self.body, key=lambda block: (-len(block.text), block.index))[:12]
        by_script: Counter[str] = Counter()
        for block in self.body:
            by_script[main_script(block.text)] += len(block.text)
        main = by_script.most_common(1)[0][0] if by_script else ""
        sample = " ".join(b.text for b in longest if main_script(b.text) == main)
        return identify(sample)

    @cached_property
    def title_position(self) -> int | None:
        """The position in ``blocks`` of the line that is the document's title, if it stands in the text."""
        title = set(WORD.findall(self.document.title.lower()))
        if not title:
            return None
        best: tuple[float, int] | None = None
        for position, block in enumerate(self.blocks[:TITLE_REACH]):
            own = set(self.words[position])
            if not own or block.hints.hidden or block.kind not in (Kind.HEADING, Kind.PARAGRAPH):
                continue
            likeness = len(own & title) / len(own | title)
            if likeness >= TITLE_LIKENESS and (best is None or likeness > best[0]):
                best = (likeness, position)
        return best[1] if best else None

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """In how many blocks of the body each word of three letters or more occurs."""
        counts: Counter[str] = Counter()
        for block in self.body:
            counts.update(set(LETTERS.findall(block.text.lower())))
        return counts

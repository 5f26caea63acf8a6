"""A document as the rules read it: what several of them need is worked out once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby

from filters.boxes import boxes
from filters.document import Block, Document, Kind
from filters.furniture import furniture
from filters.judgement import Judgement, judge
from filters.language import Guess, identify, main_script, other_language
from filters.lexicon import scan
from filters.quality import Quality, quality
from filters.teasers import is_cut_off, is_title_like
from filters.template import TemplateCounts
from filters.texts import text_words
from filters.topic import Topic, stems
from filters.verdict import Verdict

BULLET = re.compile(r"\s*(?:[-*+•·▪◦‣–—]|\d{1,3}[.)])\s")
LABEL_REACH = 400  # characters
LIST_RUN = 4  # lines in a row; three are a heading, a teaser's title and an ad
OWN_RATIO = 3.0  # of ``filters.topic``, from which a paragraph of OWN_WORDS words is the article's
OWN_WORDS = 18
TITLE_REACH = 40  # blocks from the top in which the title is looked for
TITLE_LIKENESS = 0.75  # Jaccard of word sets from which a line is the title; tried on suffixes and edits

_NONE: frozenset[str] = frozenset()


class Reading:
    """A document with what is worked out of it on demand; rules share one, and none of them changes it."""

    def __init__(
        self,
        document: Document,
        language: Guess | None = None,
        template_counts: TemplateCounts | None = None,
    ) -> None:
        self.document = document
        self.blocks = document.blocks
        self.template_counts = template_counts
        self._language = language
        # What the chain has decided so far, by block index; empty while the block rules run.
        self.removed: Mapping[int, Verdict] = {}
        # What the block rules said, by block index; empty while they run.
        self.spoken: Mapping[int, Sequence[Verdict]] = {}

    def spoken_of(self, index: int) -> Sequence[Verdict]:
        """What the block rules said of a block."""
        return self.spoken.get(index, ())

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The lower-case words of each block."""
        return tuple(text_words(block.text) for block in self.blocks)

    @cached_property
    def body(self) -> tuple[Block, ...]:
        """The visible blocks that most likely are main text: the yardstick for what belongs here."""
        likely = tuple(b for b in self.blocks if b.hints.main >= 0.5 and not b.hints.hidden)
        return likely or self.blocks

    @cached_property
    def language(self) -> Guess:
        """The language that most of the body is written in, or what a curator says."""
        if self.document.said.language:
            return Guess(self.document.said.language, 1.0)
        if self._language is not None:
            return self._language
        longest = sorted(self.body, key=lambda block: (-len(block.text), block.index))[:12]
        sample = " ".join(b.text for b in longest if main_script(b.text) == self.script)
        return identify(sample)

    @cached_property
    def judgement(self) -> Judgement:
        """What the models say the document is: its subject, its kind, whom it is for."""
        return judge(self.document)

    @cached_property
    def other_language(self) -> str:
        """A second language that a good part of the document is written in; empty without one."""
        return other_language((block.text for block in self.blocks), self.language.language)

    @cached_property
    def quality(self) -> Quality:
        """Counts of what the document repeats and is made of."""
        return quality(self.document)

    @cached_property
    def title_position(self) -> int | None:
        """The position in ``blocks`` of the line that is the document's title, if it stands in the text."""
        title = set(text_words(self.document.title))
        if not title:
            return None
        best: tuple[float, int] | None = None
        for position, block in enumerate(self.blocks[:TITLE_REACH]):
            own = set(self.words[position])
            if not own or block.hints.hidden or block.hints.site:
                continue
            if block.kind not in (Kind.HEADING, Kind.PARAGRAPH):
                continue
            likeness = len(own & title) / len(own | title)
            if likeness >= TITLE_LIKENESS and (best is None or likeness > best[0]):
                best = (likeness, position)
        return best[1] if best else None

    @cached_property
    def boxes(self) -> tuple[str, ...]:
        """For each block in what way its markup sets it apart from the article; empty where it does not."""
        return boxes(self.blocks, self.body, self.title_position)

    @cached_property
    def topics(self) -> tuple[frozenset[str], ...]:
        """The topics of the listed words in each block: most blocks have none, and most rules need not look."""
        return tuple(frozenset([hit.topic for hit in scan(block.text)]) for block in self.blocks)

    @cached_property
    def labels(self) -> tuple[frozenset[str], ...]:
        """The groups of the labels in each block of up to 400 characters that is neither code nor a table."""
        return tuple(
            _NONE
            if block.kind in (Kind.CODE, Kind.TABLE) or len(block.text) > LABEL_REACH
            else frozenset([hit.group for hit in furniture(block.text)])
            for block in self.blocks
        )

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """The distinct stems of each block."""
        return tuple(stems(block.text) for block in self.blocks)

    @cached_property
    def topic(self) -> Topic:
        """What the body is about; excerpts of other posts and their titles do not say so."""
        return Topic(own for own, counts in zip(self.stems, self._witnesses, strict=True) if counts)

    @cached_property
    def _witnesses(self) -> tuple[bool, ...]:
        excerpts = {position for position, block in enumerate(self.blocks) if is_cut_off(block)}
        titles = {
            position - 1 for position in excerpts if position and is_title_like(self.blocks[position - 1])
        }
        body = {block.index for block in self.body}
        return tuple(
            block.index in body and position not in excerpts and position not in titles
            for position, block in enumerate(self.blocks)
        )

    @cached_property
    def _belonging(self) -> tuple[tuple[float, int], ...]:
        pairs = zip(self.stems, self._witnesses, strict=True)
        return tuple(self.topic.belonging(own, counted=counts) for own, counts in pairs)

    @cached_property
    def belonging(self) -> tuple[tuple[float, int], ...]:
        """For each block the log-likelihood ratio that it belongs to this document, and by how many stems."""
        return tuple((ratio, len(own)) for (ratio, _), own in zip(self._belonging, self.stems, strict=True))

    @cached_property
    def belonging_to_rest(self) -> tuple[tuple[float, int], ...]:
        """The same, measured by what is left of the document when the first rule of scope *context* asks.

        Ads share the words of other ads, which are no words of the page once those are removed.
        """
        pairs = zip(self.blocks, self._witnesses, strict=True)
        left = tuple(counts and block.index not in self.removed for block, counts in pairs)
        if left == self._witnesses:
            return self.belonging
        rest = Topic(own for own, counts in zip(self.stems, left, strict=True) if counts)
        return tuple(
            (rest.belonging(own, counted=counts)[0], len(own))
            for own, counts in zip(self.stems, left, strict=True)
        )

    @cached_property
    def end_of_prose(self) -> int:
        """The position of the last paragraph that clearly speaks of the document's subject; -1 without one."""
        return max(
            (
                position
                for position, (ratio, _) in enumerate(self.belonging)
                if ratio >= OWN_RATIO and len(self.words[position]) >= OWN_WORDS
            ),
            default=-1,
        )

    @cached_property
    def shared(self) -> tuple[int, ...]:
        """For each block how many of its stems the rest of the document uses, too."""
        return tuple(shared for _, shared in self._belonging)

    @cached_property
    def in_list(self) -> tuple[bool, ...]:
        """Whether a block is an item, is marked like one, or stands in a run of lines that are no sentences."""
        lines = [block.kind is Kind.ITEM or is_title_like(block) for block in self.blocks]
        runs: list[int] = []
        for is_line, group in groupby(lines):
            size = len(list(group))
            runs += [size if is_line else 0] * size
        return tuple(
            block.kind is Kind.ITEM or BULLET.match(block.text) is not None or runs[position] >= LIST_RUN
            for position, block in enumerate(self.blocks)
        )

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """The script that each block is mainly written in."""
        return tuple(main_script(block.text) for block in self.blocks)

    @cached_property
    def script(self) -> str:
        """The script that most of the body is written in."""
        counts: Counter[str] = Counter()
        for block in self.body:
            counts[main_script(block.text)] += len(block.text)
        return counts.most_common(1)[0][0] if counts else ""

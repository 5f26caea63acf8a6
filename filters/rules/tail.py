"""What follows the article: the comment form, related posts and whatever comes below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from filters.document import Block, Kind
from filters.furniture import label
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like, link_share
from filters.texts import count_words
from filters.verdict import Family, Verdict
from filters.work import tells_of_work

GROUPS = ("comment_form", "related")


class _Runs:
    """What stands between any two positions, in sums from the top: a page may hold a label in every other block."""

    def __init__(self, reading: Reading, body: Sequence[bool]) -> None:
        blocks = reading.blocks
        cut = [is_cut_off(block) for block in blocks]
        links = [link_share(block) > 0.8 and not off for block, off in zip(blocks, cut, strict=True)]
        boxes = [link and block.kind is not Kind.ITEM for block, link in zip(blocks, links, strict=True)]
        self.excerpts = list(accumulate(cut, initial=0))
        self.links = list(accumulate(links, initial=0))
        self.boxes = list(accumulate(boxes, initial=0))
        self._body = [len(blocks)] * (len(blocks) + 1)  # the next position with body text
        for position in reversed(range(len(blocks))):
            self._body[position] = position if body[position] else self._body[position + 1]
        self._start = [0] * (len(blocks) + 1)  # where the headings right above a position begin
        for position in range(1, len(blocks) + 1):
            heads = blocks[position - 1].kind is Kind.HEADING
            self._start[position] = self._start[position - 1] if heads else position

    def end(self, position: int) -> int:
        """The position of the first block from ``position`` on that is body text, less the headings above it."""
        found = self._body[position]
        return found if found == len(self._body) - 1 else max(position, self._start[found])


@dataclass(frozen=True, kw_only=True)
class Tail(Rule):
    """Removes a label such as "Add a comment" or "Related posts" with the run of blocks that it heads.

    The run holds what is no body text: titles, excerpts that break off, blocks of links, other labels, and
    what speaks neither of the article's subject nor of work on products. Where body text comes first, the label
    heads a section of the article and stays; on pages that are not in English any paragraph of ``body_words`` words is
    that, since what a page speaks of is told by English words. A label goes with what is below it only after
    ``after`` of the words; further up, it has to head a row of at least two links or excerpts.
    """

    family = Family.STRUCTURE
    version = 3
    after: float = 0.5
    body_words: int = 25

    def check(self, reading: Reading) -> Iterator[Verdict]:
        total = sum(map(len, reading.words))
        position = seen = 0
        runs: _Runs | None = None
        while position < len(reading.blocks):
            block = reading.blocks[position]
            hit = label(block.text, *GROUPS) if block.kind is not Kind.CODE else None
            seen += len(reading.words[position])
            if hit is None or position == reading.title_position:
                position += 1
                continue
            runs = runs or _Runs(reading, [self._is_body(reading, p) for p in range(len(reading.blocks))])
            end = runs.end(position + 1)
            late = seen >= self.after * total
            if self._counts(runs, position, end, late=late, group="~" * hit.ambiguous + hit.group):
                for below in range(position, end):
                    reason = (
                        f"The label {hit.term!r}" if below == position else f"It stands under {hit.term!r}"
                    )
                    yield self.remove(
                        reading.blocks[below].index, reason + ", after the article." * late, hit.term
                    )
                seen += sum(map(len, reading.words[position + 1 : end]))
                position = end
            else:
                position += 1

    def _counts(self, runs: _Runs, start: int, end: int, *, group: str, late: bool) -> bool:
        ambiguous = group.startswith("~")
        excerpts = runs.excerpts[end] - runs.excerpts[start + 1]
        rows = excerpts + runs.links[end] - runs.links[start + 1]
        last = len(runs.excerpts) - 1
        if ambiguous:
            return late and end == last and excerpts + (rows >= 3) >= 1
        if late:
            return rows >= 1 or group == "comment_form" or (end == start + 1 == last)
        # A list of links may be what a guide is for, so higher up only other evidence counts than links in a list.
        boxed = excerpts + runs.boxes[end] - runs.boxes[start + 1]
        return boxed >= 2 and end - start - 1 <= 3 * rows

    def _is_body(self, reading: Reading, position: int) -> bool:
        block: Block = reading.blocks[position]
        if (
            is_cut_off(block)
            or link_share(block) > 0.5
            or reading.scripts[position] not in (reading.script, "")
        ):
            return False
        if block.kind in (Kind.CODE, Kind.TABLE):
            return True
        if label(block.text) is not None:
            return False
        ratio, judged = reading.belonging[position]
        language = reading.language.language
        belongs = ratio > 0 or judged < 4
        if max(len(reading.words[position]), count_words(block.text)) >= self.body_words:
            # The background of that ratio is English: elsewhere it says nothing against a paragraph.
            return belongs or language not in ("en", "") or tells_of_work(block.text, language)
        return belongs and judged >= 4 and not is_title_like(block) and block.kind is not Kind.HEADING

"""How good a text is by counts alone: what it repeats, what it is made of, how much of it is not its own.

The measures are those of Gopher (Rae et al. 2021, tables A1 and A2) that do no harm to guides, which are headings and
lists. Those for the shape of lines (bullets, end punctuation, short lines) take guides for rubbish.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from filters.document import Block, Document, Kind
from filters.features import size
from filters.topic import stems

WORD = re.compile(r"\w+")
PAIR = re.compile(r"(?=([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2}))")
PACE = 230  # words that are read in a minute
LEAST = 50  # words below which shares say nothing
REACH = 2_000  # words that are counted; longer pages have shown by then what they repeat
TOP = {2: 0.20, 4: 0.16}  # most that the commonest n words in a row may have of the characters, as in Gopher
LINE_CHARACTERS = (
    0.40  # most that repeated lines may have of them; at .20, as in Gopher, guides with frames go
)
# Most that repeated runs of ten words may have of them. Gopher's .10 rejects 3% of guides, which give every step or
# every product the same frame; half of the text is no frame any more.
RUN, RUN_CHARACTERS = 10, 0.50
ELLIPSES = 0.30
LETTERS = 0.75  # Gopher has .80, below which some tables of figures lie
SYMBOLS = 0.10


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of a cleaned document; shares lie between 0 and 1.

    ``repetition`` is the largest of the repetition measures as a multiple of its threshold, from 1 up too much, and
    ``repeated`` says which one it is. ``title_agreement`` is the share of the title's words that the text uses too,
    ``boilerplate`` that of the words in blocks that the extraction took for no main text. ``faults`` are the
    thresholds that the text breaks, in words.
    """

    reading_minutes: int
    headings: int
    list_items: int
    repetition: float
    repeated: str
    title_agreement: float
    boilerplate: float
    faults: tuple[str, ...]


def quality(document: Document) -> Quality:
    """Count a cleaned document."""
    blocks = document.blocks
    total = size(document.text)
    repetition, repeated = _repetition(blocks) if total >= LEAST else (0.0, "")
    faults = [f"{repeated} ({repetition:.1f} times the threshold)"] if repetition >= 1 else []
    if total >= LEAST:
        faults += _composition(blocks)
    doubtful = sum(len(block.text) for block in blocks if block.hints.main < 0.5)
    return Quality(
        reading_minutes=math.ceil(total / PACE),
        headings=sum(block.kind is Kind.HEADING for block in blocks),
        list_items=sum(block.kind is Kind.ITEM for block in blocks),
        repetition=round(repetition, 2),
        repeated=repeated,
        title_agreement=round(_agreement(document), 2),
        boilerplate=round(doubtful / max(1, sum(len(block.text) for block in blocks)), 3),
        faults=tuple(faults),
    )


def _repetition(blocks: Sequence[Block]) -> tuple[float, str]:
    """The worst measure as a multiple of its threshold, and its name."""
    lines = [
        line.strip() for block in blocks if block.kind is not Kind.CODE for line in block.text.splitlines()
    ]
    lines = [line for line in lines if line]
    characters = sum((count - 1) * len(line) for line, count in Counter(lines).items())
    measures = {"characters in repeated lines": characters / max(1, sum(map(len, lines))) / LINE_CHARACTERS}
    words = [word for line in lines for word in WORD.findall(line.lower())][:REACH]
    length = max(1, sum(map(len, words)))
    for number, most in TOP.items():
        counts = Counter(_runs(words, number))
        for run, count in counts.most_common(1):
            share = count * sum(map(len, run)) / length if count > 1 else 0.0
            measures[f"the commonest {number} words in a row"] = share / most
    # most texts repeat hardly any four words in a row, let alone ten
    repeats = words and len(counts) < len(words) - max(TOP) + 1 - (RUN - max(TOP))
    longer = _repeated(words, RUN) if repeats else 0
    measures[f"repeated {RUN} words in a row"] = longer / length / RUN_CHARACTERS
    worst = max(measures, key=lambda name: measures[name])
    return measures[worst], worst


def _runs(words: Sequence[str], number: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(number)), strict=False)


def _repeated(words: Sequence[str], number: int) -> int:
    """The characters of words that stand in a run of that size which stood there before."""
    seen: set[tuple[str, ...]] = set()
    characters, covered = 0, 0
    for place, run in enumerate(_runs(words, number)):
        if run in seen:
            characters += sum(map(len, words[max(covered, place) : place + number]))
            covered = place + number
        seen.add(run)
    return characters


def _composition(blocks: Sequence[Block]) -> list[str]:
    """Thresholds on what lines and words are made of that the text breaks."""
    prose = [block.text for block in blocks if block.kind not in (Kind.CODE, Kind.TABLE)]
    words = [word for text in prose for word in text.split()]
    if not words:
        return []
    faults = []
    ellipses = sum(text.rstrip().endswith(("...", "…")) for text in prose) / len(prose)
    letters = sum(word.isalpha() or any(map(str.isalpha, word)) for word in words) / len(words)
    symbols = sum(text.count("#") + text.count("…") + text.count("...") for text in prose) / len(words)
    if ellipses > ELLIPSES:
        faults.append(f"{ellipses:.0%} of its lines break off")
    if letters < LETTERS:
        faults.append(f"{letters:.0%} of its words have a letter")
    if symbols > SYMBOLS:
        faults.append(f"{symbols:.0%} of its words carry # or an ellipsis")
    return faults


def _agreement(document: Document) -> float:
    """The share of the title's stems (of pairs of characters, where a script has no spaces) that the text uses."""
    title = document.title
    dense = not title.isascii() and PAIR.search(title) is not None
    wanted = frozenset(PAIR.findall(title)) if dense else stems(title)
    if not wanted:
        return 1.0
    known: Set[str] = set(PAIR.findall(document.text)) if dense else _stems(document.blocks)
    return len(wanted & known) / len(wanted)


def _stems(blocks: Iterable[Block]) -> Set[str]:
    return frozenset().union(*(stems(block.text) for block in blocks))

"""How good a text is by counts alone: what it repeats, what it is made of, how much of it is not its own.

The measures are those of Gopher (Rae et al. 2021, tables A1 and A2) that do no harm to guides, which are headings and
lists. Those for the shape of lines (bullets, end punctuation, short lines) take guides for rubbish.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from filters.document import Block, Document, Kind
from filters.texts import UNSPACED, count_words, text_words
from filters.topic import stems

PAIR = re.compile(rf"(?=({UNSPACED.pattern}{{2}}))")
# Scripts without spaces between words, and that of Korean, where a syllable is a letter: a word's length says nothing.
DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
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
LINES, RUNS = "characters in repeated lines", f"repeated {RUN} words in a row"
ELLIPSES = 0.30
WORD_LENGTH = 3.0, 10.0  # characters of a word on average, in scripts of letters
COMMON = frozenset("the be to of and that have with".split())  # of which English prose has at least two
LETTERS = 0.75  # Gopher has .80, below which some tables of figures lie
SYMBOLS = 0.10


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of a cleaned document; shares lie between 0 and 1.

    ``repetition`` is the largest of the repetition measures as a multiple of its threshold, from 1 up too much, and
    ``repeated`` says which one it is. ``title_agreement`` is the share of the title's words that the text uses too,
    ``boilerplate`` that of the words in blocks that the extraction took for no main text. ``faults`` are the
    thresholds that the text breaks, in words.

    Of words and lines outside of code and tables: ``word_length`` is the mean number of characters, ``letters`` the
    share of words that have one, ``symbols`` the number of ``#`` and ellipses a word, ``ellipses`` the share of lines
    that break off, ``bullets`` that of list items. ``common`` counts which of eight English function words the text
    has. ``repeated_lines`` is the share of characters in lines that stood there before, ``repeated_runs`` that of
    words in runs of ten that did.
    """

    reading_minutes: int
    headings: int
    list_items: int
    repetition: float
    repeated: str
    title_agreement: float
    boilerplate: float
    faults: tuple[str, ...]
    word_length: float
    letters: float
    symbols: float
    ellipses: float
    bullets: float
    common: int
    repeated_lines: float
    repeated_runs: float


@dataclass(frozen=True, slots=True)
class Composition:
    """What the lines and words of a text are made of; see ``Quality``."""

    word_length: float = 0.0
    letters: float = 1.0
    symbols: float = 0.0
    ellipses: float = 0.0
    bullets: float = 0.0
    common: int = 0


def quality(document: Document) -> Quality:
    """Count a cleaned document."""
    blocks = document.blocks
    text = document.text
    total = count_words(text)
    measures = _repetition(blocks) if total >= LEAST else {}
    repeated = max(measures, key=lambda name: measures[name], default="")
    repetition = measures.get(repeated, 0.0)
    made = _composition(blocks)
    faults = [f"{repeated} ({repetition:.1f} times the threshold)"] if repetition >= 1 else []
    if total >= LEAST:
        faults += _faults(made, text)
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
        word_length=round(made.word_length, 2),
        letters=round(made.letters, 3),
        symbols=round(made.symbols, 3),
        ellipses=round(made.ellipses, 3),
        bullets=round(made.bullets, 3),
        common=made.common,
        repeated_lines=round(measures.get(LINES, 0.0) * LINE_CHARACTERS, 3),
        repeated_runs=round(measures.get(RUNS, 0.0) * RUN_CHARACTERS, 3),
    )


def _repetition(blocks: Sequence[Block]) -> dict[str, float]:
    """The measures by name, each as a multiple of its threshold."""
    texts = [block.text for block in blocks if block.kind is not Kind.CODE]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    lines = [line for line in lines if line]
    characters = sum((count - 1) * len(line) for line, count in Counter(lines).items())
    measures = {LINES: characters / max(1, sum(map(len, lines))) / LINE_CHARACTERS}
    words = [word for text in texts for word in text_words(text)][:REACH]
    length = max(1, sum(map(len, words)))
    for number, most in TOP.items():
        counts = Counter(_runs(words, number))
        for run, count in counts.most_common(1):
            share = count * sum(map(len, run)) / length if count > 1 else 0.0
            measures[f"the commonest {number} words in a row"] = share / most
    # most texts repeat hardly any four words in a row, let alone ten
    repeats = words and len(counts) < len(words) - max(TOP) + 1 - (RUN - max(TOP))
    longer = _repeated(words, RUN, counts, max(TOP)) if repeats else 0
    measures[RUNS] = longer / length / RUN_CHARACTERS
    return measures


def _runs(words: Sequence[str], number: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(number)), strict=False)


def _repeated(words: Sequence[str], number: int, openings: Mapping[tuple[str, ...], int], size: int) -> int:
    """The characters of words that stand in a run of that number which stood there before.

    ``openings`` counts the runs of the first ``size`` of those words: where one stands once, nothing longer repeats.
    """
    seen: set[tuple[str, ...]] = set()
    characters, covered = 0, 0
    for place, opening in enumerate(islice(_runs(words, size), max(0, len(words) - number + 1))):
        if openings[opening] == 1:
            continue
        run = tuple(words[place : place + number])
        if run in seen:
            characters += sum(map(len, words[max(covered, place) : place + number]))
            covered = place + number
        seen.add(run)
    return characters


def _composition(blocks: Sequence[Block]) -> Composition:
    """Counts lines and words; nothing is wrong with a text without any."""
    prose = [block for block in blocks if block.kind not in (Kind.CODE, Kind.TABLE)]
    texts = [block.text for block in prose]
    words = [word for text in texts for word in text.split()]
    if not words:
        return Composition()
    return Composition(
        word_length=sum(map(len, words)) / len(words),
        letters=sum(word.isalpha() or any(map(str.isalpha, word)) for word in words) / len(words),
        symbols=sum(text.count("#") + text.count("…") + text.count("...") for text in texts) / len(words),
        ellipses=sum(text.rstrip().endswith(("...", "…")) for text in texts) / len(texts),
        bullets=sum(block.kind is Kind.ITEM for block in prose) / len(prose),
        common=len(COMMON.intersection(words)),
    )


def _faults(made: Composition, text: str) -> list[str]:
    """The thresholds that what a text is made of breaks, in words."""
    faults = []
    if made.ellipses > ELLIPSES:
        faults.append(f"{made.ellipses:.0%} of its lines break off")
    if made.letters < LETTERS:
        faults.append(f"{made.letters:.0%} of its words have a letter")
    if made.symbols > SYMBOLS:
        faults.append(f"{made.symbols:.0%} of its words carry # or an ellipsis")
    least, most = WORD_LENGTH
    if not least <= made.word_length <= most and not DENSE.search(text):
        faults.append(f"its words have {made.word_length:.1f} characters on average")
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

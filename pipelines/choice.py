"""What trafilatura takes for main text, and which of the page's blocks that is."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from copy import deepcopy
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG, MANUALLY_CLEANED
from trafilatura.settings import Document as Extracted

from filters.document import Block
from filters.texts import text_words
from pipelines.dom import Piece

GRAM = 4
SURROUNDINGS = ("nav", "footer", "aside")
# Paragraphs that tell whether the article stands in one of these; each may stand below thousands of elements.
PARAGRAPHS = 200


def _config() -> ConfigParser:
    """trafilatura's own settings, but that a short text is still a text: judging it is a filter's work."""
    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_OUTPUT_SIZE"] = config["DEFAULT"]["MIN_OUTPUT_COMM_SIZE"] = "1"
    return config


CONFIG = _config()


def choose(tree: HtmlElement, url: str, *, thorough: bool = False) -> list[str]:
    """The texts that trafilatura takes, in its order; the tree is of no use to anybody else afterwards.

    ``thorough`` has it ask other extractors where it took little.
    """
    _empty_scripts(tree)
    if not thorough:  # other extractors read what is around the article, too
        _drop_surroundings(tree)
    chosen = bare_extraction(
        tree,
        url=url,
        fast=not thorough,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        output_format="xml",  # or it would write the text of its tree, which nobody reads
        config=CONFIG,
    )
    # A dict is what trafilatura returns only when asked for one.
    return chosen_texts(chosen.body if isinstance(chosen, Extracted) else None)


def _empty_scripts(tree: HtmlElement) -> None:
    """Empty what is half of many pages, and what the extraction copies three times before it drops it."""
    for element in tree.iter("script", "style"):
        if "json" not in element.get("type", ""):
            element.text = None


def _drop_surroundings(tree: HtmlElement) -> None:
    """Drop what the extraction drops by its tag, too, but after searching it for comments and copying it three times.

    Where most paragraphs stand inside of what it drops (some articles do in a menu that was never closed), it may get
    some of that back, and all is left to it.
    """
    paragraphs = list(islice(tree.iter("p"), PARAGRAPHS))
    outside = sum(next(p.iterancestors(MANUALLY_CLEANED), None) is None for p in paragraphs)
    if 2 * outside > len(paragraphs):
        etree.strip_elements(tree, *SURROUNDINGS, with_tail=False)


def chosen_texts(body: etree._Element | None) -> list[str]:
    """The texts of the leaves of trafilatura's result tree, in its order; the tree loses its inline elements."""
    if body is None:
        return []
    # comments, too: what stands behind one belongs to what stands before it
    etree.strip_tags(body, etree.Comment, "hi", "ref", "del", "code", "span")
    return [text for node in body.itertext() if (text := node.strip())]


def align(pieces: Sequence[Piece] | Sequence[Block], texts: Iterable[str]) -> list[float]:
    """For each block of the page, the share (0 to 1) of its words that stand in the chosen texts.

    A block that is a chosen text word for word takes it away from all others: "Summary" may stand in a table of
    contents too, and the copy that fits the order of the chosen texts is the right one. Of any other block it is
    the share of its word 4-grams, since the extraction may have split it or joined it.
    """
    words_of = [text_words(piece.text) for piece in pieces]
    leaves = [leaf for text in texts if (leaf := text_words(text))]
    places: dict[tuple[str, ...], list[int]] = {}
    for number, words in enumerate(words_of):
        places.setdefault(words, []).append(number)
    matched, used = _match(leaves, places)
    repeated = {words_of[number] for number in matched}
    # What one block is word for word says nothing of another one that happens to repeat it.
    stream = [word for number, leaf in enumerate(leaves) if number not in used for word in leaf]
    grams = set(_grams(stream))
    shares = []
    for number, words in enumerate(words_of):
        if number in matched:
            shares.append(1.0)
        elif len(words) < GRAM or words in repeated:
            shares.append(0.0)
        else:
            shares.append(round(sum(map(grams.__contains__, _grams(words))) / (len(words) - GRAM + 1), 3))
    return shares


def _grams(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[i:] for i in range(GRAM)), strict=False)


def _match(
    leaves: Sequence[tuple[str, ...]], places: Mapping[tuple[str, ...], Sequence[int]]
) -> tuple[set[int], set[int]]:
    """The blocks that are one of the chosen texts, each text used once, in the order of the page; and those texts."""
    certain = [(i, places[leaf][0]) for i, leaf in enumerate(leaves) if len(places.get(leaf, ())) == 1]
    matched = {number for _, number in certain}
    known = dict(certain)
    used = set(known)
    free = {words: _Free([n for n in numbers if n not in matched]) for words, numbers in places.items()}
    before = -1
    met = 0
    for i, leaf in enumerate(leaves):
        if i in known:
            before = known[i]
            met += 1
        elif leaf in free:
            after = certain[met][1] if met < len(certain) else sys.maxsize
            number, fits = free[leaf].take(before, after)
            if number is not None:
                matched.add(number)
                used.add(i)
                before = number if fits else before
    return matched, used


class _Free:
    """The blocks of one wording that no text has taken yet. A page may repeat a line a hundred thousand times, so
    taken ones are skipped by pointers that get shorter with use."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._up = list(range(len(numbers) + 1))
        self._down = list(range(len(numbers) + 1))  # shifted by one: 0 stands for "none below"

    def take(self, before: int, after: int) -> tuple[int | None, bool]:
        """The first block between two others, or else the one nearest to the first; and whether it fits."""
        place = bisect_right(self._numbers, before)
        up = _follow(self._up, place)
        down = _follow(self._down, place) - 1
        above = self._numbers[up] if up < len(self._numbers) else None
        fits = above is not None and above < after
        if down >= 0 and not fits and (above is None or before - self._numbers[down] <= above - before):
            chosen = down
        elif above is not None:
            chosen = up
        else:
            return None, False
        self._up[chosen] = chosen + 1
        self._down[chosen + 1] = chosen
        return self._numbers[chosen], fits


def _follow(pointers: list[int], at: int) -> int:
    while pointers[at] != at:
        pointers[at] = pointers[pointers[at]]
        at = pointers[at]
    return at

"""Which texts of a corpus are alike: their signatures, the pairs that these suggest, and what comparing them gave.

Texts go by their hash. What is stored of a hash, or of a pair of them, stays true for good, so a run hashes the texts
that are new and compares the pairs that are new.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby

from pipelines.shingles import (
    BAND_BYTES,
    BANDS,
    SCHEME,
    Likeness,
    Text,
    estimate,
    likeness,
    shingles,
    signature,
)
from pipelines.store.pairs import Pairs

Pair = tuple[int, int]
"""Two texts, by their places among those that are settled."""

SUGGESTED = 0.35
"""Pairs whose signatures are less alike are not compared: the estimate errs by .05, and no copy is that unlike."""

CROWD, HUBS = 40, 4
"""Of more texts than a crowd in one band not all pairs are compared, but each text with the hubs: those that would be
kept before the others. So the work grows with the texts, also where ten thousand pages are made of one template."""

SIGNATURE = BANDS * BAND_BYTES
HELD = 500_000  # words of the texts that are kept at hand: four MiB


class Likenesses:
    """What is known of the likeness of a corpus's texts; to be used inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._held: OrderedDict[str, Text] = OrderedDict()
        self._words = 0

    def refresh(self) -> None:
        """Hash the kept texts that have no signature yet, and forget those that are gone."""
        run = self._connection.execute
        run("DELETE FROM signatures WHERE scheme <> ?", (SCHEME,))
        run("DELETE FROM signatures WHERE text_hash NOT IN (SELECT text_hash FROM posts)")
        run(
            "DELETE FROM likenesses WHERE text NOT IN (SELECT text_hash FROM signatures)"
            " OR other NOT IN (SELECT text_hash FROM signatures)"
        )
        wanted = run(
            "SELECT DISTINCT text_hash FROM posts WHERE status IN ('accepted', 'duplicate') AND words > 0"
            " AND text_hash NOT IN (SELECT text_hash FROM signatures)"
        ).fetchall()
        for (text_hash,) in wanted:
            made = signature(shingles(self._text(text_hash)))
            run(
                "INSERT INTO signatures (text_hash, scheme, minima) VALUES (?, ?, ?)",
                (text_hash, SCHEME, made),
            )

    def suggested(self, texts: Sequence[str]) -> Iterator[Pair]:
        """Pairs of these texts that may be alike, by their places, in no order, and some of them again and again.

        Those to be kept before others come first.
        """
        places = {text_hash: place for place, text_hash in enumerate(texts)}
        minima = bytearray(len(texts) * SIGNATURE)  # one piece of memory, which goes back as one
        signed: list[int] = []
        for text_hash, stored in self._connection.execute("SELECT text_hash, minima FROM signatures"):
            if text_hash in places:
                signed.append(places[text_hash])
                minima[signed[-1] * SIGNATURE : (signed[-1] + 1) * SIGNATURE] = stored
        del places

        def part(place: int, start: int = 0, length: int = SIGNATURE) -> bytes:
            begin = place * SIGNATURE + start
            return bytes(minima[begin : begin + length])

        for start in range(0, SIGNATURE, BAND_BYTES):
            for group in _sharing((part(place, start, BAND_BYTES), place) for place in signed):
                for one, other in _pairs(group):
                    if estimate(part(one), part(other)) >= SUGGESTED:
                        yield one, other

    def compared(self, texts: Sequence[str], pairs: Iterable[Pair]) -> Iterator[tuple[Pair, Likeness]]:
        """How alike the texts at these places are, each pair once, in no order."""
        for one, other in _by_text(pairs):
            yield (one, other), self.of(texts[one], texts[other])

    def of(self, text: str, other: str) -> Likeness:
        """How alike two texts are; if they were never compared they are read and compared."""
        if other < text:
            return self.of(other, text).turned
        run = self._connection.execute
        known = run(
            "SELECT jaccard, covered, other_covered FROM likenesses WHERE text = ? AND other = ?",
            (text, other),
        ).fetchone()
        if known is not None:
            return Likeness(*known)
        alike = likeness(self._read(text), self._read(other))
        run(
            "INSERT INTO likenesses (text, other, jaccard, covered, other_covered) VALUES (?, ?, ?, ?, ?)",
            (text, other, alike.jaccard, alike.covered, alike.other_covered),
        )
        return alike

    def _read(self, text_hash: str) -> Text:
        if (text := self._held.get(text_hash)) is not None:
            self._held.move_to_end(text_hash)
            return text
        text = self._held[text_hash] = Text(self._text(text_hash))
        self._words += text.words
        while len(self._held) > 2 and self._words > HELD:
            self._words -= self._held.popitem(last=False)[1].words
        return text

    def _text(self, text_hash: str) -> str:
        """The text with a hash, from whichever post has it."""
        row = self._connection.execute(
            "SELECT text FROM post_texts JOIN posts ON posts.id = post_texts.post WHERE text_hash = ? LIMIT 1",
            (text_hash,),
        ).fetchone()
        return row[0] if row else ""


def _by_text(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs, each once, in an order in which few texts are read twice."""
    every = Pairs(pairs)
    walked = _walked(every)
    number = {place: at for at, place in enumerate(walked)}
    ordered = Pairs((number[one], number[other]) for one, other in every)
    del every, number  # comparing takes long, and wants the room for texts
    for later, earlier in ordered:
        yield walked[later], walked[earlier]


def _walked(pairs: Pairs) -> list[int]:
    """The texts as a walk from the one with the most pairs comes to them, nearest first: so what a text is compared
    with was lately read.
    """
    others: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for one, other in pairs:
        others[one].append(other)
        others[other].append(one)
    seen: set[int] = set()
    walked: list[int] = []
    for start in sorted(others, key=lambda place: (-len(others[place]), place)):
        waiting = deque([start] if start not in seen else [])
        seen.add(start)
        while waiting:
            walked.append(waiting.popleft())
            for other in others[walked[-1]]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return walked


def _sharing(parts: Iterable[tuple[bytes, int]]) -> Iterator[list[int]]:
    """The groups of texts that have the same part of a signature, each in order."""
    for _, group in groupby(sorted(parts), key=lambda entry: entry[0]):
        members = [place for _, place in group]
        if len(members) > 1:
            yield members


def _pairs(group: Sequence[int]) -> Iterator[Pair]:
    if len(group) <= CROWD:
        yield from combinations(group, 2)
    else:
        for number, hub in enumerate(group[:HUBS]):
            yield from ((hub, other) for other in group[number + 1 :])

"""Which texts of a corpus are alike: their signatures, the pairs that these suggest, and what comparing them gave.

Texts go by their hash. What is stored of a hash, or of a pair of them, stays true for good, so a run hashes the texts
that are new and compares the pairs that are new.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby

from pipelines.shingles import BAND_BYTES, BANDS, SCHEME, Likeness, Text, estimate, likeness, shingles, signature

Pair = tuple[str, str]

SUGGESTED = 0.35
"""Pairs whose signatures are less alike are not compared: the estimate errs by .05, and no copy is that unlike."""

CROWD, HUBS = 40, 4
"""Of more texts than a crowd in one band not all pairs are compared, but each text with the hubs: those that would be
kept before the others. So the work grows with the texts, also where ten thousand pages are made of one template."""

_LOW = 2**32 - 1

HELD = 1_000_000  # words of the texts that are kept at hand: eight MiB


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

    def suggested(self, order: Mapping[str, int]) -> Iterator[Pair]:
        """Pairs of the texts in ``order`` that may be alike, in no order, and some of them again and again.

        To remember all pairs that were looked at would take more memory than all else together. ``order`` gives each
        text its place, those to be kept before others first.
        """
        minima: dict[str, bytes] = {
            text_hash: stored
            for text_hash, stored in self._connection.execute("SELECT text_hash, minima FROM signatures")
            if text_hash in order
        }
        for start in range(0, BANDS * BAND_BYTES, BAND_BYTES):
            for group in _sharing(minima, slice(start, start + BAND_BYTES)):
                for pair in _pairs(sorted(group, key=order.__getitem__)):
                    if estimate(minima[pair[0]], minima[pair[1]]) >= SUGGESTED:
                        yield pair

    def compared(self, pairs: Iterable[Pair]) -> Iterator[tuple[Pair, Likeness]]:
        """How alike the texts of these pairs are; those that were never compared are read and compared."""
        run = self._connection.execute
        for pair in _by_text(pairs):
            known = run(
                "SELECT jaccard, covered, other_covered FROM likenesses WHERE text = ? AND other = ?", pair
            ).fetchone()
            if known is not None:
                yield pair, Likeness(*known)
                continue
            alike = likeness(self._read(pair[0]), self._read(pair[1]))
            run(
                "INSERT INTO likenesses (text, other, jaccard, covered, other_covered)"
                " VALUES (?, ?, ?, ?, ?)",
                (*pair, alike.jaccard, alike.covered, alike.other_covered),
            )
            yield pair, alike

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


def pair_of(one: str, other: str) -> Pair:
    """Two texts as the key of their likeness, whichever is named first."""
    return (one, other) if one < other else (other, one)


def _by_text(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs, each once, in an order in which a text with few of them is read once and those with many stay at hand.

    In between a pair is one number: on a large corpus of one material there are hundreds of thousands of them.
    """
    places: dict[str, int] = {}
    every = {
        places.setdefault(one, len(places)) << 32 | places.setdefault(other, len(places))
        for one, other in pairs
    }
    texts = list(places)
    times = [0] * len(texts)
    for pair in every:
        times[pair >> 32] += 1
        times[pair & _LOW] += 1
    ranked = sorted(range(len(texts)), key=lambda place: (times[place], texts[place]))
    rank = {place: number for number, place in enumerate(ranked)}

    def turn(pair: int) -> int:
        one, other = rank[pair >> 32], rank[pair & _LOW]
        return min(one, other) << 32 | max(one, other)

    ordered = sorted(every, key=turn)
    every.clear()
    for pair in ordered:
        yield texts[pair >> 32], texts[pair & _LOW]


def _sharing(minima: Mapping[str, bytes], band: slice) -> Iterator[list[str]]:
    """The groups of texts that have the same bytes there."""
    ordered = sorted((stored[band], text_hash) for text_hash, stored in minima.items())
    for _, group in groupby(ordered, key=lambda entry: entry[0]):
        members = [text_hash for _, text_hash in group]
        if len(members) > 1:
            yield members


def _pairs(group: Sequence[str]) -> Iterator[Pair]:
    if len(group) <= CROWD:
        yield from (pair_of(one, other) for one, other in combinations(group, 2))
    else:
        for number, hub in enumerate(group[:HUBS]):
            yield from (pair_of(hub, other) for other in group[number + 1 :])

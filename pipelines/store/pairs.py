"""A set of pairs of numbers that takes little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator


class Pairs:
    """Pairs of different numbers below 2**32, each once: four bytes a pair, where a set of tuples takes some 200.

    Iterating gives the greater of each pair before the lesser, from the smallest greater one to the greatest. While
    something iterates nothing may be added.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._lesser: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
        for one, other in pairs:
            self.add(one, other)

    def add(self, one: int, other: int) -> None:
        """Put a pair in, whichever of the two is named first."""
        greater, lesser = (one, other) if one > other else (other, one)
        row = self._lesser[greater]
        at = bisect_left(row, lesser)
        if at == len(row) or row[at] != lesser:
            row.insert(at, lesser)

    def __contains__(self, pair: tuple[int, int]) -> bool:
        greater, lesser = max(pair), min(pair)
        row = self._lesser.get(greater, ())
        at = bisect_left(row, lesser)
        return at < len(row) and row[at] == lesser

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for greater in sorted(self._lesser):
            for lesser in self._lesser[greater]:
                yield greater, lesser

    def __len__(self) -> int:
        return sum(map(len, self._lesser.values()))

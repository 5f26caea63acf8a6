"""Many words looked up in one pass over a text (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Generic, TypeVar, cast

import ahocorasick

Meaning = TypeVar("Meaning")


class Automaton(Generic[Meaning]):
    """Built once for all texts.

    Keys that are ASCII are looked up apart from the others: the library goes through the branches of a node one by one,
    which are hundreds where the words of all scripts begin, and most texts are ASCII.
    """

    def __init__(self, keys: Mapping[str, Meaning]) -> None:
        self._plain = _lookup({key: meaning for key, meaning in keys.items() if key.isascii()})
        self._others = _lookup({key: meaning for key, meaning in keys.items() if not key.isascii()})

    def iter(self, text: str) -> Iterator[tuple[int, Meaning]]:
        """For each key in a text, in its order, the offset of its last character and what the key stands for."""
        found = self._plain(text)
        return found if text.isascii() else iter(sorted([*found, *self._others(text)], key=itemgetter(0)))


def _lookup(keys: Mapping[str, Meaning]) -> Callable[[str], Iterator[tuple[int, Meaning]]]:
    if not keys:  # what was built of none cannot be asked
        return lambda text: iter(())
    built = ahocorasick.Automaton()
    for key, meaning in keys.items():
        built.add_word(key, meaning)
    built.make_automaton()
    return cast(Callable[[str], Iterator[tuple[int, Meaning]]], built.iter)

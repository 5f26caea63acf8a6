"""Many words looked up in one pass over a text (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar, cast

import ahocorasick

Meaning = TypeVar("Meaning")
Told = TypeVar("Told", covariant=True)


class Automaton(Protocol[Told]):
    """``iter`` gives, for each key in a text, the offset of its last character and what the key stands for."""

    def iter(self, text: str) -> Iterator[tuple[int, Told]]: ...


def automaton(keys: Mapping[str, Meaning]) -> Automaton[Meaning]:
    """Built once for all texts; ``keys`` holds one at least, since what was built of none cannot be asked."""
    built = ahocorasick.Automaton()
    for key, meaning in keys.items():
        built.add_word(key, meaning)
    built.make_automaton()
    return cast(Automaton[Meaning], built)

"""Pairs are a set of pairs, whichever number comes first."""

from __future__ import annotations

import random

from pipelines.store.pairs import Pairs


def test_they_are_what_a_set_would_be() -> None:
    chance = random.Random(5)
    told = [tuple(chance.sample(range(60), 2)) for _ in range(2_000)] + [(2**32 - 1, 0)]
    pairs = Pairs((one, other) for one, other in told)
    expected = {(max(pair), min(pair)) for pair in told}
    assert list(pairs) == sorted(expected)
    assert len(pairs) == len(expected)
    for one in range(60):
        for other in range(one):
            assert ((one, other) in pairs) == ((other, one) in pairs) == ((one, other) in expected)


def test_looking_for_a_pair_puts_nothing_in() -> None:
    pairs = Pairs([(3, 1)])
    assert (7, 2) not in pairs
    assert list(pairs) == [(3, 1)]

"""The model of how spam is worded."""

from __future__ import annotations

import pytest

from filters.wording import model, pieces, wording


@pytest.mark.parametrize("word", ["bonus", "we", "a", "subscribe", "banana", "中文"])
def test_a_word_weighs_what_its_pieces_do(word: str) -> None:
    """Training cuts words into pieces one by one; reading finds the pieces that weigh anything in one pass."""
    weights, _ = model()
    weight = sum(weights.get(piece, 0.0) for piece in pieces(word))
    assert wording(word).weights.get(word, 0.0) == pytest.approx(weight)

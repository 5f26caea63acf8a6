"""What is remembered of texts: a long page is read once like any other, and nothing grows without end."""

from __future__ import annotations

import pytest

from filters import load_profile
from filters.document import Block, Document, Kind
from filters.lexicon import read
from filters.texts import MOST, forget, remembered


def test_every_text_of_a_long_page_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rules ask for it: a page of thousands of different ads costs no more a block than a short one."""
    monkeypatch.setattr("filters.chain.forget", lambda: None)
    texts = [f"Offer {n}: claim your bonus of {n} free spins at the casino today" for n in range(MOST + 500)]
    blocks = tuple(Block(n, Kind.PARAGRAPH, text) for n, text in enumerate(texts))
    chain = load_profile()
    chain.run(Document("https://blog.example/"))
    read.cache_clear()
    chain.run(Document("https://blog.example/", blocks))
    # the empty title, too, where no test before this one had it looked through
    assert read.cache_info().misses in (len(set(texts)), len({*texts, ""}))


def test_forgetting() -> None:
    """After a page few texts are still known, for the next page of the site, and not all of a long one."""

    @remembered
    def length(text: str) -> int:
        return len(text)

    for number in range(10):
        length(str(number))
    forget()
    assert length.cache_info().currsize == 10
    for number in range(MOST + 1):
        length(str(number))
    forget()
    assert length.cache_info().currsize == 0

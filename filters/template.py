"""What repeats across the pages of one site: when two blocks are the same, and who says how often one occurs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Protocol

LEAST_PAGES = 5
"""On fewer pages of a site a block is not taken to repeat: articles of a series share a paragraph."""

LEAST_SHARE = 0.3
"""What stands on a smaller share of a site's pages is not told: teasers of other articles come and go, and with each of
them every page that names it would have to be judged again. No rule asks for less."""

_WORDS = re.compile(r"\w+")
_NUMBERS = re.compile(r"\d+(?: \d+)*")
_LETTERS = 3  # fewer are prices, ratings and bullets, which are the same on any two pages


class TemplateCounts(Protocol):
    """Says of one document's blocks on how many of the pages of its site they stand.

    Shares are given in whole tenths, rounded down. With exact counts every article that a site publishes
    would change what is said of all the others.
    """

    @property
    def site(self) -> str:
        """The host whose pages were counted."""

    def share(self, text: str, *, top: bool) -> float:
        """The share (0 to 1) of the site's pages that a block's text stands on.

        With ``top`` only those on which it stands in the first third are counted. 0 is said of what stands
        on fewer than ``LEAST_PAGES`` pages or less than ``LEAST_SHARE`` of them, and of what nobody counted.
        """

    def digest(self, texts: Iterable[str]) -> str:
        """A hash that is another one when anything else is said of these texts; empty where nothing is."""


def fingerprint(text: str) -> str:
    """The same 16 hex digits for texts with the same words, whatever their case, punctuation and numbers.

    Empty for a text that hardly has letters.
    """
    words = _NUMBERS.sub("0", " ".join(_WORDS.findall(text.casefold())))
    if sum(map(str.isalpha, words[:200])) < _LETTERS:
        return ""
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()


def on_top(position: int, blocks: int) -> bool:
    """Whether a block stands in the first third of a page of so many blocks."""
    return position * 3 < blocks

"""How alike two texts are: the runs of words that they share, and signatures by which alike ones are found.

The shingles are those of FineWeb (Penedo et al. 2024, arXiv:2406.17557): runs of five words, and 112 minima of hashes.
FineWeb cuts the minima into 14 bands of 8, since what shares a band is dropped unseen: two texts are then found at a
likeness of about .72. Here what shares a band is compared for real, so the bands may be short: 28 bands of 4 find
1 - (1 - s^4)^28 of the pairs of a likeness s, which is .99 at .62 and .84 at .5 (``benchmarks/copies.py`` counts).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Set
from dataclasses import dataclass

from rensa import RMinHash

RUN = 5  # words of a shingle
MINIMA = 112
BANDS, BAND_BYTES = 28, 16  # 28 bands of 4 minima of 4 bytes
SEED = 1
LONGEST = 400_000  # characters of a text that are read: a book
SCHEME = f"1.{RMinHash.ALGORITHM_VERSION}"
"""Changes when the same text would get another signature: stored ones are then made anew."""

# Scripts that put no space between words: Thai, Lao, Burmese, Khmer, Kana, Bopomofo, Han (with its extensions). Each
# letter of theirs counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, from 0 to 1.

    ``jaccard`` is the share of all their shingles that both have; ``covered`` the share of the one's words that stand
    in a shingle of both, ``other_covered`` that of the other's. A word changed here and there hardly lowers the two
    shares, a paragraph of its own does.
    """

    jaccard: float
    covered: float
    other_covered: float


class Text:
    """A text as it is compared: its words, and the set of their runs."""

    def __init__(self, text: str) -> None:
        self.words = words(text)
        self.run = min(RUN, max(len(self.words), 1))
        self.runs = list(map(" ".join, zip(*(self.words[start:] for start in range(self.run)), strict=False)))
        self.shingles = frozenset(self.runs)

    def covered(self, common: Set[str]) -> float:
        """The share of the words that stand in one of these shingles."""
        count = end = 0
        for start, run in enumerate(self.runs):
            if run in common:
                count += start + self.run - max(start, end)
                end = start + self.run
        return count / len(self.words) if self.words else 0.0


def words(text: str) -> list[str]:
    """The words of a text without case, accents of compatibility, punctuation and layout; letters of a script that puts
    no space between words count as words.
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]).casefold())


def likeness(one: Text, other: Text) -> Likeness:
    """Compares two texts; one without words is like none."""
    common = one.shingles & other.shingles
    if not common:
        return Likeness(0.0, 0.0, 0.0)
    union = len(one.shingles) + len(other.shingles) - len(common)
    shares = (len(common) / union, one.covered(common), other.covered(common))
    return Likeness(*(round(share, 4) for share in shares))


def signature(found: Set[str]) -> bytes:
    """The minima of the hashes of a set of shingles, 4 bytes each: whatever their order, on every machine the same."""
    sketch = RMinHash(num_perm=MINIMA, seed=SEED)
    sketch.update(list(found))
    minima = array("I", sketch.digest())
    return b"".join(number.to_bytes(4, "little") for number in minima)


def bands(stored: bytes) -> Iterator[bytes]:
    """The pieces of a signature, of which alike texts share at least one."""
    for start in range(0, BANDS * BAND_BYTES, BAND_BYTES):
        yield stored[start : start + BAND_BYTES]


def estimate(one: bytes, other: bytes) -> float:
    """The Jaccard likeness of the texts behind two signatures; it errs by about .05."""
    minima, others = memoryview(one).cast("I"), memoryview(other).cast("I")
    return sum(map(int.__eq__, minima, others)) / MINIMA

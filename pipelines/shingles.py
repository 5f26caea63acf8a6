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
from collections.abc import Iterator, Sequence, Set
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
_LOWEST = [
    (width, int.from_bytes((2**width - 1).to_bytes(4, "little") * MINIMA, "little"))
    for width in (16, 8, 4, 2, 1)
]


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

    @property
    def turned(self) -> Likeness:
        """The same, with the two texts the other way round."""
        return Likeness(self.jaccard, self.other_covered, self.covered)


class Text:
    """A text as it is compared: how many words it has, and their runs.

    A run is known by its hash, which holds within one process: eight bytes a word, where the runs themselves would be
    some two hundred.
    """

    def __init__(self, text: str) -> None:
        found = words(text)
        self.words = len(found)
        self.run = _run(found)
        self._hashes = array("q", map(hash, _runs(found)))

    @property
    def shingles(self) -> frozenset[int]:
        """The set of the runs."""
        return frozenset(self._hashes)

    def covered(self, common: Set[int]) -> float:
        """The share of the words that stand in one of these shingles."""
        if not self.words:
            return 0.0
        # a byte a run, which is 1 where it is in common, and each run reaches over the words that it begins before
        begun = int.from_bytes(bytes(map(common.__contains__, self._hashes)), "little")
        reached = 0
        for word in range(self.run):
            reached |= begun << 8 * word
        return reached.bit_count() / self.words


def shingles(text: str) -> frozenset[str]:
    """The runs of words of a text themselves, of which signatures are made."""
    return frozenset(_runs(words(text)))


def _run(found: Sequence[str]) -> int:
    return min(RUN, max(len(found), 1))


def _runs(found: Sequence[str]) -> Iterator[str]:
    return map(" ".join, zip(*(found[start:] for start in range(_run(found))), strict=False))


def words(text: str) -> list[str]:
    """The words of a text without case, accents of compatibility, punctuation and layout; letters of a script that puts
    no space between words count as words.
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]).casefold())


def likeness(one: Text, other: Text) -> Likeness:
    """Compares two texts; one without words is like none."""
    runs, others = one.shingles, other.shingles
    common = runs & others
    if not common:
        return Likeness(0.0, 0.0, 0.0)
    union = len(runs) + len(others) - len(common)
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
    # all minima at once: where two differ, some bit of their 32 is left, and is brought down to the lowest
    differ = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    for width, lowest in _LOWEST:
        differ = (differ | differ >> width) & lowest
    return 1 - differ.bit_count() / MINIMA

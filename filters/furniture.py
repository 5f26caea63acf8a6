"""Labels of a page's furniture: "Share this:", "Leave a comment", "Accept all cookies".

The phrases are ``lexicons/furniture.toml``, a group a key. A phrase written ``~comments`` is ambiguous:
it labels furniture on most pages and may as well head a section of a guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from filters.disguise import plain
from filters.lexicon import Term, read
from filters.texts import remembered

# What may stand beside a label without making it a sentence.
_NETWORKS = """
facebook twitter x linkedin reddit pinterest whatsapp telegram email tumblr pocket instagram youtube tiktok
weibo wechat line kakaotalk vk threads bluesky mastodon rss
"""
# The units of a reading time, which stand in the middle of its label: "Reading time: about 5 minutes".
_MINUTES = """
min mins minutes minute minuten minut minuty minuti minutos minutter minuter minuuttia minuutin perc dakika dk mn хв мин
минут минуты минута хвилин хвилини хвилина λεπτά λεπτό دقائق دقيقة menit phút นาที मिनट
"""
_ABOUT = "about ca circa env environ około около"
_COUNTERS = "件개条條个個則则分钟分鐘분"  # glued to a number
_LONGEST = 10_000  # characters; no label is looked for in a longer block
_DIGIT = re.compile(r"\d")
_UNITS = frozenset(plain(_MINUTES).split())
_FILLER = frozenset(_NETWORKS.split() + plain(_ABOUT).split()) | _UNITS


@dataclass(frozen=True, slots=True)
class FurnitureHit:
    """A label at ``start:end`` of the original text.

    ``whole``: the block is that label and nothing else but digits, punctuation, emoji and names of social
    networks. ``opens`` and ``closes``: the label stands at the block's beginning or end. A count beside it
    takes the doubt out of an ambiguous one ("12 comments", "Reading time: 5 minutes").
    """

    group: str
    term: str
    language: str
    start: int
    end: int
    whole: bool
    opens: bool
    closes: bool
    ambiguous: bool


@remembered
def furniture(text: str) -> tuple[FurnitureHit, ...]:
    """All labels in a block, in order; of overlapping ones of a group the longest."""
    if len(text) > _LONGEST:
        return ()
    scanned = read(text)
    if not any(match.term.topic == "furniture" for match in scanned.matches):
        return ()
    first, last = _ends(scanned.words)
    taken: dict[str, bytearray] = {}  # by group, the characters of labels that were found
    found: list[FurnitureHit] = []
    for match in sorted(scanned.matches, key=lambda m: (m.start - m.end, m.start)):
        term = match.term
        if term.topic != "furniture" or match.disguised:
            continue
        if term.weight not in taken:
            taken[term.weight] = bytearray(len(text))
        if taken[term.weight].find(1, match.start, match.end) >= 0:
            continue
        taken[term.weight][match.start : match.end] = b"\1" * (match.end - match.start)
        opens, closes = _opens(first, match.left), _closes(last, match.right)
        counted = opens and closes and _is_counted(term, scanned.words)
        found.append(
            FurnitureHit(
                term.weight,
                text[match.start : match.end],
                term.language,
                match.start,
                match.end,
                whole=opens and closes,
                opens=opens,
                closes=closes,
                ambiguous=term.ambiguous and not counted,
            )
        )
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.group)))


def _is_counted(term: Term, words: str) -> bool:
    """Whether a number takes the doubt out of a label: of comments, or of the minutes that reading takes.

    In English those minutes are left to the model of main text, since articles name them above their first paragraph.
    """
    if not _DIGIT.search(words):
        return False
    timed = term.weight == "tags" and term.language != "en"
    return term.weight == "comment_form" or (
        timed and any(word in _UNITS or word[-1] in _COUNTERS for word in words.split())
    )


def _is_filler(word: str) -> bool:
    return word.isdigit() or word in _FILLER or (word[:1].isdigit() and word.rstrip(_COUNTERS).isdigit())


def _ends(words: str) -> tuple[tuple[int, str], tuple[int, str]]:
    """Start and text of the first and the last word that are no fillers; without any, of an empty one at either end."""
    listed = [word for word in words.split() if not _is_filler(word)]
    if not listed:
        return (len(words), ""), (0, "")
    first, last = listed[0], listed[-1]
    return (words.find(f" {first} ") + 1, first), (words.rfind(f" {last} ") + 1, last)


def _opens(first: tuple[int, str], left: int) -> bool:
    """Whether nothing but fillers stands before a place in the matching text; ``first`` is the first other word."""
    start, word = first
    return left <= start or (left < start + len(word) and _is_filler(word[: left - start]))


def _closes(last: tuple[int, str], right: int) -> bool:
    """Whether nothing but fillers stands behind a place in the matching text; ``last`` is the last other word."""
    start, word = last
    return right >= start + len(word) or (right > start and _is_filler(word[right - start :]))


def label(text: str, *groups: str) -> FurnitureHit | None:
    """The label that is the entire block, of one of the groups (any, if none is named)."""
    if len(text) > 200:
        return None
    return next((hit for hit in furniture(text) if hit.whole and (not groups or hit.group in groups)), None)

"""Labels of a page's furniture: "Share this:", "Leave a comment", "Accept all cookies".

The phrases are ``lexicons/furniture.toml``, a group a key. A phrase written ``~comments`` is ambiguous:
it labels furniture on most pages and may as well head a section of a guide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from filters.lexicon import read

# What may stand beside a label without making it a sentence.
_NETWORKS = """
facebook twitter x linkedin reddit pinterest whatsapp telegram email tumblr pocket instagram youtube tiktok
weibo wechat line kakaotalk vk threads bluesky mastodon rss
"""
_LONGEST = 10_000  # characters; no label is looked for in a longer block
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"\S+")
_FILLER = frozenset(_NETWORKS.split())


@dataclass(frozen=True, slots=True)
class FurnitureHit:
    """A label at ``start:end`` of the original text.

    ``whole``: the block is that label and nothing else but digits, punctuation, emoji and names of social
    networks. ``opens`` and ``closes``: the label stands at the block's beginning or end. A count beside it
    takes the doubt out of an ambiguous one ("12 comments").
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


@lru_cache(maxsize=4096)
def furniture(text: str) -> tuple[FurnitureHit, ...]:
    """All labels in a block, in order; of overlapping ones of a group the longest."""
    if len(text) > _LONGEST:
        return ()
    scanned = read(text)
    if not any(match.term.topic == "furniture" for match in scanned.matches):
        return ()
    body = [word for word in _WORDS.finditer(scanned.words) if not _is_filler(word[0])]
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
        opens, closes = _opens(body, match.left), _closes(body, match.right)
        counted = opens and closes and term.weight == "comment_form" and _DIGIT.search(scanned.words)
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


def _is_filler(word: str) -> bool:
    return word.isdigit() or word in _FILLER


def _opens(body: Sequence[re.Match[str]], left: int) -> bool:
    """Whether nothing but fillers stands before a place in the matching text; ``body`` are its other words."""
    if not body or left <= body[0].start():
        return True
    return left < body[0].end() and _is_filler(body[0][0][: left - body[0].start()])


def _closes(body: Sequence[re.Match[str]], right: int) -> bool:
    """Whether nothing but fillers stands behind a place in the matching text."""
    if not body or right >= body[-1].end():
        return True
    return right > body[-1].start() and _is_filler(body[-1][0][right - body[-1].start() :])


def label(text: str, *groups: str) -> FurnitureHit | None:
    """The label that is the entire block, of one of the groups (any, if none is named)."""
    if len(text) > 200:
        return None
    return next((hit for hit in furniture(text) if hit.whole and (not groups or hit.group in groups)), None)

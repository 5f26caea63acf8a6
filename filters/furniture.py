"""Labels of a page's furniture: "Share this:", "Leave a comment", "Accept all cookies".

The phrases are ``lexicons/furniture.toml``, a group a key. A phrase written ``~comments`` is ambiguous:
it labels furniture on most pages and may as well head a section of a guide.
"""

from __future__ import annotations

import re
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
    found: list[FurnitureHit] = []
    for match in sorted(scanned.matches, key=lambda m: (m.start - m.end, m.start)):
        term = match.term
        if term.topic != "furniture" or match.disguised:
            continue
        if any(h.group == term.weight and h.start < match.end and match.start < h.end for h in found):
            continue
        before = _rest(scanned.words[: match.left])
        after = _rest(scanned.words[match.right :])
        counted = not before and not after and term.weight == "comment_form" and _DIGIT.search(scanned.words)
        found.append(
            FurnitureHit(
                term.weight,
                text[match.start : match.end],
                term.language,
                match.start,
                match.end,
                whole=not before and not after,
                opens=not before,
                closes=not after,
                ambiguous=term.ambiguous and not counted,
            )
        )
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.group)))


def _rest(words: str) -> list[str]:
    """The words of a piece of matching text that are neither numbers nor names of networks."""
    return [word for word in words.split() if not word.isdigit() and word not in _FILLER]


def label(text: str, *groups: str) -> FurnitureHit | None:
    """The label that is the entire block, of one of the groups (any, if none is named)."""
    if len(text) > 200:
        return None
    return next((hit for hit in furniture(text) if hit.whole and (not groups or hit.group in groups)), None)

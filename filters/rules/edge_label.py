"""Labels that were glued to the first or last sentence of a block."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Block, Kind
from filters.furniture import FurnitureHit, furniture
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

ENDS = ("…", "...", "\n", "]", "→", "»")
AFTER = ("…", "...", "→", "»", ">", "]")


@dataclass(frozen=True, kw_only=True)
class EdgeLabel(Rule):
    """Trims labels such as "Sign in" or "Read more..." off the ends of a block.

    At the front the label has to stand before a new sentence. At the back it has to be a link of its own, to stand on a
    line of its own or to have dots or an arrow on either side, for people do want to read more. Groups are
    those of ``lexicons/furniture.toml``.
    """

    family = Family.LEXICON
    front: tuple[str, ...] = ("sign_in", "share")
    back: tuple[str, ...] = ("read_more", "sign_in", "share", "advertisement")
    least: int = 4

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block, words in zip(reading.blocks, reading.words, strict=True):
            if block.kind not in (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION) or len(words) < self.least:
                continue
            for hit in furniture(block.text):
                if hit.whole or (hit.ambiguous and not _is_link(block, hit)):
                    continue
                if hit.opens and hit.group in self.front and _before_sentence(block.text, hit):
                    yield self.trim(
                        block.index, 0, hit.end, f"The label {hit.term!r} before the text.", hit.term
                    )
                elif hit.closes and hit.group in self.back and _stands_apart(block, hit):
                    end = len(block.text)
                    yield self.trim(
                        block.index, hit.start, end, f"The label {hit.term!r} after the text.", hit.term
                    )


def _before_sentence(text: str, hit: FurnitureHit) -> bool:
    rest = text[hit.end :].lstrip(" .:|–—-\n")
    return hit.term[:1].isupper() and rest[:1].isupper()


def _stands_apart(block: Block, hit: FurnitureHit) -> bool:
    if _is_link(block, hit):
        return True
    before, after = block.text[: hit.start].rstrip(" ([|"), block.text[hit.end :]
    return hit.term[:1].isupper() and (before.endswith(ENDS) or any(mark in after for mark in AFTER))


def _is_link(block: Block, hit: FurnitureHit) -> bool:
    """Whether a link covers the label and hardly more."""
    return any(
        link.start <= hit.start and hit.end <= link.end and link.end - link.start <= hit.end - hit.start + 6
        for link in block.links
    )

"""Excerpts of other posts that break off."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.teasers import is_cut_off, is_title_like
from filters.verdict import Family, Verdict

LONG = 5  # letters


@dataclass(frozen=True, kw_only=True)
class Teaser(Rule):
    """Suspects a text that breaks off like an excerpt (``alone``), more so under a title (``titled``).

    Most of all it is suspected at either end of the page (``outer``: within ``edge`` blocks of it), where themes
    put them. Two or more titled excerpts in a row are a list of other posts and go at once, unless they clearly
    speak of the page's own subject (``own``: log-likelihood ratio of ``filters.topic``), and so does one that opens the
    page while the article's own title is still to come, or that has a bare category word below it. On pages that are
    not in English that ratio takes the commonest words for a subject, so it has to reach ``elsewhere``, with ``common``
    words of five letters or more that the page uses, too: common words are short.
    """

    family = Family.STRUCTURE
    version = 3
    alone: float = 0.4
    titled: float = 0.6
    outer: float = 0.75
    edge: int = 8
    own: float = 3.0
    elsewhere: float = 12.0
    common: int = 5

    def check(self, reading: Reading) -> Iterator[Verdict]:
        blocks = reading.blocks
        pairs = {
            position
            for position in range(1, len(blocks))
            if is_cut_off(blocks[position]) and is_title_like(blocks[position - 1])
        }
        foreign = {p for p in pairs if not self._is_own(reading, p)}
        neighbours = {p for p in foreign if p - 2 in foreign or p + 2 in foreign}
        # A heading of one word is the page's own, whatever its first paragraph ends in.
        neighbours.update(
            p
            for p in pairs
            if len(reading.words[p - 1]) > 1
            and (self._opens_page(reading, p) or self._has_category(reading, p))
        )
        for position, block in enumerate(blocks):
            if not is_cut_off(block):
                continue
            quote = block.text[-30:]
            if position in neighbours:
                title = blocks[position - 1]
                yield self.remove(
                    title.index, "The title of an excerpt in a list of other posts.", title.text[:80]
                )
                yield self.remove(block.index, "An excerpt in a list of other posts: it breaks off.", quote)
            elif position in pairs:
                outer = min(position, len(blocks) - 1 - position) < self.edge
                weight = self.outer if outer else self.titled
                yield self.suspect(
                    block.index, weight, "Under a title, and it breaks off like an excerpt", quote
                )
            else:
                yield self.suspect(block.index, self.alone, "It breaks off like an excerpt", quote)

    def _is_own(self, reading: Reading, position: int) -> bool:
        """Whether an excerpt clearly speaks of the page's own subject."""
        ratio, _ = reading.belonging[position]
        if reading.language.language in ("en", ""):
            return ratio >= self.own
        counted = sum(
            len(stem) >= LONG and reading.topic.blocks[stem] > 0 for stem in reading.stems[position]
        )
        return ratio >= self.elsewhere and counted >= self.common

    def _opens_page(self, reading: Reading, position: int) -> bool:
        """Whether an excerpt stands at the very top, and another title with prose below it follows at once."""
        title = reading.title_position
        if position > 2 or (title is not None and title < position):
            return False
        for later in range(position + 1, min(position + self.edge, len(reading.blocks) - 1)):
            block, below = reading.blocks[later], reading.blocks[later + 1]
            prose = len(reading.words[later + 1]) > 12 and not is_cut_off(below) and not is_title_like(below)
            if is_title_like(block) and len(reading.words[later]) > 2 and prose:
                return True
        return False

    def _has_category(self, reading: Reading, position: int) -> bool:
        """Whether title and excerpt are followed by a paragraph of one or two words, as in the cards of a theme."""
        below = reading.blocks[position + 1 : position + 2]
        if not below or below[0].kind is not Kind.PARAGRAPH or reading.belonging[position][0] > 2 * self.own:
            return False
        return len(reading.words[position + 1]) in (1, 2) and below[0].text[-1:].isalnum()

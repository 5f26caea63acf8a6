"""Disclosures, disclaimers and copyright lines: "We may earn a commission", "All rights reserved"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.calls import calls_to_action, data_fingerprint
from filters.document import Block, Kind
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

_OWNED = re.compile(r"(?:copyright|©|\(c\))[^\w].*(?:\b(?:19|20)\d\d\b|\brights reserved\b)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LegalNotice(Rule):
    """Suspects a box that says what a site earns, owns or does not answer for, and removes a line of copyright.

    A line of copyright, of at most ``line`` words, opens with the word or the sign and has a year or *rights
    reserved*. No article needs it, wherever it stands; what the extraction surely takes for main text (``sure``)
    stays. Else the rule speaks only of blocks that their markup sets apart (see ``apart``). ``least`` different
    phrases in at most ``words`` words weigh ``notice``, a single one in at most ``line`` words ``phrase``. Guides
    name privacy policies and affiliate links, too: what speaks of the article's subject (a log-likelihood ratio of
    ``own``) is none.
    """

    family = Family.LEXICON
    version = 3
    notice: float = 0.55
    phrase: float = 0.4
    least: int = 2
    words: int = 160
    line: int = 25
    own: float = 8.0
    sure: float = 0.9

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, why in enumerate(reading.boxes):
            block = reading.blocks[position]
            if self._is_copyright(block):
                yield self.remove(block.index, "It is a line of copyright.")
                continue
            if not why or reading.belonging[position][0] >= self.own:
                continue
            found = calls_to_action(block.text)
            several = len(found.notice) >= self.least
            if block.kind is Kind.HEADING and not several:
                continue  # "Copyright in practice" heads a section
            if found.notice and found.words <= (self.words if several else self.line):
                weight = self.notice if several else self.phrase
                yield self.suspect(block.index, weight, "It is a notice of the site", *found.notice[:4])

    def _is_copyright(self, block: Block) -> bool:
        text = block.text.lstrip(" *_-–—|")
        return (
            block.kind is Kind.PARAGRAPH
            and block.hints.main < self.sure
            and _OWNED.match(text) is not None
            and len(text.split()) <= self.line
        )

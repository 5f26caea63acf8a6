"""Calls to action: "Book a demo", "Subscribe to our newsletter", "Ready to grow your business?"."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.calls import calls_to_action, data_fingerprint
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class CallToAction(Rule):
    """Suspects a box that asks the reader to subscribe, buy, book, download, follow, share or give.

    Guides ask their readers to do things as well, and authors end by asking for something. So this speaks only of
    blocks that their markup sets apart (see ``apart``). A sentence counts as a call (``call``) where it names what
    only a site can be asked for and ties it to the site or the moment, and for less (``asking``) where one of
    these is missing. ``share`` of the words have to stand in such sentences; where only the last one is a call,
    ``closing`` counts. A block of more than ``words`` words is prose. What speaks of the article's subject (a
    log-likelihood ratio of ``own``) counts for ``part`` of it.
    """

    family = Family.LEXICON
    version = 2
    call: float = 0.5
    asking: float = 0.3
    closing: float = 0.3
    share: float = 0.6
    words: int = 120
    own: float = 8.0
    part: float = 0.7

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, why in enumerate(reading.boxes):
            block = reading.blocks[position]
            weight = self._weight(block.text) if why else 0.0
            if weight:
                if reading.belonging[position][0] >= self.own:
                    weight *= self.part
                told = calls_to_action(block.text).calls[:4]
                yield self.suspect(block.index, weight, "It asks something of the reader", *told)

    def _weight(self, text: str) -> float:
        appeal = calls_to_action(text)
        if not appeal.calls or appeal.words > self.words:
            return 0.0
        if appeal.calling >= self.share:
            return self.call
        if appeal.calling + appeal.asking >= self.share:
            return self.asking
        return self.closing if appeal.ends else 0.0

"""Lines about the author: "Ana is a freelance writer. She lives in Porto"."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.calls import calls_to_action, data_fingerprint
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class AuthorBio(Rule):
    """Suspects a box that introduces the author, by what such lines say of writers.

    It speaks only of blocks that their markup sets apart (see ``apart``) and that do not speak of the article's subject
    (a log-likelihood ratio of ``own``): interviews and career stories introduce people as well.
    """

    family = Family.LEXICON
    version = 2
    weight: float = 0.5
    words: int = 120
    own: float = 3.0

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for position, why in enumerate(reading.boxes):
            if not why or reading.belonging[position][0] >= self.own:
                continue
            block = reading.blocks[position]
            found = calls_to_action(block.text)
            if found.bio and found.words <= self.words:
                yield self.suspect(block.index, self.weight, "It introduces the author", *found.bio[:4])

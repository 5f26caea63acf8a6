"""Characters that hide words."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.disguise import fold
from filters.document import Kind
from filters.lexicon import data_fingerprint, scan
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class Disguise(Rule):
    """Suspects a block whose words are spelled with look-alike, styled or invisible characters.

    People paste bold letters from social networks, so style alone weighs ``styled``; letters of another
    alphabet inside a word, or characters nobody sees, weigh ``hidden``; a listed word under them weighs
    ``word``.
    """

    family = Family.STRUCTURE
    styled: float = 0.3
    hidden: float = 0.5
    word: float = 0.8

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        for block in reading.blocks:
            if block.kind is Kind.CODE:
                continue
            words = [hit.term for hit in scan(block.text) if hit.disguised and hit.weight != "weak"]
            if words:
                yield self.suspect(
                    block.index, self.word, "Odd characters hide a word that ads use", *words[:5]
                )
                continue
            tricks = [trick for trick in fold(block.text).disguises if trick.trick != "flag letters"]
            if not tricks:
                continue
            kinds = {trick.trick for trick in tricks}
            hidden = kinds - {"styled letters", "combining marks"}
            several = len(tricks) >= 2 or kinds == {"direction override"}
            weight = self.hidden if hidden and several else self.styled
            shown = [block.text[trick.start : trick.end] for trick in tricks[:3]]
            yield self.suspect(block.index, weight, f"Words spelled with {', '.join(sorted(kinds))}", *shown)

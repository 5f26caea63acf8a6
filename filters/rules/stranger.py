"""Blocks that all evidence together takes for no part of the article."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.lexicon import scan
from filters.reading import Reading
from filters.rule import Rule
from filters.stranger import KINDS, SUBJECT, Page, fingerprint, judged, model, score
from filters.verdict import Action, Family, Verdict
from filters.work import announced, tells_of_work, tells_what_happened

# The rules whose suspicions are signs of the model, and those of place and form, which it has signs of its own for.
# Another language is none of them: what it says there the model cannot read.
CHARGES = KINDS | {"spam_text", "off_topic", "slogan", "outskirts"}
_QUOTED = re.compile(r'"[^"]{3,}"|“[^”]{3,}”|‘[^’]{3,}’')


@dataclass(frozen=True, kw_only=True)
class Stranger(Rule):
    """Removes what all evidence together shows to be no part of an English page, and spares what it speaks for.

    The signs and their weights are those of ``filters.stranger``. A block goes from a score (logarithm of the odds) of
    ``least`` if at least two families of evidence speak for it. ``benchmarks/unseen_spam.py`` says what of unseen spam
    goes, and what of clean articles; ``benchmarks/stranger_model.py`` at which score.

    Only blocks that some other rule speaks of are looked at: others would cost time and hardly ever go. Those that
    clearly speak of the page's subject (a log-likelihood ratio of ``filters.topic`` above ``own``) are not, unless they
    hold a listed word or are in another language; nor is a line of fewer than ``words`` words, or a line in another
    language in a list (titles and names). What a colon announces, or tells of somebody's work (``filters.work``), goes
    from ``told`` more on.
    What the other rules agree to remove is looked at, too: listed words and an odd subject are two witnesses against
    the last tip of a list, and still its number, its neighbours and its wording may say that it is the article's. A
    block that goes by nothing but such suspicions (``CHARGES``), one of them by its words, is spared at a score of at
    most ``spared``; what markup, links or a label speak against is not.

    Where spam was put once there is more of it: on a page of which a block was removed whose listed words weigh at
    least ``proven``, others go from lower scores on, whatever their subject and what announces them, unless they tell
    of the past, quote, ask or answer. A block with a listed word, weak ones aside, goes from ``listed`` on, and the
    page is a second family; one that any other rule suspects by ``suspected`` goes from ``mixed`` on.

    Pages of fewer than ``stems`` distinct stems, or in two languages, are no yardstick, and pages on which listed words
    are suspected in more than ``own_share`` of the blocks are about what spam is about.
    """

    family = Family.TOPIC
    version = 4
    scope = "context"
    least: float = 1.8
    own: float = 1.0
    stems: int = 80
    words: int = 2
    told: float = 2.0
    own_share: float = 0.2
    spared: float = -1.0
    proven: float = 0.5
    listed: float = -2.0
    suspected: float = 0.5
    mixed: float = -0.5

    @classmethod
    def data_fingerprint(cls) -> str:
        return fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        if reading.language.language not in ("en", "") or len(reading.topic.blocks) < self.stems:
            return
        positions = range(len(reading.blocks))
        is_dirty = any(_listed(reading, index) >= self.proven for index in reading.removed)
        doubts = [position for position in positions if self._is_doubtful(reading, position, is_dirty)]
        charged = [position for position in positions if self._is_charged(reading, position)]
        if not doubts and not charged:
            return
        page = Page(reading, reading.spoken_of)
        weights = model()
        for position in charged:
            charge = score(page.signs(position), weights)
            if charge <= self.spared:
                odds = 1 / (1 + math.exp(charge))
                reason = f"All signs together make it part of the article, with {odds:.1%}"
                yield self.spare(reading.blocks[position].index, reason, score=odds)
        if self._is_own(reading):
            return
        for position in doubts:
            signs = page.signs(position)
            least, families = self._least(reading, position) if is_dirty else (self.least, 2)
            least += self.told * self._is_told(reading, position, is_dirty)
            if score(signs, weights) < least:
                continue
            found = judged(signs, weights)
            if len(found.families) >= families and not reading.other_language:
                odds = 1 / (1 + math.exp(-found.score))
                reason = f"All signs together make it no part of the article, with {odds:.1%}"
                yield self.remove(reading.blocks[position].index, reason, *found.told, score=odds)

    def _least(self, reading: Reading, position: int) -> tuple[float, int]:
        """The score from which a block of a page with proven spam goes, by what other rules say of it, and how many
        families of signs have to speak; of a block with a listed word the page itself is one.
        """
        block = reading.blocks[position]
        asked = any(b.text.endswith("?") for b in reading.blocks[max(0, position - 1) : position + 1])
        if asked or tells_what_happened(block.text) or _QUOTED.search(block.text):
            return self.least, 2
        if any(hit.topic in KINDS and hit.weight != "weak" for hit in scan(block.text)):
            return self.listed, 1
        heaviest = max(
            (v.score for v in reading.spoken_of(block.index) if v.action is Action.SUSPECT), default=0.0
        )
        return (self.mixed if heaviest >= self.suspected else self.least), 2

    def _is_charged(self, reading: Reading, position: int) -> bool:
        """Whether a block goes by suspicions alone, of kinds that the model knows."""
        index = reading.blocks[position].index
        verdict = reading.removed.get(index)
        if verdict is None or verdict.action is not Action.SUSPECT:
            return False
        rules = {v.rule for v in reading.spoken_of(index) if v.action is Action.SUSPECT}
        return rules <= CHARGES and not rules.isdisjoint({*KINDS, "spam_text"})

    def _is_doubtful(self, reading: Reading, position: int, is_dirty: bool) -> bool:
        block = reading.blocks[position]
        if block.index in reading.removed or position == reading.title_position or block.hints.hidden:
            return False
        if (
            block.kind not in (Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM)
            or len(reading.words[position]) < self.words
        ):
            return False
        spoken = reading.spoken_of(block.index)
        if not spoken:
            return False
        is_foreign = any(v.rule == "foreign_language" for v in spoken)
        if is_foreign and reading.in_list[position] and (block.kind is Kind.ITEM or not is_dirty):
            return False
        ratio, stems = reading.belonging[position]
        return (
            is_dirty
            or ratio <= self.own
            or stems < SUBJECT
            or is_foreign
            or any(v.rule in KINDS for v in spoken)
        )

    def _is_told(self, reading: Reading, position: int, is_dirty: bool) -> bool:
        """Whether a text tells of work, or a colon announces it; on a page with proven spam a colon says nothing."""
        if tells_of_work(reading.blocks[position].text, "en"):
            return True
        return bool(position) and not is_dirty and announced(reading.blocks[position - 1].text)

    def _is_own(self, reading: Reading) -> bool:
        listed = sum(any(v.rule in KINDS for v in reading.spoken_of(block.index)) for block in reading.blocks)
        return listed > max(4, self.own_share * len(reading.blocks))


def _listed(reading: Reading, index: int) -> float:
    """The heaviest suspicion of a block by its listed words; what they alone remove weighs 1."""
    return max((v.score for v in reading.spoken_of(index) if v.rule in KINDS), default=0.0)

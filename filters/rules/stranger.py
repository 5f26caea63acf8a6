"""Blocks that all evidence together takes for no part of the article."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.document import Kind
from filters.lexicon import scan
from filters.reading import Reading
from filters.rule import Rule
from filters.stranger import KINDS, SUBJECT, Page, fingerprint, judged, model
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
    ``least`` if at least two families of evidence speak for it; a lost paragraph hurts more than a lost line, so from
    8 words on it needs ``long`` more with every 12 words, up to 38. ``benchmarks/unseen_spam.py`` says what of unseen
    spam goes, and what of clean articles; ``benchmarks/stranger_model.py`` at which score.

    Only blocks that some other rule speaks of are looked at: others would cost time and hardly ever go. Those that
    clearly speak of the page's subject (a log-likelihood ratio of ``filters.topic`` above ``own``) are not, unless they
    hold a listed word or are in another language; nor is somebody who tells of their work (``filters.work``), what a
    colon announces, a line of fewer than ``words`` words, or a line in another language in a list (titles and names).
    What the other rules agree to remove is looked at, too: listed words and an odd subject are two witnesses against
    the last tip of a list, and still its number, its neighbours and its wording may say that it is the article's. A
    block that goes by nothing but such suspicions (``CHARGES``), one of them by its words, is spared at a score of at
    most ``spared``; what markup, links or a label speak against is not.

    Where spam was put once there is more of it: on a page of which a block was removed whose listed words weigh at
    least ``proven``, others go from lower scores on, whatever their subject and what announces them, unless they tell
    of the past or quote. A block with a listed word, weak ones aside, goes from ``listed`` on, and the page is a
    second family; one that any other rule suspects by ``suspected`` goes from ``mixed`` on. On articles into which
    spam of unknown sources was put, what goes below ``least`` is spam in four of five cases (development articles of
    WCXB).

    Pages of fewer than ``stems`` distinct stems are too small a yardstick, and pages on which listed words are
    suspected in more than ``own_share`` of the blocks are about what spam is about.
    """

    family = Family.TOPIC
    version = 3
    scope = "context"
    least: float = 0.7
    long: float = 0.6
    own: float = 1.0
    stems: int = 80
    words: int = 3
    own_share: float = 0.2
    spared: float = -3.0
    proven: float = 0.5
    listed: float = -3.0
    suspected: float = 0.5
    mixed: float = -1.5

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
            found = judged(page.signs(position), weights)
            if found.score <= self.spared:
                odds = 1 / (1 + math.exp(found.score))
                reason = f"All signs together make it part of the article, with {odds:.1%}"
                yield self.spare(reading.blocks[position].index, reason, score=odds)
        if self._is_own(reading):
            return
        for position in doubts:
            found = judged(page.signs(position), weights)
            longer = max(0.0, min(2.5, (len(reading.words[position]) - 8) / 12))
            least, families = self._least(reading, position) if is_dirty else (self.least, 2)
            if found.score >= least + self.long * longer and len(found.families) >= families:
                odds = 1 / (1 + math.exp(-found.score))
                reason = f"All signs together make it no part of the article, with {odds:.1%}"
                yield self.remove(reading.blocks[position].index, reason, *found.told, score=odds)

    def _least(self, reading: Reading, position: int) -> tuple[float, int]:
        """The score from which a block of a page with proven spam goes, by what other rules say of it, and how many
        families of signs have to speak; of a block with a listed word the page itself is one.
        """
        block = reading.blocks[position]
        if tells_what_happened(block.text) or _QUOTED.search(block.text):
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
        if tells_of_work(block.text, "en"):
            return False
        if position and announced(reading.blocks[position - 1].text) and not is_dirty:
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

    def _is_own(self, reading: Reading) -> bool:
        listed = sum(any(v.rule in KINDS for v in reading.spoken_of(block.index)) for block in reading.blocks)
        return listed > max(4, self.own_share * len(reading.blocks))


def _listed(reading: Reading, index: int) -> float:
    """The heaviest suspicion of a block by its listed words; what they alone remove weighs 1."""
    return max((v.score for v in reading.spoken_of(index) if v.rule in KINDS), default=0.0)

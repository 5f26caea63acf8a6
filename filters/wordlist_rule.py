"""What the rules on kinds of spam share: weigh the listed words of one topic in a block.

The weights were set on clean articles and on real spam: one word of the trade in a long paragraph says
next to nothing, three unmistakable phrases in a short line say it all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from filters.document import Block, Kind
from filters.language import main_script
from filters.lexicon import Hit, data_fingerprint, scan
from filters.reading import Reading
from filters.rule import Rule
from filters.signals import SignalKind, signals
from filters.teasers import is_title_like
from filters.verdict import Action, Family, Verdict
from filters.work import announced, in_first_person, tells_of_work, tells_what_happened

_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[\u0e00-\u0eff]{1,5}|[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_POINTS = {"core": 1.0, "strong": 0.5, "weak": 0.15}


@dataclass(frozen=True, slots=True)
class Weighed:
    """The words of a topic in one block: distinct terms by weight, words in all, and what they come to."""

    core: int
    strong: int
    disguised: int
    extras: tuple[str, ...]
    size: float
    points: float
    evidence: tuple[str, ...]
    languages: frozenset[str]

    @property
    def density(self) -> float:
        """Points per word."""
        return self.points / max(self.size, 4.0)


def size(text: str) -> float:
    """Words in a text; two Chinese or Japanese characters, or five Thai ones, make one."""
    return len(_WORDS.findall(text)) - len(_CJK.findall(text)) / 2


@dataclass(frozen=True, kw_only=True)
class WordlistRule(Rule):
    """The base of the rules that weigh the words of one list.

    ``full`` is the number of words up to which a block's points count in full; beyond it they fade with the square
    root of its length, below it they grow up to ``short`` times. In a line that is no sentence they grow up to
    ``unread`` times on a page in another language than English, where ``spam_text`` and ``stranger`` say nothing.
    ``coreless`` caps the score of a block without a core phrase, ``mentioned`` that of one that also offers nothing
    in more than ``line`` words, for this is how prose mentions a trade. ``alone`` strong words speak without a core
    phrase, fewer need a signal beside them, and weak words by themselves count only where one strong word would do.
    ``least`` is the smallest score worth a verdict. ``core`` core phrases at a density of ``density`` points a word
    are decisive, as is one core phrase in a script that the document is not written in. A score of ``loud`` or more
    outside of a list brings the weight ``apart`` of the topic family with it. A document whose own subject is the
    topic, by its title or by ``own_share`` of the words of its body, gets half the score and never a decisive
    verdict; so does a block in which somebody tells of their work or of themselves (``filters.work``), and a
    quotation that a colon announces. A story of the past in English that holds no core phrase is no suspect at all.
    """

    family = Family.LEXICON
    version = 4
    topic: ClassVar[str]
    kind: ClassVar[str]  # in words, for the reason: "gambling"
    extra: ClassVar[dict[SignalKind, float]] = {}

    full: int = 30
    short: float = 1.0
    unread: float = 1.25
    coreless: float = 0.4
    mentioned: float = 0.49
    line: int = 14
    alone: int = 2
    least: float = 0.2
    core: int = 3
    density: float = 0.14
    own_share: float = 0.25
    loud: float = 0.75
    apart: float = 0.25

    @classmethod
    def data_fingerprint(cls) -> str:
        return data_fingerprint(cls.topic, "work")

    def check(self, reading: Reading) -> Iterator[Verdict]:
        found = {
            block.index: weighed
            for block, topics in zip(reading.blocks, reading.topics, strict=True)
            if self.topic in topics and (weighed := self.weigh(block.text))
        }
        if not found:
            return
        scripts = {block.index: main_script(block.text) for block in reading.body}
        own_script = Counter(scripts.values()).most_common(1)[0][0]
        own = self._own_languages(reading, found)
        for position, block in enumerate(reading.blocks):
            weighed = found.get(block.index)
            if weighed is None or block.kind is Kind.CODE:
                continue
            foreign = main_script(block.text) not in (own_script, "") and block.kind is not Kind.QUOTATION
            if _is_mentioned(block, weighed, reading.language.language):
                continue
            before = reading.blocks[position - 1].text if position else ""
            told = not foreign and _is_told(block, weighed, before, reading.language.language)
            careful = told or bool(own & weighed.languages)
            most = self.short
            if reading.language.language not in ("en", "") and is_title_like(block):
                most = max(most, self.unread)
            verdicts = list(self._judge(block, weighed, careful, foreign, most))
            yield from verdicts
            if not careful and not reading.in_list[position] and any(self._is_loud(v) for v in verdicts):
                # A second witness, on the page and not on the block: nothing else on it speaks of this.
                reason = f"The rest of the page does not speak of {self.kind}"
                yield replace(self.suspect(block.index, self.apart, reason), family=Family.TOPIC)

    def weigh(self, text: str) -> Weighed | None:
        """The topic's words in a text; ``None`` where they say nothing."""
        listed = [hit for hit in scan(text) if hit.topic == self.topic]
        hits = _coherent(listed) if listed else []
        if not hits:
            return None
        first = {(hit.weight, hit.term.lower()): hit for hit in hits}
        distinct = Counter(weight for weight, _ in first)
        strong, core, weak = distinct["strong"], distinct["core"], distinct["weak"]
        enough = core > 0 or strong >= self.alone
        if not enough and not strong and (weak < 2 or self.alone > 1):
            return None
        extras = [signal for signal in signals(text) if signal.kind in self.extra] if self.extra else []
        if not enough and (not extras if strong else weak + len(extras) < 3):
            return None
        points = sum(_POINTS[weight] for weight, _ in first)
        points += 0.3 * (sum(_POINTS[hit.weight] for hit in hits) - points)
        points += sum({signal.kind: self.extra[signal.kind] for signal in extras}.values())
        disguised = [hit for hit in hits if hit.disguised and hit.weight != "weak"]
        points += 0.6 * len({hit.term for hit in disguised})
        return Weighed(
            core=core,
            strong=strong,
            disguised=len(disguised),
            extras=tuple(signal.text for signal in extras),
            size=size(text),
            points=points,
            evidence=_evidence(hits, [signal.text for signal in extras]),
            languages=frozenset(hit.language for hit in hits if hit.weight != "weak"),
        )

    def score(self, weighed: Weighed, most: float) -> float:
        """The weight of the evidence: between 0 and .95, more for more points in up to ``most`` times fewer words."""
        scale = min(most, (self.full / max(weighed.size, 1.0)) ** 0.5)
        score = 0.95 * (1 - math.exp(-1.1 * weighed.points * scale))
        if weighed.core or weighed.disguised:
            return score
        mentioned = weighed.size > self.line and not weighed.extras
        return min(score, self.mentioned if mentioned else self.coreless)

    def _judge(
        self, block: Block, weighed: Weighed, careful: bool, foreign: bool, most: float
    ) -> Iterator[Verdict]:
        score = self.score(weighed, most)
        if careful:
            score *= 0.5
        elif reason := self._overwhelming(block, weighed, foreign):
            yield self.remove(block.index, reason, *weighed.evidence)
            return
        if score >= self.least:
            reason = f"Words of {self.kind}: {len(weighed.evidence)} in {round(weighed.size)} words"
            if careful:
                reason += ", though it may be what the page is about"
            yield self.suspect(block.index, score, reason, *weighed.evidence)

    def _is_loud(self, verdict: Verdict) -> bool:
        return verdict.action is Action.SUSPECT and verdict.score >= self.loud

    def _overwhelming(self, block: Block, weighed: Weighed, foreign: bool) -> str:
        if foreign and weighed.core and weighed.density >= self.density / 2:
            return f"A phrase of {self.kind} in a script that the page is not written in"
        dense = weighed.density >= self.density
        if block.kind is Kind.QUOTATION or not dense:
            return ""
        if weighed.disguised >= 2 or (weighed.disguised and weighed.points >= 2.5):
            return f"Words of {self.kind} hidden by odd characters"
        strong = weighed.core + 0.5 * weighed.strong + len(weighed.extras)
        if weighed.core >= self.core or (weighed.core >= self.core - 1 and strong >= self.core):
            return f"Next to nothing but words of {self.kind}"
        return ""

    def _own_languages(self, reading: Reading, found: dict[int, Weighed]) -> frozenset[str]:
        """The languages in which the document itself speaks of the topic.

        Ads for casinos do not make a page one about casinos: blocks in another language than the page's
        do not count, nor do a few blocks among many.
        """
        title = self.weigh(reading.document.title)
        body = [block for block in reading.body if block.index in found]
        if len(body) < 3:
            return frozenset()
        language = reading.language.language
        at_home = {"und", language}
        own = [block for block in body if found[block.index].languages <= at_home]
        words = sum(size(block.text) for block in reading.body)
        share = sum(found[block.index].size for block in own) / max(words, 1.0)
        if (title and len(own) >= 3 and share >= self.own_share / 3) or (
            len(own) >= 4 and share >= self.own_share
        ):
            return frozenset(at_home)
        return frozenset()


def _coherent(hits: list[Hit]) -> list[Hit]:
    """Without weak words of languages that nothing heavier is in: "provider" is no Indonesian here."""
    told = {hit.language for hit in hits if hit.weight != "weak"}
    if not told:
        told = {language for language, count in Counter(hit.language for hit in hits).items() if count >= 2}
    return [hit for hit in hits if hit.weight != "weak" or hit.language == "und" or hit.language in told]


def _is_mentioned(block: Block, weighed: Weighed, language: str) -> bool:
    """Whether a story of the past names the trade: without a phrase that only spam uses, nor a way to get in touch."""
    if language != "en" or weighed.core or weighed.disguised or weighed.extras:
        return False
    return tells_what_happened(block.text)


def _is_told(block: Block, weighed: Weighed, before: str, language: str) -> bool:
    """Whether somebody tells of it here: of their work, of themselves, or in a quotation that they announce.

    Ads in the first person do exist ("I made $900 a day"), so of what holds a core phrase or a way to get in touch
    the pronoun proves nothing.
    """
    if block.kind is Kind.QUOTATION and announced(before):
        return True
    if tells_of_work(block.text, language):
        return True
    return not (weighed.core or weighed.disguised or weighed.extras) and in_first_person(block.text, language)


def _evidence(hits: list[Hit], extras: list[str]) -> tuple[str, ...]:
    """At most eight terms, the heaviest first, as they stand in the text."""
    order = sorted(hits, key=lambda hit: (not hit.disguised, -_POINTS[hit.weight], hit.start))
    told = [f"{hit.term} (disguised)" if hit.disguised else hit.term for hit in order]
    return tuple(dict.fromkeys([*extras[:2], *told]))[:8]

"""How likely a block is no part of its article, by all that is known of it: a sum of signs that can be read.

Ads in plain words show little of any one kind: their wording is a little like spam's, their subject a little off, and
nothing leads up to them. ``benchmarks/stranger_model.py`` fitted a logistic regression and shallow trees to what the
rules before it suspect, to ``filters.wording``, ``filters.topic`` and the block's form. In the regression a sign speaks
by its difference from what is usual for blocks of clean articles (``model/stranger.toml``); the trees
(``model/stranger_trees.tsv``) see what counts only together. They are wrong in different places, so the mean of both
is better than either.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from filters.lexicon import scan
from filters.reading import Reading
from filters.signals import signals
from filters.teasers import is_title_like
from filters.topic import background
from filters.trees import Trees, read_trees
from filters.verdict import Action, Family, Verdict
from filters.wording import wording
from filters.work import in_first_person

DATA = "model/stranger.toml"
TREES = "model/stranger_trees.tsv"
KINDS = frozenset(
    "gambling crypto_promo loans pharma adult essay_mill fake_documents seo_promo comment_spam".split()
)
LABELS = frozenset("page_label newsletter share_line comment_form call_to_action".split())
FOREIGN = 0.44  # weight of other languages from which the words of a block are not read as English
RARE = 0.02  # share of articles up to which a stem that neighbours share says something
SUBJECT = 4  # distinct stems from which a block's subject is measured
TELLING = 0.5  # log-odds that a kind of evidence has to add to count as a witness
_POINTS = {"core": 1.0, "strong": 0.4, "weak": 0.0}
_RATING = re.compile(r"\d(?:\.\d)?\s?/\s?(?:5|10)\b")
_MONEY = re.compile(r"[$€£]\s?\d")
_BULLET = tuple("-*•–")

# What each sign is called in a verdict, and the family of evidence that it belongs to.
SIGNS: dict[str, tuple[Family, str]] = {
    "wording": (Family.LEXICON, "worded like spam"),
    "loud wording": (Family.LEXICON, "worded more like spam than like an article"),
    "wording beside the page": (Family.LEXICON, "worded more like spam than the rest of the page"),
    "listed": (Family.LEXICON, "listed words of one kind of spam"),
    "core": (Family.LEXICON, "phrases that only spam uses"),
    "trade": (Family.LEXICON, "words of a trade that spam is about"),
    "density": (Family.LEXICON, "many listed words for its length"),
    "foreign": (Family.LANGUAGE, "another language"),
    "clearly foreign": (Family.LANGUAGE, "clearly another language"),
    "off": (Family.TOPIC, "words of another document"),
    "on": (Family.TOPIC, "words of this page"),
    "gap": (Family.TOPIC, "further from the page's subject than its other blocks"),
    "rank": (Family.TOPIC, "its place among the blocks by subject"),
    "typical": (Family.TOPIC, "how closely the page keeps to its subject"),
    "neighbours": (Family.TOPIC, "rare words that its neighbours share"),
    "size": (Family.TOPIC, "how much the page has to measure by"),
    "list": (Family.STRUCTURE, "part of a list"),
    "bullet": (Family.STRUCTURE, "marked as an item"),
    "names": (Family.STRUCTURE, "a line of words in capitals"),
    "sentence": (Family.STRUCTURE, "ends like a sentence"),
    "announces": (Family.STRUCTURE, "announces something"),
    "quoted": (Family.STRUCTURE, "opens with a quotation mark"),
    "bracketed": (Family.STRUCTURE, "opens with a bracket"),
    "numbered": (Family.STRUCTURE, "opens with a number"),
    "long": (Family.STRUCTURE, "its length"),
    "short": (Family.STRUCTURE, "a few words only"),
    "after": (Family.STRUCTURE, "below the end of the article"),
    "shouts": (Family.STRUCTURE, "exclamation marks"),
    "rating": (Family.STRUCTURE, "a rating in figures"),
    "money": (Family.STRUCTURE, "a sum of money"),
    "percent": (Family.STRUCTURE, "a percentage"),
    "address": (Family.LINK, "an address"),
    "bare address": (Family.LINK, "hardly more than an address"),
    "brand": (Family.LEXICON, "a name like those of betting sites"),
    "work": (Family.LEXICON, "words of work on products"),
    "speaks of oneself": (Family.LEXICON, "somebody speaks of themselves"),
    "unknown": (Family.LANGUAGE, "words that English articles do not have"),
    "capitals": (Family.STRUCTURE, "capital letters"),
    "label": (Family.LEXICON, "a label of a site's furniture"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """``score`` is the logarithm of the odds that a block is a stranger; ``told`` the signs that speak for it, the
    loudest first; ``families`` those whose signs add up to at least ``TELLING``.
    """

    score: float
    told: tuple[str, ...]
    families: frozenset[Family]


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each sign, what is usual for it, the score of a block that is usual in every way, and the trees.

    The trees ask about hundredths.
    """

    weights: Mapping[str, float]
    usual: Mapping[str, float]
    bias: float
    trees: Trees


@cache
def model() -> Model:
    """The model that comes with winnow."""
    data = tomllib.loads(_data(DATA).decode())
    return Model(
        data["weight"],
        data["usual"],
        data["bias"],
        read_trees(_data(TREES).decode().splitlines(), tuple(SIGNS)),
    )


@cache
def fingerprint() -> str:
    """A hash of the model, for the profile's fingerprint."""
    return hashlib.sha256(_data(DATA) + _data(TREES)).hexdigest()[:12]


def _data(path: str) -> bytes:
    return (files("filters") / path).read_bytes()


def hundredths(found: Mapping[str, float]) -> list[int]:
    """The values of all signs as the trees ask about them."""
    return [round(100 * found[name]) for name in SIGNS]


def _added(found: Mapping[str, float], own: Model) -> dict[str, float]:
    """What each sign adds by its weight."""
    return {name: weight * (found[name] - own.usual[name]) / 2 for name, weight in own.weights.items()}


def score(found: Mapping[str, float], own: Model) -> float:
    """The logarithm of the odds that a block of these signs is a stranger: most are none, and nobody asks why."""
    return (own.bias + own.trees.score(hundredths(found))) / 2 + math.fsum(_added(found, own).values())


def judged(found: Mapping[str, float], own: Model) -> Judged:
    """What the signs of a block come to, and by which of them."""
    added = _added(found, own)
    names = tuple(SIGNS)
    for column, pull in own.trees.pulls(hundredths(found)):
        added[names[column]] += pull / 2
    families = frozenset(
        family
        for family in Family
        if math.fsum(added[n] for n, (kind, _) in SIGNS.items() if kind is family) >= TELLING
    )
    loudest = sorted((n for n, value in added.items() if value > 0), key=lambda n: (-added[n], n))[:4]
    told = tuple(
        f"{'less than usual: ' if found[name] < own.usual[name] else ''}{SIGNS[name][1]} {added[name]:+.1f}"
        for name in loudest
    )
    return Judged(score(found, own), told, families)


class Page:
    """What the blocks of a page are measured by, worked out once, and the signs of any of them."""

    def __init__(self, reading: Reading, spoken: Callable[[int], Sequence[Verdict]]) -> None:
        self.reading = reading
        self._spoken = spoken
        self._subjects = sorted(
            _per_stem(ratio, stems) for ratio, stems in reading.belonging_to_rest if stems >= SUBJECT
        )
        self._wordings = sorted(
            wording(block.text).score
            for block, words in zip(reading.blocks, reading.words, strict=True)
            if len(words) >= 3
        )

    def signs(self, position: int) -> dict[str, float]:
        """The value of every sign for the block at a position."""
        weights = self._weights(position)
        is_foreign = weights["foreign"] >= FOREIGN
        return {
            **self._of_words(position, weights, is_foreign),
            "foreign": weights["foreign"],
            "clearly foreign": float(is_foreign),
            **self._of_subject(position),
            **self._of_form(position),
            "bare address": weights["bare_link"],
            "label": weights["label"],
        }

    def _weights(self, position: int) -> dict[str, float]:
        """The heaviest suspicion of other rules by kind."""
        found = dict.fromkeys(("listed", "foreign", "label", "bare_link"), 0.0)
        for verdict in self._spoken(self.reading.blocks[position].index):
            if verdict.action is not Action.SUSPECT:
                continue
            rule, score = verdict.rule, verdict.score
            if rule in KINDS:
                found["listed"] = max(found["listed"], score)
            elif rule in LABELS:
                found["label"] = max(found["label"], score)
            elif rule == "bare_link":
                found["bare_link"] = score
            elif rule in ("foreign_language", "stray"):
                found["foreign"] = max(found["foreign"], score * (1.5 if rule == "stray" else 1.0))
        return found

    def _of_words(self, position: int, weights: Mapping[str, float], is_foreign: bool) -> dict[str, float]:
        text = self.reading.blocks[position].text
        size = len(self.reading.words[position])
        hits = scan(text)
        kinds = {(hit.weight, hit.term.lower()) for hit in hits if hit.topic in KINDS}
        core, strong, weak = (
            sum(weight == asked for weight, _ in kinds) for asked in ("core", "strong", "weak")
        )
        told = [_POINTS[hit.weight] for hit in hits if hit.topic == "work" and hit.language == "en"]
        score = wording(text).score
        usual = _quantile(self._wordings, 0.97, score if size >= 3 else None)
        return {
            "wording": -3.0 if is_foreign else _within(score, -6, 4),
            "loud wording": 0.0 if is_foreign else _within(score - 1, 0, 3),
            "wording beside the page": 0.0 if is_foreign else _within(score - usual, -4, 4),
            "listed": max(0.0, weights["listed"] - 0.45),
            "core": min(3, core),
            "trade": min(3, strong),
            "density": min(1.0, 5 * (core + 0.5 * strong + 0.2 * weak) / max(4, size)),
            "work": min(2.0, math.fsum(told)),
            "speaks of oneself": float(in_first_person(text, "en")),
            "brand": float(any(signal.kind == "brand" for signal in signals(text))),
        }

    def _of_subject(self, position: int) -> dict[str, float]:
        reading = self.reading
        ratio, stems = reading.belonging_to_rest[position]
        own = _per_stem(ratio, stems)
        others = len(self._subjects) - (stems >= SUBJECT)
        left_out = own if stems >= SUBJECT else None
        around = frozenset().union(
            *(reading.stems[at] for at in range(max(0, position - 2), position)),
            *reading.stems[position + 1 : position + 3],
        )
        known = background()
        mine = reading.stems[position]
        near = sum(stem in around and known.get(stem, 0.0) < RARE for stem in mine)
        return {
            "off": _within(-ratio, 0, 12),
            "on": _within(ratio, 0, 12),
            "gap": _within(_quantile(self._subjects, 0.1, left_out) - _within(own, -1, 1), -0.6, 0.6),
            "rank": bisect_left(self._subjects, own) / max(1, others),
            "typical": _within(_quantile(self._subjects, 0.5, left_out), -0.5, 1),
            "neighbours": min(4, near),
            "size": math.log(max(50, len(reading.topic.blocks))),
            "unknown": sum(stem not in known for stem in mine) / stems if stems >= 2 else 0.0,
        }

    def _of_form(self, position: int) -> dict[str, float]:
        reading = self.reading
        block = reading.blocks[position]
        text = block.text.strip()
        size = len(reading.words[position])
        words = text.split()
        capital = sum(word[:1].isupper() for word in words[1:]) / max(1, len(words) - 1)
        kinds = {signal.kind for signal in signals(text)}
        return {
            "list": float(reading.in_list[position]),
            "bullet": float(text.startswith(_BULLET)),
            "names": capital if size >= 2 and is_title_like(block) else 0.0,
            "sentence": float(text.endswith((".", "!", "?"))),
            "announces": float(text.endswith(":")),
            "quoted": float(text.startswith(tuple("\"'“‘«"))),
            "bracketed": float(text.startswith(tuple("([{"))),
            "numbered": float(re.match(r"\d+[.)]", text) is not None),
            "long": _within((size - 8) / 12, 0, 2.5),
            "short": float(size <= 5),
            "after": float(position >= reading.end_of_prose),
            "shouts": min(2, text.count("!")),
            "rating": float(_RATING.search(text) is not None),
            "money": float(_MONEY.search(text) is not None),
            "percent": float("%" in text),
            "address": float(not kinds.isdisjoint(("url", "cheap host", "gambling host"))),
            "capitals": min(0.4, sum(map(str.isupper, text)) / max(1, len(text))),
        }


def _per_stem(ratio: float, stems: int) -> float:
    return ratio / max(2, stems)


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))


def _quantile(ordered: Sequence[float], share: float, left_out: float | None) -> float:
    """The value below which a share of sorted values lies, with one of them left out; 0 of none."""
    count = len(ordered) - (left_out is not None)
    if count < 1:
        return 0.0
    place = int(share * (count - 1))
    if left_out is not None and bisect_left(ordered, left_out) <= place:
        place += 1
    return ordered[place]

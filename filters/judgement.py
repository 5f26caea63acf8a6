"""What a document is about, what kind of text it is, and for whom: linear models whose parts can be read.

A model is a sum of features (``filters.features``) times weights. ``model/coefficients.toml`` holds trained weights,
``model/kinds.toml`` those that were set by hand; the features that spoke loudest are told with every answer.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from operator import mul
from typing import Any

from filters.concepts import words
from filters.document import Document
from filters.features import Features, features

# Kinds of article are told apart by hand-set weights, the others by trained ones; "none" is no page at all.
ARTICLES = (
    "guide",
    "career-story",
    "essay",
    "interview-preparation",
    "listicle",
    "news",
    "review",
    "transcript",
    "case-study",
)
KINDS = (*ARTICLES, "job-ad", "product", "listing", "forum", "documentation", "other", "none")
TOLD = 4  # features that are told with an answer
STRESSED = 1.5  # the score of a label from which it is given; a title that names it is enough
MOST_LABELS = 5


@dataclass(frozen=True, slots=True)
class Because:
    """A feature with what it added to a score (in log-odds); negative: it spoke against."""

    feature: str
    weight: float

    def __str__(self) -> str:
        return f"{self.feature} {self.weight:+.1f}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the models make of a document.

    ``about`` is the probability (0 to 1) that it is about product management, ``article`` that it is an article of any
    kind; ``kind`` is one of ``KINDS``. ``stages`` and ``topics`` are labels, the most pronounced first.
    """

    about: float
    article: float
    kind: str
    stages: tuple[str, ...]
    topics: tuple[str, ...]
    about_because: tuple[Because, ...]
    kind_because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature: one set for the subject, one a form (``article`` or a kind that is none), one a sort."""

    about: Mapping[str, float]
    forms: Mapping[str, Mapping[str, float]]
    overrule: Mapping[str, Mapping[str, float]]
    sorts: Mapping[str, Mapping[str, float]]


@cache
def model() -> Model:
    """The weights that come with winnow."""
    trained, by_hand = _data("coefficients.toml"), _data("kinds.toml")
    return Model(trained["about"], trained["form"], by_hand["overrule"], by_hand["sort"])


@cache
def data_fingerprint() -> str:
    """The sha256 over words and weights: it changes whenever an answer may."""
    names = ("words.toml", "coefficients.toml", "kinds.toml")
    told = b"".join((files("filters") / "model" / name).read_bytes() for name in names)
    return hashlib.sha256(told).hexdigest()


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("filters") / "model" / name).read_text(encoding="utf-8"))


def judge(document: Document) -> Judgement:
    """Judge a cleaned document by its title, address, blocks and words; what a curator says of it holds."""
    judgement, said = judged(features(document), model()), document.said
    if said.kind:
        article = float(said.kind in ARTICLES)
        judgement = replace(judgement, kind=said.kind, article=article, kind_because=())
    if said.about is not None:
        judgement = replace(judgement, about=float(said.about), about_because=())
    if said.stages is not None:
        judgement = replace(judgement, stages=said.stages)
    if said.topics is not None:
        judgement = replace(judgement, topics=said.topics)
    return judgement


def judged(shown: Features, weights: Model) -> Judgement:
    """The same from features, under any weights."""
    values = shown.values
    about = _probability(_score(values, weights.about))
    forms = form_scores(values, weights)
    form = max(forms, key=lambda name: forms[name])
    kind, because = form, _because(values, weights.forms.get(form, {}), weights.overrule.get(form, {}))
    if form == "article":
        scores = {name: _score(values, own) for name, own in weights.sorts.items()}
        kind = max(scores, key=lambda name: scores[name])
        because = _because(values, weights.sorts[kind])
    highest = max(forms.values())
    article = math.exp(forms["article"] - highest) / sum(math.exp(s - highest) for s in forms.values())
    return Judgement(
        about=round(about, 3),
        article=round(article, 3),
        kind=kind,
        stages=_labels(shown, "stage: "),
        topics=_labels(shown, "topic: "),
        about_because=_because(values, weights.about),
        kind_because=because,
    )


def form_scores(values: Mapping[str, float], weights: Model) -> dict[str, float]:
    """The log-odds of each form, the trained weights and what overrules them together."""
    names = [*weights.forms, *(name for name in weights.overrule if name not in weights.forms)]
    return {
        name: _score(values, weights.forms.get(name, {})) + _score(values, weights.overrule.get(name, {}))
        for name in names
    }


def _score(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(map(mul, weights.values(), map(values.__getitem__, weights)), 0.0)


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


def _because(values: Mapping[str, float], *weights: Mapping[str, float]) -> tuple[Because, ...]:
    """The features that added most, for or against; the bias is no feature of the page."""
    added: dict[str, float] = {}
    for own in weights:
        for name, weight in own.items():
            if name != "bias":
                added[name] = added.get(name, 0.0) + weight * values[name]
    loudest = sorted(added, key=lambda name: (-abs(added[name]), name))[:TOLD]
    return tuple(Because(name, round(added[name], 2)) for name in loudest if abs(added[name]) >= 0.05)


def labels(prefix: str) -> tuple[str, ...]:
    """The labels that there are, of stages (``stage: ``) or of topics (``topic: ``)."""
    return tuple(name.removeprefix(prefix) for name in words().concepts if name.startswith(prefix))


def _labels(shown: Features, prefix: str) -> tuple[str, ...]:
    """The labels whose words the document stresses: in its title, in its headings, or time and again."""
    scores = {
        name: 3 * shown.values[f"{prefix}{name} in title"]
        + 2 * shown.values[f"{prefix}{name} in headings"]
        + 3 * shown.values[f"{prefix}{name}"]
        for name in labels(prefix)
    }
    best = sorted(
        (name for name in scores if scores[name] >= STRESSED), key=lambda name: (-scores[name], name)
    )
    return tuple(best[:MOST_LABELS])

"""How well the models judge what they did not see: every document is judged by a model that saw none of its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks.kind_samples import Sample, half, unaddressed, untitled
from benchmarks.kind_training import Training
from filters.document import Document
from filters.features import Features, features
from filters.judgement import ARTICLES, Model, judged
from filters.rules.not_pm import NotPm
from filters.rules.unwanted_kind import UnwantedKind

FOLDS = 12
RESAMPLED = 1000  # times that sources are drawn anew for an interval
WANTED = ("guide", "career", "essay", "interview-prep", "listicle")
ACCEPTED = UnwantedKind.accepted
SORTS = {"career": "career-story", "interview-prep": "interview-preparation", "handbook/guide": "guide"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of a document: the probabilities that it is about the trade and an article, and its kind."""

    about: float
    article: float
    kind: str
    named_enough: bool

    @property
    def on_subject(self) -> bool:
        """Whether ``not_pm`` lets it pass."""
        return self.about >= NotPm.least

    @property
    def wanted(self) -> bool:
        """Whether it is on the subject, and of a kind that the default profile accepts."""
        return self.on_subject and self.kind in ACCEPTED and self.article >= UnwantedKind.least


class Trial:
    """All samples, and what models say of each that saw none of its source.

    ``alone``: each source of texts and of blogs is left out by itself, and the benchmark's sites in twelve parts;
    otherwise all sources together make twelve parts.
    """

    def __init__(self, training: Training, *, alone: bool = False) -> None:
        self.training = training
        self.samples = training.samples
        self.models: list[Model] = []
        self._of: dict[int, Model] = {}
        for places in _parts(self.samples, alone):
            left_out = set(places)
            fitted = training.fit(n for n in range(len(self.samples)) if n not in left_out)
            self._of |= dict.fromkeys(places, fitted)
        self.answers = [self._answer(n, shown) for n, shown in enumerate(training.shown)]

    def _answer(self, place: int, shown: Features) -> Answer:
        judgement = judged(shown, self._of[place])
        enough = shown.values["trade or PM: enough"] >= 1
        return Answer(judgement.about, judgement.article, judgement.kind, enough)

    def changed(self, change: Callable[[Sample], Document | None]) -> list[Answer]:
        """The answers for documents that something was done to; where nothing can be, those of the whole ones."""
        answers = list(self.answers)
        for n, sample in enumerate(self.samples):
            document = change(sample)
            if document is not None:
                answers[n] = self._answer(n, features(document))
        return answers


def _parts(samples: Sequence[Sample], alone: bool) -> Iterator[list[int]]:
    apart = (
        {s.source for s in samples if s.folder in ("pm", "other") or s.hard or s.about} if alone else set()
    )
    together = np.array([n for n, sample in enumerate(samples) if sample.source not in apart])
    groups = [samples[n].source for n in together]
    for _, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(together, groups=groups):
        yield [int(together[n]) for n in test]
    for source in sorted(apart):
        yield [n for n, sample in enumerate(samples) if sample.source == source]


def uncleaned(sample: Sample) -> Document | None:
    """With all that was extracted beside the article left in it."""
    return sample.uncleaned


CHANGES: dict[str, Callable[[Sample], Document | None]] = {
    "half of the blocks": half,
    "no title": untitled,
    "no address": unaddressed,
    "dirt left in": uncleaned,
}


def is_wanted(sample: Sample) -> bool:
    """Whether it is a page that the corpus is for."""
    return sample.folder == "pm" and sample.kind in WANTED


class Figures:
    """What the answers are worth, as Markdown tables."""

    def __init__(self, samples: Sequence[Sample], answers: Sequence[Answer]) -> None:
        self.samples, self.answers = samples, answers
        self.texts = [n for n, sample in enumerate(samples) if sample.folder == "topic"]
        self.clear = [n for n in self.texts if not samples[n].ambiguous]
        self.hard = [n for n in self.texts if samples[n].hard or samples[n].about]
        self.pages = [n for n, sample in enumerate(samples) if sample.folder != "topic"]

    def subject(self, places: Sequence[int], *, keywords: bool = False) -> str:
        """Precision, recall and F1 of the subject."""
        answers = [self.answers[n].named_enough if keywords else self.answers[n].on_subject for n in places]
        return prf([bool(self.samples[n].about) for n in places], answers)

    def wanted(self) -> str:
        """Precision, recall and F1 of what is taken."""
        return prf(*self._taken([self.answers[n].wanted for n in self.pages]))

    def _taken(self, answers: list[bool]) -> tuple[list[bool], list[bool]]:
        return [is_wanted(self.samples[n]) for n in self.pages], answers

    def _others(self, answers: Sequence[bool]) -> str:
        """How many pages that are no articles were taken."""
        pairs = zip(self.pages, answers, strict=True)
        taken = [yes for n, yes in pairs if self.samples[n].form not in ("article", None)]
        return f"{sum(taken) / len(taken):.1%} of {len(taken)}"

    def report(self) -> str:
        """All figures beside the baseline, with what could have come of other sources."""
        told = [
            "| about product management? | texts | model P / R / F1 | F1, 95% of draws | keywords P / R / F1 |",
            "|---|---|---|---|---|",
        ]
        sets = {"without ambiguous ones": self.clear, "all": self.texts, "hard negatives only": self.hard}
        for name, places in sets.items():
            truth = [bool(self.samples[n].about) for n in places]
            spread = self._interval(places, truth, [self.answers[n].on_subject for n in places], 2)
            by_words = self.subject(places, keywords=True)
            told.append(f"| {name} | {len(places)} | {self.subject(places)} | {spread} | {by_words} |")
        told += [
            "",
            "| wanted or not? | pages | P / R / F1 | P, 95% of draws | R, 95% of draws | not-articles accepted |",
            "|---|---|---|---|---|---|",
        ]
        ways = {
            "models": [self.answers[n].wanted for n in self.pages],
            "keywords": [self.answers[n].named_enough for n in self.pages],
            "rules of the profile": [self.samples[n].accepted for n in self.pages],
        }
        for name, answers in ways.items():
            truth, _ = self._taken(answers)
            spread = " | ".join(self._interval(self.pages, truth, answers, which) for which in (0, 1))
            kept = self._others(answers)
            told.append(f"| {name} | {len(self.pages)} | {prf(truth, answers)} | {spread} | {kept} |")
        return "\n".join([*told, "", *self._kinds()])

    def _kinds(self) -> Iterator[str]:
        formed = [n for n in self.pages if self.samples[n].form is not None]
        kinds = ["article" if self.answers[n].kind in ARTICLES else self.answers[n].kind for n in formed]
        right = np.mean([self.samples[n].form == kind for n, kind in zip(formed, kinds, strict=True)])
        yield f"The form (article or which other kind) is right on {right:.1%} of {len(formed)} pages."
        named = [
            (SORTS.get(s.kind, s.kind), self.answers[n].kind)
            for n, s in enumerate(self.samples)
            if SORTS.get(s.kind, s.kind) in ARTICLES and s.about and s.folder == "pm"
        ]
        same = np.mean([given == kind for given, kind in named])
        taken = np.mean([(given in ACCEPTED) == (kind in ACCEPTED) for given, kind in named])
        yield (
            f"The sort of article is the one given on {same:.1%} of {len(named)} pages, and on {taken:.1%} the one "
            "or another that is taken, or left, alike."
        )

    def _interval(
        self, places: Sequence[int], truth: Sequence[bool], answers: Sequence[bool], which: int
    ) -> str:
        """Where a figure lies in 95% of a thousand draws of as many sources from those that there are."""
        sources = sorted({self.samples[n].source for n in places})
        number = {source: k for k, source in enumerate(sources)}
        counts = np.zeros((len(sources), 3))  # hits, taken, wanted
        for n, true, answer in zip(places, truth, answers, strict=True):
            counts[number[self.samples[n].source]] += (true and answer, answer, true)
        draws = np.random.default_rng(0).integers(len(sources), size=(RESAMPLED, len(sources)))
        hits, taken, wanted = np.maximum(counts[draws].sum(axis=1), 1e-9).T
        values = (hits / taken, hits / wanted, 2 * hits / (taken + wanted))[which]
        low, high = np.quantile(values, (0.025, 0.975))
        return f"{low:.3f} to {high:.3f}"

    def mistakes(self) -> dict[str, list[tuple[float, Sample]]]:
        """What is judged wrongly, the surest first, by question."""
        subject, wanted = [], []
        for sample, answer in zip(self.samples, self.answers, strict=True):
            if sample.folder == "topic" and answer.on_subject != sample.about:
                subject.append((answer.about, sample))
            elif sample.folder != "topic" and answer.wanted != is_wanted(sample):
                wanted.append((answer.about * answer.article, sample))
        return {
            "about product management or not": sorted(subject, key=lambda pair: -abs(pair[0] - NotPm.least)),
            "wanted or not": sorted(wanted, key=lambda pair: -abs(pair[0] - NotPm.least)),
        }

    def wrong_forms(self) -> list[tuple[float, Sample, str]]:
        """The pages that are of another form than was told, the surest first: each with the probability that it is an
        article, and the kind that it was taken for.
        """
        wrong = []
        for n in self.pages:
            sample, answer = self.samples[n], self.answers[n]
            form = "article" if answer.kind in ARTICLES else answer.kind
            if sample.form is not None and form != sample.form:
                wrong.append((answer.article, sample, answer.kind))
        return sorted(wrong, key=lambda one: (-abs(one[0] - 0.5), one[1].id))


def robustness(trial: Trial, alone: Trial) -> str:
    """The same questions where less is known of a page, or more than its article is left, as a Markdown table."""
    told = [
        "| what is judged (P / R / F1) | subject, without ambiguous texts | all texts | wanted or not |",
        "|---|---|---|---|",
    ]
    rows = {
        "as above": trial.answers,
        "each source left out by itself": alone.answers,
        **{name: trial.changed(change) for name, change in CHANGES.items()},
    }
    for name, answers in rows.items():
        own = Figures(trial.samples, answers)
        told.append(f"| {name} | {own.subject(own.clear)} | {own.subject(own.texts)} | {own.wanted()} |")
    return "\n".join(told)


def prf(truth: Sequence[bool], answers: Sequence[bool]) -> str:
    """Precision, recall and F1."""
    hits = sum(t and a for t, a in zip(truth, answers, strict=True))
    precision, recall = hits / max(1, sum(answers)), hits / max(1, sum(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f}"

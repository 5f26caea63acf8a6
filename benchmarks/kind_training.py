"""How the models of ``filters.judgement`` are trained: what each looks at, on which samples, with which weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.kind_samples import Sample, half, own_pages, own_texts, unaddressed, untitled
from filters.concepts import words
from filters.features import NEAR, TRADE, Features, features
from filters.judgement import Model, model

# What the subject is judged by: words of the trade and of its neighbours, and where they stand. A title on the craft
# and lists of what manuals and forums say are left out: with them texts that seldom name the trade were judged worse.
ABOUT = [
    *("bias", "length"),
    *(f"share of {name}" for name in (*TRADE, *NEAR)),
    *(f"{name} in title" for name in "trade owner project marketing engineering study".split()),
    *(f"{name} in headings" for name in ("trade", "owner", "craft", "product")),
    *("outcome: variety", "trade: spread", "trade: early", "trade or PM", "trade or PM: times"),
    *("trade or PM: enough", "craft and trade", "product owners alone"),
]
# What the form is judged by. That a text speaks to its readers, or of its writer, or of salaries and interviews, is
# left out: most articles of the benchmark do none of it, and guides to a career do all.
SAID = "ours how review news speech case offer shop forum manual vita notes course absent barred gated consent".split()
STYLES = "offer shop forum manual vita notes course".split()
# Features that only weights set by hand look at.
HAND_ONLY = (
    "title is the trade's name",
    "opens with a definition",
    "address: course",
    "no page",
    "breaks off at a wall",
    "titled a review",
    "job advertisement for sure",
    "address: work shown",
    "trade beside its neighbours",
)
FORM_WEIGHTS = {"pm": 4.0, "topic": 0.5}
OWN_WEIGHT = 0.5  # of a text that was written for the training, beside 1 for a labelled one


# Of this feature the penalty is a quarter: that the trade is named often enough is right by itself almost always.
LIGHTLY = {"trade or PM: enough": 2.0}
OWN_PAGE_WEIGHT = 0.25  # of a page that was written for the training, where the subject is trained
# Where the form is trained, each sample stands beside itself without its title, without its address and cut in half.
LESSENED = (half, untitled, unaddressed)
LESSENED_WEIGHT = 0.3  # beside 1 for the whole one
OWN_LONG = 4  # times as long as they were written is what own pages count as: real ones go on


class Training:
    """The samples with their features, and the texts and pages of our own that every model is trained on."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.samples = samples
        self.shown = [features(sample.document) for sample in samples]
        self._lessened = [
            (n, features(less))
            for n, sample in enumerate(samples)
            if sample.form is not None
            for change in LESSENED
            if (less := change(sample)) is not None
        ]
        self._texts = [(features(document), about) for document, about in own_texts()]
        self._pages = [(_as_long(features(sample.document)), sample) for sample in own_pages()]
        self._form_names = form_names(self.shown[0])

    def fit(self, seen: Iterable[int]) -> Model:
        """The weights that the samples of these places give; those set by hand are the same whatever is seen."""
        places = list(seen)
        by_hand = model()
        return Model(self._subject(places), self._forms(places), by_hand.overrule, by_hand.sorts)

    def _subject(self, places: list[int]) -> dict[str, float]:
        known = [n for n in places if self.samples[n].about is not None]
        scale = np.array([LIGHTLY.get(name, 1.0) for name in ABOUT])
        shown = [
            *(self.shown[n] for n in known),
            *(own for own, _ in self._texts),
            *(own for own, _ in self._pages),
        ]
        truth = [
            *(bool(self.samples[n].about) for n in known),
            *(about for _, about in self._texts),
            *(bool(page.about) for _, page in self._pages),
        ]
        weights = [
            *(_weight(self.samples[n]) for n in known),
            *[OWN_WEIGHT] * len(self._texts),
            *[OWN_PAGE_WEIGHT] * len(self._pages),
        ]
        fitted = LogisticRegression(C=0.5, max_iter=4000, fit_intercept=False).fit(
            _matrix(shown, ABOUT) * scale, truth, sample_weight=weights
        )
        return dict(zip(ABOUT, map(float, fitted.coef_[0] * scale), strict=True))

    def _forms(self, places: list[int]) -> dict[str, dict[str, float]]:
        known = [n for n in places if self.samples[n].form is not None]
        seen = set(known)
        less = [(n, shown) for n, shown in self._lessened if n in seen]
        of = [*known, *(n for n, _ in less)]
        shown = [*(self.shown[n] for n in known), *(own for _, own in less), *(own for own, _ in self._pages)]
        weights = [FORM_WEIGHTS.get(self.samples[n].folder, 1.0) for n in of]
        weights[len(known) :] = [LESSENED_WEIGHT * weight for weight in weights[len(known) :]]
        fitted = LogisticRegression(C=1.0, max_iter=4000, fit_intercept=False).fit(
            _matrix(shown, self._form_names),
            [*(self.samples[n].form for n in of), *(page.form for _, page in self._pages)],
            sample_weight=[*weights, *[1.0] * len(self._pages)],
        )
        return {
            str(name): dict(zip(self._form_names, map(float, row), strict=True))
            for name, row in zip(fitted.classes_, fitted.coef_, strict=True)
        }


def _as_long(shown: Features) -> Features:
    """What own pages show, as if they were as long as real ones: how short they are says nothing of their kind."""
    values = shown.values | {
        "length": 0.75,
        "very short": 0.0,
        "paragraphs": min(1.0, OWN_LONG * shown.values["paragraphs"]),
    }
    return Features(values, shown.found)


def form_names(shown: Features) -> list[str]:
    """All features but those of the subject: what kind of text a page is does not depend on its trade."""
    styled = [f"{name}{part}" for name in SAID for part in ("", " in title")]
    styled += [f"{name}: variety" for name in STYLES] + [
        f"{name} in headings" for name in ("offer", "shop", "vita", "notes", "case", "course", "ours")
    ]
    concepts = {name.split(":")[0] for name in words().concepts}
    shape = [
        name
        for name in shown.values
        if name.split(":")[0].split(" in ")[0] not in concepts and name not in ABOUT and name not in HAND_ONLY
    ]
    return [*styled, "bias", "length", *shape]


def _matrix(shown: Sequence[Features], names: list[str]) -> np.ndarray:
    return np.array([[own.values[name] for name in names] for own in shown])


def _weight(sample: Sample) -> float:
    if sample.folder == "topic":
        return 1.0
    return 2.0 if sample.folder == "pm" else 0.5

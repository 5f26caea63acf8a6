"""Trains the models that say what a page is about and what kind of text it is, and measures them on other sources.

    python benchmarks/kind_model.py FOLDER [--pages CACHE] [--mistakes 20] [--write] [--markdown docs/kinds.md]

FOLDER holds topic/docs.jsonl (texts labelled pm or not-pm, by source), pm/manifest.jsonl (pages with their kind),
other/manifest.jsonl and wcxb/gold.jsonl (pages with their type). Pages are extracted and cleaned as in a crawl, and
what is left of them is judged; --pages keeps that between runs. Every figure is taken on sources that the model did
not see: all documents of a site are in one of the folds. --write writes filters/model/coefficients.toml from all
documents. Wants scikit-learn (requirements-bench.txt); winnow itself does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/kind_model.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.kind_samples import Sample, own_texts, pages, texts  # noqa: E402
from filters.features import Features, features  # noqa: E402
from filters.judgement import ARTICLES, Model, judged, model  # noqa: E402
from filters.rules.not_pm import NotPm  # noqa: E402
from filters.rules.unwanted_kind import UnwantedKind  # noqa: E402

START, END = "<!-- figures -->", "<!-- end of figures -->"
OUT = ROOT / "filters" / "model" / "coefficients.toml"
FOLDS = 12
WANTED = ("guide", "career", "essay", "interview-prep", "listicle")
ACCEPTED = ("guide", "career-story", "essay", "interview-preparation", "listicle")
NEAR = (
    "project agile marketing engineering crypto study designing elsewhere employer interviewing story".split()
)
# What the subject is judged by: words of the trade and of its neighbours, and where they stand. A title on the craft
# and lists of what manuals and forums say are left out: with them texts that seldom name the trade were judged worse.
ABOUT = [
    *"bias product outcome trade owner craft length".split(),
    *NEAR,
    *(f"{name} in title" for name in "trade owner project marketing engineering study".split()),
    *(f"{name} in headings" for name in ("trade", "owner", "craft", "product")),
    *("outcome: variety", "trade: spread", "trade: early", "trade or PM", "trade or PM: times"),
    *("trade or PM: enough", "craft and trade"),
]
# What the form is judged by. That a text speaks to its readers, or of its writer, or of salaries and interviews, is
# left out: most articles of the benchmark do none of it, and guides to a career do all.
SAID = "how review news speech case offer shop forum manual vita notes course absent barred gated consent".split()
STYLES = "offer shop forum manual vita notes course".split()
# Features that only weights set by hand look at.
HAND_ONLY = (
    "title is the trade's name",
    "opens with a definition",
    "address: course",
    "no page",
    "job advertisement for sure",
    "address: work shown",
)
FORM_WEIGHTS = {"pm": 4.0, "topic": 0.5}
OWN_WEIGHT = 0.75  # of a text that was written for the training, beside 1 for a labelled one


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=Path, metavar="CACHE", help="keep the cleaned pages in this file")
    parser.add_argument(
        "--mistakes", type=int, default=20, metavar="N", help="print the N surest mistakes (20)"
    )
    parser.add_argument("--write", action="store_true", help=f"write {OUT.name} and its provenance")
    parser.add_argument(
        "--markdown", type=Path, metavar="OUT", help=f"write the figures between {START} and {END}"
    )
    asked = parser.parse_args(arguments)
    samples = [*texts(asked.folder), *pages(asked.folder, asked.pages)]
    trial = Trial(samples)
    told = trial.report()
    print(told)
    for name, wrong in trial.mistakes().items():
        print(f"\n{name}: the {asked.mistakes} surest of {len(wrong)} mistakes")
        print(
            *(f"  {score:.2f}  {sample.id}  [{sample.kind}]" for score, sample in wrong[: asked.mistakes]),
            sep="\n",
        )
    if asked.write:
        OUT.write_text(written(trial.fit(np.ones(len(samples), dtype=bool)), samples, told), encoding="utf-8")
    if asked.markdown:
        before, _, rest = asked.markdown.read_text(encoding="utf-8").partition(f"{START}\n")
        after = rest.partition(END)[2]
        tables = "\n\n".join(mistake_tables(trial.mistakes(), asked.mistakes))
        asked.markdown.write_text(f"{before}{START}\n\n{told}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
    return 0


def mistake_tables(mistakes: Mapping[str, list[tuple[float, Sample]]], most: int) -> Iterator[str]:
    """The surest mistakes of each question as Markdown: names and kinds, and nothing of the texts."""
    for name, wrong in mistakes.items():
        yield "\n".join(
            [
                f"### Judged wrongly: {name}",
                "",
                f"The {min(most, len(wrong))} surest of {len(wrong)}; above the threshold it was wrongly taken.",
                "",
                "| probability | page or text | source | labelled |",
                "|---:|---|---|---|",
                *(
                    f"| {score:.2f} | `{s.id}` | {s.source} | {s.kind}{', ambiguous' * s.ambiguous} |"
                    for score, s in wrong[:most]
                ),
            ]
        )


class Trial:
    """All samples with their features, and what models say of each that saw none of its source."""

    def __init__(self, samples: list[Sample]) -> None:
        self.samples = samples
        self.shown = [features(sample.document) for sample in samples]
        self.own = [(features(document), about) for document, about in own_texts()]
        self.form_names = _form_names(self.shown[0])
        self.about = np.zeros(len(samples))
        self.article = np.zeros(len(samples))
        self.kinds = [""] * len(samples)
        groups = np.array([sample.source for sample in samples])
        for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups=groups):
            seen = np.zeros(len(samples), dtype=bool)
            seen[train] = True
            weights = self.fit(seen)
            for place in test:
                answer = judged(self.shown[place], weights)
                self.about[place], self.article[place] = answer.about, answer.article
                self.kinds[place] = answer.kind

    def fit(self, seen: np.ndarray) -> Model:
        """The weights that the seen samples give; those set by hand are the same in every fold."""
        by_hand = model()
        about = [n for n, sample in enumerate(self.samples) if seen[n] and sample.about is not None]
        forms = [n for n, sample in enumerate(self.samples) if seen[n] and sample.form is not None]
        subject = LogisticRegression(C=0.3, max_iter=4000, fit_intercept=False).fit(
            _matrix([*(self.shown[n] for n in about), *(shown for shown, _ in self.own)], ABOUT),
            [*(bool(self.samples[n].about) for n in about), *(is_about for _, is_about in self.own)],
            sample_weight=[*(_weight(self.samples[n]) for n in about), *[OWN_WEIGHT] * len(self.own)],
        )
        form = LogisticRegression(C=1.0, max_iter=4000, fit_intercept=False).fit(
            _matrix([self.shown[n] for n in forms], self.form_names),
            [self.samples[n].form for n in forms],
            sample_weight=[FORM_WEIGHTS.get(self.samples[n].folder, 1.0) for n in forms],
        )
        trained = {
            str(name): dict(zip(self.form_names, map(float, row), strict=True))
            for name, row in zip(form.classes_, form.coef_, strict=True)
        }
        return Model(
            dict(zip(ABOUT, map(float, subject.coef_[0]), strict=True)),
            trained,
            by_hand.overrule,
            by_hand.sorts,
        )

    def wanted(self, place: int) -> bool:
        """Whether the models take the page: on the subject, and of a kind that the default profile accepts."""
        return bool(
            self.about[place] >= NotPm.least
            and self.kinds[place] in ACCEPTED
            and self.article[place] >= UnwantedKind.least
        )

    def keyword(self, place: int) -> bool:
        """The baseline: the trade is named at least three times, and 1.5 times in 1,000 words."""
        return self.shown[place].values["trade or PM: enough"] >= 1

    def report(self) -> str:
        """The figures as Markdown tables."""
        samples = self.samples
        on_texts = [n for n, sample in enumerate(samples) if sample.folder == "topic"]
        clear = [n for n in on_texts if not samples[n].ambiguous]
        hard = [n for n in on_texts if samples[n].hard or samples[n].about]
        told = [
            "| about product management? | texts | model P / R / F1 | keywords P / R / F1 |",
            "|---|---|---|---|",
        ]
        for name, places in (
            ("without ambiguous ones", clear),
            ("all", on_texts),
            ("hard negatives only", hard),
        ):
            truth = [bool(samples[n].about) for n in places]
            by_model = _prf(truth, [self.about[n] >= NotPm.least for n in places])
            by_words = _prf(truth, [self.keyword(n) for n in places])
            told.append(f"| {name} | {len(places)} | {by_model} | {by_words} |")
        on_pages = [n for n, sample in enumerate(samples) if sample.folder != "topic"]
        truth = [_is_wanted(samples[n]) for n in on_pages]
        told += ["", "| wanted or not? | pages | P / R / F1 | not-articles accepted |", "|---|---|---|---|"]
        ways = {
            "models": [self.wanted(n) for n in on_pages],
            "keywords": [self.keyword(n) for n in on_pages],
            "rules of the profile": [samples[n].accepted for n in on_pages],
        }
        for name, answers in ways.items():
            others = [
                yes
                for n, yes in zip(on_pages, answers, strict=True)
                if samples[n].form not in ("article", None)
            ]
            kept = f"{sum(others) / len(others):.1%} of {len(others)}"
            told.append(f"| {name} | {len(on_pages)} | {_prf(truth, answers)} | {kept} |")
        formed = [n for n in on_pages if samples[n].form is not None]
        right = [
            samples[n].form == ("article" if self.kinds[n] in ARTICLES else self.kinds[n]) for n in formed
        ]
        told += [
            "",
            f"The form (article or which other kind) is right on {np.mean(right):.1%} of {len(formed)} pages.",
        ]
        sorts = {
            "career": "career-story",
            "interview-prep": "interview-preparation",
            "handbook/guide": "guide",
        }
        named = [
            n
            for n, s in enumerate(samples)
            if sorts.get(s.kind, s.kind) in ARTICLES and s.about and s.folder == "pm"
        ]
        same = [sorts.get(samples[n].kind, samples[n].kind) == self.kinds[n] for n in named]
        told.append(f"The sort of article is the one given on {np.mean(same):.1%} of {len(named)} pages.")
        return "\n".join(told)

    def mistakes(self) -> dict[str, list[tuple[float, Sample]]]:
        """What is judged wrongly, the surest first, by question."""
        subject, wanted = [], []
        for n, sample in enumerate(self.samples):
            if sample.folder == "topic" and (self.about[n] >= NotPm.least) != sample.about:
                subject.append((float(self.about[n]), sample))
            elif sample.folder != "topic" and self.wanted(n) != _is_wanted(sample):
                wanted.append((float(self.about[n] * self.article[n]), sample))
        return {
            "about product management or not": sorted(subject, key=lambda pair: -abs(pair[0] - NotPm.least)),
            "wanted or not": sorted(wanted, key=lambda pair: -abs(pair[0] - NotPm.least)),
        }


def _is_wanted(sample: Sample) -> bool:
    return sample.folder == "pm" and sample.kind in WANTED


def _prf(truth: Sequence[bool], answers: Sequence[bool]) -> str:
    hits = sum(t and a for t, a in zip(truth, answers, strict=True))
    precision, recall = hits / max(1, sum(answers)), hits / max(1, sum(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f}"


def _form_names(shown: Features) -> list[str]:
    """All features but those of the subject: what kind of text a page is does not depend on its trade."""
    styled = [f"{name}{part}" for name in SAID for part in ("", " in title")]
    styled += [f"{name}: variety" for name in STYLES] + [
        f"{name} in headings" for name in ("offer", "shop", "vita", "notes", "case", "course")
    ]
    concepts = {name.split(":")[0] for name in shown.found}
    shape = [
        name
        for name in shown.values
        if name.split(":")[0].split(" in ")[0] not in concepts and name not in ABOUT and name not in HAND_ONLY
    ]
    return [*styled, "bias", "length", *shape]


def written(weights: Model, samples: list[Sample], told: str) -> str:
    """The coefficients as TOML, with where they come from."""
    counts = ", ".join(
        f"{sum(sample.folder == folder for sample in samples)} of {folder}/"
        for folder in ("topic", "pm", "other", "wcxb")
    )
    lines = [
        "# Weights of the features in filters/features.py. Written by benchmarks/kind_model.py; do not edit.",
        f"# Trained on {counts}: labelled texts, pages of blogs on product management, hard negatives, and the",
        "# development split of the Web Content Extraction Benchmark (CC-BY-4.0). No text of them is in this file.",
        "# Figures on sources that the model did not see:",
        *(f"# {line}".rstrip() for line in told.split("\n")),
        "",
        "[about]",
        *_toml(weights.about),
    ]
    for form, own in sorted(weights.forms.items()):
        lines += ["", f"[form.{form}]", *_toml(own)]
    return "\n".join(lines) + "\n"


def _toml(own: Mapping[str, float]) -> Iterator[str]:
    for name, weight in own.items():
        if abs(weight) >= 0.005:
            yield f'"{name}" = {weight:.3f}'


def _matrix(shown: Sequence[Features], names: list[str]) -> np.ndarray:
    return np.array([[own.values[name] for name in names] for own in shown])


def _weight(sample: Sample) -> float:
    if sample.folder == "topic":
        return 1.0
    return 2.0 if sample.folder == "pm" else 0.5


if __name__ == "__main__":
    sys.exit(main())

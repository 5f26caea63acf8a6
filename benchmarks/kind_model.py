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
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

# The matrices are small: threads cost several times what they bring. It has to be said before numpy is there.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/kind_model.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.kind_cost import cost  # noqa: E402
from benchmarks.kind_samples import Sample, pages, texts  # noqa: E402
from benchmarks.kind_training import Training  # noqa: E402
from benchmarks.kind_trial import Figures, Trial, robustness  # noqa: E402
from filters.judgement import Model  # noqa: E402

START, END = "<!-- figures -->", "<!-- end of figures -->"
OUT = ROOT / "filters" / "model" / "coefficients.toml"


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
    training = Training(samples)
    trial, alone = Trial(training), Trial(training, alone=True)
    trained = training.fit(range(len(samples)))
    figures = Figures(samples, trial.answers)
    told = figures.report()
    robust = robustness(trial, alone)
    print(told, robust, cost(samples), sep="\n\n")
    for name, wrong in figures.mistakes().items():
        print(f"\n{name}: the {asked.mistakes} surest of {len(wrong)} mistakes")
        print(
            *(f"  {score:.2f}  {sample.id}  [{sample.kind}]" for score, sample in wrong[: asked.mistakes]),
            sep="\n",
        )
    if asked.write:
        OUT.write_text(written(trained, samples, told), encoding="utf-8")
    if asked.markdown:
        before, _, rest = asked.markdown.read_text(encoding="utf-8").partition(f"{START}\n")
        after = rest.partition(END)[2]
        forms = form_table(figures.wrong_forms(), asked.mistakes)
        tables = "\n\n".join([told, robust, *mistake_tables(figures.mistakes(), asked.mistakes), forms])
        asked.markdown.write_text(f"{before}{START}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
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


def form_table(wrong: list[tuple[float, Sample, str]], most: int) -> str:
    """The pages whose form was told wrongly, likewise."""
    return "\n".join(
        [
            "### Judged wrongly: what form a page has",
            "",
            f"The {min(most, len(wrong))} surest of {len(wrong)}, with the probability that a page is an article.",
            "",
            "| probability | page | labelled | taken for |",
            "|---:|---|---|---|",
            *(f"| {score:.2f} | `{s.id}` | {s.kind} | {kind} |" for score, s, kind in wrong[:most]),
        ]
    )


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


if __name__ == "__main__":
    sys.exit(main())

"""The tables of a run, as Markdown that reads well in a terminal too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.evaluation.cpu import Cost
from benchmarks.evaluation.intervals import Estimate, estimate
from benchmarks.evaluation.measures import Pair
from benchmarks.evaluation.work import FULL, PageResult

# Headline of a column, and the measure in it.
Columns = Sequence[tuple[str, str]]
Rows = Sequence[tuple[str, Sequence[str]]]

WORDS: Columns = (("precision", "precision"), ("recall", "recall"), ("F1", "f1"))
SNIPPETS: Columns = (("pages that leak", "leaks"), ("snippets missed", "missed"))
SAID: Columns = (("title", "title"), ("author", "author"), ("date", "date"))
ELEMENTS: Columns = (("list items", "items"), ("headings", "headings"), ("table cells", "cells"))
KINDS: Columns = (
    ("spam", "spam"),
    ("teasers", "teaser"),
    ("labels", "widget"),
    ("wholly clean pages", "clean"),
    ("F1", "f1"),
    ("recall lost", "recall lost"),
)
PLACES: Columns = (("lead", "lead"), ("body", "body"), ("tail", "tail"), ("hidden", "hidden"))
LOST: Columns = (("words removed", "words lost"), ("texts that lose over 2%", "much lost"))
ABLATION: Sequence[tuple[str, str, str]] = (
    ("untouched F1", "untouched", "f1"),
    ("leaks", "untouched", "leaks"),
    ("mixed: spam", "mixed", "spam"),
    ("teasers", "mixed", "teaser"),
    ("labels", "mixed", "widget"),
    ("clean", "mixed", "clean"),
    ("flat: spam", "flat", "spam"),
    ("teasers", "flat", "teaser"),
    ("labels", "flat", "widget"),
    ("clean", "flat", "clean"),
    ("clean text lost", "collateral, articles", "words lost"),
)


@dataclass(slots=True)
class Gathered:
    """The measures of all pages, by (variant, system) and name."""

    pairs: dict[tuple[str, str], dict[str, list[Pair]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    crashes: list[tuple[str, str, str]] = field(default_factory=list)
    estimates: dict[tuple[str, str, str], Estimate | None] = field(default_factory=dict)

    def add(self, result: PageResult) -> None:
        """Take the measures of one page in."""
        for group, measures in result.measures.items():
            for name, pair in measures.items():
                self.pairs[group][name].append(pair)
        self.crashes += [(result.id, name, error) for name, error in result.crashes]

    def get(self, variant: str, system: str, name: str) -> Estimate | None:
        """The estimate of a measure; ``None`` where no page has it."""
        key = variant, system, name
        if key not in self.estimates:
            found = self.pairs.get((variant, system), {}).get(name, ())
            self.estimates[key] = estimate(found)
        return self.estimates[key]

    def pages(self, variant: str) -> int:
        """How many pages of a variant there are."""
        return max(
            (
                len(pairs)
                for (found, _), named in self.pairs.items()
                if found == variant
                for pairs in named.values()
            ),
            default=0,
        )


def report(gathered: Gathered, systems: Sequence[str], missing: Sequence[str], spent: Cost | None) -> str:
    """All tables of a run but those of rules and ablation."""
    parts = [f"Not installed, so not measured: {', '.join(missing)}."] if missing else []
    pages = gathered.pages("untouched")
    parts += [
        f"### Articles as they are: {pages} pages",
        _systems(gathered, "untouched", systems, (*WORDS, *SNIPPETS)),
        "What of the article's own structure is kept, and what is said of it:",
        _systems(gathered, "untouched", systems, (*ELEMENTS, *SAID)),
    ]
    names = {"mixed": "Dirt in the page's own markup", "flat": "Dirt and text as paragraphs of one container"}
    for variant, name in names.items():
        if pages := gathered.pages(variant):
            parts += [
                f"### {name}: {pages} pages",
                "Removed, by kind; pages with nothing left; and what it cost the article:",
                _systems(gathered, variant, systems, KINDS),
                "Removed, by place:",
                _systems(gathered, variant, systems, PLACES),
            ]
    groups = sorted({variant for variant, _ in gathered.pairs if variant.startswith("collateral")})
    rows = [
        (f"{group.partition(', ')[2]} ({gathered.pages(group)})", _line(gathered, group, "winnow", LOST, 2))
        for group in groups
    ]
    if rows:
        parts += ["### Clean texts, a paragraph a line", table("winnow on", [head for head, _ in LOST], rows)]
    chosen = sorted({variant for variant, _ in gathered.pairs if variant.startswith("chosen")})
    if chosen:
        rows = [
            (
                f"{group.partition(', ')[2]} ({gathered.pages(group)})",
                [cell(gathered.get(group, "winnow", "accepted"))],
            )
            for group in chosen
        ]
        parts += ["### Choosing", table("winnow on", ["accepted"], rows)]
    if spent is not None:
        parts += ["### CPU time", _cost(spent)]
    if gathered.crashes:
        parts.append(
            "Pages that a system could not read (they count as empty): "
            + "; ".join(f"{name} {page}: {error}" for page, name, error in gathered.crashes[:10])
            + (f" and {len(gathered.crashes) - 10} more" if len(gathered.crashes) > 10 else "")
        )
    return "\n\n".join(parts) + "\n"


def ablation(gathered: Gathered) -> str:
    """What winnow does without each family of evidence."""
    prefix = "ablation: "
    names = [name.removeprefix(prefix) for _, name in gathered.pairs if name.startswith(prefix)]
    rows = []
    for name in sorted(set(names), key=lambda name: (name != FULL, name)):
        found = [gathered.get(variant, prefix + name, measure) for _, variant, measure in ABLATION]
        cells = [
            "–" if estimate is None else percent(estimate.value, 2 if measure == "words lost" else 1)
            for estimate, (_, _, measure) in zip(found, ABLATION, strict=True)
        ]
        rows.append((name, cells))
    return table("winnow with", [head for head, _, _ in ABLATION], rows)


def rules(results: Iterable[PageResult]) -> str:
    """How often each rule decided on untouched pages, and how many words it took from and beside the articles."""
    fired: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in results:
        for removed in result.rules:
            counts = fired[removed.rule]
            counts[0] += 1
            counts[1 if removed.harm else 2] += removed.words
    rows = [
        (rule, [str(blocks), str(harm), str(good), f"{100 * harm / max(1, harm + good):.1f}"])
        for rule, (blocks, harm, good) in sorted(fired.items(), key=lambda pair: (-pair[1][1], pair[0]))
    ]
    return table("rule", ["blocks", "words of the article", "other words", "harm, %"], rows)


def _systems(gathered: Gathered, variant: str, systems: Sequence[str], columns: Columns) -> str:
    rows = [(name, _line(gathered, variant, name, columns)) for name in systems]
    return table("system", [head for head, _ in columns], rows)


def _line(gathered: Gathered, variant: str, system: str, columns: Columns, digits: int = 1) -> list[str]:
    return [cell(gathered.get(variant, system, name), digits) for _, name in columns]


def _cost(spent: Cost) -> str:
    ratio = spent.ratio
    return (
        f"On {spent.pages} pages winnow's `curate` takes {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f}) times "
        f"the CPU time of `trafilatura.extract(..., with_metadata=True)`: {spent.winnow:.1f} pages a CPU second "
        f"beside {spent.trafilatura:.1f}."
    )


def cell(found: Estimate | None, digits: int = 1) -> str:
    """Percent with the interval; a dash for what a system does not give."""
    if found is None:
        return "–"
    told = [percent(share, digits) for share in (found.value, found.low, found.high)]
    # A dash between two figures would be read as a sign before the second.
    between = " to " if told[1].startswith("-") else "–"
    return f"{told[0]} ({told[1]}{between}{told[2]})"


def percent(share: float, digits: int = 1) -> str:
    """Percent without its sign; no minus before a zero."""
    return f"{round(100 * share, digits) + 0.0:.{digits}f}"


def table(corner: str, heads: Sequence[str], rows: Rows) -> str:
    """A pipe table whose columns stand below each other in plain text."""
    lines = [[corner, *heads], *([name, *cells] for name, cells in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {first} | {' | '.join(cell.strip().rjust(len(cell)) for cell in others)} |"

    rule = f"|{'-' * (widths[0] + 2)}|" + "".join(f"{'-' * (width + 1)}:|" for width in widths[1:])
    return "\n".join([line(lines[0]), rule, *(line(cells) for cells in lines[1:])])

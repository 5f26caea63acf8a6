"""Measures winnow beside its peers on pages whose text is known, as they are and with dirt put in.

    python benchmarks/evaluate.py FOLDER [--systems winnow,trafilatura] [--limit N] [--workers 2] [--seed 1]
        [--ablate [N]] [--rules] [--show N] [--json OUT] [--markdown OUT]

FOLDER (or WINNOW_EVAL_DATA) holds wcxb/gold.jsonl with the pages it names, spam/fragments.jsonl and
spam/widgets.jsonl, and, where there are such, topic/docs.jsonl and pages with their kind (pm/manifest.jsonl). What each
figure means is told in benchmarks/evaluation/measures.py, what the dirt is in benchmarks/evaluation/dirt.py. Peers
that are not installed are named and left out; requirements-bench.txt has them all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/evaluate.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.evaluation.cpu import Cost, cost  # noqa: E402
from benchmarks.evaluation.pages import Data, FolderError, read_data, sampled  # noqa: E402
from benchmarks.evaluation.report import Gathered, ablation, report, rules  # noqa: E402
from benchmarks.evaluation.systems import SYSTEMS, load_systems  # noqa: E402
from benchmarks.evaluation.work import Job, PageResult, Settings, measure  # noqa: E402

# Docs hold the tables between these lines.
START, END = "<!-- tables -->", "<!-- end of tables -->"
CPU_PAGES = 250
ABLATED_PAGES = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; exit status 2 for arguments or data that cannot be used."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not asked.folder:
        parser.error("name the FOLDER of evaluation data, or set WINNOW_EVAL_DATA")
    names = _names(parser, asked.systems)
    try:
        data = read_data(Path(asked.folder), asked.limit)
    except (FolderError, OSError) as error:
        parser.error(str(error))
    present, missing = load_systems(names)
    ablated = frozenset(article.id for article in sampled(data.articles, asked.ablate or 0))
    settings = Settings(tuple(present), data.stock, asked.seed, ablated)
    results = _measured(data, settings, asked.workers)
    gathered = Gathered()
    for result in results:
        gathered.add(result)
    spent = cost(sampled(data.articles, asked.cpu_pages)) if asked.cpu_pages and "winnow" in present else None
    told = report(gathered, list(present), missing, spent)
    if asked.ablate:
        told += f"\n### Without each family of evidence: {len(ablated)} pages\n\n{ablation(gathered)}\n"
    if asked.rules:
        told += f"\n### What each rule removed from pages as they are\n\n{rules(results)}\n"
    print(told)
    if asked.show:
        _show(results, asked.show)
    if asked.markdown:
        asked.markdown.write_text(placed(told, asked.markdown), encoding="utf-8")
    if asked.json:
        asked.json.write_text(json.dumps(_figures(gathered, spent), indent=1) + "\n", encoding="utf-8")
    return 0


def placed(told: str, file: Path) -> str:
    """The tables alone, or the file with what stood between its marks replaced by them."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    before, start, rest = text.partition(f"{START}\n")
    _, end, after = rest.partition(END)
    return f"{before}{start}\n{told}\n{end}{after}" if end else told


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evaluate.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("folder", nargs="?", default=os.environ.get("WINNOW_EVAL_DATA", ""))
    add("--systems", default="", metavar="A,B", help=f"some of: {', '.join(SYSTEMS)}")
    add(
        "--limit",
        type=_positive,
        metavar="N",
        help="measure N articles and texts only, the same ones each time",
    )
    add("--workers", type=_positive, default=2, metavar="N", help="processes (2)")
    add("--seed", type=int, default=1, metavar="N", help="of the dirt (1)")
    add(
        "--cpu-pages",
        type=int,
        default=CPU_PAGES,
        metavar="N",
        help=f"pages to take the time of ({CPU_PAGES}; 0: none)",
    )
    add(
        "--ablate",
        type=_positive,
        nargs="?",
        const=ABLATED_PAGES,
        metavar="N",
        help=f"run winnow without each family of evidence too, on N of the articles ({ABLATED_PAGES})",
    )
    add("--rules", action="store_true", help="tell how often each rule decided, and what it took")
    add("--show", type=_positive, metavar="N", help="list the N worst pages, with what was left and lost")
    add("--json", type=Path, metavar="OUT", help="write all figures")
    add(
        "--markdown",
        type=Path,
        metavar="OUT",
        help=f"write the tables; into a file that has the lines {START} and {END}, between them",
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _names(parser: argparse.ArgumentParser, asked: str) -> list[str]:
    """The systems asked for; winnow is always one of them, since all else is measured beside it."""
    names = [name.strip() for name in asked.split(",") if name.strip()] or list(SYSTEMS)
    for name in names:
        if name not in SYSTEMS:
            parser.error(f"no system is called {name!r}; there are: {', '.join(SYSTEMS)}")
    return [name for name in SYSTEMS if name in {"winnow", *names}]


def _measured(data: Data, settings: Settings, workers: int) -> list[PageResult]:
    jobs: list[Job] = [*data.articles, *data.texts, *data.pages]
    results = []
    for number, result in enumerate(measure(jobs, settings, workers), 1):
        results.append(result)
        if number % 50 == 0 or number == len(jobs):
            print(f"{number} of {len(jobs)} pages", file=sys.stderr)
    return results


def _figures(gathered: Gathered, spent: Cost | None) -> dict[str, Any]:
    """All estimates by variant, system and measure."""
    found: dict[str, Any] = {}
    for (variant, system), named in gathered.pairs.items():
        for name in named:
            estimate = gathered.get(variant, system, name)
            if estimate is not None:
                found.setdefault(variant, {}).setdefault(system, {})[name] = asdict(estimate)
    return {"figures": found, "cpu": asdict(spent) if spent is not None else None}


def _show(results: Sequence[PageResult], most: int) -> None:
    """The pages on which winnow does worst, a list for each way of doing badly."""
    measured = [result for result in results if ("untouched", "winnow") in result.measures]
    measured.sort(key=lambda result: result.measures["untouched", "winnow"]["f1"][0])
    for result in measured[:most]:
        f1 = result.measures["untouched", "winnow"]["f1"][0]
        print(f"\nuntouched {result.id}: F1 {100 * f1:.1f}", *result.notes["untouched"], sep="\n  ")
        print(*(f"  {r.rule} took {r.text!r}" for r in result.rules if r.harm), sep="\n")
    for variant in ("mixed", "flat", "collateral"):
        worst = sorted(results, key=lambda result: -len(result.notes.get(variant, ())))[:most]
        for result in worst:
            if result.notes.get(variant):
                print(f"\n{variant} {result.id}:", *result.notes[variant], sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())

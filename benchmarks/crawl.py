"""Crawls a web of our own on loopback, whole, and holds the crawl to its bars; Linux only.

    python benchmarks/crawl.py [--sites 300] [--pages 20000] [--seed 1] [--only first,second,reactor]
        [--reactor-pages 1500] [--no-hanging] [--keep DIR] [--show 20]

The web (benchmarks/web/) has delays and faults on some of its sites, and knows how each of its URLs has to end. *first*
crawls it with ``winnow crawl --all`` and says what is missing, doubled or wrong, and how the memory of its parent went.
*second* crawls it again, unchanged, and compares bytes and CPU with the first. *reactor* crawls some of its sites
twice from nothing, with the worker pool and with extraction inside the reactor. Exit status 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python benchmarks/crawl.py` puts benchmarks/ there instead
    sys.path.insert(0, str(ROOT))

from benchmarks.web.check import accounting, first_crawl, later_crawl, rows  # noqa: E402
from benchmarks.web.crawls import Server, Watched, compiled, crawl, served  # noqa: E402
from benchmarks.web.faults import HANGING, SLOW  # noqa: E402
from benchmarks.web.plan import Web, plan  # noqa: E402

PARTS = ("first", "second", "reactor")
# of the second half's memory to the first's, of the second crawl's bytes and CPU to the first's, and of the pages a
# second with the pool to those without
MOST_MEMORY, MOST_BYTES, MOST_CPU, LEAST_GAIN = 1.10, 0.05, 0.10, 1.9


@dataclass
class Bench:
    """What the parts of a run share; ``missed`` gathers the bars that were not met."""

    web: Web
    server: Server
    sources: Path
    folder: Path
    show: int
    environment: dict[str, str]
    missed: list[str]

    def bar(self, met: bool, told: str) -> None:
        """Print a line and whether its bar was met."""
        say(f"  {'met   ' if met else 'MISSED'}  {told}")
        if not met:
            self.missed.append(told)

    def wrong(self, told: Sequence[str], what: str) -> None:
        """A bar of no faults at all, with the first of those there are."""
        kinds = Counter(line.partition(":")[0] for line in told)
        counted = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing"
        self.bar(not told, f"{what}: {counted}")
        for line in told[: self.show]:
            say(f"          {line}")


def say(line: str) -> None:
    """A line of the report."""
    print(line, flush=True)


def first(bench: Bench) -> tuple[Watched, int]:
    """Crawl the whole web for the first time; also the bytes that were sent."""
    data = bench.folder / "whole"
    bench.server.reset()
    watched = crawl([], data, bench.sources, bench.environment)
    asked = bench.server.asked()
    say(f"first crawl: {_went(watched, data)}, {asked['bytes'] / 2**20:.1f} MiB sent")
    bench.bar(watched.status == 0, f"exit status {watched.status}")
    bench.wrong(first_crawl(bench.web, data, asked), "missing, twice, or not as expected")
    faults = sum(len(site.faults) for site in bench.web.sites) + sum(
        bool(site.whole) for site in bench.web.sites
    )
    say(f"          {faults} faults, {len(bench.web.truth())} URLs with an expected end")
    _memory(bench, watched)
    bench.bar(not watched.orphans, f"processes left behind: {len(watched.orphans)} of {watched.workers}")
    return watched, asked["bytes"]


def second(bench: Bench, before: tuple[Watched, int]) -> None:
    """Crawl it again, unchanged."""
    data = bench.folder / "whole"
    earlier = rows(data)
    bench.server.reset()
    watched = crawl([], data, bench.sources, bench.environment)
    sent = bench.server.asked()["bytes"]
    say(f"second crawl: {_went(watched, data)}, {sent / 2**20:.1f} MiB sent")
    bench.bar(watched.status == 0, f"exit status {watched.status}")
    bench.wrong(later_crawl(earlier, data), "kept before, and not unchanged")
    bench.bar(
        sent < MOST_BYTES * before[1],
        f"bytes: {sent / before[1]:.1%} of the first crawl's ({MOST_BYTES:.0%})",
    )
    share = watched.cpu / before[0].cpu
    bench.bar(share < MOST_CPU, f"CPU: {share:.1%} of the first crawl's ({MOST_CPU:.0%})")
    bench.bar(not watched.orphans, f"processes left behind: {len(watched.orphans)} of {watched.workers}")


def reactor(bench: Bench, pages: int) -> None:
    """Some of the sites from nothing, with workers and with extraction inside the reactor."""
    names, chosen = [], 0
    for site in bench.web.sites:  # none on which a crawl does nothing but wait
        if not site.whole and not (SLOW | HANGING).keys() & set(site.faults) and chosen < pages:
            names.append(site.name)
            chosen += site.size
    say(f"worker pool and reactor: {len(names)} sites, {chosen} pages, each from nothing")
    pooled = crawl(names, bench.folder / "pooled", bench.sources, bench.environment)
    inside = crawl(names, bench.folder / "inside", bench.sources, bench.environment, inside=True)
    say(f"  pool    {_went(pooled, bench.folder / 'pooled')}")
    say(f"  reactor {_went(inside, bench.folder / 'inside')}")
    gain = inside.seconds / pooled.seconds
    same = accounting(bench.folder / "pooled") == accounting(bench.folder / "inside")
    bench.bar(same, "the same books")
    bench.bar(gain >= LEAST_GAIN, f"pages a second: {gain:.2f} times those of the reactor ({LEAST_GAIN})")


def _went(watched: Watched, data: Path) -> str:
    counts = accounting(data)
    return (
        f"{counts['discovered']:,} URLs, {counts['fetched']:,} pages in {watched.seconds:.0f} s"
        f" ({counts['fetched'] / watched.seconds:.1f} a second), {watched.cpu:.0f} s of CPU"
    )


def _memory(bench: Bench, watched: Watched) -> None:
    early, late = watched.halves
    steps = [watched.memory[len(watched.memory) * n // 10][1] for n in range(1, 10)] if watched.memory else []
    bench.bar(
        late <= MOST_MEMORY * early,
        f"memory of the parent: {early:.0f} MiB at most in the first half, {late:.0f} in the second"
        f" ({late / early if early else 0:.2f} times; {MOST_MEMORY})",
    )
    say(f"          over time: {' '.join(f'{step:.0f}' for step in steps)} MiB")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; the exit status."""
    asked = _parser().parse_args(arguments)
    only = asked.only.split(",")
    if unknown := set(only) - set(PARTS):
        _parser().error(f"--only {', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    if "second" in only and "first" not in only:
        _parser().error("--only second: it is compared with the first crawl; say --only first,second")
    with ExitStack() as stack:
        folder = Path(asked.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="winnow-web-")))
        if any((folder / name).exists() for name in ("whole", "pooled", "inside")):
            _parser().error(f"--keep {str(folder)!r}: holds an earlier run; name an empty folder")
        sources = folder / "sources"
        web = plan(asked.sites, asked.pages, asked.seed, hanging=not asked.no_hanging)
        server = stack.enter_context(
            served(asked.sites, asked.pages, asked.seed, sources, hanging=not asked.no_hanging)
        )
        bench = Bench(
            replace(web, port=server.port),
            server,
            sources,
            folder,
            asked.show,
            compiled(folder / "compiled"),
            [],
        )
        say(f"{len(web.sites)} sites, {web.pages:,} pages on loopback, seed {asked.seed}")
        if "first" in only:
            before = first(bench)
            if "second" in only:
                second(bench, before)
        if "reactor" in only:
            reactor(bench, asked.reactor_pages)
    return 1 if bench.missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Crawl a loopback web and hold the crawl to its bars.")
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run (default: %(default)s)")
    parser.add_argument("--reactor-pages", type=int, default=1500, help="pages of the two compared crawls")
    parser.add_argument(
        "--no-hanging", action="store_true", help="leave out two pages that cost two minutes each"
    )
    parser.add_argument("--keep", metavar="DIR", help="write the databases here and leave them")
    parser.add_argument("--show", type=int, default=20, help="lines of what is wrong (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())

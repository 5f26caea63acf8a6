"""What ``winnow report`` says of a run, as records; and the same as a Prometheus text file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from pipelines.store import Accounting, Store, health
from pipelines.store.health import Quarantine, SourceRun
from pipelines.store.processes import is_gone
from pipelines.store.queries import RunRow
from pipelines.watch import PAST, Finding, error_share, findings, list_survival, spam_share

BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class SourceReport:
    """A source in a run, beside its earlier runs, newest first."""

    now: SourceRun
    past: tuple[SourceRun, ...]

    @property
    def articles(self) -> list[int]:
        """Articles come across, run by run, the reported run last."""
        return [run.articles for run in (*reversed(self.past), self.now)]


@dataclass(frozen=True)
class Report:
    """A run with its books, its sources, and what is not as it should be."""

    run: RunRow
    accounting: Accounting
    sources: tuple[SourceReport, ...]
    findings: tuple[Finding, ...]
    quarantines: tuple[Quarantine, ...]


class SourceJson(TypedDict):
    """A source as ``--json`` tells it; shares are None where too little was read to tell."""

    source: str
    accounting: dict[str, int]
    balanced: bool
    articles: int
    articles_before: list[int]
    spam_share: float | None
    list_survival: float | None
    error_share: float | None


def report(store: Store, row: RunRow) -> Report:
    """What there is to say of a run. One that did not come to its end is not held against others."""
    told: list[Finding] = []
    counts = store.accounting(row.id)
    if is_gone(store.connection, row.id):
        row = replace(row, status="killed")
    if row.status in {"failed", "killed"}:
        told.append(
            Finding("run", "", f"the run ended as {row.status}; the next one goes on where it stopped")
        )
    told += [Finding("source", "", f"left out: {error}") for error in row.left_out.splitlines()]
    if not counts.balanced:
        told.append(
            Finding("books", "", "the books of the run do not balance, which is a defect of winnow's")
        )
    sources = []
    for now in health.of_run(store.connection, row.id):
        past = tuple(health.past(store.connection, now.source, row.id, PAST))
        sources.append(SourceReport(now, past))
        if row.status == "finished" and row.kind != "replay":
            told += findings(now, past, health.released(store.connection, now.source))
    inside = tuple(health.quarantines(store.connection))
    told += [
        Finding("quarantine", one.source, f"put in quarantine: {one.reason}")
        for one in inside
        if one.run == row.id
    ]
    return Report(row, counts, tuple(sources), tuple(told), inside)


def source_json(source: SourceReport) -> SourceJson:
    """One source for other programs."""
    now = source.now
    counts = now.accounting
    return {
        "source": now.source,
        "accounting": {name: getattr(counts, name) for name in Accounting.__dataclass_fields__},
        "balanced": counts.balanced,
        "articles": now.articles,
        "articles_before": source.articles[:-1],
        "spam_share": spam_share(now),
        "list_survival": list_survival(now),
        "error_share": error_share(now),
    }


def sparkline(values: Sequence[float]) -> str:
    """Values as bars one letter wide, the largest full: ``▁▄█``."""
    top = max(values, default=0)
    return "".join(BARS[round(value / top * (len(BARS) - 1)) if top else 0] for value in values)


# Prometheus

_STATES = ("accepted", "rejected", "unchanged", "errored", "skipped", "failed")


def prometheus(told: Report, finished: float) -> str:
    """Gauges for the textfile collector of the node exporter; ``finished`` is seconds since 1970."""
    lines: list[str] = []

    def gauge(name: str, summary: str, values: Iterator[tuple[str, float]]) -> None:
        found = [f"winnow_{name}{labels} {value:.10g}" for labels, value in values]
        if found:
            lines.extend([f"# HELP winnow_{name} {summary}", f"# TYPE winnow_{name} gauge", *found])

    sources = [source.now for source in told.sources]
    gauge("run", "Number of the run that this file tells of.", iter([("", told.run.id)]))
    gauge("run_finished_seconds", "When it ended, since 1970; 0 while it goes on.", iter([("", finished)]))
    gauge("run_alarms", "What is not as it should be.", iter([("", len(told.findings))]))
    gauge(
        "urls",
        "Addresses of the run by what became of them.",
        (
            (_labels(source=now.source, state=state), getattr(now, state))
            for now in sources
            for state in _STATES
        ),
    )
    gauge(
        "articles",
        "Articles of the source that the run came across.",
        ((_labels(source=now.source), now.articles) for now in sources),
    )
    for name, summary, of in (
        ("spam_share", "Share of the judged pages that is spam.", spam_share),
        ("list_survival", "Share of the list items on accepted pages that is kept.", list_survival),
        ("error_share", "Share of the addresses tried that failed or could not be read.", error_share),
    ):
        shares = ((now.source, of(now)) for now in sources)
        gauge(
            name, summary, ((_labels(source=source), share) for source, share in shares if share is not None)
        )
    gauge(
        "alarm",
        "1 for each thing that is not as it should be.",
        (
            (labels, 1)
            for labels in dict.fromkeys(_labels(source=one.source, alarm=one.alarm) for one in told.findings)
        ),
    )
    return "\n".join(lines) + "\n"


def _labels(**labels: str) -> str:
    def value(text: str) -> str:
        return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

    return "{" + ",".join(f'{name}="{value(text)}"' for name, text in labels.items()) + "}"

"""``winnow report``: what a run did, and whether each source does as it always did."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import Command, data_option, examples
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from pipelines.health_report import Report, SourceReport
    from pipelines.store import Store
    from pipelines.store.queries import RunRow


@click.command(
    cls=Command,
    epilog=examples(
        "winnow report",
        "winnow report 12 --json",
        "winnow report --prometheus /var/lib/node_exporter/winnow.prom",
    ),
)
@click.argument("number", metavar="[RUN]", required=False, type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="The same for other programs.")
@click.option(
    "--prometheus",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Also write the figures as a file for Prometheus' textfile collector.",
)
@data_option
def report(number: int | None, as_json: bool, prometheus: Path | None, data: Path) -> None:
    """Show what a run did, the latest if none is named, and how each source compares with its own past.

    Ends with status 1 on an alarm: fewer articles than usual, more spam, lists that are lost, more
    errors, books that do not balance, a run that failed, a source that it put in quarantine.
    """
    from pipelines.batch import CORPUS
    from pipelines.export_file import written_whole
    from pipelines.health_report import prometheus as as_prometheus
    from pipelines.health_report import report as reported
    from pipelines.store import Store

    with Store.open(data / CORPUS, create=False) as store:
        told = reported(store, _run(store, number))
    if prometheus is not None:
        ended = datetime.fromisoformat(told.run.finished).timestamp() if told.run.finished else 0
        with written_whole(prometheus, packed=False) as stream:
            stream.write(as_prometheus(told, ended).encode())
    if as_json:
        click.echo(_json(told))
    else:
        _show(told)
    if told.findings:
        raise SystemExit(1)


def _run(store: Store, number: int | None) -> RunRow:
    runs = store.runs(1) if number is None else [row for row in store.runs(-1) if row.id == number]
    if not runs:
        if number is None:
            raise click.ClickException(f"{store.path}: there was no run yet; a crawl or an import is one.")
        newest = store.runs(1)
        raise Usage(
            f"no run {number}. " + (f"The latest is {newest[0].id}." if newest else "There was none yet.")
        )
    return runs[0]


def _json(told: Report) -> str:
    from pipelines.health_report import source_json

    whole = {
        "run": asdict(told.run),
        "accounting": asdict(told.accounting),
        "balanced": told.accounting.balanced,
        "sources": [source_json(source) for source in told.sources],
        "alarms": [asdict(finding) for finding in told.findings],
        "quarantined": [asdict(one) for one in told.quarantines],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _show(told: Report) -> None:
    run, a = told.run, told.accounting
    running = "still running" if run.status == "running" else "and never ended"
    ended = f"to {run.finished}" if run.finished else running
    click.echo(f"Run {run.id} ({run.kind}, {run.status}), {run.started} {ended}, profile {run.profile}")
    click.echo(
        f"  {a.discovered:,} discovered = {a.fetched:,} fetched + {a.skipped:,} skipped + {a.failed:,} failed"
    )
    click.echo(
        f"  {a.fetched:,} fetched = {a.accepted:,} accepted + {a.rejected:,} rejected"
        f" + {a.unchanged:,} unchanged + {a.errored:,} errored"
    )
    if told.sources:
        _table(told.sources)
    for finding in told.findings:
        where = f"{finding.source}: " if finding.source else ""
        click.echo(f"{click.style('alarm', fg='red')}  {where}{finding.told}")
    for one in told.quarantines:
        click.echo(f"{one.source} is in quarantine since {one.since}: {one.reason}. Let it go with")
        click.echo(f"  winnow quarantine release {one.source}")
    if not told.findings:
        click.echo("All is as usual." if any(source.past for source in told.sources) else "No alarm.")


COLUMNS = (
    "source discovered fetched skipped failed accepted rejected unchanged errored articles before spam lists errors"
).split()


def _table(sources: tuple[SourceReport, ...]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(
            name, justify="left" if name in {"source", "before"} else "right", no_wrap=name != "source"
        )
    for source in sources:
        table.add_row(*(Text(cell) for cell in _row(source)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _row(source: SourceReport) -> list[str]:
    from pipelines.health_report import sparkline
    from pipelines.watch import error_share, list_survival, spam_share

    now = source.now
    counts = [f"{getattr(now, name):,}" for name in COLUMNS[1:10]]
    shares = [
        "" if share is None else f"{share:.0%}"
        for share in (spam_share(now), list_survival(now), error_share(now))
    ]
    return [now.source or "(none)", *counts, sparkline(source.articles) if source.past else "", *shares]

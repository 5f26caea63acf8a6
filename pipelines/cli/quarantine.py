"""``winnow quarantine``: the sources that turned to spam, and letting one go."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from pipelines.cli.options import Command, Group, data_option, did_you_mean, examples
from pipelines.cli.problems import Usage


@click.group(cls=Group, epilog=examples("winnow quarantine list", "winnow quarantine release blog-example"))
def quarantine() -> None:
    """Show the sources that turned to spam, and let one go.

    Crawls leave them out, and what they brought since then is kept, but not shown or exported.
    """


@quarantine.command(
    "list", cls=Command, epilog=examples("winnow quarantine list", "winnow quarantine list --json")
)
@click.option("--json", "as_json", is_flag=True, help="The same for other programs.")
@data_option
def list_(as_json: bool, data: Path) -> None:
    """Show the sources in quarantine, since when, and why."""
    from pipelines.batch import CORPUS
    from pipelines.store import Store, health

    with Store.open(data / CORPUS, create=False) as store:
        found = health.quarantines(store.connection)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.source}: since {one.since}: {one.reason}")
    if not found:
        click.echo("no source is in quarantine", err=True)


@quarantine.command(cls=Command, epilog=examples("winnow quarantine release blog-example"))
@click.argument("name", metavar="SOURCE")
@data_option
def release(name: str, data: Path) -> None:
    """Let a source go: crawls take it again, and its posts are shown.

    From then on it is measured by what it gave since the run that it was quarantined for.
    """
    from pipelines.batch import CORPUS
    from pipelines.store import Store, health

    with Store.open(data / CORPUS) as store:
        inside = [one.source for one in health.quarantines(store.connection)]
        if name not in inside:
            raise Usage(did_you_mean("source in quarantine", name, inside))
        store.release(name)
    click.echo(f"{name} was let go", err=True)

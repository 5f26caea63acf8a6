"""``winnow replay``: archived pages under the rules as they are now."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, examples, profile_option, workers_option
from pipelines.cli.progress import progress


@click.command(
    cls=Command,
    epilog=examples(
        "winnow replay",
        "winnow replay --diff --profile stricter.toml",
        "winnow replay --source blog-example --since 2026-01-01",
    ),
)
@click.option("--diff", is_flag=True, help="Show what would change; write nothing.")
@click.option("--source", metavar="NAME", help="Only the pages of this source.")
@click.option("--since", metavar="YYYY-MM-DD", help="Only pages fetched on this day or later.")
@profile_option
@workers_option
@data_option
def replay(diff: bool, source: str | None, since: str | None, profile: str, workers: int, data: Path) -> None:
    """Curate archived pages again under the current rules.

    Nothing is fetched."""
    from pipelines import batch

    with progress("replayed") as told:
        done = batch.replay(
            data, diff=diff, source=source, since=since, profile=profile, workers=workers, progress=told.step
        )
    click.echo(done)

"""``winnow replay``: archived pages under the rules as they are now."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.options import (
    Command,
    data_option,
    did_you_mean,
    examples,
    profile_option,
    settings_of_sites,
    since_option,
    sources_option,
    workers_option,
)
from pipelines.cli.problems import Usage
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
@click.option("--rule", "rule_id", metavar="ID", help="Only the pages that this rule spoke of.")
@since_option("Only pages fetched on this day or later.")
@sources_option
@profile_option
@workers_option
@data_option
def replay(
    diff: bool,
    source: str | None,
    rule_id: str | None,
    since: str | None,
    folder: Path | None,
    profile: str,
    workers: int,
    data: Path,
) -> None:
    """Curate archived pages again under the current rules.

    Nothing is fetched. Posts that come out as they are stay untouched.
    """
    from filters.rule import registry
    from pipelines import batch

    if rule_id is not None and rule_id not in registry():
        raise Usage(did_you_mean("rule", rule_id, registry()))
    total = _archived(data, source, since) if rule_id is None else None
    with progress("replayed", total) as told:
        done = batch.replay(
            data,
            diff=diff,
            source=source,
            rule=rule_id,
            since=since,
            profile=profile,
            workers=workers,
            progress=told.step,
            settings=settings_of_sites(folder, data),
        )
    click.echo(str(done))


def _archived(data: Path, source: str | None, since: str | None) -> int:
    from pipelines.archive import Archive
    from pipelines.batch import ARCHIVE

    with Archive.open(data / ARCHIVE, create=False) as archive:
        return sum(1 for _ in archive.latest(source, since))

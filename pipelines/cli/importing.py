"""``winnow import``: pages from files into the archive, curated like a crawl."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.options import (
    Command,
    data_option,
    examples,
    profile_option,
    settings_of_sites,
    sources_option,
    workers_option,
)
from pipelines.cli.progress import pages_in, progress


@click.command(
    "import",
    cls=Command,
    epilog=examples(
        "winnow import saved-pages/ --source my-reading-list",
        "winnow import crawl.warc.gz",
        "winnow import pages.jsonl.gz --data corpus-2026/",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--source",
    metavar="NAME",
    help="The source the pages count to.  [default: what a WARC file of winnow's tells, else import]",
)
@sources_option
@profile_option
@workers_option
@data_option
def import_(
    paths: tuple[str, ...],
    source: str | None,
    folder: Path | None,
    profile: str,
    workers: int,
    data: Path,
) -> None:
    """Put saved pages into the archive and curate them.

    PATH is an HTML file, a folder of them, a JSONL file of pages, a WARC file, or - for JSONL
    on standard input.

    Importing the same files again changes nothing.
    """
    from pipelines.batch import import_pages

    with progress("imported", pages_in(paths)) as told:
        done = import_pages(
            paths,
            data,
            source=source,
            profile=profile,
            workers=workers,
            progress=told.step,
            settings=settings_of_sites(folder, data),
        )
    click.echo(str(done))

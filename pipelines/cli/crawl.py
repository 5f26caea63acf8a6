"""``winnow crawl``: fetch sources and curate what they hold."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, examples, profile_option, workers_option


@click.command(
    cls=Command,
    epilog=examples(
        "winnow crawl blog-example --limit 20", "winnow crawl --all", "winnow crawl --all --dry-run"
    ),
)
@click.argument("sources", nargs=-1, metavar="[SOURCE...]")
@click.option("--all", "everything", is_flag=True, help="Also the sources that are not due yet.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Fetch at most N pages of each source."
)
@click.option("--dry-run", is_flag=True, help="Find the pages, but fetch and store none of them.")
@profile_option
@workers_option
@data_option
def crawl(
    sources: tuple[str, ...],
    everything: bool,
    limit: int | None,
    dry_run: bool,
    profile: str,
    workers: int,
    data: Path,
) -> None:
    """Crawl the named SOURCEs, or those that are due.

    A crawl that was cut short, however it ended, is taken up where it stopped by running it again.
    """
    # by name, as imports go from the crawler to the pipelines: this command alone reaches the other way
    run = importlib.import_module("crawler.run")
    status: int = run.crawl(
        sources,
        data=data,
        everything=everything,
        limit=limit,
        dry_run=dry_run,
        profile=profile,
        workers=workers,
    )
    if status:
        raise SystemExit(status)

"""``winnow crawl``: fetch sources and curate what they hold."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import (
    Command,
    base_option,
    contact_option,
    data_option,
    examples,
    own_sources,
    profile_option,
    since_option,
    sources_option,
    workers_option,
)

if TYPE_CHECKING:
    from pipelines.batch import Summary


@click.command(
    cls=Command,
    epilog=examples(
        "winnow crawl blog-example --limit 20",
        "winnow crawl --all --contact me@company.example",
        "winnow crawl --all --dry-run | wc -l",
    ),
)
@click.argument("names", nargs=-1, metavar="[SOURCE...]")
@click.option("--all", "everything", is_flag=True, help="All sources that are enabled, due or not.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Fetch at most N pages of each source."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Read feeds, sitemaps and lists only, and print the pages that would be fetched now; nothing is written.",
)
@since_option("Leave out what feeds and sitemaps list as last changed before this day.")
@sources_option
@base_option
@contact_option
@profile_option
@workers_option
@data_option
def crawl(
    names: tuple[str, ...],
    everything: bool,
    limit: int | None,
    dry_run: bool,
    since: str | None,
    folder: Path | None,
    base: str,
    contact: str,
    profile: str,
    workers: int,
    data: Path,
) -> None:
    """Crawl the named SOURCEs, or those that are enabled and due.

    A source can have several ways of finding its pages, each due in its own time.

    Where none is named, a source whose file is wrong is left out: the others are crawled, and the status is 1.

    A crawl that was cut short, however it ended, is taken up where it stopped by running it again.
    """
    if names and everything:
        raise click.UsageError("Name sources, or say --all, but not both.")
    # by name, as imports go from the crawler to the pipelines: this command alone reaches the other way
    crawled = importlib.import_module("crawler.run").crawl(
        names,
        data=data,
        everything=everything or bool(names),
        limit=limit,
        dry_run=dry_run,
        sources_dir=own_sources(folder, data),
        since=since or "",
        base=base,
        contact=contact,
        profile=profile,
        workers=workers,
    )
    if not dry_run:
        click.echo(str(_summary(data, crawled.run)))
    for error in crawled.left_out:
        click.echo(f"left out: {error}", err=True)
    if crawled.status:
        raise SystemExit(crawled.status)


def _summary(data: Path, run: int) -> Summary:
    from pipelines.batch import CORPUS, Summary
    from pipelines.store import Store

    with Store.open(data / CORPUS, create=False) as store:
        removed, reasons = store.removed_by_rule(run), store.by_reason(run)
        return Summary(run, "crawl", store.accounting(run), tuple(removed), tuple(reasons))

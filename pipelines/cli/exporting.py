"""``winnow export``: the clean posts as a file for other programs."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, since_option
from pipelines.cli.problems import Usage


def formats() -> list[str]:
    """The formats there are: one module each in ``pipelines.export``."""
    from pipelines import export as package

    return sorted(
        module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")
    )


@click.command(
    cls=Command,
    epilog=examples("winnow export jsonl corpus.jsonl.gz", "winnow export jsonl - --language en | head -n 1"),
)
@click.argument("format_name", metavar="FORMAT")
@click.argument("path", metavar="PATH")
@click.option("--language", metavar="CODE", help="Only posts in this language, such as en.")
@click.option("--source", metavar="NAME", help="Only posts of this source.")
@click.option("--site", metavar="NAME", help="Only posts of this site.")
@since_option("Only posts published on this day or later; posts without a date are left out.")
@data_option
def export(
    format_name: str,
    path: str,
    language: str | None,
    source: str | None,
    site: str | None,
    since: str | None,
    data: Path,
) -> None:
    """Write the accepted posts to a file.

    PATH may be - for standard output; a name that ends in .gz or .zst is packed. FORMAT is jsonl. The same
    corpus gives the same bytes.
    """
    known = formats()
    if format_name not in known:
        raise Usage(did_you_mean("format", format_name, known))
    module = importlib.import_module(f"pipelines.export.{format_name}")
    count = module.export(data, path, language=language, source=source, site=site, since=since)
    click.echo(f"exported: {count:,} posts", err=True)

"""``winnow doctor``: what keeps winnow from working, and what to do about it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import Command, data_option, examples, own_sources, profile_option

if TYPE_CHECKING:
    from pipelines.doctor import Check

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(cls=Command, epilog=examples("winnow doctor", "winnow doctor --data backup/"))
@profile_option
@data_option
def doctor(profile: str, data: Path) -> None:
    """Check versions, databases, configuration and disk.

    Every line says ok, warn or fail, and what to do; nothing is changed. Ends with
    status 1 when something fails.
    """
    from pipelines.doctor import Level, examine

    worst = False
    for check in (*examine(data, profile), *_sources(data)):
        worst = worst or check.level is Level.FAIL
        click.echo(
            f"{click.style(f'{check.level.value:<4}', fg=COLOURS[check.level])}  {check.what}: {check.found}"
        )
        if check.todo:
            click.echo(f"      {check.todo}")
    if worst:
        raise SystemExit(1)


def _sources(data: Path) -> Iterator[Check]:
    """Whether every source can be read."""
    from pipelines.doctor import Check, Level

    # by name, as imports go from the crawler to the pipelines
    source = importlib.import_module("crawler.source")
    try:
        files = source.source_files(own_sources(None, data))
    except source.SourceError as error:
        yield Check(Level.FAIL, "sources", str(error), "Set WINNOW_SOURCES to a folder, or unset it.")
        return
    broken = 0
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    for path in files.values():
        try:
            # what {base} stands for is said on the command line
            loaded = source.load_source(path, base="http://127.0.0.1")
        except source.SourceError as error:
            broken += 1
            yield Check(Level.FAIL, "source", str(error), f"Mend {path}.")
            continue
        for hint in loaded.hint:
            if hint.until < today:
                found = f"{path.stem}: the hint {hint.prune or hint.require!r} ran out on {hint.until}"
                yield Check(
                    Level.WARN, "source", found, f"Look at the site, and write a new one into {path}."
                )
    if not broken:
        yield Check(Level.OK, "sources", f"all {len(files)} can be read")

"""``winnow archive``: the raw pages as a WARC file, the room that they take, and what of them may go."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.options import (
    Command,
    Group,
    data_option,
    did_you_mean,
    examples,
    since_option,
    written_size,
)
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from pipelines.holdings import Holding, Pruned, Room


@click.group(
    cls=Group,
    epilog=examples(
        "winnow archive size --by host",
        "winnow archive export pages.warc.gz",
        "winnow archive prune --keep-versions 3 --older-than 365 --dry-run",
    ),
)
def archive() -> None:
    """Look after the raw pages in archive.db: size, WARC export, retention.

    The clean posts are exported by `winnow export`, and WARC files read by `winnow import`.
    """


@archive.command(
    cls=Command,
    epilog=examples(
        "winnow archive export pages.warc.gz",
        "winnow archive export blog.warc.gz --source blog --since 2026-01-01",
        "winnow archive export - | warcio index -",
    ),
)
@click.argument("path", metavar="PATH")
@click.option("--source", metavar="NAME", help="Only pages of this source.")
@since_option("Only pages fetched on this day or later.")
@click.option("--noarchive", is_flag=True, help="Also pages that ask robots not to pass on a copy of them.")
@data_option
def export(path: str, source: str | None, since: str | None, noarchive: bool, data: Path) -> None:
    """Write archived pages, with all their versions, to a WARC file.

    PATH ends in .warc or .warc.gz, or is - for standard output (packed). The same archive gives
    the same bytes, and `winnow import` makes the same corpus of them.
    """
    from pipelines.archive import Archive
    from pipelines.batch import ARCHIVE
    from pipelines.export_file import written_whole
    from pipelines.inputs import WARC
    from pipelines.warc import write_warc

    if path != "-" and not path.lower().endswith(WARC):
        raise Usage(f"{path!r}: a WARC file is called {' or '.join(f'*{end}' for end in WARC)}.")
    damaged: list[str] = []
    with Archive.open(data / ARCHIVE, create=False) as opened:
        known = opened.sources()
        if source is not None and source not in known:
            raise Usage(did_you_mean("source", source, known))
        packed = not path.lower().endswith(".warc")
        with written_whole(path, packed=False) as stream:
            count = write_warc(
                opened,
                stream,
                packed=packed,
                source=source,
                since=since,
                damaged=damaged,
                noarchive=noarchive,
            )
    for told in damaged:
        click.echo(told, err=True)
    click.echo(
        f"exported: {count:,} captures" + (f"; {len(damaged):,} are damaged" if damaged else ""), err=True
    )
    if damaged:
        raise SystemExit(1)


@archive.command(
    cls=Command, epilog=examples("winnow archive size", "winnow archive size --by host --json | jq .total")
)
@click.option(
    "--by", type=click.Choice(["source", "host"]), default="source", show_default=True, help="A row for each."
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON; sizes in bytes.")
@data_option
def size(by: str, as_json: bool, data: Path) -> None:
    """Show what the archive holds and how much room it takes.

    A page stored under two sources counts to both, and once in the total.
    """
    from pipelines.archive import Archive
    from pipelines.batch import ARCHIVE
    from pipelines.holdings import holdings, room

    with Archive.open(data / ARCHIVE, create=False) as opened:
        rows = holdings(opened, "host" if by == "host" else "source")
        total = room(opened)
    if as_json:
        click.echo(json.dumps({by: [asdict(row) for row in rows], "total": asdict(total)}, indent=2))
        return
    _table(by, rows, total)


COLUMNS = ("urls", "captures", "bodies", "raw", "packed", "ratio", "first", "last")


def _row(held: Holding, name: str) -> tuple[str, ...]:
    ratio = f"{held.raw / held.packed:.1f}" if held.packed else ""
    counts = (f"{number:,}" for number in (held.urls, held.captures, held.bodies))
    sizes = (written_size(held.raw), written_size(held.packed), ratio)
    return (name, *counts, *sizes, held.first[:10], held.last[:10])


def _table(by: str, rows: list[Holding], total: Room) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    foot = _row(total.whole, "all")
    for number, name in enumerate((by, *COLUMNS)):
        table.add_column(
            name, footer=foot[number], justify="right" if 0 < number < 7 else "left", no_wrap=True
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in _row(row, row.name or "(none)")))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo(
        f"{total.dictionaries:,} dictionaries take {written_size(total.dictionary_bytes)},"
        f" {total.listings:,} feeds, sitemaps and lists {written_size(total.listing_bytes)};"
        f" the file takes {written_size(total.file)}, of which {written_size(total.unused)} are unused."
    )


@archive.command(
    cls=Command,
    epilog=examples(
        "winnow archive prune --keep-versions 3 --dry-run",
        "winnow archive prune --older-than 365",
        "winnow archive prune --keep-versions 2 --older-than 90",
    ),
)
@click.option(
    "--keep-versions",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep the N newest versions of each page.  [default: 1 with --older-than]",
)
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Remove only what was fetched more than DAYS days ago.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON; sizes in bytes.")
@data_option
def prune(
    keep_versions: int | None, older_than: int | None, dry_run: bool, as_json: bool, data: Path
) -> None:
    """Remove old versions of pages from the archive.

    The latest version of a page always stays, and so does the one that a stored post was made from:
    the corpus, and every replay of it, stay what they are. What was removed cannot be had again.
    """
    from pipelines.archive import Archive
    from pipelines.batch import ARCHIVE, CORPUS
    from pipelines.holdings import prune as removed
    from pipelines.holdings import room, vacuum
    from pipelines.store import Store

    if keep_versions is None and older_than is None:
        raise Usage("Say what may go: --keep-versions N, --older-than DAYS, or both.")
    held: set[tuple[str, str]] = set()
    if (data / CORPUS).is_file():
        with Store.open(data / CORPUS, create=False) as store:
            held = store.held_bodies()
    with Archive.open(data / ARCHIVE, create=False) as opened:
        before = room(opened).file
        done = removed(
            opened, held, keep_versions=keep_versions or 1, older_than_days=older_than, dry_run=dry_run
        )
        if not dry_run:
            vacuum(opened)
        after = room(opened).file
    _told(done, before, after, dry_run=dry_run, as_json=as_json)


def _told(done: Pruned, before: int, after: int, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = asdict(done) | {"freed": done.freed, "dry_run": dry_run}
        click.echo(json.dumps(told | {"file_before": before, "file_after": after}, indent=2))
        return
    verb = "would go" if dry_run else "removed"
    click.echo(
        f"{verb}: {done.captures:,} captures of {done.urls:,} pages, and with them {done.bodies:,} bodies"
        f" ({written_size(done.raw)} unpacked) and {done.dictionaries:,} dictionaries: {written_size(done.freed)}"
    )
    click.echo(f"the file takes {written_size(before)}" + ("" if dry_run else f", now {written_size(after)}"))

"""``winnow sources``: which sites are crawled, how, and whether that works."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict, astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipelines.cli.options import (
    Command,
    Group,
    base_option,
    contact_option,
    data_option,
    examples,
    own_sources,
    sources_option,
)

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")


@click.group(
    cls=Group,
    epilog=examples(
        "winnow sources list",
        "winnow sources add https://blog.example/ --contact me@company.example",
        "winnow sources check blog-example --mark && winnow sources enable blog-example",
    ),
)
def sources() -> None:
    """List, add, try and switch the sites that are crawled.

    A source is a TOML file. Those that come with winnow are read where they lie and never changed; what you add,
    or change by these commands, lies in a folder of your own: that of --sources or WINNOW_SOURCES, or else the
    folder sources beside the databases.
    """


@sources.command("list", cls=Command, epilog=examples("winnow sources list", "winnow sources list --json"))
@sources_option
@json_option
@data_option
def list_(folder: Path | None, as_json: bool, data: Path) -> None:
    """List all sources.

    With the ways of finding pages, whether it is enabled and verified, when it is due and was last crawled, how many
    articles of it the corpus has, and since when it has been in quarantine.
    """
    catalogue = importlib.import_module("crawler.catalogue")
    rows = catalogue.listed(own_sources(folder, data), data)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        columns = [field.name for field in fields(catalogue.Listed) if field.name != "broken"]
        _table(columns, [[_word(value) for value in astuple(row)[:-1]] for row in rows])
    broken = [row.broken for row in rows if row.broken]
    if broken:
        raise click.ClickException("\n".join(broken))


@sources.command(cls=Command, epilog=examples("winnow sources show roman-pichler"))
@click.argument("name")
@sources_option
@json_option
@data_option
def show(name: str, folder: Path | None, as_json: bool, data: Path) -> None:
    """Show all there is to say of the source NAME."""
    told = importlib.import_module("crawler.catalogue").shown(name, own_sources(folder, data), data)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for key, value in told.items():
        if key != "ways" and value not in ("", (), []):
            click.echo(
                f"{key}: {', '.join(map(str, value)) if isinstance(value, list | tuple) else _word(value)}"
            )
    for way in told["ways"]:
        last = f"last read {way['last_read']}" if way["last_read"] else "never read"
        click.echo(f"{way['way']}, every {way['every_hours']:g} hours, {last}, due {way['due']}")
        for url in way["start"]:
            click.echo(f"  {url}")


@sources.command(
    cls=Command,
    epilog=examples(
        "winnow sources add https://blog.example/ --contact me@company.example",
        "winnow sources add https://blog.example/ --name blog --sources my-sources/",
    ),
)
@click.argument("url")
@click.option("--name", default="", help="What to call it.  [default: after the host]")
@click.option("--allow-private", is_flag=True, help="Let the site's hosts be private addresses.")
@sources_option
@contact_option
@data_option
def add(url: str, name: str, allow_private: bool, folder: Path | None, contact: str, data: Path) -> None:
    """Look at the site at URL and write a source for it.

    Feeds and sitemaps are looked for where the page and robots.txt name them, and where they usually are; the patterns
    of article URLs are guessed from what these hold. The source stays off until you switch it on.
    """
    path = importlib.import_module("crawler.source_writing").add_source(
        url, own_sources(folder, data, create=True), name=name, contact=contact, allow_private=allow_private
    )
    click.echo(f"Wrote {path}:\n\n{path.read_text(encoding='utf-8')}", err=True)
    click.echo(path.stem)
    click.echo(
        f"Read it, then: winnow sources check {path.stem} --mark && winnow sources enable {path.stem}",
        err=True,
    )


@sources.command(
    cls=Command, epilog=examples("winnow sources check blog-example --contact me@company.example")
)
@click.argument("name")
@click.option(
    "--pages",
    type=click.IntRange(1, 50),
    default=3,
    show_default=True,
    metavar="N",
    help="How many pages to fetch and curate.",
)
@click.option("--mark", is_flag=True, help="Write down that it works, with the day, in your own folder.")
@sources_option
@base_option
@contact_option
@json_option
@data_option
def check(
    name: str,
    pages: int,
    mark: bool,
    folder: Path | None,
    base: str,
    contact: str,
    as_json: bool,
    data: Path,
) -> None:
    """Show what a crawl of the source NAME would do.

    Its feeds, sitemaps and lists are read, and a few pages fetched and curated, as politely as in a crawl; nothing
    of it is kept. Ends with status 1 when the source does not work as it stands.
    """
    own = own_sources(folder, data)
    done = importlib.import_module("crawler.check").check(
        name, sources_dir=own, base=base, contact=contact, pages=pages
    )
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
    else:
        _told(done)
    if done.problems:
        raise SystemExit(1)
    if mark:
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        target = own_sources(folder, data, create=True)
        path = importlib.import_module("crawler.source_writing").mark_verified(name, target, day)
        click.echo(f"Marked as verified in {path}", err=True)


def _told(done: Any) -> None:
    click.echo("Read for what they name:")
    for seen in done.listings:
        said = f"{seen.entries} entries" if seen.entries is not None else f"FAILED: {seen.reason}"
        click.echo(f"  {seen.url}: {said}")
    click.echo(f"{done.matching} URLs match and would be fetched.")
    for skipped in done.skipped:
        click.echo(f"  {skipped.urls} skipped, {skipped.reason}, such as {skipped.example}")
    click.echo(f"{len(done.pages)} pages fetched and curated:")
    for page in done.pages:
        what = f"{page.kind}, {page.words} words" if page.kind else "no text"
        click.echo(f"  {page.status} ({what}): {page.title or '(no title)'}\n    {page.url}")
        if page.reason:
            click.echo(f"    {page.reason}")
    for problem in done.problems:
        click.echo(f"Does not work yet: {problem}")
    if not done.problems:
        click.echo("It works.")


@sources.command(cls=Command, epilog=examples("winnow sources enable blog-example"))
@click.argument("name")
@sources_option
@data_option
def enable(name: str, folder: Path | None, data: Path) -> None:
    """Let a crawl without names take the source NAME."""
    _switch(name, folder, data, enabled=True)


@sources.command(cls=Command, epilog=examples("winnow sources disable blog-example"))
@click.argument("name")
@sources_option
@data_option
def disable(name: str, folder: Path | None, data: Path) -> None:
    """Keep a crawl without names from the source NAME; what it gave stays in the corpus."""
    _switch(name, folder, data, enabled=False)


def _switch(name: str, folder: Path | None, data: Path, *, enabled: bool) -> None:
    own = own_sources(folder, data, create=True)
    path = importlib.import_module("crawler.source_writing").enable_source(name, own, enabled=enabled)
    click.echo(f"{name} is {'enabled' if enabled else 'disabled'} in {path}", err=True)
    source = importlib.import_module("crawler.source").load_source(path, base="http://127.0.0.1")
    if enabled and not source.verified:
        click.echo(
            f"Nobody has seen it work yet; winnow sources check {name} --mark shows what it would do.",
            err=True,
        )


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _table(columns: list[str], rows: list[list[str]]) -> None:
    """Columns on a terminal; elsewhere lines with tabs, which other programs read."""
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right" if column == "articles" else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)

"""``winnow schedule``: units that run a crawl every day."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from pipelines.cli.options import Command, contact_option, data_option, examples, sources_option
from pipelines.cli.problems import Usage


@click.command(
    cls=Command,
    epilog=examples(
        "winnow schedule systemd --into ~/.config/systemd/user --contact me@company.example",
        "winnow schedule cron --at 02:30 --data /srv/winnow --contact me@company.example",
        "winnow schedule actions --at 04:00",
    ),
)
@click.argument("kind", type=click.Choice(["systemd", "cron", "actions"]))
@click.option("--at", default="03:15", show_default=True, metavar="HH:MM", help="The time of day.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the units into this folder instead of printing them.  [systemd only]",
)
@sources_option
@contact_option
@data_option
def schedule(kind: str, at: str, into: Path | None, folder: Path | None, contact: str, data: Path) -> None:
    """Print units that crawl what is due, every day.

    They name this installation, this folder and the databases as they are now. Nothing is installed; what to do
    with them is told on standard error.
    """
    from pipelines import schedule as units

    if not units.TIME.fullmatch(at):
        raise Usage(f"{at!r} is not a time of day in the form HH:MM.")
    if into is not None and kind != "systemd":
        raise Usage(f"--into is for systemd; {kind} is one text, which standard output takes.")
    contact = contact or os.environ.get("WINNOW_CONTACT", "")
    if any(sign in value for value in (contact, str(folder or ""), str(data)) for sign in "\n\r"):
        raise Usage("a line break in an address or a folder cannot be put into a unit.")
    job = units.Job(
        _program(),
        str(Path.cwd()),
        str(data.absolute()),
        str(folder.absolute()) if folder else "",
        contact,
        at,
    )
    if kind == "cron":
        click.echo(units.cron(job), nl=False)
        click.echo("Add the line by `crontab -e`.", err=True)
    elif kind == "actions":
        click.echo(units.actions(job), nl=False)
        click.echo("Put it into .github/workflows/crawl.yml of your copy of winnow.", err=True)
    else:
        _systemd(units.systemd(job), into)
    if kind != "actions" and not data.is_dir():
        click.echo(f"{data.absolute()} has to be there: mkdir -p {data.absolute()}", err=True)
    if kind != "actions" and not contact:
        click.echo("No contact is told; sources that have none of their own will not be crawled.", err=True)


def _systemd(files: dict[str, str], into: Path | None) -> None:
    if into is None:
        for name, text in files.items():
            click.echo(f"# {name}\n{text}")
    else:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (into / name).write_text(text, encoding="utf-8")
            click.echo(into / name)
    click.echo(
        "In ~/.config/systemd/user: systemctl --user daemon-reload && systemctl --user enable --now winnow.timer",
        err=True,
    )


def _program() -> str:
    """The command as it is installed beside this Python, or else the one on the path."""
    beside = Path(sys.executable).parent / "winnow"
    found = str(beside) if beside.is_file() else shutil.which("winnow")
    if found is None:
        raise click.ClickException("the command winnow is not installed; `make demo` or pip sets it up.")
    return str(Path(found).absolute())

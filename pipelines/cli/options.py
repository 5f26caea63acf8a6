"""Options, examples and suggestions that several commands share."""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, overload

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

DATA_FOLDER = click.Path(file_okay=False, path_type=Path)


class Command(click.Command):
    """A command whose epilog keeps its lines: it holds examples to copy."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.epilog or "", formatter)


class Group(click.Group):
    """A group of commands, with examples to copy, and suggestions for a name that none of them has."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(did_you_mean("command", name, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.epilog or "", formatter)


def write_examples(epilog: str, formatter: click.HelpFormatter) -> None:
    """The epilog as it stands; click would run its lines together."""
    formatter.write_paragraph()
    for line in epilog.splitlines():
        formatter.write(f"{line}\n")


def examples(*lines: str) -> str:
    """An epilog of example calls."""
    return "\n".join(["Examples:", *(f"  {line}" for line in lines)])


def _folder(ctx: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    return given or ctx.find_root().params.get("data") or Path("data")


def data_option(command: Decorated) -> Decorated:
    """``--data DIR``: before or after the command's name, or ``WINNOW_DATA``, or ``data`` here."""
    return click.option(
        "--data",
        type=DATA_FOLDER,
        envvar="WINNOW_DATA",
        callback=_folder,
        help="The folder of the databases.  [default: data, or $WINNOW_DATA]",
    )(command)


def sources_option(command: Decorated) -> Decorated:
    """``--sources DIR``."""
    return click.option(
        "--sources",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="WINNOW_SOURCES",
        help="The folder of your own sources, one TOML file each."
        "  [default: $WINNOW_SOURCES, or the folder sources beside the databases]",
    )(command)


@overload
def own_sources(given: Path | None, data: Path) -> Path | None: ...
@overload
def own_sources(given: Path | None, data: Path, *, create: Literal[True]) -> Path: ...
def own_sources(given: Path | None, data: Path, *, create: bool = False) -> Path | None:
    """The folder of the user's own sources; without ``create`` None where there is none.

    Raises ``click.BadParameter`` for one that was named and is not there.
    """
    if create:
        return given or data / "sources"
    if given is not None and not given.is_dir():
        raise click.BadParameter(f"no such folder of sources: {str(given)!r}.", param_hint="--sources")
    return given or (data / "sources" if (data / "sources").is_dir() else None)


def settings_of_sites(given: Path | None, data: Path) -> Any:
    """What the sources' files say of the pages of their sites, by the source's name."""
    # by name, as imports go from the crawler to the pipelines
    return importlib.import_module("crawler.run").settings_of_sites(own_sources(given, data))


def base_option(command: Decorated) -> Decorated:
    """``--base URL``."""
    return click.option("--base", default="", metavar="URL", help="What {base} stands for in the sources.")(
        command
    )


def contact_option(command: Decorated) -> Decorated:
    """``--contact ADDRESS``."""
    return click.option(
        "--contact",
        default="",
        metavar="ADDRESS",
        help="How sites reach you: an e-mail address or a web page, told with every request."
        "  [default: $WINNOW_CONTACT]",
    )(command)


def profile_option(command: Decorated) -> Decorated:
    """``--profile NAME|FILE``."""
    return click.option(
        "--profile",
        metavar="NAME|FILE",
        default="default",
        show_default=True,
        help="The rules to apply: a bundled profile, or a TOML file of your own.",
    )(command)


def workers_option(command: Decorated) -> Decorated:
    """``--workers N``."""
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        default=usable_cores,
        show_default="one a core",
        help="Processes that clean pages. The result does not depend on it.",
    )(command)


def _day(_ctx: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    if given is None:
        return None
    try:
        date.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f"{given!r} is not a day in the form YYYY-MM-DD.") from None
    return given


def since_option(what: str) -> Callable[[Decorated], Decorated]:
    """``--since YYYY-MM-DD``, with a help text that says of what."""
    return click.option("--since", metavar="YYYY-MM-DD", callback=_day, help=what)


def usable_cores() -> int:
    """Cores that this process may use, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def written_size(count: int) -> str:
    """Bytes for people: ``812 B``, ``1.3 MB``, in powers of 1,000."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.3g} {unit}" if unit != "B" else f"{count} B"
        size /= 1000
    return f"{size:,.3g} TB" if size < 999.5 else f"{size:,.0f} TB"


def did_you_mean(what: str, given: str, known: Iterable[str]) -> str:
    """A sentence that quotes a name nobody knows, suggests near ones and lists the valid ones."""
    names = sorted(known)
    near = difflib.get_close_matches(given.lower(), names, n=3, cutoff=0.6)
    guess = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    if not names:
        return f"no {what} {given!r}: there are none."
    return f"no {what} {given!r}.{guess} There are: {', '.join(names)}."

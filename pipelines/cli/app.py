"""The ``winnow`` group: its commands, and how an error, a closed pipe or Ctrl-C ends them."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

import click

from pipelines.cli.archive import archive
from pipelines.cli.crawl import crawl
from pipelines.cli.curate import curate
from pipelines.cli.doctor import doctor
from pipelines.cli.explain import explain
from pipelines.cli.exporting import export
from pipelines.cli.importing import import_
from pipelines.cli.options import DATA_FOLDER, Group, examples
from pipelines.cli.overrule import overrule
from pipelines.cli.problems import told
from pipelines.cli.quarantine import quarantine
from pipelines.cli.replay import replay
from pipelines.cli.report import report
from pipelines.cli.rules import rules
from pipelines.cli.schedule import schedule
from pipelines.cli.serve import serve
from pipelines.cli.sources import sources


class Winnow(Group):
    """The whole command line; ends quietly where a person or a pipe ended it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _forget_stdout()
            ctx.exit(128 + signal.SIGPIPE)
        except KeyboardInterrupt:
            ctx.exit(128 + signal.SIGINT)
        except click.ClickException:
            raise
        except Exception as problem:
            told(problem)
            raise
        return result


def _forget_stdout() -> None:
    """Point standard output nowhere, or the interpreter complains of the closed pipe while it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _version() -> str:
    try:
        return version("pm-winnow")
    except PackageNotFoundError:
        return "(not installed)"


@click.group(
    cls=Winnow,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "winnow curate saved-pages/ -o clean.jsonl",
        "winnow explain page.html",
        "winnow crawl --all && winnow serve",
    ),
)
@click.version_option(_version(), prog_name="winnow", message="%(prog)s %(version)s")
@click.option(
    "--data",
    type=DATA_FOLDER,
    help="The folder of the databases, for all commands.  [default: data, or $WINNOW_DATA]",
)
def winnow(data: str | None) -> None:
    """Crawl product-management career articles and keep the clean guides.

    Spam around and inside a page is removed block by block, and every removal is kept with its rule,
    reason and score.
    """


for _command in (
    crawl,
    sources,
    import_,
    curate,
    explain,
    overrule,
    replay,
    serve,
    rules,
    export,
    archive,
    schedule,
    report,
    quarantine,
    doctor,
):
    winnow.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; ends the process with 0, 1 (failure), 2 (usage) or 130 (Ctrl-C)."""
    # like Ctrl-C, so that a stopped service leaves neither half a file nor an open run behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # pages hold signs that a terminal's encoding may lack
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        winnow.main(args=arguments, prog_name="winnow")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    sys.exit(0)

"""``winnow curate``: pages in, result rows out, no database."""

from __future__ import annotations

import contextlib
import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from pipelines.cli.options import Command, examples, profile_option, workers_option
from pipelines.cli.problems import Usage
from pipelines.cli.progress import Progress, pages_in, progress

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pipelines.curate import Outcome
    from pipelines.inputs import InputRow
    from pipelines.result import ResultRow
    from pipelines.workers import Curators

AHEAD = 4  # pages a worker that are read before the oldest result is written


@click.command(
    cls=Command,
    epilog=examples(
        "winnow curate saved-pages/ -o clean.jsonl",
        "winnow curate crawl.warc.gz -o - --workers 4 | head -n 1",
        "winnow curate - -o - < pages.jsonl > clean.jsonl",
    ),
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="OUT.jsonl",
    help="Where the result rows go; - is standard output, .gz and .zst are packed.",
)
@profile_option
@workers_option
def curate(inputs: tuple[str, ...], target: str, profile: str, workers: int) -> None:
    """Clean pages without any database.

    Writes one result row a page, in the order of the input.

    INPUT is an HTML file, a folder of them, a JSONL file of pages, a WARC file, or - for JSONL on standard
    input. Rows of JSONL hold an id, a url, and html or html_file. A page that cannot be read gives a row
    of status errored that says why.
    """
    from pipelines.inputs import read_inputs
    from pipelines.workers import Curators, whole

    rows = read_inputs(inputs)
    _refuse_reading_the_output(inputs, target)
    told = progress("curated", pages_in(inputs))
    with Curators(whole, profile, workers=workers) as curators, _opened(target) as out, told:
        write_rows(curated(rows, curators), out, told)


def write_rows(rows: Iterable[ResultRow], out: IO[bytes], told: Progress) -> None:
    """One line of JSON a row, which leaves at once: whoever reads a pipe should not wait for more."""
    from pipelines.address import storable

    for row in rows:
        out.write(storable(json.dumps(row, ensure_ascii=False)).encode() + b"\n")
        if out is sys.stdout.buffer:
            out.flush()
        told.step(row["status"])


def curated(rows: Iterable[InputRow], curators: Curators[Outcome]) -> Iterator[ResultRow]:
    """One result a row, in order; only a few pages a worker are held in memory."""
    from pipelines.result import result_row

    waiting: deque[tuple[str, Future[Outcome]]] = deque()
    for row in rows:
        waiting.append((row.id, _submitted(row, curators)))
        while len(waiting) > curators.workers * AHEAD:
            name, future = waiting.popleft()
            yield result_row(name, future.result())
    for name, future in waiting:
        yield result_row(name, future.result())


def _submitted(row: InputRow, curators: Curators[Outcome]) -> Future[Outcome]:
    """The future outcome of a row; a row without a page is already errored."""
    from concurrent.futures import Future

    from pipelines.curate import errored
    from pipelines.page import Page

    if row.page is not None:
        return curators.submit(row.page)
    done: Future[Outcome] = Future()
    done.set_result(errored(Page(url="", body=b""), row.error, curators.fingerprint))
    return done


def _refuse_reading_the_output(inputs: tuple[str, ...], target: str) -> None:
    for given in inputs:
        if "-" not in (given, target) and Path(target).resolve().is_relative_to(Path(given).resolve()):
            raise Usage(f"{target!r} is part of the input {given!r}; write to another place.")


@contextlib.contextmanager
def _opened(target: str) -> Iterator[IO[bytes]]:
    """The output: a file appears only when it is whole, while a device or a named pipe is written to."""
    from pipelines.export_file import written_whole

    path = Path(target)
    if target == "-" or path.is_file() or not path.exists():
        if not path.parent.is_dir():
            raise Usage(f"no such folder: {str(path.parent)!r}.")
        with written_whole(target) as out:
            yield out
    else:
        with path.open("wb") as out:
            yield out

"""Turns what other modules raise into one message for the person at the terminal."""

from __future__ import annotations

import errno
import sqlite3

import click

_OURS = {"crawler", "filters", "pipelines"}


class Usage(click.ClickException):
    """The command was called with something that cannot be; the message stands alone, without usage lines."""

    exit_code = 2


def told(problem: Exception) -> None:
    """Raise what a person can act on; returns for anything that is a defect of winnow's own.

    The exceptions that our own modules define carry such messages; those of them that are ``ValueError``
    speak of what the person gave. A bare ``ValueError`` or ``KeyError`` is a defect and keeps its traceback.
    """
    if type(problem).__module__.partition(".")[0] in _OURS:
        raise Usage(str(problem)) if isinstance(problem, ValueError) else click.ClickException(str(problem))
    if isinstance(problem, sqlite3.Error):
        raise click.ClickException(f"the database said: {problem}. `winnow doctor` looks for the cause.")
    if isinstance(problem, OSError):
        raise click.ClickException(_os_error(problem))
    if isinstance(problem, ModuleNotFoundError) and problem.name:
        raise click.ClickException(f"{problem.name} is not installed; `make demo` or pip sets winnow up.")


def _os_error(problem: OSError) -> str:
    where = f"{problem.filename}: " if problem.filename else ""
    what = (problem.strerror or str(problem)).lower()
    if problem.errno == errno.ENOSPC:
        return f"{where}{what}. What was finished is stored; make room and run the command again."
    return f"{where}{what}."

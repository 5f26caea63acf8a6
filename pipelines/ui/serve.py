"""``winnow serve``: Datasette on the corpus, with the shipped configuration, templates and plugin."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from pipelines.store import Store, StoreError

INVITATION, SIGN_IN = "WINNOW_SIGN_IN", "/-/sign-in"
"""The variable by which the token of a curator's link is handed over, and the path of that link."""
PROFILE = "WINNOW_SERVE_PROFILE"
"""The variable that says under which profile a page is curated that a curator decided about."""


class ServeError(Exception):
    """Nothing can be served as things are; the message says what to do about it."""


def serve(
    data: Path,
    extra: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 8001,
    profile: str = "default",
) -> NoReturn:
    """Become Datasette, serving what is in ``data``; ``extra`` are arguments of its own.

    Says by which link a curator signs in; what one decides about is curated under ``profile``.

    Raises ServeError where there is no corpus, or one of another version of winnow.
    """
    arguments = command(data, extra, host, port)
    token = secrets.token_urlsafe(24)
    os.environ |= {INVITATION: token, PROFILE: profile}
    if "--get" not in extra:
        link = f"{_address(extra, host, port)}{SIGN_IN}?token={token}"
        sys.stdout.write(f"To decide about articles, open once: {link}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    # One process instead of a parent that waits: Ctrl-C and systemd's signals reach Datasette itself.
    os.execv(arguments[0], arguments)  # noqa: S606 - no shell, our own interpreter


def _address(extra: Sequence[str], host: str, port: int) -> str:
    """Where Datasette will be, as far as it is known before."""
    given = dict(pairwise(extra))
    at = given.get("--port", given.get("-p", str(port)))
    return f"http://{given.get('--host', given.get('-h', host))}:{at if at != '0' else 'PORT'}"


def command(data: Path, extra: Sequence[str] = (), host: str = "127.0.0.1", port: int = 8001) -> list[str]:
    """The command line that ``serve`` runs; what stands in ``extra`` comes last and so wins.

    Raises ServeError as ``serve`` does.
    """
    corpus, review = data / "corpus.db", data / "review.db"
    if not corpus.is_file():
        raise ServeError(
            f"There is no corpus at {corpus}. Make one with “winnow crawl” or “winnow import”, "
            "or name another folder with --data."
        )
    try:
        Store.open(corpus, create=False).close()
    except StoreError as error:
        raise ServeError(str(error)) from error
    settings = str(configuration())
    databases = [str(path) for path in (corpus, review) if path.is_file()]
    return [
        sys.executable, "-m", "datasette", "serve", *databases,
        # 1.0a41 reads settings and queries from the first, titles and descriptions from the second
        "-c", settings, "-m", settings,
        "--host", host, "--port", str(port), *extra,
    ]  # fmt: skip


def configuration() -> Path:
    """Where datasette.yml is: at the top of a checkout, or beside this module in an installed wheel."""
    here = Path(__file__).resolve()
    for path in (here.parents[2] / "datasette.yml", here.with_name("datasette.yml")):
        if path.is_file():
            return path
    raise ServeError("datasette.yml is missing from this installation: install pm-winnow again.")

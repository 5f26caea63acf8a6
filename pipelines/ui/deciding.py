"""A curator's decisions from the article's page: a form of what holds, and ``winnow overrule`` with what was changed.

The command runs in a process of its own, as by hand: it writes review.db, curates the archived page anew, and whatever
it brings about leaves the server as it is.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from datasette import Response
from datasette.utils.asgi import Forbidden

from filters.judgement import KINDS, labels
from pipelines.cli.overrule import ANSWERS
from pipelines.ruling import BEST, NO_COPY, ORIGIN, Ruling
from pipelines.store.review import Rulings
from pipelines.ui import queries
from pipelines.ui.curators import may_decide
from pipelines.ui.queries import Rows
from pipelines.ui.safety import line
from pipelines.ui.serve import PROFILE
from pipelines.ui.views import corpus, missing, named_post, notice, page

CURATORS_ONLY = "Only curators decide: open the link that winnow serve prints where it was started"
USAGE = 2  # the exit status for what was asked wrongly
SECONDS = 300  # that the command may take
LONGEST_BLOCK = 700  # characters of a block that are shown

STATED = {
    option: ANSWERS[option]
    for option in ("title", "author", "date", "updated", "site", "licence", "language")
}
"""The options of ``winnow overrule`` that take words, with the columns of ``posts`` that they stand for."""

_STATUS = {"": "--as-found=status", "accepted": "--accept", "rejected": "--reject"}
_ABOUT = {"": "--as-found=about", "yes": "--about", "no": "--not-about"}
_COPY = {"": "--as-found=copies", BEST: "--best", NO_COPY: "--no-copy"}


class Form(Protocol):
    """What a browser sends."""

    def get(self, key: str, default: Any = None) -> Any:
        """The first value of a name."""

    def getlist(self, key: str) -> list[Any]:
        """All values of a name."""


class FormError(ValueError):
    """A form that says nothing new, or that fits the page no longer; the message is for the curator."""


@dataclass(frozen=True)
class Standing:
    """What holds of a post: its row, its labels and blocks, and what of it a curator said."""

    post: dict[str, Any]
    stages: frozenset[str]
    topics: frozenset[str]
    blocks: Rows
    ruling: Ruling

    @property
    def said(self) -> dict[str, str]:
        """What a curator said of the page, by the name of the answer."""
        return {"status": "", "kind": ""} | self.ruling.answers

    def shown(self, option: str) -> str:
        """What the form shows of one of ``STATED``."""
        return line(self.post[STATED[option]], 1000)


async def decide(request: Any, datasette: Any) -> Any:
    """``/-/article/<post id>/decide``: the form, and what becomes of it."""
    if not await may_decide(datasette, request):
        raise Forbidden(CURATORS_ONLY)
    db = await corpus(request, datasette)
    post = await named_post(db, request) if db is not None else None
    if db is None or post is None:
        return await missing(datasette, request, db)
    data = Path(db.path).parent
    standing = Standing(
        post,
        frozenset(await queries.stages(db, post["id"])),
        frozenset(await queries.topics(db, post["id"])),
        await queries.fragments(db, post["id"]),
        (await asyncio.to_thread(Rulings, data)).get(post["url"], Ruling()),
    )
    problem, status = "", 200
    if request.method == "POST":
        try:
            told = list(options(await request.form(), standing))
            problem, status = await _overrule(data, post["url"], _name(request.actor), told), 500
        except FormError as error:
            problem, status = str(error), 400
        if not problem:
            return Response.redirect(datasette.urls.path(f"/-/article/{post['id']}"), status=303)
    return await page(
        datasette,
        request,
        "decide",
        status=status,
        problem=problem,
        standing=standing,
        post=post,
        title=line(post["title"]) or "Untitled page",
        kinds=KINDS,
        labels={"stage": labels("stage: "), "topic": labels("topic: ")},
        stated=STATED,
        longest=LONGEST_BLOCK,
    )


async def following(request: Any, datasette: Any) -> Any:
    """``/-/next?after=<post id>``: on to the next page of the query ``doubtful``, and from its last to its first."""
    if not await may_decide(datasette, request):
        raise Forbidden(CURATORS_ONLY)
    db = await corpus(request, datasette)
    query = await datasette.get_query(queries.DATABASE, "doubtful")
    found = await queries.rows(db, query.sql) if db is not None and query is not None else []
    posts = [row["post"] for row in found]
    after = request.args.get("after")
    place = posts.index(after) + 1 if after in posts else 0
    left = [post for post in posts[place:] + posts[:place] if post != after]
    if not left:
        return await notice(
            datasette, request, "There is no other page that rules and models were unsure of."
        )
    return Response.redirect(datasette.urls.path(f"/-/article/{left[0]}"))


def options(form: Form, standing: Standing) -> Iterator[str]:
    """What ``winnow overrule`` has to be told, for what a form says to hold; raises FormError."""
    told = [*_answers(form, standing), *_blocks(form, standing)]
    if not told:
        raise FormError("Nothing was changed: there is nothing to decide.")
    yield from told
    yield f"--note={line(form.get('note'), 1000)}"


def _answers(form: Form, standing: Standing) -> Iterator[str]:
    said = standing.said
    yield from _chosen(form, "status", said["status"], _STATUS)
    kinds = {"": "--as-found=kind"} | {kind: f"--kind={kind}" for kind in KINDS}
    yield from _chosen(form, "kind", said["kind"], kinds)
    yield from _chosen(form, "about", said.get("about", ""), _ABOUT)
    copy = said.get("copy", "")
    yield from _chosen(form, "copies", copy, {copy: "", **_COPY})
    as_found = set(form.getlist("as-found"))
    for option in STATED:
        given = line(form.get(option), 1000)
        if option in as_found:
            yield f"--as-found={option}"
        elif option in form.getlist("has") and given != standing.shown(option):
            yield f"--{option}={given}"
    for label, held in (("stage", standing.stages), ("topic", standing.topics)):
        given_labels = form.getlist(label)
        if f"{label}s" in as_found:
            yield f"--as-found={label}s"
        elif f"{label}s" in form.getlist("has") and set(given_labels) != held:
            yield from (f"--{label}={line(one)}" for one in given_labels or ["none"])


def _chosen(form: Form, name: str, held: str, valid: dict[str, str]) -> Iterator[str]:
    """The option for one of several answers, where it is not the one that holds."""
    given = form.get(name)
    if given is None or given == held:
        return
    if given not in valid:
        raise FormError(f"{line(given, 60)!r} is no answer for {name}.")
    yield valid[given]


def _blocks(form: Form, standing: Standing) -> Iterator[str]:
    """The decisions on blocks, each of which names its block by number and hash."""
    known = {f"{row['index']}:{row['hash']}": row["index"] for row in standing.blocks}
    decision: Literal["keep", "remove", "leave"]
    for decision in ("keep", "remove", "leave"):
        for named in form.getlist(decision):
            if named not in known:
                raise FormError("The page was curated anew meanwhile: look at its blocks again, and decide.")
            yield f"--{decision}={known[named]}"


async def _overrule(data: Path, url: str, actor: str, told: list[str]) -> str:
    """Have it decided; gives what went wrong, or an empty string. Raises FormError for what cannot be said."""
    command = [sys.executable, "-m", "pipelines.cli", "overrule", *told, f"--by={actor}", f"--data={data}"]
    if profile := os.environ.get(PROFILE):
        command.append(f"--profile={profile}")
    process = await asyncio.create_subprocess_exec(
        *command, "--", url,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return (
            f"It took longer than {SECONDS} seconds. What was decided holds from the next crawl or replay on."
        )
    if process.returncode == 0:
        return ""
    problem = (
        line(said.decode("utf-8", "replace").rpartition("Error: ")[2], 1000) or "winnow overrule failed."
    )
    if process.returncode == USAGE:
        raise FormError(problem)
    return problem


def _name(actor: Any) -> str:
    """What a curator goes by; a configuration may let people decide who have not signed in."""
    return line((actor or {}).get("id"), 80) or ORIGIN

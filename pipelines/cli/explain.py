"""``winnow explain``: one page in the terminal, with what was removed and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import Command, data_option, examples, profile_option
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from filters.judgement import Because
    from filters.verdict import Verdict
    from pipelines.curate import Outcome
    from pipelines.explain import Part
    from pipelines.page import Page
    from pipelines.store.queries import Copies

ID_DIGITS = 16
ALIASES = 12  # other addresses that are shown


@click.command(
    cls=Command,
    epilog=examples(
        "winnow explain saved-page.html",
        "winnow explain https://blog.example/first-pm-job   # a page that was crawled or imported",
        "winnow explain 0f3a5c7e9b1d2468 --json",
        "winnow explain https://blog.example/first-pm-job --since-version 1",
    ),
)
@click.argument("target", metavar="URL|FILE|POST-ID")
@click.option("--json", "as_json", is_flag=True, help="Every block and every verdict, as one JSON object.")
@click.option("--versions", is_flag=True, help="List what the page said before it changed.")
@click.option("--since-version", "since", type=int, metavar="N", help="Show what changed since version N.")
@click.option("--numbers", is_flag=True, help="Number the blocks as `winnow overrule --keep N` takes them.")
@profile_option
@data_option
def explain(
    target: str,
    as_json: bool,
    versions: bool,
    since: int | None,
    numbers: bool,
    profile: str,
    data: Path,
) -> None:
    """Show what was removed from one page, and why.

    Removed text is struck through, with rule, reason and score below it (or stands behind "- [rule]"
    where there is no terminal).

    A URL or the id of a post is looked up among the pages that were crawled or imported; nothing is
    fetched. The page is cleaned anew, under the rules as they are now.
    """
    if versions or since is not None:
        for told in _history(target, since, data):
            click.echo(told)
        return
    from pipelines.curate import curate
    from pipelines.explain import explained
    from pipelines.lookup import known_copies, page_settings, template_counts
    from pipelines.profile import load_profile

    chain = load_profile(profile)
    name, page = _found(target, data)
    outcome = curate(page, chain, template_counts(data, page.url, chain), page_settings(data, page))
    copies = known_copies(data, page.url)
    if as_json:
        click.echo(json.dumps(explained(name, outcome, copies), ensure_ascii=True, indent=2))
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    if console.is_terminal and not console.no_color and not console.is_dumb_terminal:
        show(outcome, copies, console, numbers=numbers)
    else:
        for line in plain(outcome, copies, numbers=numbers):
            click.echo(line)


def _history(target: str, since: int | None, data: Path) -> Iterator[str]:
    """The versions of a post, or what changed since one of them."""
    from pipelines.changes import changes
    from pipelines.explain import harmless
    from pipelines.lookup import history

    earlier, now = history(data, target)
    known = {version.number: version for version in earlier}
    if since is not None and since not in known:
        numbers = ", ".join(map(str, known)) or "none"
        raise Usage(f"there is no version {since} of {target!r}; there are: {numbers}.")
    if since is None:
        for version in earlier:
            words = f"{len(version.text.split()):,} words"
            yield harmless(f"{version.number}  {version.seen}  {version.status}, {words}  {version.title}")
        versions = "version" if len(earlier) == 1 else "versions"
        yield f"{len(earlier)} earlier {versions}; the page as it was fetched last is the post itself"
        return
    marks = {"same": "  ", "gone": "- ", "new": "+ "}
    for change in changes(known[since].text, now):
        yield from (harmless(f"{marks[change.what]}{line}") for line in change.text.splitlines())


def _found(target: str, data: Path) -> tuple[str, Page]:
    """The page that was meant, with the name that it goes by."""
    if Path(target).is_file():
        return _in_file(target)
    looks_like_id = len(target) == ID_DIGITS and set(target) <= set("0123456789abcdef")
    if not looks_like_id and "://" not in target:
        raise Usage(
            f"no file is called {target!r}, and it is neither a URL (https://...) nor the id of a post."
        )
    from pipelines.lookup import archived_page

    return target, archived_page(
        data, post=target if looks_like_id else "", url="" if looks_like_id else target
    )


def _in_file(path: str) -> tuple[str, Page]:
    from itertools import islice

    from pipelines.inputs import read_inputs

    rows = list(islice(read_inputs([path]), 2))
    if len(rows) != 1:
        raise Usage(
            f"{path!r} holds {'more than one page' if rows else 'no page'}; `winnow curate` takes many."
        )
    row = rows[0]
    if row.page is None:
        raise click.ClickException(f"{path}: {row.error}")
    return row.id, row.page


def heading(outcome: Outcome, copies: Copies) -> Iterator[tuple[str, str]]:
    """What is known of the page, as names and values."""
    document = outcome.after
    yield "page", outcome.page.url
    said = " - ".join(filter(None, (document.title, document.author, document.published or "")))
    if said:
        yield "title", said
    if document.updated and document.updated != document.published:
        yield "updated", document.updated
    if document.shown and document.shown != document.published:
        yield "goes by", f"{document.shown}, which is what its reader is told"
    if document.future:
        yield "future", f"{document.future}, which the page states, is after it was fetched"
    if document.site:
        yield "site", document.site
    if document.licence:
        yield "licence", document.licence
    if document.origins:
        yield "from", "; ".join(f"{field}: {origin}" for field, origin in document.origins)
    yield from _fate(outcome)
    gone = sum(not decision.kept for decision in outcome.decisions)
    trimmed = sum(
        decision.kept and not decision.whole(block)
        for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True)
    )
    blocks = f"{len(outcome.decisions)}, of them {gone} removed and {trimmed} trimmed"
    yield "blocks", f"{blocks} ({outcome.removed_share:.0%} of the words)"
    yield "kept", f"{document.words:,} words"
    yield from judged(outcome)
    if copies.kept:
        yield "copy", f"not kept in the corpus. {copies.reason}"
    for alias in copies.aliases[:ALIASES]:
        if alias.url != outcome.page.url:
            yield "alias", f"{alias.url} ({alias.kind}{': ' if alias.reason else ''}{alias.reason})"
    if len(copies.aliases) > ALIASES:
        yield "alias", f"and {len(copies.aliases) - ALIASES} more; the view `aliases` has all"
    yield "profile", outcome.profile


def _fate(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Whether it is wanted, and by whose word."""
    by = f" (rule {outcome.rule})" if outcome.rule else ""
    yield "status", f"{outcome.status.value}{': ' if outcome.reason else ''}{outcome.reason}{by}"
    if outcome.overruled:
        yield "curator", outcome.overruled


def judged(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What the kept text is, and the features that decided."""
    judgement, quality = outcome.judgement, outcome.quality
    if judgement is None or quality is None:
        return
    also = f", and {outcome.other_language}" if outcome.other_language else ""
    yield "language", f"{outcome.language or 'not known'}{also} ({outcome.language_confidence:.0%})"
    yield "about", f"product management: {judgement.about:.0%}{_features(judgement.about_because)}"
    yield "kind", f"{judgement.kind}{_features(judgement.kind_because)}"
    for name, labels in (("stages", judgement.stages), ("topics", judgement.topics)):
        if labels:
            yield name, ", ".join(labels)
    shape = f"{quality.reading_minutes} min, {quality.headings} headings, {quality.list_items} list items"
    yield "text", f"{shape}, repetition {quality.repetition:g}, title agreement {quality.title_agreement:g}"


def _features(because: tuple[Because, ...]) -> str:
    return f" ({', '.join(map(str, because))})" if because else ""


def why(verdict: Verdict) -> str:
    """The rule, what it says in words, how sure it is and what it saw."""
    evidence = f"; saw: {', '.join(repr(piece) for piece in verdict.evidence)}" if verdict.evidence else ""
    return f"{verdict.rule} v{verdict.version}: {verdict.reason} (score {verdict.score:g}{evidence})"


def plain(outcome: Outcome, copies: Copies, *, numbers: bool = False) -> Iterator[str]:
    """Lines without any style: two blanks before kept text, ``- [rule]`` before removed text.

    With ``numbers`` the number of its block comes before both.
    """
    from pipelines.explain import harmless, parts

    for name, value in heading(outcome, copies):
        yield harmless(f"{name + ':':<9}{' '.join(value.split())}")
    previous: Part | None = None
    for part in parts(outcome):
        if not _same_list(previous, part):
            yield ""
        previous = part
        mark = f"- [{part.verdict.rule}] " if part.gone and part.verdict is not None else "  "
        if numbers:
            mark = f"{part.block.index:>4} {mark}"
        yield from (f"{mark}{line}" for line in harmless(_marked(part)).splitlines())
        if part.verdict is not None:
            yield harmless(f"    {' '.join(why(part.verdict).split())}")


def show(outcome: Outcome, copies: Copies, console: Console, *, numbers: bool = False) -> None:
    """The same with removed text struck through."""
    from rich.padding import Padding
    from rich.text import Text

    from pipelines.explain import harmless, parts

    for name, value in heading(outcome, copies):
        console.print(Text.assemble((f"{name:<9}", "dim"), harmless(value)))
    previous: Part | None = None
    for part in parts(outcome):
        if not _same_list(previous, part):
            console.print()
        previous = part
        indent = 2 + 2 * max(part.block.level - 1, 0) * (part.block.kind == "item")
        number = Text(f"{part.block.index} " if numbers else "", style="dim")
        console.print(Padding(number + _styled(part), (0, 2, 0, indent)))
        if part.verdict is not None:
            console.print(
                Padding(Text("↳ " + harmless(why(part.verdict)), style="yellow"), (0, 2, 0, indent))
            )


def _same_list(previous: Part | None, part: Part) -> bool:
    """Whether two parts are items that no reason stands between, so that they need no blank line."""
    return (
        previous is not None
        and previous.verdict is None
        and part.verdict is None
        and previous.block.kind == part.block.kind == "item"
    )


def _styled(part: Part) -> Text:
    from rich.text import Text

    from pipelines.explain import harmless

    if part.gone:
        return Text(harmless(_marked(part)), style="dim red strike")
    return Text(harmless(_marked(part)), style="bold" if part.block.kind == "heading" else "")


def _marked(part: Part) -> str:
    """The text with the mark of its kind, so that a heading and a list item can be told."""
    if part.block.kind == "heading":
        return f"{'#' * max(part.block.level, 1)} {part.text}"
    if part.block.kind == "item":
        return f"* {part.text}"
    return part.text

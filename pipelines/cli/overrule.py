"""``winnow overrule``: a curator's word on one page, above the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, profile_option
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from pipelines.store.review import BlockDecision

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
NONE = "none"
# What `--as-found` takes, and what it is called in a ruling.
ANSWERS = {
    "status": "status", "kind": "kind", "about": "about", "language": "language", "stages": "stages",
    "topics": "topics", "title": "title", "author": "author", "date": "published", "updated": "updated",
    "site": "site", "licence": "licence", "copies": "copy",
}  # fmt: skip


@click.command(
    cls=Command,
    epilog=examples(
        'winnow overrule https://blog.example/first-pm-job --accept --note "a guide, though it is short"',
        "winnow overrule 0f3a5c7e9b1d2468 --reject --by anna",
        "winnow overrule https://blog.example/first-pm-job --kind career-story --stage entry --topic salary",
        'winnow overrule https://blog.example/first-pm-job --author "Ada Berg; Li Wei" --date 2024-05-01',
        "winnow overrule https://mirror.example/first-pm-job --copy-of https://blog.example/first-pm-job",
        'winnow overrule 0f3a5c7e9b1d2468 --keep 12 --remove 31 --note "12 is an example, 31 an advert"',
        "winnow overrule https://blog.example/first-pm-job --withdraw",
    ),
)
@click.argument("target", metavar="URL|POST-ID")
@click.option("--accept", is_flag=True, help="Take the page, whatever the rules say.")
@click.option("--reject", is_flag=True, help="Leave the page out, whatever the rules say.")
@click.option("--kind", metavar="KIND", help="Say what kind of text it is; the rules judge it as that.")
@click.option(
    "--about/--not-about", default=None, help="Say whether it is about product management; the rules heed it."
)
@click.option("--language", metavar="CODE", help="Say what it is written in, such as de; the rules heed it.")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="STAGE",
    help="Say all stages that it speaks of, one each time; none for none.",
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="TOPIC",
    help="Say all its topics, one each time; none for none.",
)
@click.option("--title", metavar="TEXT", help='Say its title ("" for this and the next five: it has none).')
@click.option("--author", metavar="NAMES", help="Say who wrote it, names joined by semicolons.")
@click.option("--date", "published", metavar="YYYY-MM-DD", help="Say when it was published.")
@click.option("--updated", metavar="YYYY-MM-DD", help="Say when it was last changed.")
@click.option("--site", metavar="NAME", help="Say what its site is called.")
@click.option("--licence", metavar="NAME", help="Say which licence it is under, such as CC-BY-4.0.")
@click.option("--best", is_flag=True, help="Keep it before its copies, whatever their order says.")
@click.option("--no-copy", is_flag=True, help="Say that it is an article of its own.")
@click.option("--copy-of", metavar="URL|POST-ID", help="Say that it is a copy of that page.")
@click.option(
    "--keep",
    multiple=True,
    type=int,
    metavar="N",
    help="Keep a block; `winnow explain --numbers` numbers them.",
)
@click.option("--remove", multiple=True, type=int, metavar="N", help="Remove a block.")
@click.option("--leave", multiple=True, type=int, metavar="N", help="Leave a block to the rules again.")
@click.option(
    "--as-found",
    multiple=True,
    type=click.Choice(list(ANSWERS)),
    help="Leave one of the answers to rules, models and page again.",
)
@click.option("--withdraw", is_flag=True, help="Leave all of the page to rules and models again.")
@click.option("--note", default="", help="Why; it is shown beside the decision.")
@click.option("--by", "actor", default="", help="Who decides; otherwise the user of this machine.")
@profile_option
@data_option
def overrule(
    target: str,
    accept: bool,
    reject: bool,
    kind: str | None,
    keep: tuple[int, ...],
    remove: tuple[int, ...],
    leave: tuple[int, ...],
    as_found: tuple[str, ...],
    withdraw: bool,
    note: str,
    actor: str,
    profile: str,
    data: Path,
    **said: Any,
) -> None:
    """Say what holds of one page in place of what rules, models and the page itself say.

    That it is in or out; which of its blocks stay and go; its kind, language, stages and topics, whether it is about
    product management; what is known of it (title, author, dates, ...); and of which page it is a copy, or that it is
    none.

    The decision is kept in review.db and holds for every crawl, import and replay, also of a page that comes
    later. A page that is archived is curated anew at once. What is not named stays as it was decided before.
    """
    from filters.judgement import KINDS
    from pipelines import batch
    from pipelines.lookup import named_url
    from pipelines.ruling import Ruling, user
    from pipelines.store.review import LEAVE, REVIEW, Review

    if accept and reject:
        raise Usage("--accept and --reject do not go together.")
    if kind is not None and kind not in KINDS:
        raise Usage(did_you_mean("kind", kind, KINDS))
    url = named_url(data, target)
    facts = _facts(data, url, **said)
    blocks = _blocks(data, url, {"keep": keep, "remove": remove, "leave": leave})
    status = "accepted" if accept else "rejected" if reject else ""
    word = Ruling(status, kind or "", note, actor or user(), facts=tuple(facts.items()))
    left = {ANSWERS[name] for name in as_found}
    if both := left & word.answers.keys():
        raise Usage(
            f"--as-found does not go together with what is said of the same: {', '.join(sorted(both))}."
        )
    if withdraw == bool(word.answers or left or blocks):
        raise Usage(
            "say what is decided, --accept, --kind KIND, --title TEXT, --keep N and so on, or --withdraw alone."
        )
    data.mkdir(parents=True, exist_ok=True)
    with Review.open(data / REVIEW) as review:
        before = review.rulings().get(url, Ruling())
        if withdraw:
            left = set(before.answers)
            blocks = {one.block: LEAVE for one in before.blocks}
        if word.answers or left:
            review.rule(url, before.then(word, left))
        review.decide(url, blocks, word.note, word.actor)
    done = (
        batch.replay(data, url=url, profile=profile, workers=1) if (data / batch.ARCHIVE).is_file() else None
    )
    if not isinstance(done, batch.Summary) or not done.accounting.fetched:
        click.echo(f"{url}: not archived yet; the decision holds when it comes")
        return
    click.echo(_state(data, url))


def _facts(
    data: Path,
    url: str,
    *,
    about: bool | None,
    language: str | None,
    stages: tuple[str, ...],
    topics: tuple[str, ...],
    best: bool,
    no_copy: bool,
    copy_of: str | None,
    **stated: str | None,
) -> dict[str, str]:
    """What is said of the page, as ``pipelines.ruling`` names it."""
    from filters.judgement import labels

    for name in ("published", "updated"):
        if given := stated[name]:
            _check_day(given)
    facts = {name: " ".join(value.split()) for name, value in stated.items() if value is not None}
    if "author" in facts:
        facts["author"] = "; ".join(filter(None, map(str.strip, facts["author"].split(";"))))
    if about is not None:
        facts["about"] = "yes" if about else "no"
    if language is not None:
        if not LANGUAGE.fullmatch(language):
            raise Usage(f"--language: {language!r} is no code of a language; write it as en or zh.")
        facts["language"] = language
    for name, given_labels in (("stage", stages), ("topic", topics)):
        if given_labels:
            facts[f"{name}s"] = _labels(name, given_labels, labels(f"{name}: "))
    if copy := _copy(data, url, best, no_copy, copy_of):
        facts["copy"] = copy
    return facts


def _blocks(data: Path, url: str, given: Mapping[BlockDecision, tuple[int, ...]]) -> dict[str, BlockDecision]:
    """What is decided of the page's blocks, by their hashes, from their numbers."""
    if not any(given.values()):
        return {}
    from pipelines.lookup import block_hashes

    known = block_hashes(data, url)
    decided: dict[str, BlockDecision] = {}
    for decision, numbers in given.items():
        for number in numbers:
            if number not in known:
                held = (
                    f"its blocks are {min(known)} to {max(known)}"
                    if known
                    else "no blocks of it are stored yet"
                )
                raise Usage(f"--{decision}: {url} has no block {number}; {held}.")
            if decided.setdefault(known[number], decision) != decision:
                raise Usage(
                    f"--{decision}: something else is said of block {number}, or of one with the same words."
                )
    return decided


def _copy(data: Path, url: str, best: bool, no_copy: bool, copy_of: str | None) -> str:
    """What is said of the page's copies, as ``pipelines.ruling`` tells it; empty for nothing."""
    from pipelines.lookup import named_url
    from pipelines.ruling import BEST, NO_COPY

    if best + no_copy + (copy_of is not None) > 1:
        raise Usage("--best, --no-copy and --copy-of do not go together.")
    if best or no_copy:
        return BEST if best else NO_COPY
    if copy_of is None:
        return ""
    original = named_url(data, copy_of)
    if original == url:
        raise Usage(f"--copy-of: {copy_of!r} is the page itself.")
    return original


def _check_day(given: str) -> None:
    """Raise Usage for what is no day, or one that has not come."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = None
    if day is None or day.isoformat() != given:
        raise Usage(f"{given!r} is no day; write it as 2026-01-31.")
    if day > date.today():
        raise Usage(f"{given!r} has not come yet.")


def _labels(name: str, given: Iterable[str], known: Iterable[str]) -> str:
    """The labels as they are stored; raises Usage for one that is none."""
    found = list(dict.fromkeys(given))
    if found == [NONE]:
        return ""
    if NONE in found:
        raise Usage(f"--{name}: {NONE} says that there is none, and goes alone.")
    for label in found:
        if label not in known:
            raise Usage(did_you_mean(name, label, [*known, NONE]))
    return "; ".join(found)


def _state(data: Path, url: str) -> str:
    """What the page is now, and by whose word."""
    from pipelines.batch import CORPUS
    from pipelines.explain import harmless
    from pipelines.store import Store

    with Store.open(data / CORPUS, create=False) as store:
        status, kind, reason, overruled = store.connection.execute(
            "SELECT status, kind, reason, overruled FROM posts WHERE url = ?", (url,)
        ).fetchone()
    lines = [f"{url}: {status}, {kind or 'of no kind'}", reason, overruled or "as the rules say"]
    return harmless("\n  ".join(line for line in lines if line))

"""``winnow overrule``: a curator's word on one page, above the rules."""

from __future__ import annotations

import contextlib
import getpass
from dataclasses import replace
from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, profile_option
from pipelines.cli.problems import Usage


@click.command(
    cls=Command,
    epilog=examples(
        'winnow overrule https://blog.example/first-pm-job --accept --note "a guide, though it is short"',
        "winnow overrule 0f3a5c7e9b1d2468 --reject --by anna",
        "winnow overrule https://blog.example/first-pm-job --kind career-story",
        "winnow overrule https://blog.example/first-pm-job --withdraw",
    ),
)
@click.argument("target", metavar="URL|POST-ID")
@click.option("--accept", is_flag=True, help="Take the page, whatever the rules say.")
@click.option("--reject", is_flag=True, help="Leave the page out, whatever the rules say.")
@click.option("--kind", metavar="KIND", help="Say what kind of text it is; the rules judge it as that.")
@click.option("--withdraw", is_flag=True, help="Leave the page to rules and models again.")
@click.option("--note", default="", help="Why; it is shown beside the decision.")
@click.option("--by", "actor", default="", help="Who decides; otherwise the user of this machine.")
@profile_option
@data_option
def overrule(
    target: str,
    accept: bool,
    reject: bool,
    kind: str | None,
    withdraw: bool,
    note: str,
    actor: str,
    profile: str,
    data: Path,
) -> None:
    """Decide about one page in place of the rules: that it is in or out, and of which kind.

    The decision is kept in review.db and holds for every crawl, import and replay, also of a page that comes
    later. A page that is archived is curated anew at once. What is not named stays as it was decided before.
    """
    from filters.judgement import KINDS
    from pipelines import batch
    from pipelines.lookup import named_url
    from pipelines.site_settings import Ruling
    from pipelines.store.review import REVIEW, Review

    if accept and reject:
        raise Usage("--accept and --reject do not go together.")
    if withdraw == bool(accept or reject or kind):
        raise Usage("say what is decided: --accept or --reject, --kind KIND, or --withdraw alone.")
    if kind is not None and kind not in KINDS:
        raise Usage(did_you_mean("kind", kind, KINDS))
    url = named_url(data, target)
    data.mkdir(parents=True, exist_ok=True)
    with Review.open(data / REVIEW) as review:
        before = Ruling() if withdraw else review.rulings().get(url, Ruling())
        status = "accepted" if accept else "rejected" if reject else before.status
        said = replace(
            before, status=status, kind=kind or before.kind, note=note, actor=actor or _user(), at=""
        )
        review.rule(url, said)
    done = (
        batch.replay(data, url=url, profile=profile, workers=1) if (data / batch.ARCHIVE).is_file() else None
    )
    if not isinstance(done, batch.Summary) or not done.accounting.fetched:
        click.echo(f"{url}: not archived yet; the decision holds when it comes")
        return
    click.echo(_state(data, url))


def _user() -> str:
    # a process may run as a user without a name
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


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

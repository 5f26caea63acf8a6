"""``winnow rules``: what every rule does, its settings, and how often it fired."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, profile_option
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from filters.rule import Rule
    from pipelines.store import Store

COLUMNS = ("rule", "version", "family", "scope", "settings", "fired", "removed", "rejected", "summary")


@click.command(cls=Command, epilog=examples("winnow rules", "winnow rules hidden"))
@click.argument("rule_id", metavar="[ID]", required=False)
@profile_option
@data_option
def rules(rule_id: str | None, profile: str, data: Path) -> None:
    """List the rules, or show one of them with all it says.

    Of the corpus, as soon as there is one: how many verdicts a rule gave (fired), and how many blocks and
    pages it decided (removed, rejected). Of several rules that speak against a block, the heaviest counts
    as the one that decided.
    """
    from filters import load_profile
    from filters.rule import registry

    known = registry()
    in_force = {rule.id: rule for rule in load_profile(profile).rules}
    counts = _counts(data)
    if rule_id is not None:
        if rule_id not in known:
            raise Usage(did_you_mean("rule", rule_id, known))
        _one(known[rule_id], in_force.get(rule_id), profile, counts)
        return
    _table([_row(kind, in_force.get(name), counts) for name, kind in known.items()])


@dataclass(frozen=True, slots=True)
class Fired:
    """Verdicts that a rule gave in the corpus, blocks that it removed or trimmed, pages that it rejected."""

    fired: int = 0
    removed: int = 0
    rejected: int = 0


def _counts(data: Path) -> dict[str, Fired] | None:
    """What each rule did in the corpus; None where there is no corpus."""
    from pipelines.store import Store, StoreError

    path = data / "corpus.db"
    if not path.is_file():
        return None
    try:
        with Store.open(path, create=False) as store:
            return _counted(store)
    except StoreError as error:
        click.echo(f"Without counts: {error}", err=True)
        return None


def _counted(store: Store) -> dict[str, Fired]:
    query = "SELECT rule, count(*) FROM verdicts GROUP BY rule"
    spoken: dict[str, int] = dict(store.connection.execute(query).fetchall())
    removed = {row.rule: row.blocks for row in store.removed_by_rule()}
    rejected: Counter[str] = Counter()
    for row in store.by_reason():
        if row.status == "rejected":
            rejected[row.rule] += row.posts
    names = {*spoken, *removed, *rejected}
    return {name: Fired(spoken.get(name, 0), removed.get(name, 0), rejected[name]) for name in names}


def _row(kind: type[Rule], rule: Rule | None, counts: dict[str, Fired] | None) -> tuple[str, ...]:
    settings = _told(rule.settings()) if rule is not None else "(not in the profile)"
    did = ("", "", "") if counts is None else map(str, astuple(counts.get(kind.id, Fired())))
    return (kind.id, str(kind.version), kind.family.value, kind.scope, settings, *did, kind.summary())


def _told(settings: dict[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in settings.items())


def _value(value: object) -> str:
    if isinstance(value, tuple) and len(value) > 3:
        return f"({len(value)} entries)"
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _table(rows: list[tuple[str, ...]]) -> None:
    """Columns on a terminal; elsewhere lines with tabs, which other programs read."""
    if not sys.stdout.isatty():
        for row in (COLUMNS, *rows):
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    shown = [n for n, name in enumerate(COLUMNS) if name != "settings" and any(row[n] for row in rows)]
    for n in shown:
        numeric = COLUMNS[n] in {"version", "fired", "removed", "rejected"}
        table.add_column(COLUMNS[n], no_wrap=n == 0, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(row[n]) for n in shown))
    Console().print(table)


def _one(kind: type[Rule], rule: Rule | None, profile: str, counts: dict[str, Fired] | None) -> None:
    click.echo(f"{kind.id}, version {kind.version}, family {kind.family.value}, scope {kind.scope}\n")
    click.echo(inspect.cleandoc(kind.__doc__ or ""))
    settings = (rule if rule is not None else kind()).settings()
    click.echo(
        f"\nSettings in the profile {profile}:"
        if rule is not None
        else f"\nNot in the profile {profile}; its defaults:"
    )
    for name, value in settings.items():
        click.echo(f"  {name} = {list(value) if isinstance(value, tuple) else value!r}")
    if not settings:
        click.echo("  none")
    if counts is not None:
        did = counts.get(kind.id, Fired())
        click.echo(
            f"\nIn the corpus: {did.fired:,} verdicts; {did.removed:,} blocks removed or trimmed,"
            f" {did.rejected:,} pages rejected."
        )
    cases = _cases(kind.id)
    if cases is not None:
        click.echo(f"\nExample cases: {cases} in tests/filters/cases/{kind.id}.toml")


def _cases(rule_id: str) -> int | None:
    """How many example cases a checkout holds for the rule; an installed winnow comes without them."""
    import tomllib

    path = Path(__file__).parents[2] / "tests" / "filters" / "cases" / f"{rule_id}.toml"
    if not path.is_file():
        return None
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return sum(len(value) for value in data.values() if isinstance(value, list))

"""``winnow rules``: what every rule does, its settings, and how often it fired."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, profile_option
from pipelines.cli.problems import Usage

if TYPE_CHECKING:
    from filters.rule import Rule

COLUMNS = ("rule", "version", "family", "scope", "settings", "removed", "rejected", "summary")


@click.command(cls=Command, epilog=examples("winnow rules", "winnow rules hidden"))
@click.argument("rule_id", metavar="[ID]", required=False)
@profile_option
@data_option
def rules(rule_id: str | None, profile: str, data: Path) -> None:
    """List the rules, or show one of them with all it says.

    The columns removed and rejected count the blocks and pages of the corpus that a rule decided; they
    are empty as long as there is no corpus.
    """
    from filters import load_profile
    from filters.rule import registry

    known = registry()
    in_force = {rule.id: rule for rule in load_profile(profile).rules}
    fired = _fired(data)
    if rule_id is not None:
        if rule_id not in known:
            raise Usage(did_you_mean("rule", rule_id, known))
        _one(known[rule_id], in_force.get(rule_id), profile, fired)
        return
    _table([_row(kind, in_force.get(name), fired) for name, kind in known.items()])


Fired = dict[str, tuple[int, int]]


def _fired(data: Path) -> Fired | None:
    """Removed blocks and rejected pages by rule; None where there is no corpus."""
    from pipelines.store import Store

    path = data / "corpus.db"
    if not path.is_file():
        return None
    with Store.open(path, create=False) as store:
        removed = {row.rule: row.blocks for row in store.removed_by_rule()}
        rejected: dict[str, int] = {}
        for row in store.by_reason():
            if row.status == "rejected" and row.rule:
                rejected[row.rule] = rejected.get(row.rule, 0) + row.posts
    return {rule: (removed.get(rule, 0), rejected.get(rule, 0)) for rule in {*removed, *rejected}}


def _row(kind: type[Rule], rule: Rule | None, fired: Fired | None) -> tuple[str, ...]:
    settings = _told(rule.settings()) if rule is not None else "(not in the profile)"
    removed, rejected = map(str, fired.get(kind.id, (0, 0))) if fired is not None else ("", "")
    return (
        kind.id,
        str(kind.version),
        kind.family.value,
        kind.scope,
        settings,
        removed,
        rejected,
        kind.summary(),
    )


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
        numeric = COLUMNS[n] in {"version", "removed", "rejected"}
        table.add_column(COLUMNS[n], no_wrap=n == 0, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(row[n]) for n in shown))
    Console().print(table)


def _one(kind: type[Rule], rule: Rule | None, profile: str, fired: Fired | None) -> None:
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
    if fired is not None:
        removed, rejected = fired.get(kind.id, (0, 0))
        click.echo(f"\nIn the corpus: {removed:,} blocks removed or trimmed, {rejected:,} pages rejected.")
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

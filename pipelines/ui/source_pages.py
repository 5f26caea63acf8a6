"""The pages on sources: what each gives, run by run, beside what is usual for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from datasette.utils import tilde_decode
from markupsafe import Markup

from pipelines.store.health import SourceRun
from pipelines.ui.charts import Bar, bars, spark
from pipelines.ui.queries import Rows, rows
from pipelines.ui.safety import line
from pipelines.watch import error_share, list_survival, spam_share, usual

RUNS_SHOWN = 40
_COLUMNS = ", ".join(f"h.{field.name}" for field in fields(SourceRun))


@dataclass(frozen=True, slots=True)
class Seen:
    """A run of a source, with what the run was."""

    run: SourceRun
    kind: str
    day: str
    status: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title and what is usual, in words."""

    title: str
    usual: str
    picture: Markup


async def overview(db: Any) -> Rows:
    """Every source with its state and its latest runs, those in quarantine first."""
    sources = await rows(
        db,
        "select name, title, kind, enabled, quarantine_reason, quarantined_since from sources "
        "order by quarantined_since = '', name limit 1000",
    )
    latest: dict[str, list[Seen]] = {}
    for seen in await _runs(db, "", 20_000):
        latest.setdefault(seen.run.source, []).append(seen)
    for source in sources:
        found = latest.get(source["name"], [])[:20]
        source["last"] = found[0] if found else None
        numbers = [seen.run.articles for seen in reversed(found)]
        source["spark"] = spark(f"Articles in the last {len(numbers)} runs", numbers) if numbers else ""
    return sources


async def one(db: Any, encoded: str) -> tuple[dict[str, Any], list[Seen]] | None:
    """A source and its latest runs, newest first; None where there is no such source."""
    found = await rows(db, "select * from sources where name = :name", {"name": tilde_decode(encoded)})
    return (found[0], await _runs(db, found[0]["name"], RUNS_SHOWN)) if found else None


async def _runs(db: Any, name: str, limit: int) -> list[Seen]:
    found = await rows(
        db,
        f"select {_COLUMNS}, r.kind, substr(r.started, 1, 10) as day, r.status from source_runs h "  # noqa: S608
        "join runs r on r.id = h.run where (:name = '' or h.source = :name) and r.kind <> 'replay' "
        "order by h.run desc limit :limit",
        {"name": name, "limit": limit},
    )
    own = [field.name for field in fields(SourceRun)]
    return [
        Seen(SourceRun(**{key: row[key] for key in own}), row["kind"], row["day"], row["status"])
        for row in found
    ]


def charts(seen: list[Seen]) -> list[Chart]:
    """Four pictures of a source's past, oldest run left."""
    return [
        _chart(seen, "Articles come across", lambda run: float(run.articles), low=True),
        _chart(seen, "Spam among the pages judged", spam_share, share=True),
        _chart(seen, "List items kept", list_survival, share=True, low=True),
        _chart(seen, "Addresses that failed or could not be read", error_share, share=True),
    ]


def _chart(
    seen: list[Seen],
    title: str,
    of: Callable[[SourceRun], float | None],
    *,
    share: bool = False,
    low: bool = False,
) -> Chart:
    """``low``: little is bad, and much is otherwise; bars far from the usual are set off."""
    known = [value for one in seen if (value := of(one.run)) is not None]
    was = usual(known)

    def words(value: float | None) -> str:
        return "nothing to tell" if value is None else f"{value:.0%}" if share else f"{value:,.0f}"

    drawn = []
    for one in reversed(seen):
        value = of(one.run)
        far = max(3 * was.spread, 0.1 if share else 0.3 * was.median) if was is not None else 0.0
        off = 0.0 if was is None or value is None else was.median - value if low else value - was.median
        told = f"Run {one.run.run} ({one.kind}), {one.day}: {words(value)}"
        drawn.append(Bar(value, told, odd=was is not None and off > far))
    least = f"{title}, run by run: from {words(min(known))} to {words(max(known))}" if known else title
    picture = bars(line(least), drawn, usual=was.median if was else None, top=1.0 if share else None)
    return Chart(
        title, f"{words(was.median)} is usual" if was else "too few runs to say what is usual", picture
    )

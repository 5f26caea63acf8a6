"""Which ways of which sources a crawl takes now, and why it leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.source import COUNTER, Source
from pipelines.store import Store, health
from pipelines.store.connection import written
from pipelines.unread import Unread

if TYPE_CHECKING:
    from pipelines.items import Desk
    from pipelines.store.health import Quarantine


@dataclass(frozen=True, slots=True)
class Chosen:
    """``ways`` are taken; ``later`` are not due, each with the moment when it is (ISO 8601 in UTC)."""

    ways: tuple[Source, ...]
    later: tuple[tuple[Source, str], ...] = ()
    quarantined: tuple[Quarantine, ...] = ()
    closed: tuple[Source, ...] = ()

    def told(self) -> Iterator[str]:
        """Why sources are left alone, and what of a source is not due, a sentence each."""
        for found in self.quarantined:
            yield (
                f"{found.source} is in quarantine and left out: {found.reason}."
                f" `winnow quarantine release {found.source}` lets it go"
            )
        for source in self.closed:
            yield f"{source.name} is left alone until its hours come: {source.hours}."
        if not self.ways:
            soonest = min((moment for _, moment in self.later), default="")
            others = "other " if self.quarantined or self.closed else ""
            yield f"No {others}source is due{f' before {soonest}' if soonest else ''}."

    def told_later(self) -> Iterator[str]:
        """What is not due, and when it is, a sentence each."""
        for way, moment in self.later:
            yield f"{way.name}: its {way.way} is not due before {moment}."


def chosen(sources: Sequence[Source], store: Store, desk: Desk, before: int) -> Chosen:
    """The ways of the sources that a run takes; the runs ``before`` it are its past.

    A desk that asks for what is due has those only that are; pages that are due are asked for in any case.
    """
    now = written(datetime.now(UTC))
    ways, later = [], []
    for way in (way for source in sources for way in source.ways()):
        moment = due(way, store, store.last_read(begins_with(way), before=before))
        if desk.due_only and moment > now:
            later.append((way, moment))
        else:
            ways.append(way)
    ways += [source.revisits() for source in sources if desk.due(source.name)]
    resting = {found.source: found for found in health.quarantines(store.connection)}
    closed = [source for source in sources if not source.open_at(datetime.now().time())]
    out = resting.keys() | {source.name for source in closed}
    names = {way.name for way in ways}
    return Chosen(
        tuple(way for way in ways if way.name not in out),
        tuple(later),
        tuple(resting[name] for name in sorted(names & resting.keys())),
        tuple(closed),
    )


def begins_with(source: Source) -> list[str]:
    """The URLs that a crawl of a source asks for first."""
    return [url.replace(COUNTER, "1") for url in source.start]


def due_at(way: Source, last: str) -> str:
    """When a way is due that was last read at a moment (empty: never, and it is due now); ISO 8601 in UTC."""
    if not last:
        return ""
    return written(datetime.fromisoformat(last) + timedelta(hours=way.every_hours))


def due(way: Source, store: Store, last: str) -> str:
    """The same by all that the store knows: sooner where something that the way leads to was left at the ``last``
    reading, later where the site wants to be left alone, as it said itself.
    """
    begins = begins_with(way)
    moment = due_at(way, last)
    unread = Unread(store)
    if left := unread.left_until(begins[0]):
        moment = min(moment, left)
    return max(moment, *map(unread.put_off_until, begins))

"""Which feeds, sitemaps and lists of a way a run reads, and when those are due that it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.listings import Entry
from crawler.ways import begins_with
from pipelines.revisits import later
from pipelines.store.connection import now

if TYPE_CHECKING:
    from crawler.source import Source
    from pipelines.items import Desk


@dataclass
class Discovery:
    """One way of a source in one run, which asks for ``most`` listings; ``asked`` counts them.

    ``left`` is the earliest moment when one is due that was not read (ISO 8601 in UTC; empty: none was left), and
    ``failed`` says that one could not be had.
    """

    source: Source
    desk: Desk
    most: int = 0
    asked: int = 0
    left: str = ""
    failed: bool = False

    def against(self, url: str, listed: str) -> str:
        """Why a listing is not asked for now, which its index lists as last changed then; empty where it is."""
        until = self.desk.unread.put_off_until(url) if self.desk.due_only else ""
        if until > now():
            self.leave(until)
            return f"the site wants to be left alone until {until}"
        if self.desk.listings.spares(url, listed):
            return ""
        if self.asked >= self.most:
            before = self._last_asked([Entry(url)])[url]
            self.leave(max(later(before, self.source.every_hours), now()) if before else now())
            return f"more than {self.most} feeds, sitemaps or lists in a run"
        self.asked += 1
        return ""

    def leave(self, until: str) -> None:
        """A listing is not read now, and due at a moment."""
        self.left = min(self.left or until, until)

    def in_turn(self, parts: Sequence[Entry]) -> Sequence[Entry]:
        """The parts of a listing; of more than a run reads, those first that were asked for longest ago or never."""
        if len(parts) <= self.most - self.asked:
            return parts
        before = self._last_asked(parts)
        return sorted(parts, key=lambda part: before[part.url])

    def end(self) -> None:
        """Let the way be due before its own time where it was not read to its end."""
        if self.source.start:
            self.desk.end_way(begins_with(self.source)[0], self.left, failed=self.failed)

    def _last_asked(self, parts: Sequence[Entry]) -> dict[str, str]:
        return self.desk.unread.last_asked([part.url for part in parts], before=self.desk.run)

"""What addresses answered in place of a page: that it is gone, has moved for good, or does not want to be taken.

It stands in the archive, beside the pages, as the network is read once: what follows from it for the corpus can be
worked out again without asking anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.address import normal_url, storable
from pipelines.archive import Archive
from pipelines.revisits import GONE_APART_HOURS, GONE_TRIES, later
from pipelines.store import Answer, AnswerKind
from pipelines.store.connection import immediate


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A row of ``answers``: what a URL answered from ``since`` to ``last``, on so many tries apart."""

    url: str
    kind: AnswerKind
    detail: str
    since: str
    last: str
    tries: int


class Answers:
    """The answers in an archive, the last one of each URL."""

    def __init__(self, archive: Archive) -> None:
        self._connection = archive.connection

    def note(self, url: str, kind: AnswerKind, at: str, detail: str = "") -> Answer:
        """Write down what a URL answered at a moment; a page that is taken later is what ``forget`` is for."""
        url, detail = normal_url(url), storable(detail)
        with immediate(self._connection):
            known = self.of(url)
            if known is None or (known.kind, known.detail) != (kind, detail):
                self._connection.execute(
                    "INSERT OR REPLACE INTO answers (url, kind, detail, since, last, tries)"
                    " VALUES (?, ?, ?, ?, ?, 1)",
                    (url, kind, detail, at, at),
                )
            else:
                (last,) = self._connection.execute(
                    "SELECT last FROM answers WHERE url = ?", (url,)
                ).fetchone()
                if at >= later(last, GONE_APART_HOURS):
                    self._connection.execute(
                        "UPDATE answers SET tries = tries + 1, last = ? WHERE url = ?", (at, url)
                    )
            found = self.of(url)
        assert found is not None  # noqa: S101 - it was just written
        return found

    def forget(self, url: str) -> None:
        """The URL has a page again."""
        if self.of(url) is not None:
            with immediate(self._connection):
                self._connection.execute("DELETE FROM answers WHERE url = ?", (normal_url(url),))

    def of(self, url: str) -> Answer | None:
        """What a URL answered last, where that was no page."""
        row = self._connection.execute(
            "SELECT url, kind, detail, since, tries FROM answers WHERE url = ?", (normal_url(url),)
        ).fetchone()
        return Answer(*row) if row else None

    def stored(self, since: str = "") -> list[StoredAnswer]:
        """All answers as they stand, by URL; ``since``: those heard then or later."""
        rows = self._connection.execute(
            "SELECT url, kind, detail, since, last, tries FROM answers WHERE last >= ? ORDER BY url", (since,)
        )
        return [StoredAnswer(*row) for row in rows]

    def take(self, answer: StoredAnswer) -> bool:
        """Write down what another archive heard, unless this one knows something later of the URL."""
        url = normal_url(answer.url)
        with immediate(self._connection):
            (later_heard,) = self._connection.execute(
                "SELECT EXISTS (SELECT 1 FROM answers WHERE url = ?1 AND last >= ?2)"
                " OR EXISTS (SELECT 1 FROM captures WHERE url = ?1 AND fetched_at > ?2)",
                (url, answer.last),
            ).fetchone()
            if later_heard:
                return False
            self._connection.execute(
                "INSERT OR REPLACE INTO answers (url, kind, detail, since, last, tries) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    url,
                    answer.kind,
                    storable(answer.detail),
                    storable(answer.since),
                    storable(answer.last),
                    answer.tries,
                ),
            )
        return True

    def all(self) -> list[Answer]:
        """All answers to be believed, by URL: a page may be missing for a day and be there again."""
        rows = self._connection.execute("SELECT url, kind, detail, since, tries FROM answers ORDER BY url")
        found = (Answer(*row) for row in rows.fetchall())
        return [answer for answer in found if answer.kind != "gone" or answer.tries >= GONE_TRIES]

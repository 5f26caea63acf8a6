"""What addresses answered in place of a page: that it is gone, has moved for good, or does not want to be taken.

It stands in the archive, beside the pages, as the network is read once: what follows from it for the corpus can be
worked out again without asking anybody.
"""

from __future__ import annotations

from pipelines.address import normal_url, storable
from pipelines.archive import Archive
from pipelines.revisits import GONE_APART_HOURS, GONE_TRIES, later
from pipelines.store import Answer, AnswerKind
from pipelines.store.connection import immediate


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

    def all(self) -> list[Answer]:
        """All answers to be believed, by URL: a page may be missing for a day and be there again."""
        rows = self._connection.execute("SELECT url, kind, detail, since, tries FROM answers ORDER BY url")
        found = (Answer(*row) for row in rows.fetchall())
        return [answer for answer in found if answer.kind != "gone" or answer.tries >= GONE_TRIES]

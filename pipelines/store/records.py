"""The records that go into the store beside outcomes, and those that come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RunKind = Literal["crawl", "import", "replay"]
RunStatus = Literal["running", "finished", "interrupted", "failed", "killed"]
AnswerKind = Literal["gone", "moved", "noindex"]
State = Literal["accepted", "rejected", "unchanged", "errored", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where pages come from; ``name`` is what posts point at, ``kind`` how its pages are found."""

    name: str
    title: str = ""
    homepage: str = ""
    licence: str = ""
    kind: str = ""
    enabled: bool = True
    notes: str = ""


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """The fate of one discovered URL in a run.

    ``status`` is the HTTP status and ``bytes`` the size of the body, where there was an answer; ``post``
    the id of the post that the page is, if it is one; ``at`` ISO 8601 in UTC (empty: now). ``retries`` is how often it
    was asked for again, after a failure that might pass.
    """

    url: str
    state: State
    source: str = ""
    reason: str = ""
    status: int | None = None
    post: str | None = None
    final_url: str = ""
    bytes: int | None = None
    at: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class UrlRecord:
    """What a crawl remembers of a URL between runs; ``next_due`` and ``last_seen`` are ISO 8601 in UTC.

    ``revisit_hours`` is how long a page that answers is left alone by now, see ``pipelines.revisits``.
    """

    url: str
    source: str = ""
    etag: str = ""
    last_modified: str = ""
    next_due: str | None = None
    failures: int = 0
    last_state: str = ""
    last_seen: str | None = None
    revisit_hours: float | None = None


@dataclass(frozen=True, slots=True)
class UrlState(UrlRecord):
    """The same as it stands in the store, with what curating its last body gave.

    ``curated`` is the status of the last outcome (empty: never curated), under the rules of
    ``fingerprint``.
    """

    body_hash: str = ""
    text_hash: str = ""
    fingerprint: str = ""
    curated: str = ""
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a URL says in place of a page since ``since`` (ISO 8601 in UTC), heard ``tries`` times.

    ``detail`` is where a page has moved to, or the words with which it asks not to be taken.
    """

    url: str
    kind: AnswerKind
    detail: str
    since: str
    tries: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What ``Store.save`` did: the post's id, the page's state, and whether a row of the post changed.

    ``held`` says that a page which could not be read this time left the earlier post standing.
    """

    post: str
    state: State
    changed: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class Accounting:
    """The fate of every URL of a run, counted; every discovered URL is in exactly one of the leaves."""

    discovered: int
    fetched: int
    skipped: int
    failed: int
    accepted: int
    rejected: int
    unchanged: int
    errored: int

    @property
    def balanced(self) -> bool:
        """Whether both identities hold."""
        return (
            self.discovered == self.fetched + self.skipped + self.failed
            and self.fetched == self.accepted + self.rejected + self.unchanged + self.errored
        )

"""Many pages at once, without the network: bulk import, and replay of the archive under the present rules.

Pages are archived first and curated from the archive, so a run that is killed loses nothing: the next one
curates what it finds archived and not curated.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.answers import Answers
from pipelines.archive import Archive, ArchiveError, Capture
from pipelines.compare import Diff, compare
from pipelines.inputs import WARC, InputRow, read_inputs
from pipelines.page import Page
from pipelines.profile import load_profile
from pipelines.settle import judge_by_site, read_versions
from pipelines.site_settings import Sites, SiteSettings
from pipelines.store import Accounting, FetchRecord, RunKind, State, Store, post_id
from pipelines.store.connection import now
from pipelines.store.queries import Reason, Removed
from pipelines.store.review import Rulings
from pipelines.store.rows import PostRows, post_rows
from pipelines.store.templates import SiteTemplates
from pipelines.warc import read_answers
from pipelines.workers import Curators

ARCHIVE = "archive.db"
CORPUS = "corpus.db"
IMPORT = "import"  # the source of pages that tell none
PAGE_SECONDS = 60.0

Progress = Callable[[str], None]
"""Hears the state that each page ended in."""


@dataclass(frozen=True)
class Summary:
    """What a run did; ``removed`` and ``reasons`` speak of the posts that it judged."""

    run: int
    kind: RunKind
    accounting: Accounting
    removed: tuple[Removed, ...]
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        a = self.accounting
        found = f"{a.fetched} fetched + {a.skipped} skipped + {a.failed} failed"
        judged = f"{a.accepted} accepted + {a.rejected} rejected + {a.unchanged} unchanged"
        lines = [
            f"Run {self.run} ({self.kind}): {a.discovered} discovered = {found}",
            f"  {a.fetched} fetched = {judged} + {a.errored} errored",
        ]
        if self.removed:
            lines.append(f"  {sum(rule.blocks for rule in self.removed)} blocks removed or trimmed:")
            lines += [f"    {rule.rule}: {rule.blocks} in {rule.posts} posts" for rule in self.removed]
        return "\n".join(lines)


def import_pages(
    inputs: Sequence[str],
    data: Path,
    *,
    profile: str = "default",
    source: str | None = None,
    workers: int = 2,
    progress: Progress | None = None,
    page_seconds: float = PAGE_SECONDS,
    settings: Mapping[str, SiteSettings] | None = None,
) -> Summary:
    """Archive the pages of files, curate those that are new or were judged by other rules, store, settle.

    ``source`` is the one that the pages count to: without it the one that they tell, or ``import``. Archived
    pages that nobody curated yet (a run was killed) are taken along. ``settings`` are what sources say of the pages
    of their sites now; of sources that are not named the corpus knows. Raises InputError and ProfileError before
    anything is written.
    """
    rows = read_inputs(inputs)
    chain = load_profile(profile)
    with Archive.open(data / ARCHIVE) as archive, Store.open(data / CORPUS) as store:
        templates = SiteTemplates(store.connection, chain)
        run = store.start_run("import", chain)
        store.record_site_settings(settings or {})
        sites = Sites(store.site_settings(), Rulings(data))
        work = _Work(archive, store, run, templates, progress)
        with (
            work.closing(),
            Curators(post_rows, profile, workers=workers, page_seconds=page_seconds, sites=sites) as curators,
        ):
            urls = work.archived(rows, source)
            work.take_answers(inputs)
            captures = work.new(work.wanted(urls), curators)
            work.curate(captures, curators, unchanged_if_same=False)
            judge_by_site(store, archive, curators, chain, run)
            read_versions(store, archive, curators, chain, run)
        return work.summary("import")


def replay(
    data: Path,
    *,
    profile: str = "default",
    source: str | None = None,
    since: str | None = None,
    rule: str | None = None,
    url: str | None = None,
    diff: bool = False,
    workers: int = 2,
    progress: Progress | None = None,
    page_seconds: float = PAGE_SECONDS,
    settings: Mapping[str, SiteSettings] | None = None,
) -> Summary | Diff:
    """Curate the latest capture of every URL again; a post that stays as it is counts as *unchanged*.

    ``source`` and ``since`` (of fetching, ISO 8601) narrow the pages down, ``rule`` to the posts that a
    rule spoke of, ``url`` to one page; ``settings`` are as in ``import_pages``. With ``diff`` nothing is written, and
    what would change is returned.
    """
    chain = load_profile(profile)
    with (
        Archive.open(data / ARCHIVE, create=False) as archive,
        Store.open(data / CORPUS, create=not diff) as store,
    ):
        templates = SiteTemplates(store.connection, chain)
        captures: Iterable[Capture] = archive.latest(source, since) if url is None else _one(archive, url)
        if rule is not None:
            spoken = store.spoken_of_by(rule)
            captures = (capture for capture in captures if post_id(capture.url) in spoken)
        if diff:
            sites = Sites(store.site_settings() | dict(settings or {}), Rulings(data))
            with Curators(
                post_rows, profile, workers=workers, page_seconds=page_seconds, sites=sites
            ) as curators:
                return _diff(archive, store, captures, curators, templates, progress)
        run = store.start_run("replay", chain)
        store.record_site_settings(settings or {})
        sites = Sites(store.site_settings(), Rulings(data))
        work = _Work(archive, store, run, templates, progress)
        with (
            work.closing(),
            Curators(post_rows, profile, workers=workers, page_seconds=page_seconds, sites=sites) as curators,
        ):
            work.curate(captures, curators, unchanged_if_same=True)
            judge_by_site(store, archive, curators, chain, run)
            read_versions(store, archive, curators, chain, run)
        return work.summary("replay")


class _Work:
    """One run over archive and store."""

    def __init__(
        self,
        archive: Archive,
        store: Store,
        run: int,
        templates: SiteTemplates,
        progress: Progress | None,
    ) -> None:
        self.archive, self.store, self.run, self.templates = archive, store, run, templates
        self._progress = progress

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Settle and close the run, however the work ends."""
        try:
            yield
        except KeyboardInterrupt:
            self.store.settle(Answers(self.archive).all())
            self.store.finish_run(self.run, "interrupted")
            raise
        except BaseException:
            # on a full disk this fails too, and what matters is why the run failed
            with suppress(sqlite3.Error):
                self.store.finish_run(self.run, "failed")
            raise
        self.store.settle(Answers(self.archive).all())
        self.store.finish_run(self.run)

    def archived(self, rows: Iterable[InputRow], named: str | None) -> list[str]:
        """Archive the pages; their URLs, each once. Rows without a page end here, as *errored*."""
        urls: dict[str, None] = {}
        moment = now()
        for row in rows:
            source = named or row.source or IMPORT
            if row.page is None:
                self._failed(row.place or row.id, row.error, source)
                continue
            # saved pages do not say when: the moment makes the page that was imported last the latest
            page = row.page if row.page.fetched_at else replace(row.page, fetched_at=moment)
            try:
                urls[self.archive.put(page, source).url] = None
            except ArchiveError as error:
                self._failed(row.place or row.id, str(error), source)
        return list(urls)

    def take_answers(self, inputs: Sequence[str]) -> None:
        """What WARC files of winnow's tell of pages that are gone, have moved or are not to be taken."""
        answers = Answers(self.archive)
        for named in inputs:
            folder = Path(named)
            files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
            for file in files:
                if file.name.lower().endswith(WARC):
                    for answer in read_answers(file):
                        answers.take(answer)

    def wanted(self, urls: Sequence[str]) -> Iterator[Capture]:
        """The latest capture of each URL, then those of other URLs that were never curated."""
        named = set(urls)
        for url in urls:
            capture = self.archive.latest_of(url)
            if capture is not None:
                yield capture
        bodies = self.store.curated_bodies()
        for capture in self.archive.latest():
            if capture.url not in named and bodies.get(capture.url) != capture.body_hash:
                yield capture

    def new(self, captures: Iterable[Capture], curators: Curators[PostRows]) -> Iterator[Capture]:
        """The captures that are not yet curated under these rules; the others end here, as *unchanged*."""
        for capture in captures:
            fingerprint = curators.fingerprint_of(capture.url, capture.fetched_at)
            if self.store.current(capture.url, capture.body_hash, fingerprint):
                post = post_id(capture.url)
                self._note(FetchRecord(capture.url, "unchanged", capture.source, post=post))
            else:
                yield capture

    def curate(
        self, captures: Iterable[Capture], curators: Curators[PostRows], *, unchanged_if_same: bool
    ) -> None:
        """Curate and store, one transaction a page."""
        waiting: deque[Capture] = deque()
        for rows in curators.map(self._pages(captures, waiting), template_counts=self.templates.so_far):
            capture = waiting.popleft()
            try:
                saved = self.store.save_with_fetch(
                    rows, capture.source, self.run, unchanged_if_same=unchanged_if_same
                )
            except sqlite3.IntegrityError as error:
                self._failed(
                    capture.url, f"what the rules say of it cannot be stored: {error}", capture.source
                )
            else:
                self._tell(saved.state)

    def _pages(self, captures: Iterable[Capture], waiting: deque[Capture]) -> Iterator[Page]:
        for capture in captures:
            try:
                page = self.archive.get(capture.id)
            except ArchiveError as error:
                self._failed(capture.url, str(error), capture.source)
                continue
            waiting.append(capture)
            yield page

    def summary(self, kind: RunKind) -> Summary:
        """What the run did, read back from the store."""
        store, run = self.store, self.run
        return Summary(
            run,
            kind,
            store.accounting(run),
            tuple(store.removed_by_rule(run)),
            tuple(store.by_reason(run)),
        )

    def _failed(self, url: str, reason: str, source: str) -> None:
        self._note(FetchRecord(url, "errored", source, reason))

    def _note(self, record: FetchRecord) -> None:
        self.store.record_fetch(self.run, record)
        self._tell(record.state)

    def _tell(self, state: State) -> None:
        if self._progress is not None:
            self._progress(state)


def _one(archive: Archive, url: str) -> list[Capture]:
    latest = archive.latest_of(url)
    return [latest] if latest is not None else []


def _diff(
    archive: Archive,
    store: Store,
    captures: Iterable[Capture],
    curators: Curators[PostRows],
    templates: SiteTemplates,
    progress: Progress | None,
) -> Diff:
    damaged: list[str] = []

    def pages() -> Iterator[Page]:
        for capture in captures:
            try:
                page = archive.get(capture.id)
            except ArchiveError as error:
                damaged.append(str(error))
                continue
            yield page

    looked_at = 0
    changes = []
    for rows in curators.map(pages(), template_counts=templates.of):
        looked_at += 1
        change = compare(store, rows)
        if change is not None:
            changes.append(change)
        if progress is not None:
            progress("changed" if change else "unchanged")
    return Diff(looked_at, tuple(changes), tuple(damaged))

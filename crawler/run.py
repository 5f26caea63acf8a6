"""Runs a crawl from beginning to end: sources in, a run in the store out."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.process import Crawling
from crawler.progress import Progress
from crawler.rehearsal import rehearse
from crawler.source import CONTACT, Source, SourceError, load_source, load_sources, source_files, told
from crawler.ways import chosen
from pipelines import store as corpus
from pipelines.archive import Archive
from pipelines.items import Desk
from pipelines.profile import load_profile
from pipelines.settle import judge_by_site, read_versions
from pipelines.site_settings import Sites, SiteSettings
from pipelines.store import Store
from pipelines.store.review import Rulings
from pipelines.store.rows import post_rows
from pipelines.store.templates import SiteTemplates
from pipelines.watch import keep_watch
from pipelines.workers import Curators

if TYPE_CHECKING:
    from pipelines.store import RunStatus


class CrawlError(Exception):
    """A crawl that cannot begin; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a crawl ended.

    ``status`` is the exit status (0 done, 1 failed or sources left out, 130 stopped), ``run`` its id, ``left_out``
    what is wrong with each source that was left out, as it cannot be used.
    """

    status: int
    run: int
    left_out: tuple[str, ...] = ()


def crawl(
    names: Sequence[str] = (),
    *,
    data: Path,
    everything: bool = True,
    limit: int | None = None,
    dry_run: bool = False,
    sources_dir: str | Path | None = None,
    base: str = "",
    contact: str = "",
    profile: str = "default",
    workers: int = 2,
    progress: bool = True,
    since: str = "",
    settings: Mapping[str, object] | None = None,
) -> Crawled:
    """Crawl the named sources, or all that are enabled, into the databases of the folder ``data``.

    Without ``everything``, of those that are enabled only the ways that are due. ``limit`` is the number of
    pages a source at most; ``since`` (``YYYY-MM-DD``) leaves out what feeds and sitemaps list as last changed before
    that day. ``dry_run`` fetches listings only, names on standard output what would be fetched
    (within the limit), by what is known of the pages, and keeps nothing. ``sources_dir`` is a folder of other sources,
    ``base`` what ``{base}`` stands for in them. ``contact`` (or ``WINNOW_CONTACT``, or the source's own) is how sites
    reach the operator. ``settings`` overrides Scrapy's. A crawl that was killed is taken up by running it again. A
    process can run one crawl only, since Twisted's reactor does not start twice.

    Where no source is named, one that cannot be used costs none of the others: its error is told on standard error,
    stands in the run's row and makes the exit status 1.

    Raises ``SourceError`` and ``ProfileError`` for what was asked wrongly (both are ``ValueError``),
    ``CrawlError`` when another crawl is at work there, and the errors of the databases.
    """
    left_out: tuple[str, ...] = ()
    if names:
        sources = named_sources(names, sources_dir, base, contact)
    else:
        sources, left_out = enabled_sources(sources_dir, base, contact)
    chain = load_profile(profile)
    due_only = not names and not everything
    for error in left_out:
        sys.stderr.write(f"left out: {error}\n")
    if dry_run:
        rehearse(
            sources,
            data,
            chain=chain,
            profile=profile,
            due_only=due_only,
            limit=limit or 0,
            since=since,
            progress=progress,
            settings=settings or {},
        )
        return Crawled(1 if left_out else 0, 0, left_out)
    with ExitStack() as stack:
        data.mkdir(parents=True, exist_ok=True)
        stack.enter_context(alone(data))
        store = stack.enter_context(Store.open(data / "corpus.db"))
        archive = stack.enter_context(Archive.open(data / "archive.db"))
        store.record_site_settings(settings_of_sites(sources_dir, base))
        sites = Sites(store.site_settings(), Rulings(data))
        curators = stack.enter_context(Curators(post_rows, profile, workers=workers, sites=sites))
        templates = SiteTemplates(store.connection, chain)
        run = store.start_run("crawl", chain, alone=True, left_out=left_out)
        desk = Desk(store, archive, curators, run, chain.fingerprint, templates.so_far, due_only=due_only)
        desk.bounds = {source.name: source.bounds for source in sources}
        desk.listings.forget()
        keep_watch(store)  # a run that was killed at its very end has not
        found = chosen(sources, store, desk, before=run)
        shown = Progress(desk, enabled=progress)
        for told_of in found.told():
            shown.say(told_of)
        crawling = Crawling(
            found.ways, desk, shown, data / "crawl.log", limit or 0, False, settings or {}, since=since
        )
        status: RunStatus = "failed"
        try:
            for source in sources:
                if any(way.name == source.name for way in found.ways):
                    store.record_source(_row(source))
            if found.ways:
                curators.start()  # loading takes as long as Scrapy does to load, and the first sites to answer
            ended = crawling.run()
            if ended == "finished":
                judge_by_site(store, archive, curators, chain, run)
                read_versions(store, archive, curators, chain, run)
            status = ended
        finally:
            if desk.fault:
                shown.say(f"The crawl ended early; nothing more can be stored: {desk.fault}")
            else:
                store.settle(desk.answers.all())
                store.finish_run(desk.run, status)
                for resting in keep_watch(store):
                    shown.say(
                        f"{resting.source} is in quarantine from now on: {resting.reason}; see `winnow report`"
                    )
        return Crawled(_exit_status(status, desk) or (1 if left_out else 0), desk.run, left_out)


def settings_of_sites(folder: str | Path | None = None, base: str = "") -> dict[str, SiteSettings]:
    """What the sources that can be read say of the pages of their sites, by the source's name."""
    found = {}
    for name, path in source_files(folder).items():
        with suppress(SourceError):  # whoever crawls it, or asks the doctor, is told
            found[name] = load_source(path, base=base or "http://127.0.0.1").settings
    return found


def named_sources(
    names: Sequence[str], folder: str | Path | None = None, base: str = "", contact: str = ""
) -> list[Source]:
    """The sources of these names, each with a contact. Raises ``SourceError`` for the first that cannot be used."""
    return [_reachable(source, contact) for source in load_sources(names, extra=folder, base=base)]


def enabled_sources(
    folder: str | Path | None = None, base: str = "", contact: str = ""
) -> tuple[list[Source], tuple[str, ...]]:
    """All sources that are enabled, each with a contact, and what is wrong with those that cannot be used.

    Raises ``SourceError`` where none is left.
    """
    known = source_files(folder)
    sources, errors = [], []
    for path in known.values():
        try:
            source = load_source(path, base=base)
            if source.enabled:
                sources.append(_reachable(source, contact))
        except SourceError as error:
            errors.append(str(error))
    if not sources and errors:
        raise SourceError("\n".join(errors))
    if not sources:
        raise SourceError(
            "no source is enabled; name one, or enable it (`winnow sources enable NAME`)."
            f" {told(known)}; a folder of your own (--sources, WINNOW_SOURCES) adds to them"
        )
    return sources, tuple(errors)


def _reachable(source: Source, contact: str) -> Source:
    """The source with the contact that its sites are told; its own goes before the operator's."""
    contact = source.contact or contact or os.environ.get("WINNOW_CONTACT", "")
    if not contact and not source.is_loopback:
        raise SourceError(
            f"{source.path}: the sites of {source.name!r} could not reach you. Every request names its"
            " operator: give --contact, or set WINNOW_CONTACT (or contact in the file), to an e-mail"
            " address or a web page"
        )
    if contact and not CONTACT.fullmatch(contact):
        raise SourceError(
            f"{source.path}: contact is {contact!r}, but has to be an e-mail address or a web page"
        )
    return replace(source, contact=contact)


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the folder: two crawls would fetch everything twice. The lock goes with the process."""
    path = data / "crawl.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CrawlError(
                f"another crawl is at work in {data} (process {lock.read().strip() or '?'})"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} on {socket.gethostname()}")
        lock.flush()
        yield


def _exit_status(status: RunStatus, desk: Desk) -> int:
    if desk.fault or status == "failed":
        return 1
    if status == "interrupted":
        return 130
    fetched = sum(desk.states[state] for state in ("accepted", "rejected", "unchanged", "errored"))
    # when little is due it may be a page that is gone, and no alarm
    failed = desk.states["failed"] - (desk.missing if desk.due_only else 0)
    return 1 if failed and not fetched else 0


def _row(source: Source) -> corpus.Source:
    return corpus.Source(
        source.name,
        source.title,
        source.homepage,
        source.licence,
        source.way,
        source.enabled,
        source.notes,
    )

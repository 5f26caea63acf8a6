"""The end of a run: what needs all of its pages, so that the corpus does not depend on the order they came in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import groupby

from filters.chain import Chain
from pipelines.archive import Archive, ArchiveError, Capture
from pipelines.page import Page
from pipelines.store import Store, post_id
from pipelines.store.rows import PostRows
from pipelines.store.templates import SiteTemplates, Stale
from pipelines.store.versions import Judged, judged_posts, number, read, save_version
from pipelines.workers import Curators

SITES_AT_HAND = 4  # pages come in the order of their URLs, and so site by site


def judge_by_site(
    store: Store, archive: Archive, curators: Curators[PostRows], chain: Chain, run: int
) -> None:
    """Curate again the posts of whose site more, or less, is known by now than when they were judged.

    Once is enough: what repeats on a site follows from its pages, and not from what the rules made of them.
    """
    templates = SiteTemplates(store.connection, chain, sites=SITES_AT_HAND)
    waiting: deque[Stale] = deque()

    def pages() -> Iterator[Page]:
        for stale in templates.stale(run):
            capture = archive.latest_of(stale.url)
            # a body that is not curated yet is left to the next run; one that is damaged, to replay, which says so
            if capture is None or capture.body_hash != stale.body_hash:
                continue
            try:
                page = archive.get(capture.id)
            except ArchiveError:
                continue
            waiting.append(stale)
            yield page

    for rows in curators.map(pages(), template_counts=templates.of):
        store.save_anew(rows, waiting.popleft().source, run)


def read_versions(
    store: Store, archive: Archive, curators: Curators[PostRows], chain: Chain, run: int
) -> None:
    """Read the earlier captures of posts under the rules of now, those that were not, and number the versions.

    So a version is a change of the page and never one of the rules, and all of them follow from the archive.
    """
    templates = SiteTemplates(store.connection, chain)
    for _ in range(
        2
    ):  # a text that was dropped, as the next version had it too, is read once more when it is wanted
        judged = judged_posts(store.connection, chain.fingerprint)
        waiting: deque[tuple[str, Capture]] = deque()
        pages = _unread(store, archive, curators, judged, waiting)
        for rows in curators.map(pages, template_counts=templates.of):
            post, capture = waiting.popleft()
            with store.transaction():
                save_version(
                    store.connection,
                    post,
                    capture.body_hash,
                    capture.fetched_at,
                    rows,
                    curators.fingerprint_of(capture.url, capture.fetched_at),
                    judged[post].templates,
                    run,
                )
        with store.transaction():
            for post, known in read(store.connection).items():
                if post in judged:
                    number(store.connection, post, known.values(), judged[post])


def _unread(
    store: Store,
    archive: Archive,
    curators: Curators[PostRows],
    judged: dict[str, Judged],
    waiting: deque[tuple[str, Capture]],
) -> Iterator[Page]:
    """The earlier captures whose text is not known, or known by other rules than those of now."""
    known = read(store.connection)
    for url, group in groupby(archive.captures(), key=lambda capture: capture.url):
        captures = sorted(group, key=lambda capture: (capture.fetched_at, capture.id))
        post = post_id(url)
        made = judged.get(post)
        # a body that is not curated yet is left to the next run
        if len(captures) < 2 or made is None or captures[-1].body_hash != made.body_hash:
            continue
        for capture in captures[:-1]:
            row = known.get(post, {}).get(capture.body_hash)
            if (
                row is not None
                and row.fingerprint == curators.fingerprint_of(url, capture.fetched_at)
                and row.templates == made.templates
                and (row.has_text or row.number is None)
            ):
                continue
            try:
                page = archive.get(capture.id)
            except ArchiveError:
                continue
            waiting.append((post, capture))
            yield page

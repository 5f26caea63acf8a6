"""The end of a run: what needs all of its pages, so that the corpus does not depend on the order they came in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from filters.chain import Chain
from pipelines.archive import Archive, ArchiveError
from pipelines.page import Page
from pipelines.store import Store
from pipelines.store.templates import SiteTemplates, Stale
from pipelines.workers import Curators


def judge_by_site(store: Store, archive: Archive, curators: Curators, chain: Chain, run: int) -> None:
    """Curate again the posts of whose site more, or less, is known by now than when they were judged.

    Once is enough: what repeats on a site follows from its pages, and not from what the rules made of them.
    """
    templates = SiteTemplates(store.connection, chain)
    waiting: deque[Stale] = deque()

    def pages() -> Iterator[Page]:
        for stale in templates.stale():
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

    for outcome in curators.map(pages(), template_counts=templates.of):
        store.save_anew(outcome, waiting.popleft().source, run)

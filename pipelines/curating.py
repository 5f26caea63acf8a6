"""Scrapy's way to the desk. The only module here for Scrapy."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Protocol, Self, TypedDict, cast

from pipelines.archive import ArchiveError
from pipelines.items import Desk, Fetched
from pipelines.workers import PoolClosedError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Told(TypedDict):
    """What is known of an answer whose page could not be taken."""

    status: int
    retries: int


class HasDesk(Protocol):
    """A spider of a run."""

    desk: Desk


class CuratingPipeline:
    """Hands every page that a spider yields to the desk of its run."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Fetched:
        """Archive, curate, store; a page that cannot be is *errored*, a disk that is full ends the run."""
        desk = cast("HasDesk", self._crawler.spider).desk
        told: Told = {"status": item.page.status, "retries": item.retries}
        try:
            await desk.take(item)
            desk.remember_listed(item.page.url, item.listed)
        except (asyncio.CancelledError, PoolClosedError):
            # the pool was closed under it: archived, and the next crawl curates it first
            reason = "stopped before it was curated"
            desk.note(item.page.url, "skipped", reason, source=item.source, for_now=True)
        except ArchiveError as error:
            desk.note(item.page.url, "errored", str(error), source=item.source, **told)
        except (sqlite3.Error, OSError) as error:
            # whoever watches the crawl ends it: from here that would wait for this very page
            desk.fault = desk.fault or f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001 - a page without a fate would keep its place in memory, and the crawl waiting
            reason = f"{type(error).__name__}: {error}"[:500]
            desk.note(item.page.url, "errored", reason, source=item.source, **told)
        return item

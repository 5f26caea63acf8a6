"""Obeys robots.txt as RFC 9309 has it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from crawler.fates import Failed, Refused, fate_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# RFC 9309, 2.5: a crawler reads at least 500 KiB of a robots.txt and may leave the rest
READ_BYTES = 500 * 1024

# seconds; a robots.txt that asks for an hour between two pages would hold a run for days
LONGEST_DELAY = 120.0


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt says; ``barred``: why nobody can tell, and nothing is fetched."""

    rules: Protego | None = None
    barred: Refused | None = None


class RobotsMiddleware:
    """Fetches robots.txt once a host and refuses what it disallows.

    No robots.txt (any 4xx) allows everything; one that cannot be had (5xx, no answer) nothing, since the
    site may be saying no. ``Crawl-delay`` is kept by ``crawler.politeness``, which reads ``delay``.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._hosts: dict[str, asyncio.Task[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if "asked" not in request.meta:
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._hosts:
            self._hosts[site] = asyncio.create_task(self._read(f"{site}/robots.txt"))
        robots = await asyncio.shield(self._hosts[site])
        slot = self._crawler.engine.downloader.slots.get(parts.hostname or "")
        if slot is not None:
            slot.delay = max(slot.delay, self.delay(parts.hostname or ""))
        if robots.barred is not None:
            raise type(robots.barred)(robots.barred.reason, url=request.url)
        if robots.rules is not None and not robots.rules.can_fetch(request.url, self._agent):
            raise Refused(f"robots.txt of {parts.netloc} disallows it", url=request.url)

    def delay(self, host: str) -> float:
        """The ``Crawl-delay`` of a host in seconds, up to ``LONGEST_DELAY``; 0 where it asks for none."""
        longest = 0.0
        for site, task in self._hosts.items():
            if urlsplit(site).hostname == host and task.done() and not task.cancelled():
                rules = task.result().rules
                longest = max(longest, float((rules and rules.crawl_delay(self._agent)) or 0))
        return min(longest, LONGEST_DELAY)

    async def _read(self, url: str) -> Robots:
        request = Request(url, priority=1000, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
        except Failed as failed:
            return Robots(barred=failed)
        except Refused as refused:
            return Robots(barred=Refused(refused.reason))
        except Exception as error:  # noqa: BLE001 - whatever it is, we may not go on as if all were allowed
            settings = self._crawler.settings
            reason = fate_of(
                error,
                max_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
                seconds=settings.getfloat("DOWNLOAD_TIMEOUT"),
            ).reason
            return Robots(barred=Failed(f"robots.txt cannot be had: {reason}"))
        if response.status >= 500 or response.status == 429:
            told = f"robots.txt answers HTTP {response.status}, so nothing is fetched"
            return Robots(barred=Failed(told))
        if response.status >= 300:
            return Robots()
        return Robots(Protego.parse(response.body[:READ_BYTES].decode("utf-8", "replace")))

"""The one process of a crawl: a reactor with a spider a source, and what happens on Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from crawler.settings import user_agent

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings

    from crawler.progress import Progress
    from crawler.source import Source
    from crawler.spider import SourceSpider
    from pipelines.items import Desk
    from pipelines.store import RunStatus

# After Ctrl-C what is under way is finished, but a site that drips does not hold the operator up.
STOP_SECONDS = 30.0
# sources crawled at the same time
LANES = 16


class Crawling:
    """Crawls sources side by side, but those that share a host in turn: each spider is polite alone."""

    def __init__(
        self,
        sources: Sequence[Source],
        desk: Desk,
        shown: Progress,
        log: Path,
        limit: int,
        dry_run: bool,
        settings: Mapping[str, object],
        spider: type[SourceSpider] | None = None,
        since: str = "",
    ) -> None:
        self._sources = sources
        self._desk = desk
        self._shown = shown
        self._limit = limit
        self._dry_run = dry_run
        self._stopping = False
        self._failed = False
        self._log = log
        self._overrides = settings
        self._spider = spider
        self._since = since
        self._taken: Counter[str] = Counter()

    def run(self) -> RunStatus:
        """Crawl until all is done, or somebody stops it."""
        from scrapy.utils.log import configure_logging
        from scrapy.utils.reactor import install_reactor
        from twisted.logger import globalLogBeginner

        settings = self._settings()
        self._log.unlink(missing_ok=True)  # every spider opens it anew, to append
        configure_logging(settings)
        # until somebody begins its log, Twisted writes what it finds critical (a certificate) to the terminal
        globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
        install_reactor(settings["TWISTED_REACTOR"])
        from scrapy.crawler import AsyncCrawlerRunner
        from twisted.internet import reactor as installed

        from crawler.resolver import PublicResolver

        reactor: Any = installed  # the interfaces of Twisted are not written for type checkers

        runner = AsyncCrawlerRunner(settings)
        PublicResolver.from_crawler(runner, reactor).install_on_reactor()  # type: ignore[arg-type]  # reads settings only
        loop = asyncio.get_event_loop()
        main = loop.create_task(self._main(runner))
        main.add_done_callback(lambda _: reactor.stop())
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, runner, main)
        self._shown.start()
        try:
            reactor.run(installSignalHandlers=False)
        finally:
            self._shown.stop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        return self._end(main)

    def _end(self, main: asyncio.Task[None]) -> RunStatus:
        if self._stopping:
            self._desk.close_open("skipped", "the crawl was stopped before its turn")
            return "interrupted"
        self._desk.close_open("failed", f"winnow lost track of it; {self._log} may say why")
        if not main.cancelled() and (error := main.exception()) is not None:
            raise error
        return "failed" if self._failed or self._desk.fault else "finished"

    def _stop(self, runner: AsyncCrawlerRunner, main: asyncio.Task[None]) -> None:
        if self._stopping:
            main.cancel()
            return
        self._stopping = True
        self._shown.say("Stopping: what is under way is finished first. Ctrl-C again stops at once.")
        loop = asyncio.get_running_loop()
        loop.call_later(STOP_SECONDS, main.cancel)
        self._stop_task = loop.create_task(runner.stop())

    async def _main(self, runner: AsyncCrawlerRunner) -> None:
        ticking = asyncio.create_task(self._tick(runner))
        try:
            await self._catch_up()
            waiting = deque(groups(self._sources))
            await asyncio.gather(*(self._lane(runner, waiting) for _ in range(min(LANES, len(waiting)))))
        finally:
            ticking.cancel()

    async def _tick(self, runner: AsyncCrawlerRunner) -> None:
        while True:
            self._shown.tick()
            if self._desk.fault and not self._stopping:
                self._stopping = True
                await runner.stop()
            await asyncio.sleep(0.5)

    async def _catch_up(self) -> None:
        """Curate what an interrupted run archived and no more, before anything is fetched."""
        done = 0
        for name in dict.fromkeys(source.name for source in self._sources) if not self._dry_run else ():
            for _ in self._desk.catch_up(name):
                done += 1
                await asyncio.sleep(0)  # progress and Ctrl-C want their turn
                if self._stopping:
                    return
        if done:
            self._shown.say(f"{done:,} archived pages curated that an earlier run had left")

    async def _lane(self, runner: AsyncCrawlerRunner, waiting: deque[list[Source]]) -> None:
        """Crawl one group of sources after the other, as long as one waits."""
        while waiting:
            await self._group(runner, waiting.popleft())

    async def _group(self, runner: AsyncCrawlerRunner, sources: Sequence[Source]) -> None:
        from scrapy.crawler import Crawler

        for source in sources:
            if self._stopping:
                return
            crawler = Crawler(self._spider or spider_of(source.way), self._settings(source))
            try:
                await runner.crawl(
                    crawler,
                    source=source,
                    desk=self._desk,
                    limit=self._limit,
                    dry_run=self._dry_run,
                    taken=self._taken[source.name],
                    since=self._since,
                )
                # the limit is the source's, and another way of finding its pages may follow
                self._taken[source.name] = cast("SourceSpider", crawler.spider).taken
            except Exception as error:  # noqa: BLE001 - one source does not end the others
                self._failed = True
                self._shown.say(f"{source.name}: {type(error).__name__}: {error}; see {self._log}")

    def _settings(self, source: Source | None = None) -> Settings:
        """Scrapy's settings, and what a source changes in them."""
        from scrapy.settings import Settings

        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.set("LOG_FILE", str(self._log))
        private = [host for one in self._sources if one.allow_private for host in one.hosts]
        settings.set("PRIVATE_HOSTS", private, priority="cmdline")
        if source is not None:
            settings.set("USER_AGENT", user_agent(source.contact), priority="cmdline")
            settings.set("DOWNLOAD_DELAY", source.delay, priority="cmdline")
            settings.set("AUTOTHROTTLE_START_DELAY", source.delay, priority="cmdline")
            if source.is_loopback and not source.delay:  # our own machine need not be spared
                settings.set("AUTOTHROTTLE_ENABLED", False, priority="cmdline")
                settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", 8, priority="cmdline")
                settings.set("CONCURRENT_REQUESTS", 8, priority="cmdline")
        for name, value in self._overrides.items():
            settings.set(name, value, priority="cmdline")
        return settings


def spider_of(way: str) -> type[SourceSpider]:
    """The spider of a way: the one that its module defines."""
    from crawler.spider import SourceSpider

    module = import_module(f"crawler.spiders.{way}")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, SourceSpider) and value.__module__ == module.__name__
    ]
    return found[0]


def groups(sources: Sequence[Source]) -> list[list[Source]]:
    """The sources, those that share a host in one group."""
    found: list[tuple[set[str], list[Source]]] = []
    for source in sources:
        hosts, group = set(source.hosts), [source]
        apart = []
        for others, earlier in found:
            if hosts & others:
                hosts |= others
                group = earlier + group
            else:
                apart.append((others, earlier))
        found = [*apart, (hosts, group)]
    return [group for _, group in found]

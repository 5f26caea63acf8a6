"""Pages that are listed one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.listings import Entry
from crawler.spider import SourceSpider


class UrlsSpider(SourceSpider):
    """``start`` holds the pages themselves."""

    name = "urls"

    async def start(self) -> AsyncIterator[Any]:
        for url in self.source.start:
            for request in self.page(Entry(url)):
                yield request

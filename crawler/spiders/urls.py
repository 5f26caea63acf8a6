"""Pages that are listed one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.spider import SourceSpider


class UrlsSpider(SourceSpider):
    """``start`` holds the pages themselves."""

    name = "urls"

    async def start(self) -> AsyncIterator[Any]:
        for request in self.pages(self.source.start):
            yield request

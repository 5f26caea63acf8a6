"""Pages that are known and due again, whether or not a listing still names them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.listings import Entry
from crawler.spider import SourceSpider


class RevisitsSpider(SourceSpider):
    """Asks for every address of the source whose next visit is due; it runs after the source's own ways."""

    name = "revisits"

    async def start(self) -> AsyncIterator[Any]:
        for url in self.desk.due(self.source.name):
            for request in self.page(Entry(url)):
                yield request

"""Pages that a feed names: RSS, Atom or JSON Feed, with the further pages of paged feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.listings import Listing, read_feed, unpacked
from crawler.spider import SourceSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import Response


class FeedSpider(SourceSpider):
    """``start`` holds feeds. They name the latest pages only: what a run leaves, the next one may not find there."""

    name = "feed"

    def read(self, response: Response) -> Listing:
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        return read_feed(unpacked(response.body, limit), response.url)

    def follow(self, response: Response, found: Listing) -> Iterator[Any]:
        self.desk.expect([entry.url for entry in found.entries if not self._against(entry)], self.source.name)
        yield from super().follow(response, found)

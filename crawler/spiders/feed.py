"""Pages that a feed names: RSS, Atom or JSON Feed, with the further pages of paged feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings import Listing, read_feed, unpacked
from crawler.spider import SourceSpider

if TYPE_CHECKING:
    from scrapy.http import Response


class FeedSpider(SourceSpider):
    """``start`` holds feeds."""

    name = "feed"

    def read(self, response: Response) -> Listing:
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        return read_feed(unpacked(response.body, limit), response.url)

"""Pages that a sitemap names: XML, plain or gzipped, with the sitemaps of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.listings import Listing, read_sitemap, unpacked
from crawler.spider import SourceSpider

if TYPE_CHECKING:
    from scrapy.http import Response

# sitemaps.org: no more than 50 MiB uncompressed
LARGEST = 50 * 1024 * 1024


class SitemapSpider(SourceSpider):
    """``start`` holds sitemaps, sitemap indexes, or a robots.txt that names them."""

    name = "sitemap"
    listing_bytes = LARGEST

    def read(self, response: Response) -> Listing:
        return read_sitemap(unpacked(response.body, LARGEST), response.url)

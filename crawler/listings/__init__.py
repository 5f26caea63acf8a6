"""Reads feeds, sitemaps and the links of pages: bytes in, entries out. Their writers may mean us harm.

XML is read without DTDs, entities and network; what is broken is read as far as it goes.
"""

from crawler.listings.feeds import read_feed
from crawler.listings.links import read_links
from crawler.listings.listing import Article, Entry, Listing, UnreadableListingError, unpacked
from crawler.listings.sitemaps import read_sitemap

__all__ = [
    "Article",
    "Entry",
    "Listing",
    "UnreadableListingError",
    "read_feed",
    "read_links",
    "read_sitemap",
    "unpacked",
]

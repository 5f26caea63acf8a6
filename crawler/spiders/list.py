"""Pages that lists name: a blog's archive with its older pages, whose articles lead nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crawler.spider import SourceSpider
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure


class ListSpider(SiteSpider):
    """``start`` holds lists. Their links are pages to keep or, found by ``follow``, further lists; pages are not read
    for links.
    """

    name = "list"

    def read_page(self, response: Response) -> Iterator[Any]:
        yield from SourceSpider.read_page(self, response)

    def failed(self, failure: Failure) -> Iterator[Any]:
        yield from SourceSpider.failed(self, failure) or ()

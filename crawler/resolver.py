"""Resolves names to public addresses only, so that no name leads a crawl into a private network.

The connection is made to the very address that was checked here. Checking a name first and letting the
client resolve it again would leave a gap in which its owner can change the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler.addresses import refused_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

# The reactor's endpoints keep the name of an error and lose its text: why a name was refused is noted here.
refused_names: dict[str, str] = {}


class PublicResolver(CachingThreadedResolver):
    """Refuses names that resolve to an address which is not public.

    The setting ``PRIVATE_HOSTS`` lists the hosts of sources that allow private addresses.
    """

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = frozenset(crawler.settings.getlist("PRIVATE_HOSTS"))
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        found = super().getHostByName(name, timeout)
        if name not in self.allowed:
            found.addCallback(self._check, name)
        return found

    @staticmethod
    def _check(address: str, name: str) -> str:
        reason = refused_address(address)
        if reason:
            refused_names[name] = reason
            raise DNSLookupError(f"{name} resolves to {reason}")
        return address

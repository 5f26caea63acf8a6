"""Scrapy's download handler, but that the headers of an answer have an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.python.failure import Failure
from twisted.web.client import _HTTP11ClientFactory

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HEADER_BYTES = 256 * 1024  # servers allow themselves 8 to 64 KiB; DOWNLOAD_MAXSIZE counts the body alone


class HeadersTooLargeError(Exception):
    """An answer began with more headers than anybody needs."""


class BoundedHandler(HTTP11DownloadHandler):
    """Gives up an answer whose status line and headers take more than ``HEADER_BYTES``.

    Twisted limits the length of a header, and not how many there are: within its time a site could fill the
    memory with them, and the archive.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        pool: Any = self._pool
        pool._factory = _bounded(pool._factory)
        # or a connection that breaks is used again at once, past all waits and unseen by the books
        pool.retryAutomatically = False


def _bounded(factory: type[_HTTP11ClientFactory]) -> type[_HTTP11ClientFactory]:
    class Bounded(factory):  # type: ignore[valid-type,misc]  # whichever Scrapy uses
        def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted calls it
            protocol = super().buildProtocol(addr)
            _watch(protocol)
            return protocol

    return Bounded


def _watch(protocol: Any) -> None:
    receive = protocol.dataReceived
    read, reader = 0, None  # so far of the headers, and by the parser of which answer

    def data_received(data: bytes) -> None:
        nonlocal read, reader
        parser = protocol._parser
        if parser is not reader:
            read, reader = 0, parser
        if parser is not None and parser.state in ("STATUS", "HEADER"):
            read += len(data)
            if read > HEADER_BYTES:
                protocol._giveUp(Failure(HeadersTooLargeError()))  # type: ignore[no-untyped-call]
                return
        receive(data)

    protocol.dataReceived = data_received

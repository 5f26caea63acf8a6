"""URLs as keys: one spelling of a page's address, and the id of the post that is made of it."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Beyond this many characters a URL is a trap, and its row only has to say so.
URL_SHOWN = 2000


def storable(text: str) -> str:
    """The text as UTF-8 and SQLite can hold it: surrogates and NUL become U+FFFD, one for one."""
    if text.isascii() and "\0" not in text:  # most are, and this is several times as quick
        return text
    return _UNSTORABLE.sub("\ufffd", text)


# one page asks for its own a dozen times
@lru_cache(maxsize=256)
def normal_url(url: str) -> str:
    """The URL with scheme and host in lower case, without default port and fragment.

    Only ``http``, ``https`` and ``file`` URLs are touched; path and query stay as they are, since servers
    tell their spellings apart. What cannot be parsed is returned stripped: a key need not be a good URL.
    """
    text = storable(url).strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https", "file"}:
        return text
    netloc = parts.netloc.rpartition("@")[2].lower()
    if port is not None and port == _DEFAULT_PORTS.get(scheme):
        netloc = netloc.rpartition(":")[0]
    path = parts.path or ("/" if scheme != "file" else "")
    return SplitResult(scheme, netloc, path, parts.query, "").geturl()


@lru_cache(maxsize=256)
def post_id(url: str) -> str:
    """The id of the post at a URL: 16 hex digits of the SHA-256 of its normal form."""
    return hashlib.sha256(normal_url(url).encode()).hexdigest()[:16]


def document_number(post: str) -> int:
    """A post's id as a signed 64-bit integer, which is what full-text search can key on.

    It follows from the URL alone, so it survives ``VACUUM`` and does not depend on the order of a crawl.
    """
    return int.from_bytes(bytes.fromhex(post), "big", signed=True)


@lru_cache(maxsize=256)
def host(url: str) -> str:
    """The host of a URL without a leading ``www.``; empty where there is none."""
    try:
        name = urlsplit(normal_url(url)).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")


def book_key(url: str) -> str:
    """What a URL goes by in the books of a run: its normal form, cut where it is too long to be one."""
    normal = normal_url(url)
    return normal if len(normal) <= URL_SHOWN else f"{normal[:URL_SHOWN]}… ({len(normal)} characters)"

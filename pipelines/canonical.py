"""Canonical addresses: one key for all the spellings of a page's address, and whether a page's claim to one is sane.

The key is only compared, never fetched or shown, and is no post's id: ids follow from ``normal_url``, which leaves path
and query alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from pipelines.address import normal_url

LONGEST = 4000  # characters; what is longer is a trap, and its own key
PARAMETERS = 100  # of an address that are read
# A last part of a path that wears a dress: guide.amp, guide.amp.html, guide-print.html.
_GLUED = (
    "(?P<name>.+?)[.](?:{dresses})(?P<ending>[.]x?html?|[.]php)?"
    "|(?P<same>.+?)[-_](?:amp|print)(?P<end>[.]x?html?|[.]php)"
)
# Whose caches serve AMP pages of others: the address of the page stands in that of the copy.
_CACHED = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z.]{2,6}/amp|[\w-]+\.cdn\.ampproject\.org/(?:[acrv]|wp))/(?P<secure>s/)?(?P<page>[^/?#]+\.\S+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in ``canonical.toml``, as it is looked up."""

    prefixes: tuple[str, ...]
    names: frozenset[str]
    dresses: frozenset[str]
    hosts: tuple[str, ...]
    index: frozenset[str]
    path_dresses: frozenset[str]
    glued: re.Pattern[str]
    lists: frozenset[str]
    bare_lists: frozenset[str]


@cache
def rules() -> Rules:
    """The rules, read once."""
    data = tomllib.loads(Path(__file__).with_name("canonical.toml").read_text(encoding="utf-8"))
    parameters, paths, listings = data["parameters"], data["paths"], data["listings"]
    dresses = "|".join(map(re.escape, paths["dresses"]))
    return Rules(
        tuple(parameters["prefixes"]),
        frozenset(parameters["names"]),
        frozenset(parameters["dresses"]),
        tuple(data["hosts"]["prefixes"]),
        frozenset(paths["index"]),
        frozenset(paths["dresses"]),
        re.compile(_GLUED.format(dresses=dresses), re.IGNORECASE | re.DOTALL),
        frozenset(listings["parts"]),
        frozenset(listings["last"]),
    )


def _web(text: str) -> SplitResult | None:
    """The parts of an address of the web; None for anything else."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname and len(text) <= LONGEST else None


@lru_cache(maxsize=1000)
def canonical_key(url: str) -> str:
    """What the spellings of an address have in common; ``normal_url`` of what is no address of the web.

    Left out are the scheme, a default port, ``www.`` and hosts for phones, fragments, a slash at the end, the name of
    an index file, parameters that only say where a reader came from, and AMP (with the caches that serve it), print and
    mobile versions; the rest of the parameters is put in order.
    """
    text = normal_url(url)
    if cached := _CACHED.match(text):
        text = normal_url(f"http{'s' if cached['secure'] else ''}://{cached['page']}")
    parts = _web(text)
    if parts is None:
        return text
    site = _site(parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return SplitResult("", site, _path(parts.path), _query(parts.query), "").geturl().removeprefix("//")


def plain(url: str) -> bool:
    """Whether an address is spelt as its page would spell it: nothing in it that the key leaves out, but for the
    scheme, ``www.`` and a slash at the end.
    """
    parts = _web(normal_url(url))
    if parts is None:
        return True
    host, key = parts.netloc.removeprefix("www."), canonical_key(url)
    path = "".join(f"/{part}" for part in _parts(parts.path))
    bare = SplitResult("", host, path, _query(parts.query, keep=True), "").geturl()
    return bare.removeprefix("//") == key


def sane_claim(claimed: str, url: str) -> bool:
    """Whether the address that a page claims to be its own can be: neither the front of a site nor a list of posts.

    The same page under another spelling is always sane. Whether the pages that claim one address hold the same text,
    only who knows the texts can tell.
    """
    if _web(normal_url(claimed)) is None:
        return False
    key = canonical_key(claimed)
    if key == canonical_key(url):
        return True
    path, _, query = key.partition("?")
    own = [part.lower() for part in path.split("/")[1:]]
    if not own:
        return bool(query)
    known = rules()
    listed = any(part in known.lists for part in own[:-1]) or own[-1] in known.lists | known.bare_lists
    return not listed


def _site(host: str) -> str:
    """The host without a prefix for phones, as long as two labels are left."""
    for prefix in rules().hosts:
        rest = host.removeprefix(prefix)
        if rest != host and "." in rest:
            return _site(rest) if prefix.startswith("ww") else rest
    return host


def _parts(path: str) -> list[str]:
    """The parts of a path, those with escapes and those without spelt in one way."""
    return [quote(unquote(part), safe="!$&'()*+,;=:@~") for part in path.split("/") if part]


def _path(path: str) -> str:
    known = rules()
    parts = _parts(path)
    if parts and parts[-1].lower() in known.index:
        parts.pop()
    if len(parts) > 1 and parts[-1].lower() in known.path_dresses:
        parts.pop()
    elif len(parts) > 1 and parts[0].lower() in known.path_dresses:
        parts.pop(0)
    elif len(parts) > 2 and parts[-2].lower() in known.path_dresses:
        parts.pop(-2)
    if parts and (glued := known.glued.fullmatch(parts[-1])):
        parts[-1] = (glued["name"] or glued["same"]) + (glued["ending"] or glued["end"] or "")
    return "".join(f"/{part}" for part in parts)


def _query(query: str, *, keep: bool = False) -> str:
    """The parameters in order, without those that change nothing (with ``keep``: with them)."""
    if not query:
        return ""
    pairs = parse_qsl(query[:LONGEST], keep_blank_values=True, max_num_fields=None)[:PARAMETERS]
    return urlencode(sorted(pair for pair in pairs if keep or not _idle(*pair)))


def _idle(name: str, value: str) -> bool:
    known = rules()
    name, value = name.lower(), value.lower()
    return (
        name in known.names
        or name.startswith(known.prefixes)
        or (name in known.dresses and value in ("", "1", "true", "yes", "y", "on", name))
        or f"{name}={value}" in known.dresses
    )

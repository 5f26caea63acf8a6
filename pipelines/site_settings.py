"""What a source says of the pages of its site, beside how they are found: parts to leave out, and what to take.

What a curator rules of one page stands beside them, and above the rules.

These are settings like those of the rules. They hold for every page of the site's hosts, whichever source or import it
came by, and by the day that it was fetched, so that a replay comes to the same; and they are part of the fingerprint of
what a post was curated under.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from pipelines.address import host, normal_url
from pipelines.ruling import Ruling


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """A CSS selector of a site's markup: what it finds is pruned, or (``require``) the article lies inside.

    It holds for pages fetched from ``since`` (empty: from the beginning) to ``until``, both days included.
    """

    prune: str = ""
    require: str = ""
    until: str
    since: str = ""

    def holds(self, day: str) -> bool:
        """Whether it holds for a page that was fetched on a day, ``YYYY-MM-DD``; on an unknown day it does not."""
        return bool(day) and self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What a source says of the pages on its ``hosts``; empty ``languages`` and ``kinds`` take what the rules take."""

    hosts: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hints or self.languages or self.kinds)

    def as_json(self) -> str:
        """The settings as text, the same for the same settings."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> SiteSettings:
        """The settings of ``as_json``."""
        told = json.loads(text)
        return cls(
            tuple(told["hosts"]),
            tuple(Hint(**hint) for hint in told["hints"]),
            tuple(told["languages"]),
            tuple(told["kinds"]),
        )


@dataclass(frozen=True)
class PageSettings:
    """The settings that hold for one page: what its sources say of its site, and a curator of it (None: nothing)."""

    prune: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ruling: Ruling | None = None

    @cached_property
    def digest(self) -> str:
        """Eight hex digits, the same for the same settings."""
        told = {name: value for name, value in asdict(self).items() if name != "ruling" or value}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]


class Sites:
    """The settings of all sources, by name; asked for a page, those of every source with the page's host.

    ``rulings`` are what curators say of single pages, by normalised address.
    """

    def __init__(
        self,
        settings: Mapping[str, SiteSettings] | None = None,
        rulings: Mapping[str, Ruling] | None = None,
    ) -> None:
        self._rulings = rulings if rulings is not None else {}
        self._by_host: dict[str, list[SiteSettings]] = {}
        for _, one in sorted((settings or {}).items()):
            for name in {name.removeprefix("www.") for name in one.hosts} if one else ():
                self._by_host.setdefault(name, []).append(one)

    def of(self, url: str, fetched_at: str) -> PageSettings | None:
        """What holds for the page of a URL, fetched at a moment (ISO 8601); None where nothing does."""
        found = self._by_host.get(host(url), []) if self._by_host else []
        ruling = self._rulings.get(normal_url(url))
        if not found and not ruling:
            return None
        day = fetched_at[:10]
        hints = [hint for one in found for hint in one.hints if hint.holds(day)]
        page = PageSettings(
            _each(hint.prune for hint in hints),
            _each(hint.require for hint in hints),
            _each(language for one in found for language in one.languages),
            _each(kind for one in found for kind in one.kinds),
            ruling or None,
        )
        return page if page != PageSettings() else None

    def fingerprint(self, profile: str, url: str, fetched_at: str) -> str:
        """What a page is curated under: the profile's fingerprint, and the digest of the page's settings, if any."""
        page = self.of(url, fetched_at)
        return f"{profile}+{page.digest}" if page is not None else profile


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))

"""A page as it was fetched, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass

# The header of a page that was made of a feed's entry, with the feed's URL: the markup of the site is not around it.
FEED_HEADER = "x-winnow-feed"

VALIDATORS = ("If-None-Match", "If-Modified-Since")
"""The headers that ask for a page only if it changed."""


def conditions(etag: str, last_modified: str) -> dict[str, str]:
    """These headers for what an answer said of itself; none for what it did not say."""
    return {name: told for name, told in zip(VALIDATORS, (etag, last_modified), strict=True) if told}


@dataclass(frozen=True, slots=True)
class Page:
    """``url`` is what was asked for, ``final_url`` what answered after redirects (empty: the same).

    ``body`` holds the bytes after content decoding; ``headers`` are lower-case names with their values;
    ``fetched_at`` is ISO 8601 in UTC, empty where nobody knows.
    """

    url: str
    body: bytes
    final_url: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    fetched_at: str = ""

    @property
    def address(self) -> str:
        """The URL that the body came from."""
        return self.final_url or self.url

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        return next((value for key, value in self.headers if key == name.lower()), "")

"""On how many pages of its site each block stands, counted from the fragments of all posts.

Fragments hold a page's blocks as they were extracted, whatever any rule made of them, so the counts follow from
the pages alone and not from the order in which they came.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from filters.chain import Chain
from filters.template import LEAST_PAGES, LEAST_SHARE, fingerprint, on_top
from pipelines.address import host, post_id
from pipelines.store.rows import digest

SITES_KEPT = 64  # more than are crawled side by side; what is counted of a site may take a megabyte


@dataclass(frozen=True, slots=True)
class PageTemplates:
    """``filters.template.TemplateCounts`` for one page: ``shares`` says of each of its blocks that repeats, by
    fingerprint, on what share of the site's pages it stands in the first third, and on what share at all.
    """

    site: str
    shares: Mapping[str, tuple[float, float]]

    def share(self, text: str, *, top: bool) -> float:
        """See ``TemplateCounts``."""
        first_third, anywhere = self.shares.get(fingerprint(text), (0.0, 0.0))
        return first_third if top else anywhere

    def digest(self, texts: Iterable[str]) -> str:
        """See ``TemplateCounts``."""
        said = {block: self.shares[block] for block in map(fingerprint, texts) if block in self.shares}
        return _digest(self.site, said)


@dataclass(slots=True)
class _SoFar:
    """What repeated on a site when it had so many pages, and how many were asked for since."""

    counts: PageTemplates | None
    pages: int
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Stale:
    """A post that was judged by other counts than those of now; ``body_hash`` is that of the body it is made of."""

    url: str
    source: str
    body_hash: str


class SiteTemplates:
    """What repeats on the sites of a corpus, as far as the rules of a profile want to know.

    ``of`` counts a site when it is first asked for, and not again as long as no more than ``sites`` others are asked
    for after it: make another object to hear of later changes. ``so_far`` is for a run that brings new pages.
    """

    def __init__(self, connection: sqlite3.Connection, chain: Chain, *, sites: int = SITES_KEPT) -> None:
        self._connection = connection
        self._sites = sites
        self._chain = chain
        self._wanted = "template_counts" in chain.needs
        self._counted: dict[str, dict[str, PageTemplates]] = {}
        self._growing: dict[str, _SoFar] = {}

    def of(self, url: str) -> PageTemplates | None:
        """What the page at a URL shares with others of its site; None for nothing, and for a page that is no post."""
        site = host(url)
        if not self._wanted or not site:
            return None
        if site not in self._counted:
            if len(self._counted) >= self._sites:
                del self._counted[next(iter(self._counted))]
            self._counted[site] = self._narrowed(site)
        return self._counted[site].get(post_id(url))

    def so_far(self, url: str) -> PageTemplates | None:
        """What repeats on the site of a page that comes in, whatever of it the page has; None for nothing.

        The site is counted again whenever as many pages came in as it had. So most pages of a new site are judged by
        what will still hold when all of it is known, and only the others again at the end.
        """
        site = host(url)
        if not self._wanted or not site:
            return None
        known = self._growing.get(site)
        if known is None or known.asked >= max(LEAST_PAGES, known.pages):
            if known is None and len(self._growing) >= self._sites:
                del self._growing[next(iter(self._growing))]
            shares, own = self._count(site)
            known = _SoFar(PageTemplates(site, shares) if shares else None, len(own))
            self._growing[site] = known
        known.asked += 1
        return known.counts

    def stale(self, run: int) -> Iterator[Stale]:
        """The posts, of those judged under these very rules, that other counts were known of than are now.

        Only sites are looked at of which a post has changed since all of them were: what repeats follows from posts.
        """
        changed = self._changed(run)
        known = self._connection.execute(
            # whatever its source says of a page
            "SELECT url FROM urls WHERE substr(fingerprint || '+', 1, length(?1) + 1) = ?1 || '+'"
            " AND curated IN ('accepted', 'rejected') ORDER BY url",
            (self._chain.fingerprint,),
        )
        # read ahead: the caller writes between two of them
        for url in [url for (url,) in known if host(url) in changed]:
            for source, body_hash, templates in self._connection.execute(
                "SELECT posts.source, urls.body_hash, urls.templates FROM urls"
                " JOIN posts ON posts.id = urls.post WHERE urls.url = ?",
                (url,),
            ).fetchall():
                found = self.of(url)
                if templates != (_digest(found.site, found.shares) if found is not None else ""):
                    yield Stale(url, source, body_hash)

    def _changed(self, run: int) -> set[str]:
        """The sites of which a post has changed since the last run that looked at them all under these rules.

        That is one which finished, and which no other run overlapped: the posts of that one may have come too late.
        """
        ((last,),) = self._connection.execute(
            "SELECT coalesce(max(id), 0) FROM runs AS this WHERE status = 'finished' AND fingerprint = ? AND id < ?"
            " AND NOT EXISTS (SELECT 1 FROM runs AS other WHERE other.id < this.id"
            " AND (other.finished IS NULL OR other.finished > this.started))",
            (self._chain.fingerprint, run),
        ).fetchall()
        return {
            host(url) for (url,) in self._connection.execute("SELECT url FROM posts WHERE run > ?", (last,))
        }

    def _narrowed(self, site: str) -> dict[str, PageTemplates]:
        """What each post of a site shares with the others."""
        shares, own = self._count(site)
        return {
            post: PageTemplates(site, {block: shares[block] for block in repeated})
            for post, blocks in own.items()
            if (repeated := blocks & shares.keys())
        }

    def _count(self, site: str) -> tuple[Mapping[str, tuple[float, float]], Mapping[str, set[str]]]:
        """On which shares of a site's pages each block stands that repeats, and by post all of its blocks.

        Pages with one title count as one page. Such are the copies of a page under another address, which share all of
        its text.
        """
        posts = self._of_site(site)
        titles = {title for _, title in posts}
        own: dict[str, set[str]] = {post: set() for post, _ in posts}
        if len(titles) < LEAST_PAGES:
            return {}, own
        anywhere: dict[str, set[str]] = defaultdict(set)
        first_third: dict[str, set[str]] = defaultdict(set)
        for post, title in posts:
            blocks = self._blocks(post)
            own[post] = set(blocks)
            anywhere[title].update(blocks)
            first_third[title].update(
                block for position, block in enumerate(blocks) if on_top(position, len(blocks))
            )
        on_tops = _shares(first_third.values(), len(titles))
        shares = _shares(anywhere.values(), len(titles))
        return {
            block: (on_tops.get(block, 0.0), share) for block, share in shares.items() if share >= LEAST_SHARE
        }, own

    def _of_site(self, site: str) -> list[tuple[str, str]]:
        """The posts of a site, each with what its title is known by."""
        found = []
        name = f"[{site}]" if ":" in site else site
        for scheme in ("http", "https"):
            for www in ("", "www."):
                start = f"{scheme}://{www}{name}"
                found += self._connection.execute(
                    "SELECT id, url, title FROM posts WHERE url >= ? AND url < ?",
                    (start, f"{start}\U0010ffff"),
                ).fetchall()
        # a host may begin like another
        return [(post, fingerprint(title) or post) for post, url, title in found if host(url) == site]

    def _blocks(self, post: str) -> list[str]:
        """The fingerprints of a post's blocks, in the order of the page."""
        rows = self._connection.execute('SELECT text FROM fragments WHERE post = ? ORDER BY "index"', (post,))
        return [fingerprint(text) for (text,) in rows]


def _shares(pages: Iterable[set[str]], count: int) -> dict[str, float]:
    """By block, the share of pages that have it, in tenths rounded down; blocks that hardly repeat are left out."""
    standing = Counter(block for blocks in pages for block in blocks)
    return {
        block: number * 10 // count / 10
        for block, number in standing.items()
        if block and number >= LEAST_PAGES
    }


def _digest(site: str, said: Mapping[str, tuple[float, float]]) -> str:
    return digest(json.dumps([site, sorted(said.items())]).encode())[:16] if said else ""

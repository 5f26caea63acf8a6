"""Which accepted posts are copies of one another, and which copy is kept.

Two posts are copies when their kept text is the same or nearly so, or when they go by one canonical address and their
texts do not speak against it. The answer is computed from all posts at once, so it does not depend on the order in
which they came. docs/duplicates.md tells the whole of it, with figures.
"""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, NamedTuple

from pipelines.address import normal_url
from pipelines.canonical import canonical_key, plain, sane_claim
from pipelines.ruling import BEST, NO_COPY
from pipelines.shingles import Likeness, words
from pipelines.store.absent import moved_posts, targets
from pipelines.store.connection import now
from pipelines.store.likenesses import Likenesses, Pair
from pipelines.store.pairs import Pairs
from pipelines.store.site_age import judge_days

MOST, LEAST = 0.8, 0.6
"""Texts are one when so much of the one, and at least so much of the other, stands in runs of five words that both
have. Edited lightly, a text keeps .95 and more; cut by a tenth, or with dirt left in it, one of the two shares stays
whole. Advertisements of one firm, parts of a serial and posts with one long footer have paragraphs of their own on both
sides: .7 is much for them. Tested on pairs by ``benchmarks/copies.py``."""

OF_A_COPY = 0.7
"""So much of the one is enough where a text is one with a copy of the other: what each lost or got on its way proves
less that they differ. Advertisements of one firm, which hang together by the barest of them, reach .65."""

SAME_ADDRESS = 0.3
"""So much of one of two pages that go by the same address has to stand in the other: further apart, somebody claims
what is not theirs, or the address names several pages, such as the parts of a serial."""

LEAST_WORDS = 30
"""Fewer words do not speak against an address."""

SAME_TITLE, OF_THE_OTHER = 0.9, 0.25
"""Under one title, so much of the shorter text and so little of the longer are enough: who cuts an article short, or
hangs something long on it, keeps its title."""

TITLE_WORDS, TITLES = 3, 40
"""Titles of fewer words, and those of more texts, are names of sites and labels."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What settling needs to know of a post."""

    id: str
    url: str
    canonical_url: str
    text_hash: str
    published: str | None
    removed_share: float
    words: int
    title: str = ""
    ruled: str = ""

    @property
    def alone(self) -> bool:
        """Whether a curator says that it is no copy of another, nor another one of it."""
        return self.ruled == NO_COPY

    @property
    def text(self) -> str:
        """What posts with the same text have in common; a post without any text shares it with none."""
        return self.text_hash if self.words and not self.alone else self.id

    @property
    def keys(self) -> frozenset[str]:
        """The canonical addresses that the page goes by: its own, and the one that it claims where that is sane."""
        if self.alone:
            return frozenset()
        own = canonical_key(self.url)
        if sane_claim(self.canonical_url, self.url):
            return frozenset((own, canonical_key(self.canonical_url)))
        return frozenset((own,))

    @property
    def titles(self) -> frozenset[str]:
        """The title as titles are compared; nothing for one that is a label."""
        found = () if self.alone else words(self.title)
        return frozenset((" ".join(found),)) if len(found) >= TITLE_WORDS else frozenset()


class Ranked(NamedTuple):
    """What is needed of a post once its place among all is found."""

    id: str
    url: str
    words: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The post that is kept for another one, and why."""

    id: str
    url: str
    because: str


def settle(connection: sqlite3.Connection) -> int:
    """Write which days are before their site, and ``duplicate_of`` with the status that follows; returns how many posts
    changed their status.
    """
    judge_days(connection)
    led = _led(connection)
    likenesses = Likenesses(connection)
    likenesses.refresh()
    copies = connection.execute(
        "SELECT id, url, canonical_url, text_hash, iif(before_site, NULL, published), removed_share, words, title,"
        " ruled_copy FROM posts WHERE status IN ('accepted', 'duplicate')"
    )
    kept = best_copies((_copy(*row) for row in copies if row[0] not in led), likenesses)
    changed = 0
    rows = connection.execute(
        "SELECT id, status, duplicate_of, reason FROM posts WHERE status IN ('accepted', 'duplicate')"
    )
    for post, *before in rows.fetchall():
        end, because = led.get(post, ("", ""))
        best = kept.get(end or post)
        wanted: list[str | None] = ["accepted", None, ""]
        if end:
            wanted = ["duplicate", best.id if best else end, because]
        elif best:
            wanted = ["duplicate", best.id, f"A copy of {best.url}: {best.because}."]
        if before != wanted:
            connection.execute(
                "UPDATE posts SET status = ?, duplicate_of = ?, reason = ?, changed_at = ? WHERE id = ?",
                (*wanted, now(), post),
            )
            changed += 1
    return changed


def _led(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """The posts that another one stands for whatever their texts: its id, and why. Their page has moved to that of the
    other one, or a curator says that it is a copy, whose word counts more; in a circle nobody stands for another.
    """
    ruled = connection.execute(
        "SELECT one.id, other.id, other.url FROM posts AS one JOIN posts AS other ON other.url = one.ruled_copy"
        " WHERE one.ruled_copy <> '' AND one.status IN ('accepted', 'duplicate')"
        " AND other.status IN ('accepted', 'duplicate')"
    )
    moved = moved_posts(connection)
    alone = connection.execute("SELECT id FROM posts WHERE ruled_copy = ?", (NO_COPY,))
    for (post,) in alone.fetchall():
        moved.pop(post, None)
    led = {post: (new, f"Moved to {url}.") for post, (new, url) in moved.items()}
    led |= {post: (new, f"A curator says that it is a copy of {url}.") for post, new, url in ruled.fetchall()}
    ends = targets({post: new for post, (new, _) in led.items()})
    return {post: (end, led[post][1]) for post, end in ends.items()}


def _copy(post: str, url: str, claim: str, text_hash: str, day: str | None, *told: Any) -> Copy:
    """A post as it is stored; most claim their own address and share their day with others, and they are many."""
    return Copy(post, url, url if claim == url else claim, text_hash, sys.intern(day) if day else None, *told)


def best_copies(copies: Iterable[Copy], likenesses: Likenesses) -> dict[str, Kept]:
    """What is kept instead of each post that is not; the posts that are kept are not in it.

    The posts are gone through from the best to the worst (see ``_ranked``), and one is a copy when it is like one
    that is kept already. So a post is never dropped for one that it is only like by way of others.
    """
    grouped = _grouped(copies)
    near = _Near(grouped, likenesses)
    kept: dict[str, Kept] = {}
    whole = set(range(len(grouped.posts)))
    for place, better in near.pairs:
        if place in whole and better in whole:
            whole.remove(place)
            kept |= dict.fromkeys((post.id for post in grouped.posts[place]), near.kept(place, better))
    for place in whole:
        first, *others = grouped.posts[place]
        kept |= {post.id: Kept(first.id, first.url, "the same text") for post in others}
    return kept


def _ranked(copies: Iterable[Copy]) -> list[Copy]:
    """From the best to the worst: first those that a curator says are; those whose address pages claim to be the right
    one, then those with another spelling of such an address; those whose address is spelt plainly; the earliest dated,
    the one with the least removed, the longest; the first by address, where ``https`` goes first.
    """
    every = list(copies)
    claimed = {normal_url(copy.canonical_url) for copy in every if sane_claim(copy.canonical_url, copy.url)}
    keys = {canonical_key(url) for url in claimed}
    return sorted(
        every,
        key=lambda copy: (
            copy.ruled != BEST,
            copy.url not in claimed,
            canonical_key(copy.url) not in keys,
            not plain(copy.url),
            copy.published or "9999",
            copy.removed_share,
            -copy.words,
            copy.url.startswith("http:"),
            copy.url,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The texts of the posts by their places, the best one's is 0; which share an address, and which a title."""

    texts: list[str]
    posts: list[list[Ranked]]
    addressed: Pairs
    titled: Pairs


def _grouped(copies: Iterable[Copy]) -> _Grouped:
    """The posts by their texts. What else is known of them takes half of all the memory, and is let go here."""
    texts: dict[str, list[Copy]] = defaultdict(list)
    for copy in _ranked(copies):
        texts[copy.text].append(copy)
    same = list(texts.values())
    addressed = _sharing(same, lambda copy: copy.keys)
    titled = _sharing(same, lambda copy: copy.titles, most=TITLES)
    posts = [[Ranked(copy.id, copy.url, copy.words) for copy in group] for group in same]
    return _Grouped(list(texts), posts, addressed, titled)


class _Near:
    """Which texts are the same article. A text goes by its place among all of them, the best one's is 0."""

    def __init__(self, grouped: _Grouped, likenesses: Likenesses) -> None:
        self._of = grouped
        self._likenesses = likenesses
        self.pairs = Pairs()
        self._note(
            chain(likenesses.suggested(self._of.texts), self._of.addressed, self._of.titled), MOST, LEAST
        )
        # signatures find a pair by chance, though a likely one: who has a copy in common is compared, too
        self._note(self._with_the_best(), OF_A_COPY, LEAST)

    def kept(self, place: int, better: int) -> Kept:
        """What is kept for the text at a place."""
        alike = self._likenesses.of(self._of.texts[place], self._of.texts[better])
        because = f"{alike.covered:.0%} of its words are the same"
        pair = place, better
        named = (
            "canonical address" if pair in self._of.addressed else "title" if pair in self._of.titled else ""
        )
        if named and not is_copy(alike):
            because = f"the same {named}, and {because}"
        best = self._of.posts[better][0]
        return Kept(best.id, best.url, because)

    def _note(self, pairs: Iterable[Pair], most: float, least: float) -> None:
        for pair, alike in self._likenesses.compared(self._of.texts, pairs):
            if is_copy(alike, most, least) or self._named_alike(pair, alike):
                self.pairs.add(*pair)

    def _named_alike(self, pair: Pair, alike: Likeness) -> bool:
        """Whether texts with one address or title are alike enough for that."""
        if pair in self._of.addressed:
            shared = max(alike.covered, alike.other_covered)
            short = min(self._of.posts[place][0].words for place in pair) < LEAST_WORDS
            if shared >= SAME_ADDRESS or short:
                return True
        return pair in self._of.titled and is_copy(alike, SAME_TITLE, OF_THE_OTHER)

    def _with_the_best(self) -> list[Pair]:
        """Of texts that hang together, each with the best of them, where these were not found to be the same."""
        best = array("I", range(len(self._of.texts)))

        def best_of(place: int) -> int:
            while best[place] != place:
                best[place] = place = best[best[place]]
            return place

        for place, better in self.pairs:
            one, other = sorted((best_of(place), best_of(better)))
            best[other] = one
        hanging = ((place, best_of(place)) for place in range(len(self._of.texts)))
        return [pair for pair in hanging if pair[0] != pair[1] and pair not in self.pairs]


def is_copy(alike: Likeness, most: float = MOST, least: float = LEAST) -> bool:
    """Whether texts that are so alike are one, whatever their addresses."""
    shares = alike.covered, alike.other_covered
    return max(shares) >= most and min(shares) >= least


def _sharing(
    posts: Sequence[Sequence[Copy]], keys_of: Callable[[Copy], Iterable[str]], most: int | None = None
) -> Pairs:
    """Pairs of texts whose posts have a key in common: each with the best one, and with the next; none of a key that
    more than ``most`` texts have.
    """
    by_key: dict[str, list[int]] = {}
    for place, same in enumerate(posts):
        for key in {key for post in same for key in keys_of(post)}:
            by_key.setdefault(key, []).append(place)
    pairs = Pairs()
    for sharing in by_key.values():
        if most is None or len(sharing) <= most:
            for one, other in chain(((sharing[0], other) for other in sharing[1:]), pairwise(sharing)):
                pairs.add(one, other)
    return pairs

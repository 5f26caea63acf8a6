"""Which accepted posts are copies of one another, and which copy is kept.

Two posts are copies when their kept text is the same or nearly so, or when they go by one canonical address and their
texts do not speak against it. The answer is computed from all posts at once, so it does not depend on the order in
which they came. docs/duplicates.md tells the whole of it, with figures.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from sys import intern

from pipelines.address import normal_url
from pipelines.canonical import canonical_key, plain, sane_claim
from pipelines.shingles import Likeness, words
from pipelines.store.absent import moved_posts
from pipelines.store.connection import now
from pipelines.store.likenesses import Likenesses, Pair, pair_of
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

    @property
    def text(self) -> str:
        """What posts with the same text have in common; a post without any text shares it with none."""
        return self.text_hash if self.words else self.id

    @property
    def keys(self) -> frozenset[str]:
        """The canonical addresses that the page goes by: its own, and the one that it claims where that is sane."""
        own = canonical_key(self.url)
        if sane_claim(self.canonical_url, self.url):
            return frozenset((own, canonical_key(self.canonical_url)))
        return frozenset((own,))

    @property
    def titles(self) -> frozenset[str]:
        """The title as titles are compared; nothing for one that is a label."""
        found = words(self.title)
        return frozenset((" ".join(found),)) if len(found) >= TITLE_WORDS else frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """The post that is kept for another one, and why."""

    id: str
    because: str


def settle(connection: sqlite3.Connection) -> int:
    """Write which days are before their site, and ``duplicate_of`` with the status that follows; returns how many posts
    changed their status.
    """
    judge_days(connection)
    rows = connection.execute(
        "SELECT id, url, canonical_url, text_hash, iif(before_site, NULL, published), removed_share, words, title,"
        " status, duplicate_of, reason FROM posts WHERE status IN ('accepted', 'duplicate')"
    ).fetchall()
    moved = moved_posts(connection)
    likenesses = Likenesses(connection)
    likenesses.refresh()
    kept = best_copies([Copy(*row[:8]) for row in rows if row[0] not in moved], likenesses)
    urls = {row[0]: row[1] for row in rows}
    changed = 0
    for post, *_, status, duplicate_of, reason in rows:
        new, url = moved.get(post, ("", ""))
        best = kept.get(new or post)
        wanted: tuple[str, str | None, str] = ("accepted", None, "")
        if new:
            wanted = ("duplicate", best.id if best else new, f"Moved to {url}.")
        elif best:
            wanted = ("duplicate", best.id, f"A copy of {urls[best.id]}: {best.because}.")
        if (status, duplicate_of, reason) != wanted:
            connection.execute(
                "UPDATE posts SET status = ?, duplicate_of = ?, reason = ?, changed_at = ? WHERE id = ?",
                (*wanted, now(), post),
            )
            changed += 1
    return changed


def best_copies(copies: Iterable[Copy], likenesses: Likenesses) -> dict[str, Kept]:
    """What is kept instead of each post that is not; the posts that are kept are not in it.

    The posts are gone through from the best to the worst (see ``_ranked``), and one is a copy when it is like one
    that is kept already. So a post is never dropped for one that it is only like by way of others.
    """
    ranked = _ranked(copies)
    texts: dict[str, list[Copy]] = defaultdict(list)
    for copy in ranked:
        texts[copy.text].append(copy)
    order = {text: place for place, text in enumerate(texts)}
    near = _near(texts, order, likenesses)
    kept: dict[str, Kept] = {}
    whole: set[str] = set()
    for text, posts in texts.items():
        first = min((other for other in near[text] if other in whole), key=order.__getitem__, default=None)
        if first is None:
            whole.add(text)
            kept |= {post.id: Kept(posts[0].id, "the same text") for post in posts[1:]}
        else:
            kept |= {post.id: Kept(texts[first][0].id, near[text][first]) for post in posts}
    return kept


def _ranked(copies: Iterable[Copy]) -> list[Copy]:
    """From the best to the worst: first those whose address pages claim to be the right one, then those whose
    address is spelt plainly; then the earliest dated, the one with the least removed, the longest, the first by
    address.
    """
    every = list(copies)
    claimed = {normal_url(copy.canonical_url) for copy in every if sane_claim(copy.canonical_url, copy.url)}
    return sorted(
        every,
        key=lambda copy: (
            copy.url not in claimed,
            not plain(copy.url),
            copy.published or "9999",
            copy.removed_share,
            -copy.words,
            copy.url,
        ),
    )


def _near(
    texts: Mapping[str, list[Copy]], order: Mapping[str, int], likenesses: Likenesses
) -> dict[str, dict[str, str]]:
    """By text, the texts that are the same article, each with the reason in words."""
    addressed = _sharing(texts, order, lambda copy: copy.keys)
    titled = _sharing(texts, order, lambda copy: copy.titles, most=TITLES)
    near: dict[str, dict[str, str]] = {text: {} for text in texts}

    def note(pairs: Iterable[Pair], most: float, least: float) -> None:
        for (one, other), alike in likenesses.compared(pairs):
            shared = max(alike.covered, alike.other_covered)
            short = min(texts[one][0].words, texts[other][0].words) < LEAST_WORDS
            if is_copy(alike, most, least):
                reason = "{:.0%} of its words are the same"
            elif (one, other) in addressed and (shared >= SAME_ADDRESS or short):
                reason = "the same canonical address, and {:.0%} of its words are the same"
            elif (one, other) in titled and is_copy(alike, SAME_TITLE, OF_THE_OTHER):
                reason = "the same title, and {:.0%} of its words are the same"
            else:
                continue
            # a few hundred sentences for hundreds of thousands of pairs
            near[one][other] = intern(reason.format(alike.covered))
            near[other][one] = intern(reason.format(alike.other_covered))

    note(chain(likenesses.suggested(order), addressed, titled), MOST, LEAST)
    # signatures find a pair by chance, though a likely one: who has a copy in common is compared, too
    note(list(_with_the_best(near, order)), OF_A_COPY, LEAST)
    return near


def _with_the_best(near: Mapping[str, Mapping[str, str]], order: Mapping[str, int]) -> Iterator[Pair]:
    """Of texts that hang together, each with the best of them."""
    seen: set[str] = set()
    for best in sorted(near, key=order.__getitem__):
        waiting = [best]
        while waiting:
            text = waiting.pop()
            if text in seen:
                continue
            seen.add(text)
            waiting += near[text]
            if text != best and text not in near[best]:
                yield pair_of(best, text)


def is_copy(alike: Likeness, most: float = MOST, least: float = LEAST) -> bool:
    """Whether texts that are so alike are one, whatever their addresses."""
    shares = alike.covered, alike.other_covered
    return max(shares) >= most and min(shares) >= least


def _sharing(
    texts: Mapping[str, list[Copy]],
    order: Mapping[str, int],
    keys_of: Callable[[Copy], Iterable[str]],
    most: int | None = None,
) -> set[Pair]:
    """Pairs of texts whose posts have a key in common: each with the best one, and with the next; none of a key that
    more than ``most`` texts have.
    """
    by_key: dict[str, dict[str, None]] = defaultdict(dict)
    for text, posts in texts.items():
        for post in posts:
            for key in keys_of(post):
                by_key[key][text] = None
    pairs: set[Pair] = set()
    for found in by_key.values():
        if most is not None and len(found) > most:
            continue
        sharing = sorted(found, key=order.__getitem__)
        pairs |= {pair_of(sharing[0], other) for other in sharing[1:]}
        pairs |= {pair_of(one, other) for one, other in pairwise(sharing)}
    return pairs

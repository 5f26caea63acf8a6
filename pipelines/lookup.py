"""Finds the archived page that a person means by a URL or a post's id."""

from __future__ import annotations

import difflib
from pathlib import Path

from filters.chain import Chain
from pipelines.archive import Archive
from pipelines.page import Page
from pipelines.site_settings import PageSettings, Sites
from pipelines.store import Store, StoreError, normal_url, post_id
from pipelines.store.queries import Copies, copies_of
from pipelines.store.review import Rulings
from pipelines.store.templates import PageTemplates, SiteTemplates
from pipelines.store.versions import Version, versions

ID_DIGITS = 16  # of a post's id
LOOKED_THROUGH = 20_000  # URLs that a suggestion is looked for among


class UnknownPageError(ValueError):
    """No archived page goes by that name; the message says what was asked for and what there is."""


def archived_page(data: Path, *, url: str = "", post: str = "") -> Page:
    """The latest capture of a URL, or of the page that a post was made of.

    Raises UnknownPageError, and what opening the databases raises.
    """
    if post:
        url = _url_of(data, post)
    with Archive.open(data / "archive.db", create=False) as archive:
        capture = archive.latest_of(url)
        if capture is not None:
            return archive.get(capture.id)
        landed = archive.connection.execute(
            "SELECT id FROM captures WHERE final_url = ? ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (normal_url(url),),
        ).fetchone()
        if landed is not None:
            return archive.get(landed[0])
        known = archive.connection.execute("SELECT DISTINCT url FROM captures LIMIT ?", (LOOKED_THROUGH,))
        near = difflib.get_close_matches(normal_url(url), [row[0] for row in known], n=3, cutoff=0.8)
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownPageError(f"{url!r} was never crawled into or imported to {data}.{guess}")


def history(data: Path, target: str) -> tuple[list[Version], str]:
    """The earlier versions of a post, named by its id or its URL, and its text as it is now.

    Raises UnknownPageError.
    """
    with Store.open(data / "corpus.db", create=False) as store:
        row = store.connection.execute(
            "SELECT posts.id, text FROM posts JOIN post_texts ON post = posts.id WHERE posts.id = ? OR url = ?",
            (target, normal_url(target)),
        ).fetchone()
        if row is None:
            raise UnknownPageError(f"no post has the id or the URL {target!r} in {data / 'corpus.db'}.")
        return versions(store.connection, row[0]), row[1]


def named_url(data: Path, target: str) -> str:
    """The normalised address that a person means by a URL or by the id of a post.

    Raises UnknownPageError, and what opening the corpus raises.
    """
    if "://" in target:
        return normal_url(target)
    if len(target) == ID_DIGITS and set(target) <= set("0123456789abcdef"):
        return _url_of(data, target)
    raise UnknownPageError(f"{target!r} is neither a URL (https://...) nor the id of a post.")


def block_hashes(data: Path, url: str) -> dict[int, str]:
    """What decisions on the blocks of a page point at, by the blocks' numbers; nothing where the page is not stored."""
    try:
        with Store.open(data / "corpus.db", create=False) as store:
            rows = store.connection.execute(
                'SELECT "index", hash FROM fragments WHERE post = ? ORDER BY "index"', (post_id(url),)
            )
            return dict(rows.fetchall())
    except StoreError:
        return {}


def template_counts(data: Path, url: str, chain: Chain) -> PageTemplates | None:
    """What the page at a URL shares with others of its site; None where no corpus that can be read has it."""
    try:
        with Store.open(data / "corpus.db", create=False) as store:
            return SiteTemplates(store.connection, chain).of(url)
    except StoreError:
        return None


def page_settings(data: Path, page: Page) -> PageSettings | None:
    """What the sources of a page's site, and curators, say of it; None for nothing, or without a corpus to read."""
    try:
        with Store.open(data / "corpus.db", create=False) as store:
            return Sites(store.site_settings(), Rulings(data)).of(page.url, page.fetched_at)
    except StoreError:
        return None


def known_copies(data: Path, url: str) -> Copies:
    """What the corpus knows of the copies of a page; nothing where no corpus that can be read has it."""
    try:
        with Store.open(data / "corpus.db", create=False) as store:
            return copies_of(store.connection, url)
    except StoreError:
        return Copies()


def _url_of(data: Path, post: str) -> str:
    with Store.open(data / "corpus.db", create=False) as store:
        row = store.connection.execute("SELECT url FROM posts WHERE id = ?", (post,)).fetchone()
    if row is None:
        raise UnknownPageError(f"no post has the id {post!r} in {data / 'corpus.db'}.")
    url: str = row[0]
    return url

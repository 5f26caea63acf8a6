"""A page made of a feed's entry that carries the whole article, so that the page need not be fetched."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pipelines.page import FEED_HEADER, Page
from pipelines.store.connection import now

if TYPE_CHECKING:
    from crawler.listings import Entry

_DECLARED = re.compile(r"</?(?:html|head|body|base|meta|title|link)\b[^<>]{0,2000}>", re.IGNORECASE)


def entry_page(entry: Entry, feed: str) -> Page:
    """The page: an HTML document of the entry's content, with its title, author and dates as a page states them.

    The same entry gives the same bytes, so that an entry that did not change is known again. What the content
    says of a document of its own (a title, a base, meta elements) is left out.
    """
    article = entry.article
    assert article is not None  # noqa: S101 - whoever calls has looked
    stated = (
        ("name", "author", article.author),
        ("property", "article:published_time", article.published),
        ("property", "article:modified_time", article.updated),
    )
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(article.language)}">' if article.language else "<html>",
        f'<head><meta charset="utf-8"><title>{escape(article.title)}</title>',
        f'<base href="{escape(article.base)}"><link rel="canonical" href="{escape(entry.url)}">',
        *(f'<meta {kind}="{name}" content="{escape(value)}">' for kind, name, value in stated if value),
        f"</head><body><article><h1>{escape(article.title)}</h1>",
        _DECLARED.sub("", article.content),
        "</article></body></html>\n",
    ]
    body = "\n".join(lines).encode("utf-8", "replace")
    headers = (("content-type", "text/html; charset=utf-8"), (FEED_HEADER, feed))
    return Page(entry.url, body, "", 200, headers, now())

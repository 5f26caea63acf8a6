"""Pages with a head and a body of a test's own, and what is read of them."""

from __future__ import annotations

import json

from pipelines.dom import segment
from pipelines.extract import parse
from pipelines.metadata import Metadata, read_metadata
from pipelines.page import Page

BODY = "<p>A product manager who joins a new team should spend the first weeks listening.</p>"
TITLE = "The first ninety days in a new team"


def read(
    head: str = "",
    body: str = "",
    *,
    url: str = "https://www.pm-notes.example/a",
    fetched: str = "2026-03-01T10:00:00Z",
    lang: str = "en",
) -> Metadata:
    text = f'<html lang="{lang}"><head>{head}</head><body>{body or f"<h1>{TITLE}</h1>"}{BODY}</body></html>'
    page = Page(
        url, text.encode(), headers=(("content-type", "text/html; charset=utf-8"),), fetched_at=fetched
    )
    tree = parse(page)
    pieces, _ = segment(tree, page.address)
    return read_metadata(tree, page, pieces)


def origin(found: Metadata, field: str) -> str:
    return dict(found.origins).get(field, "")


def linked(*nodes: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes[0] if len(nodes) == 1 else nodes)}</script>'


def article(**fields: object) -> str:
    return linked({"@context": "https://schema.org", "@type": "BlogPosting", **fields})

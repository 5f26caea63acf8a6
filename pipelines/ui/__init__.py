"""The Datasette plugin: the pages that people read the corpus on, and the headers that keep them safe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from pluggy import HookimplMarker

from pipelines.ui import curators, deciding, views
from pipelines.ui.queries import DATABASE
from pipelines.ui.safety import App, defused, line, web_url, with_headers
from pipelines.ui.serve import SIGN_IN

hookimpl = HookimplMarker("datasette")

_URL_COLUMNS = frozenset({"url", "final_url", "canonical_url", "homepage", "link"})
_POST_COLUMNS = frozenset({"post", "duplicate_of", "article"})
_POST_ID = re.compile(r"[0-9a-f]{16}")
_HIT = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Our pages; Datasette's own front page stays at ``/-/``."""
    return [
        (r"/$", views.front),
        (r"/-/articles$", views.articles),
        (r"/-/article/(?P<post>[^/]+)$", views.article),
        (r"/-/article/(?P<post>[^/]+)/decide$", deciding.decide),
        (r"/-/next$", deciding.following),
        (rf"{SIGN_IN}$", curators.sign_in),
        (r"/-/sources$", views.sources),
        (r"/-/source/(?P<name>[^/]+)$", views.source),
    ]


@hookimpl
def startup(datasette: Any) -> None:
    """The link by which a curator signs in is good from now on."""
    curators.invite(datasette)


@hookimpl
def register_actions() -> list[Any]:
    """What only curators may do."""
    return [curators.action()]


@hookimpl
def permission_resources_sql(actor: Any, action: str) -> Any:
    """Who is a curator."""
    return curators.permission(actor, action)


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """A content security policy and its companions on every response."""
    return with_headers


@hookimpl
def extra_css_urls(datasette: Any, view_name: str | None) -> list[str]:
    """Datasette's own pages in the project's colours; ours bring their own style."""
    if (view_name or "").startswith("winnow-"):
        return []
    return [views.style_url(datasette, "core.css")]


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The way back from the tables to the pages."""
    return [
        {"href": datasette.urls.path("/"), "label": "Front page"},
        {"href": datasette.urls.path("/-/articles"), "label": "Articles"},
        {"href": datasette.urls.path("/-/sources"), "label": "Sources"},
    ]


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Titles lead to the article, posts too; URLs are links only where they are web addresses."""
    if database != DATABASE or value is None:
        return None
    if isinstance(value, dict):  # a foreign key with its label
        return _post_link(datasette, value["value"], value["label"]) if column in _POST_COLUMNS else None
    if not isinstance(value, str):
        return None
    if column == "title":
        post = _post_of(row, table)
        return _post_link(datasette, post, value or "Untitled page") if post else escape(line(value))
    if column in _POST_COLUMNS and _POST_ID.fullmatch(value):
        return _post_link(datasette, value, value)
    if column in _URL_COLUMNS and value:
        return _web_link(value)
    if column == "snippet":
        return Markup(_HIT.sub(r"<mark>\1</mark>", str(escape(defused(value)))))  # noqa: S704 - escaped
    # Datasette escapes markup by itself, but not what would reorder the words around it.
    plain = defused(value)
    return None if plain == value else escape(plain[: datasette.setting("truncate_cells_html") or None])


@hookimpl
def top_row(datasette: Any, database: str, table: str, row: Any) -> Markup | None:
    """A post's row points at its page."""
    if (database, table) != (DATABASE, "posts"):
        return None
    return Markup(
        '<p class="winnow-lead"><a href="{}">Read this article, with what was removed from it</a></p>'
    ).format(datasette.urls.path(f"/-/article/{row['id']}"))


def _post_of(row: Any, table: str | None) -> str:
    """The id of the post that a row is about: its own in ``posts``, else its ``post`` column."""
    for name in ("post", "id") if table != "posts" else ("id",):
        try:
            found = row[name]
        except (IndexError, KeyError):
            continue
        found = found["value"] if isinstance(found, dict) else found
        if isinstance(found, str) and _POST_ID.fullmatch(found):
            return found
    return ""


def _post_link(datasette: Any, post: object, label: object) -> Markup:
    if not _POST_ID.fullmatch(str(post)):
        return escape(line(label))
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(
        datasette.urls.path(f"/-/article/{post}"), line(label) or post
    )


def _web_link(value: str) -> Markup:
    """A link that gives nothing away, or plain words where the address is not one of the web."""
    shown = line(value, 80)
    if url := web_url(value):
        return Markup('<a href="{}" rel="nofollow noopener noreferrer">{}</a>').format(url, shown)
    return Markup("<code>{}</code>").format(shown)

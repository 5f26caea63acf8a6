"""The project's own pages: front page, list of articles, article. All of them work without any script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from datasette import Response
from datasette.resources import TableResource
from datasette.utils import tilde_encode

from pipelines.changes import changes
from pipelines.ui import article as reading
from pipelines.ui import queries, source_pages
from pipelines.ui.curators import may_decide
from pipelines.ui.queries import DATABASE, LAST_PAGE, Wanted
from pipelines.ui.safety import OWN_PAGES, defused, language_and_direction, line, safe_url, web_url

# What a page of ours may read; a person who may not see one of these may not see the page.
_TABLES = ("posts", "post_texts", "fragments", "versions")
_SOURCE_TABLES = ("sources", "source_runs", "runs")
_LONGEST_SEARCH = 200
_POST_ID = re.compile(r"[0-9a-f]{16}")


async def front(request: Any, datasette: Any) -> Any:
    """``/``: what this corpus is, how large, what came last, what was removed."""
    db = await corpus(request, datasette)
    if db is None:
        return Response.redirect(datasette.urls.path("/-/"))
    rules = await queries.removed_by_rule(db)
    return await page(
        datasette,
        request,
        "front",
        counts=await queries.counts(db),
        latest=await queries.latest(db),
        rules=rules,
        most=max((rule["blocks"] for rule in rules), default=1),
        run=await queries.last_run(db),
        sites=(await queries.choices(db))[0][:12],
    )


async def articles(request: Any, datasette: Any) -> Any:
    """``/-/articles``: search, or browse the newest first, by site and language."""
    db = await corpus(request, datasette)
    if db is None:
        return await notice(datasette, request, _NO_CORPUS)
    number = request.args.get("page") or "1"
    wanted = Wanted(
        words=line(request.args.get("q"), _LONGEST_SEARCH),
        site=line(request.args.get("site")),
        language=line(request.args.get("language")),
        page=min(int(number), LAST_PAGE) if re.fullmatch("[1-9][0-9]{0,5}", number) else 1,
    )
    sites, languages = await queries.choices(db)

    def link(page: int) -> str:
        given = {"q": wanted.words, "site": wanted.site, "language": wanted.language}
        kept = {name: value for name, value in given.items() if value}
        if page > 1:
            kept["page"] = str(page)
        return str(datasette.urls.path("/-/articles")) + ("?" + urlencode(kept) if kept else "")

    found = await queries.articles(db, wanted)
    return await page(
        datasette,
        request,
        "articles",
        wanted=wanted,
        found=found,
        sites=sites,
        languages=languages,
        before=link(wanted.page - 1) if wanted.page > 1 else "",
        after=link(wanted.page + 1) if found.more and wanted.page < LAST_PAGE else "",
    )


async def article(request: Any, datasette: Any) -> Any:
    """``/-/article/<post id>``: the article with what was removed in place; ``?view=clean`` without."""
    db = await corpus(request, datasette)
    post = await named_post(db, request) if db is not None else None
    if db is None or post is None:
        return await missing(datasette, request, db)
    post_id = post["id"]
    clean = request.args.get("view") == "clean"
    versions = await queries.versions(db, post_id)
    earlier = next((row for row in versions if str(row["number"]) == request.args.get("version")), None)
    title = line(post["title"]) or "Untitled page"
    body = (
        reading.clean(post["markdown"] or "", title)
        if clean
        else reading.build(await queries.fragments(db, post_id), await queries.verdicts(db, post_id), title)
    )
    language, direction = language_and_direction(post["language"])
    return await page(
        datasette,
        request,
        "article",
        post=post,
        title=title,
        body=body,
        clean=clean,
        versions=versions,
        earlier=earlier,
        changes=changes(earlier["text"], await queries.text(db, post_id)) if earlier else [],
        lang=language,
        dir=direction,
        labels=list(dict.fromkeys([*await queries.stages(db, post_id), *await queries.topics(db, post_id)])),
        curator=await may_decide(datasette, request),
        taken=reading.origins(post.get("origins")),
        copies=await queries.copies(db, post_id),
        aliases=await queries.aliases(db, post_id),
        most=queries.ALIASES,
        original=await queries.post(db, post["duplicate_of"]) if post["duplicate_of"] else None,
    )


async def sources(request: Any, datasette: Any) -> Any:
    """``/-/sources``: every source, its state, and what it gave lately."""
    db = await corpus(request, datasette, _SOURCE_TABLES)
    if db is None:
        return await notice(datasette, request, _NO_CORPUS)

    def link(name: str) -> str:
        return str(datasette.urls.path(f"/-/source/{tilde_encode(name)}"))

    return await page(datasette, request, "sources", sources=await source_pages.overview(db), link=link)


async def source(request: Any, datasette: Any) -> Any:
    """``/-/source/<name>``: a source's past, drawn and in numbers."""
    db = await corpus(request, datasette, _SOURCE_TABLES)
    if db is None:
        return await notice(datasette, request, _NO_CORPUS)
    found = await source_pages.one(db, request.url_vars["name"])
    if found is None:
        return await notice(datasette, request, "There is no source of this name in this corpus.")
    row, seen = found
    title = line(row["title"], 120) or line(row["name"], 120) or "Source without a name"
    drawn = source_pages.charts(seen) if seen else []
    return await page(datasette, request, "source", source=row, title=title, seen=seen, charts=drawn)


_NO_CORPUS = "No database called “corpus” is being served here. Start with: winnow serve"


async def corpus(request: Any, datasette: Any, tables: Sequence[str] = _TABLES) -> Any:
    """The corpus, or None where there is none; raises Forbidden where this person may not read it."""
    if DATABASE not in datasette.databases:
        return None
    for table in tables:
        await datasette.ensure_permission(
            action="view-table", resource=TableResource(database=DATABASE, table=table), actor=request.actor
        )
    return datasette.get_database(DATABASE)


async def named_post(db: Any, request: Any) -> dict[str, Any] | None:
    """The post that the address of a page names, if there is one."""
    post_id = request.url_vars["post"]
    return await queries.post(db, post_id) if _POST_ID.fullmatch(post_id) else None


async def missing(datasette: Any, request: Any, db: Any) -> Any:
    """The answer where there is no corpus, or no such post in it."""
    if db is None:
        return await notice(datasette, request, _NO_CORPUS)
    return await notice(
        datasette,
        request,
        f"There is no post “{line(request.url_vars['post'], 40)}” in this corpus. It may have been removed since, "
        "or the address is incomplete.",
    )


async def notice(datasette: Any, request: Any, message: str, status: int = 404) -> Any:
    return await page(datasette, request, "notice", status=status, message=message)


async def page(datasette: Any, request: Any, template: str, status: int = 200, **context: object) -> Any:
    metadata = await datasette.get_instance_metadata()

    def at(*parts: object) -> str:
        """The address of the corpus, of one of its tables or queries, or of a row."""
        return str(
            datasette.urls.path("/".join([f"/{DATABASE}", *(tilde_encode(str(part)) for part in parts)]))
        )

    page = await datasette.render_template(
        f"winnow/{template}.html",
        {
            **context,
            "at": at,
            "metadata": metadata,
            "style": style_url(datasette, "winnow.css"),
            "line": line,
            "defused": defused,
            "web_url": web_url,
            "safe_url": safe_url,
            "minutes": reading.minutes,
            "snippet": reading.snippet,
            "opening": reading.opening,
            "day": reading.day,
            "language_of": language_and_direction,
            "percent": percent,
        },
        request=request,
        view_name=f"winnow-{template}",
    )
    return Response.html(page, status=status, headers={"content-security-policy": OWN_PAGES})


def style_url(datasette: Any, name: str) -> str:
    """Where a style sheet of ours is served, with the hash that lets browsers keep it for good.

    Datasette knows a plugin by its distribution's name, or by its module's where it was registered by hand.
    """
    for plugin in ("pm-winnow", "pipelines.ui"):
        try:
            return str(datasette.static(name, plugin=plugin))
        except FileNotFoundError:
            continue
    raise FileNotFoundError(
        f"the style sheet {name} of the Datasette plugin is missing: install pm-winnow again"
    )


def percent(share: float | None) -> str:
    """A share between 0 and 1 as a percentage for people."""
    if not share:
        return "0%"
    return "under 1%" if share < 0.01 else f"{share:.0%}"

"""Who may decide about articles: whoever opened the link that ``winnow serve`` prints, and whom datasette.yml allows.

Everybody else reads. Datasette signs the cookie that tells a curator, and its check of where a form comes from keeps
other sites from deciding in a curator's name.
"""

from __future__ import annotations

import os
import secrets
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response
from datasette.permissions import Action, PermissionSQL
from datasette.utils.asgi import Forbidden

from pipelines.ruling import user
from pipelines.ui.serve import INVITATION

ACTION = "winnow-curate"
MARK = "winnow_curator"  # of an actor who came by the link

_tokens: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def action() -> Action:
    """What a curator may do, as Datasette's permissions name it."""
    return Action(name=ACTION, abbr="wc", description="Decide about articles, in place of the rules")


def invite(datasette: Any) -> None:
    """Take the token of the link over; no process that this one starts gets to see it."""
    _tokens[datasette] = os.environ.pop(INVITATION, "")


def permission(actor: Any, asked: str) -> PermissionSQL | None:
    """Whoever came by the link is allowed to; of others Datasette asks its configuration."""
    if asked == ACTION and actor and actor.get(MARK) is True:
        return PermissionSQL.allow(reason="signed in by the link that winnow serve prints")
    return None


async def may_decide(datasette: Any, request: Any) -> bool:
    """Whether this person may decide."""
    return bool(await datasette.allowed(action=ACTION, actor=request.actor))


async def sign_in(request: Any, datasette: Any) -> Any:
    """``/-/sign-in?token=...``: makes whoever comes by the link a curator, once."""
    if await may_decide(datasette, request):
        return Response.redirect(datasette.urls.path("/"))
    token = _tokens.get(datasette, "")
    if not token or not secrets.compare_digest(token.encode(), (request.args.get("token") or "").encode()):
        raise Forbidden("This link was used before, or is not the one that winnow serve printed last")
    _tokens[datasette] = ""
    response = Response.redirect(datasette.urls.path("/"))
    datasette.set_actor_cookie(response, {"id": user() or "curator", MARK: True})
    return response

"""What keeps a hostile page harmless when its words are shown: headers, URLs, control characters."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Our own pages carry no script and no inline style at all.
OWN_PAGES = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Datasette's core templates rely on inline scripts and styles.
CORE_PAGES = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# JSON, CSV and the like: nothing in them is ever to be run or framed.
DATA = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

_ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # "no-referrer" would turn the Origin of a form's own POST into "null", which Datasette's check
    # against forged requests refuses where the browser sends no Sec-Fetch-Site (plain http on a LAN).
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}

_SCHEMES = frozenset({"http", "https", "mailto"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)
# Bidirectional embeddings, overrides and isolates reorder whatever follows them ("exe.gpj" reads as
# "jpg.exe"); the marks U+200E and U+200F only settle the direction of neutral characters and stay.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


def with_headers(app: App) -> App:
    """Add a content security policy and its companions to every response that does not set its own."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = list(message.get("headers") or [])
                present = {name.lower(): value for name, value in headers}
                kind = present.get(b"content-type", b"")
                policy = CORE_PAGES if kind.startswith(b"text/html") else DATA
                wanted = {b"content-security-policy": policy.encode(), **_ALWAYS}
                added = [(name, value) for name, value in wanted.items() if name not in present]
                message = {**message, "headers": headers + added}
            await send(message)

        await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return wrapped


def defused(text: object) -> str:
    """``text`` without control characters and without those that reorder what a reader sees."""
    return _UNSEEN.sub("", "" if text is None else str(text))


def line(text: object, limit: int = 300) -> str:
    """``text`` defused, on one line, cut to ``limit`` characters: a title, a name, a reason."""
    single = " ".join(defused(text).split())
    return single if len(single) <= limit else single[: limit - 1].rstrip() + "…"


def safe_url(url: object) -> str:
    """An absolute http, https or mailto URL as it may stand in a link, or an empty string for any other."""
    text = str(url or "").strip()
    if not text or _UNSEEN.search(text) or any(character.isspace() for character in text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES or (scheme != "mailto" and not parts.netloc):
        return ""
    return text


def web_url(url: object) -> str:
    """Like ``safe_url``, http and https only."""
    text = safe_url(url)
    return text if text[:4].lower() == "http" else ""


def language_and_direction(code: object) -> tuple[str, str]:
    """The ``lang`` and ``dir`` attributes for a language code; an unknown language gives ``("", "auto")``."""
    text = str(code or "").strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(text) or text.lower() == "und":
        return "", "auto"
    return text, "rtl" if text.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"

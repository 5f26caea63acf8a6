"""URLs that lead a crawl in circles: calendars, session ids, folders that repeat themselves."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

MAX_LENGTH = 2000
MAX_SEGMENTS = 16
MAX_REPEATS = 2
MAX_PARAMETERS = 8
# what frameworks call the number of a visit: another one every time the page is looked at
_SESSION = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|sessid|oscsid|zenid|cfid|cftoken)"
    r"=[0-9a-z._%!:-]{6,}|sid=[0-9a-f]{16,}",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)


def without_session(url: str) -> str:
    """The URL without the number of a visit, which makes another URL of the same page for every visit."""
    if "id=" not in (lower := url.lower()) and "cftoken=" not in lower:
        return url
    head, mark, query = _SESSION_IN_PATH.sub("", url).partition("?")
    kept = [part for part in query.split("&") if not _SESSION.fullmatch(part)] if mark else []
    return f"{head}?{'&'.join(kept)}" if kept and kept != [""] else head


def trap(url: str) -> str:
    """Why a URL looks like a trap, as "a URL that ..."; empty where it does not."""
    if len(url) > MAX_LENGTH:
        return f"a URL of {len(url)} characters, more than {MAX_LENGTH}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a URL that cannot be read"
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return f"a URL with {len(segments)} path segments, more than {MAX_SEGMENTS}"
    repeated = [segment for segment, times in Counter(segments).items() if times > MAX_REPEATS]
    if repeated:
        return f"a URL that repeats the path segment {repeated[0]!r} more than {MAX_REPEATS} times"
    parameters = parts.query.count("&") + 1
    if parameters > MAX_PARAMETERS:
        return f"a URL with {parameters} query parameters, more than {MAX_PARAMETERS}"
    return ""

"""Bytes to text, where headers lie and pages mislabel themselves."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    html_to_unicode,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

HEAD = 200  # bytes at the top of a page, which are mostly ASCII
SAMPLE = 50_000  # bytes that are enough to guess an encoding from
DAMAGE = 0.02  # share of broken characters among those beyond ASCII up to which a text is still UTF-8
WESTERN = "cp1252"
LANGUAGE = re.compile(rb"<html[^>]{0,400}?\slang\s*=\s*[\"']?([a-z]{2})", re.IGNORECASE)
# Single bytes look alike: what a page without any declaration is written in, its language knows better than a guess.
CODE_PAGES = dict.fromkeys("en de fr es it pt nl da sv no nb fi is ca id ms".split(), WESTERN) | {
    "tr": "cp1254"
}
SINGLE_BYTES = re.compile(r"cp12(?:50|52|54|57)|iso8859|latin|mac_|hp_roman|cp(?:437|775|8\d\d|1140)")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page.

    A byte order mark decides; then zeros between the letters of the markup, and the escapes of ISO-2022-JP; then
    UTF-8 that is valid but for a few bytes (those of another encoding are hardly ever valid by chance); then the
    header, the page's own declaration, and last a guess. Servers send "ISO-8859-1" unasked, so a page that declares
    something else knows better, and UTF-8 is no claim any more once the bytes are none.
    """
    if read_bom(body)[0] is not None:
        return str(html_to_unicode(None, body)[1])
    if wide := _double_bytes(body[:HEAD]):
        return body.decode(wide, "replace")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        if not _is_sound(text):
            return str(to_unicode(body, _claimed(body, content_type) or _guess(body) or WESTERN))
    return _unescaped(body) or text


def _double_bytes(head: bytes) -> str:
    """The name of UTF-16 by where the zeros of its markup stand, or an empty string."""
    first, second = head[0::2].count(0), head[1::2].count(0)
    most, least = len(head) // 4, len(head) // 20
    if max(first, second) <= most or min(first, second) > least:
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_sound(text: str) -> bool:
    """Whether few enough characters of a text are broken: one byte too many does not make it another encoding."""
    broken = text.count("\ufffd")
    beyond = sum(not character.isascii() for character in text) if broken else 0
    return broken <= DAMAGE * beyond


def _unescaped(body: bytes) -> str:
    # to look for one byte takes a fiftieth of the time that two take
    if b"\x1b" not in body or b"\x1b$" not in body:
        return ""
    try:
        return body.decode("iso2022_jp")
    except UnicodeDecodeError:
        return ""


def _claimed(body: bytes, content_type: str) -> str | None:
    """What header and page say; Unicode they say in vain, since the bytes have been tried as that."""
    header, own = http_content_type_encoding(content_type or None), html_body_declared_encoding(body)
    claims = [claim for claim in (header, own) if claim and not codecs.lookup(claim).name.startswith("utf")]
    return next((claim for claim in claims if claim != WESTERN), claims[0] if claims else None)


def _guess(body: bytes) -> str | None:
    best = from_bytes(body[:SAMPLE]).best()
    guess = best.encoding if best else None
    told = LANGUAGE.search(body[:SAMPLE])
    page = CODE_PAGES.get(told[1].decode().lower()) if told else None
    return page if page and (guess is None or SINGLE_BYTES.match(guess)) else guess

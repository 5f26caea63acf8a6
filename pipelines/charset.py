"""Bytes to text, where headers lie and pages mislabel themselves."""

from __future__ import annotations

from charset_normalizer import from_bytes
from w3lib.encoding import html_to_unicode, read_bom

SAMPLE = 50_000  # bytes that are enough to guess an encoding from


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page.

    A byte order mark decides; then valid UTF-8 (bytes of another encoding are hardly ever valid by chance);
    then the header, the page's own declaration, and last a guess.
    """
    if read_bom(body)[0] is None:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    _, text = html_to_unicode(content_type or None, body, auto_detect_fun=_guess, default_encoding="cp1252")
    return str(text)


def _guess(body: bytes) -> str | None:
    best = from_bytes(body[:SAMPLE]).best()
    return best.encoding if best else None

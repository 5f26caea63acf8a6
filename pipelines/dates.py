"""A date that a reader sees beside the title, where the page's markup names none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipelines.dom import Piece

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
        "januari februari maart april mei juni juli augustus september oktober november december",
    )
    for number, name in enumerate(names.split(), 1)
}
MONTH = "|".join(sorted(MONTHS, key=lambda name: (-len(name), name)))
SHAPES = (
    re.compile(r"\b(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"),
    re.compile(rf"\b(?P<n>{MONTH})\.? +(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<y>(?:19|20)\d\d)\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)? +(?:de +|of +)?(?P<n>{MONTH})\.?,? +(?:de +)?(?P<y>(?:19|20)\d\d)\b"
    ),
    # A day first, as everywhere but in the United States: only where dots say so.
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)\b"),
)
ELSEWHERE = re.compile(r"\b(?:today|now|nav|menu|event|related|sidebar|footer|widget)")
REACH = 80  # blocks from the top of the page
BESIDE = 60  # characters that may stand beside a date that labels the page


def visible_date(pieces: Sequence[Piece], latest: str = "") -> str | None:
    """The first date (``YYYY-MM-DD``) that stands in a short line near the top and is not after ``latest``."""
    for piece in pieces[:REACH]:
        text = piece.text
        if (
            len(text) > BESIDE + 30
            or piece.hints.hidden
            or ELSEWHERE.search(piece.hints.classes + piece.hints.path)
        ):
            continue
        for shape in SHAPES:
            found = shape.search(text.lower())
            if (
                found
                and len(text) - len(found[0]) <= BESIDE
                and (day := _day(found))
                and (not latest or day <= latest)
            ):
                return day
    return None


def _day(found: re.Match[str]) -> str | None:
    parts = found.groupdict()
    month = MONTHS[parts["n"]] if parts.get("n") else int(parts["m"])
    try:
        return date(int(parts["y"]), month, int(parts["d"])).isoformat()
    except ValueError:
        return None

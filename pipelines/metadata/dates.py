"""When a page was published and updated: what its markup states, and the dates that a reader sees at its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lxml.html import HtmlElement

from filters.days import DAY_FIRST, NUMERIC, day_in_address, days_in, stated_day
from pipelines.dom import Piece
from pipelines.hidden import FADED
from pipelines.metadata.statements import Statements, script_days
from pipelines.metadata.titles import host_of
from pipelines.page import Page

EARLIEST = "1995-01-01"  # no page of the web that anybody crawls is older
# Said of the page itself: a book that it speaks of was first published some day, too.
ORIGINALLY = re.compile(
    r"(?:^\W{0,3}|\b(?:this|article|post|story|piece|guide|page)\b[^.]{0,30}?\b)"
    r"(?:originally|first) (?:published|posted|appeared|written)\b.{0,40}",
    re.IGNORECASE | re.DOTALL,
)
GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")  # cells of one line, without a blank between them
ELSEWHERE = re.compile(
    r"\b(?:today|now|nav|menu|event|related|sidebar|footer|widget|comments?|recommended|more-posts|latest)"
)
UPDATED = re.compile(
    r"\b(?:up-?dated?|modified|revised|reviewed|edited|refreshed|aktualisiert|geändert|stand|mis à jour|modifié"
    r"|actualizado|actualización|atualizado|atualização|aggiornato|обновлено|изменено|bijgewerkt|güncellen\w+"
    r"|uppdaterad|opdateret|oppdatert|zaktualizowano|aktualizováno|päivitetty|diperbarui"
    r"|frissítve|actualizada|mise à jour|cập nhật|оновлено)\b|更新|수정|업데이트"
)
PUBLISHED = re.compile(
    r"\b(?:published|publish(?:ing)? date|publication date|date of publication|posted|written|created"
    r"|first|veröffentlicht|erstellt|publié|publicado|pubblicato|опубликовано"
    r"|gepubliceerd|yayın\w*|publicerad|udgivet|publisert|opublikowano"
    r"|publicada|pubblicata|publiée|erschienen|mis en ligne|postado|data publikacji|zveřejněno|julkaistu|diterbitkan"
    r"|közzétéve|publicat|опубліковано|đăng)\b|发布|發布|发表|公開|投稿|게시|작성|등록"
)
OWN = re.compile(r"date|time|publish|posted|update|meta|byline")
LABELLED = re.compile(r"\W{0,3}(?:published|posted|updated|last updated|date)\b", re.IGNORECASE)
NEAR = 2  # days that time zones and drafts make between what is stated and what is seen
UNSEEN = (
    "JSON-LD",
    "microdata",
)  # origins that nobody sees, unlike the head, which cards and lists of links show
YEAR = re.compile(r"(?:19|20)\d\d")
ALONE = 25  # characters of a line that is nothing but a date
REACH = 80  # blocks from the top of the page
AFTER, BEFORE = 15, 8  # blocks around the title
BESIDE = 90  # characters that may stand beside a date that labels the page
PUBLISHED_METAS = (
    "article:published_time og:published_time og:article:published_time datepublished"
    " citation_publication_date citation_online_date citation_date parsely-pub-date sailthru.date"
    " dc.date.issued dcterms.issued dcterms.created dc.date.created dc.date dcterms.date dc.created"
    " publish-date publish_date publishdate publication_date publicationdate published-date"
    " published_date published pubdate date created rnews:datepublished"
    " shareaholic:article_published_time cxenseparse:recs:publishtime article.published"
    " originalpublicationdate article_date_original"
).split()
UPDATED_METAS = (
    "article:modified_time og:updated_time og:article:modified_time datemodified dcterms.modified"
    " dc.date.modified last-modified lastmod modified revised article.updated"
).split()


@dataclass(frozen=True, slots=True)
class Seen:
    """A date that a reader sees: ``label`` is ``published``, ``updated`` or empty where nothing is said of it."""

    day: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Days as ``YYYY-MM-DD`` or ``None``, each with where it was taken from.

    ``shown`` is that which the page goes by; ``future`` a day after the page was fetched that it states as that of its
    publication, and that is not believed.
    """

    published: str | None = None
    published_origin: str = ""
    updated: str | None = None
    updated_origin: str = ""
    shown: str | None = None
    shown_origin: str = ""
    future: str | None = None


def find_days(
    scripts: Sequence[HtmlElement],
    said: Statements,
    pieces: Sequence[Piece],
    title_at: int,
    page: Page,
    *,
    american: bool = True,
) -> Days:
    """The days of publication and of the last change; none after the page was fetched, where that is known.

    A page that states only when it was changed has been published by then: that day stands for both. A page goes by
    the day of its publication, unless only data for machines in the body tell that one, and a reader is shown another.
    """
    latest = page.fetched_at[:10] or "9999"
    american = american and not day_first(pieces, page.address)

    def fitting(claims: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for value, origin in claims:
            day = stated_day(value, american=american)
            if day and EARLIEST <= day <= latest:
                yield day, origin

    stated = [
        (said.linked.published, "JSON-LD datePublished"),
        *said.said(*PUBLISHED_METAS),
        *said.marked("datePublished", "dateCreated"),
    ]
    published = list(fitting(stated))
    named = {day for day, _ in published}
    seen = [
        replace(found, day=turned) if (turned := _turned(found.day)) in named else found
        for found in visible_days(pieces, title_at, american=american)
        if EARLIEST <= found.day <= latest
    ]
    plain = [(found.day, "line at the title") for found in seen if found.label != "updated"]
    before = _told_before(pieces, published[0][0], american=american) if published and not seen else None
    days = (stated_day(value, american=american) for value, _ in stated)
    future = next((day for day in days if day and day > latest), None)
    updated = [
        *fitting([(said.linked.updated, "JSON-LD dateModified")]),
        *fitting(said.said(*UPDATED_METAS)),
        *fitting(said.marked("dateModified", "dateUpdated")),
        *((found.day, "line at the title") for found in seen if found.label == "updated"),
    ]
    published = _preferred(published, plain, labelled(seen))
    if before:
        published = [(before, "line on the page")]
    in_address = list(fitting([(day_in_address(page.address), "address")]))
    # the address has the day of the site's own clock, and no doubt about which number is the month
    if in_address and (not published or _close(in_address[0][0], published[0][0])):
        published = in_address
    published = list(fitting(originally(pieces, american=american))) or published or plain
    if not published:
        published, more = _elsewhere(said, pieces, seen, american=american)
        published, updated = list(fitting(published)), [*updated, *fitting(more)]
    if not published and len(in_scripts := script_days(scripts)) == 1:
        published += fitting([(in_scripts.pop(), "script")])
    day, origin = next(iter(published), (None, ""))
    changed, changed_origin = next((found for found in updated if not day or found[0] >= day), (None, ""))
    if day is None:
        day, origin = changed, changed_origin
    shown, shown_origin = day, origin
    if origin.startswith(UNSEEN) and seen and not any(fitting(said.said(*PUBLISHED_METAS))):
        shown, shown_origin = labelled(seen) or (plain[0][0] if plain else seen[0].day), "line at the title"
    return Days(day, origin, changed, changed_origin, shown, shown_origin, future)


def _preferred(
    published: list[tuple[str, str]], plain: list[tuple[str, str]], said: str | None
) -> list[tuple[str, str]]:
    """What the markup states and what a reader sees, the one to be believed first."""
    if published and plain:
        if _rather(plain[0][0], published[0][0], said):
            return plain
        return _agreed(plain, published) or published
    return published


def _elsewhere(
    said: Statements, pieces: Sequence[Piece], seen: Sequence[Seen], *, american: bool
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Days of publication and of changes from all over a page that states none and shows none at its title."""
    published: list[tuple[str, str]] = []
    updated: list[tuple[str, str]] = []
    if not seen and (named := labelled(_labelled_or_alone(pieces, american=american))):
        published.append((named, "line on the page"))
    if not seen and not published:
        published += [(time, "time element") for time in said.times[:1]]
    if not published:
        for found in days_anywhere(pieces, american=american):
            (updated if found.label == "updated" else published).append((found.day, "line on the page"))
    return published, updated


def originally(pieces: Sequence[Piece], *, american: bool = True) -> Iterator[tuple[str, str]]:
    """The day that a line of the page gives as that of its first publication."""
    for piece in pieces:
        text = piece.text
        if len(text) <= 3 * BESIDE and ("riginally" in text or "irst " in text) and YEAR.search(text):
            for said in ORIGINALLY.finditer(text):
                for _, _, day in days_in(said[0].lower(), american=american):
                    yield day, "line on the page"


def _agreed(plain: Sequence[tuple[str, str]], published: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of several days that the markup states, the one that a reader sees, too, where that is another one."""
    seen = {day for day, _ in plain}
    if any(_close(published[0][0], day) for day in seen):
        return []
    return [claim for claim in published if claim[0] in seen]


def _close(one: str, other: str) -> bool:
    """Whether two days are one, but for time zones."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) <= NEAR


def _told_before(pieces: Sequence[Piece], stated: str, *, american: bool) -> str | None:
    """The one day that lines away from the title give as that of publication, where it is before the one stated.

    Such a line opens with the word: a book that the page speaks of was published some day, too.
    """
    found = {
        one.day
        for place, piece in enumerate(pieces)
        if len(piece.text) <= BESIDE and PUBLISHED.match(piece.text.lower().lstrip(" ·|–—-"))
        for one in _dates_of(pieces, place, 4, "", american=american)
        if one.label == "published"
    }
    day = found.pop() if len(found) == 1 else ""
    return day if EARLIEST <= day < stated and not _close(day, stated) else None


def _turned(day: str) -> str:
    """The day that is meant where what was read as the month is the day; an empty string where there is none."""
    year, month, number = day.split("-")
    return f"{year}-{number}-{month}" if int(number) <= 12 else ""


def labelled(seen: Sequence[Seen]) -> str | None:
    """The first day that is said to be that of publication."""
    return next((found.day for found in seen if found.label == "published"), None)


def visible_days(pieces: Sequence[Piece], title_at: int, *, american: bool = True) -> list[Seen]:
    """The dates in short lines at the title, those below it first; without any, the first in a place for dates."""
    if title_at >= 0:
        around = [
            *range(title_at, min(title_at + AFTER, len(pieces))),
            *range(title_at - 1, max(title_at - BEFORE, 0) - 1, -1),
        ]
    else:
        around = list(range(min(REACH, len(pieces))))
    concealed = pieces[title_at].hints.hidden if title_at >= 0 else ""
    return [seen for place in around for seen in _dates_of(pieces, place, 2, concealed, american=american)]


def days_anywhere(pieces: Sequence[Piece], *, american: bool = True) -> list[Seen]:
    """The dates of the first line at the top of the page, or in a place for dates anywhere."""
    for place, piece in enumerate(pieces):
        own = piece.hints.classes.partition(" | ")[0]
        if (place < REACH or OWN.search(own) or LABELLED.match(piece.text)) and (
            found := _dates_of(pieces, place, 20, "", american=american)
        ):
            return found
    return _labelled_or_alone(pieces, american=american)


def _labelled_or_alone(pieces: Sequence[Piece], *, american: bool) -> list[Seen]:
    """A date that is said to be that of publication, in whatever box; else the only date that is a line of its own."""
    alone: dict[str, Seen] = {}
    for place, piece in enumerate(pieces):
        if len(piece.text) > BESIDE or not YEAR.search(piece.text):
            continue
        found = _dates_of(pieces, place, 2, "", american=american)
        labels = [one.label for one in found]
        if labels[:1] == ["published"] or labels == ["", "updated"]:
            return [replace(found[0], label="published"), *found[1:]]
        if len(found) == 1 and len(piece.text) < ALONE:
            alone[found[0].day] = found[0]
    return list(alone.values()) if len(alone) == 1 else []


def day_first(pieces: Sequence[Piece], address: str) -> bool:
    """Whether a page in English that writes 4/3/2026 means a day in March: by another date on it that can be read in
    one way only, by the same day with its month written out, else by the country that its host names.
    """
    lines = [piece.text for piece in pieces if len(piece.text) <= BESIDE]
    open_days = set()
    for line in lines:
        for found in NUMERIC.finditer(line) if "/" in line or "-" in line else ():
            if (int(found["a"]) > 12) != (int(found["b"]) > 12):
                return int(found["a"]) > 12
            open_days.add(f"{found['y']}-{found['a']:0>2}-{found['b']:0>2}")
    if open_days:
        rest = [NUMERIC.sub("", line).lower() for line in lines if YEAR.search(line)]
        written = {day for line in rest for _, _, day in days_in(line, american=True)}
        ways = {_turned(day) in written for day in open_days if (day in written) != (_turned(day) in written)}
        if ways:
            return ways == {True}
    return host_of(address).rpartition(".")[2] in DAY_FIRST


def _rather(seen: str, stated: str, labelled: str | None) -> bool:
    """Whether the day that a reader sees is told instead of the one that the markup states.

    A page that was moved or written anew states the day of that; its reader is told the first one.
    """
    if seen == labelled:
        return True
    return (date.fromisoformat(stated) - date.fromisoformat(seen)).days > NEAR


def _dates_of(
    pieces: Sequence[Piece], place: int, reach: int, concealed: str, *, american: bool
) -> list[Seen]:
    """The dates of one short line; ``reach`` is how many elements around it may say that it is about something else."""
    piece = pieces[place]
    if len(piece.text) > BESIDE + 60 or piece.hints.hidden not in ("", concealed, FADED):
        return []
    if not YEAR.search(piece.text):
        return []
    text = GLUED.sub(" ", piece.text).lower()
    days = list(days_in(text, american=american))
    if not days or len(text) - sum(end - start for start, end, _ in days) > BESIDE + 30 * (len(days) - 1):
        return []
    if ELSEWHERE.search(" | ".join(piece.hints.classes.split(" | ")[:reach])):
        return []
    before = pieces[place - 1].text.lower() if place and len(pieces[place - 1].text) < 30 else ""
    found = []
    end = 0
    for start, stop, day in days:
        found.append(Seen(day, _label(text[end:start]) or (_label(before) if not end else "")))
        end = stop
    return found


def _label(text: str) -> str:
    """What the words before a date say of it, the nearest word first."""
    updated = [match.start() for match in UPDATED.finditer(text)]
    published = [match.start() for match in PUBLISHED.finditer(text)]
    if updated and (not published or updated[-1] > published[-1]):
        return "updated"
    return "published" if published else ""

"""The title of an article, without the name of its site: a heading that the page's own statements bear out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from urllib.parse import urlsplit

from filters.document import Kind, Link
from pipelines.dom import Piece
from pipelines.metadata.statements import Statements, value_of

WORD = re.compile(r"\w+")
REACH = 1000  # characters of a title that are looked at
# How like the page's own statements a heading has to be: the only first heading, one of several, and a lower one; what
# speaks for a first heading, and against one that does not show or leads elsewhere. Set on half of the WCXB sites.
ALONE, AMONG, LOWER = 0.3, 0.35, 0.8
FIRST, HIDDEN = 0.5, 0.4
FOREMOST = 0.1  # what speaks for the uppermost of several first headings
WITHIN = 0.75  # how like a statement a heading is that stands in it word for word
SITE_WORDS, SITE_LETTERS = 6, 6  # a part that has the name of a site in it, and a name that is told in one
CLAIMS = 10  # statements that headings are compared with
HEADINGS = 200  # headings that may be the title
# What stands between the title and the name of the site. A colon and a hyphen without blanks belong to the title.
BETWEEN = re.compile(r"\s+[|\-–—·•»«:~>/\\‹›⋆]+\s+|\s*(?:[|｜]|::|»)\s*|:\s+(?=[^:]*$)")
PERMALINK = re.compile(r"\s+[#¶§🔗]+$")  # the sign that a heading's link to itself has
STATED = (
    "twitter:title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
)


def words(text: str) -> list[str]:
    """The words of the beginning of a text, by which titles are compared."""
    return WORD.findall(text[:REACH].lower())


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """0 to 1: the harmonic mean of the shares of each one's words that the other has, too."""
    if not one or not other:
        return 0.0
    counts = Counter(other)
    common = sum(min(number, counts[word]) for word, number in Counter(one).items() if word in counts)
    return 2 * common / (len(one) + len(other))


def host_of(address: str) -> str:
    """The host of an address, or an empty string."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_front(url: str, address: str) -> bool:
    """Whether an address is that of the front page of a page's site."""
    host = host_of(url)
    return bool(host) and host == host_of(address) and urlsplit(url).path in ("", "/")


def site_keys(names: Iterable[str], address: str) -> frozenset[str]:
    """The names of a site as they are compared: its host with and without endings, and what it calls itself."""
    host = host_of(address).removeprefix("www.")
    labels = host.split(".")
    keys = {compact(name) for name in names} | {compact(host)}
    keys |= {compact(label) for label in labels[:-1] if len(label) > 3}
    return frozenset(key for key in keys if key)


def compact(text: str) -> str:
    """The letters and digits of a text, by which names are compared."""
    return "".join(WORD.findall(text.lower()))


def without_site(title: str, sites: frozenset[str]) -> str:
    """The title without parts at either end that are the site's name, and all beyond them."""
    title = title[:REACH]
    marks = [
        (0, 0),
        *((mark.start(), mark.end()) for mark in BETWEEN.finditer(title)),
        (len(title), len(title)),
    ]
    parts = [title[before[1] : after[0]] for before, after in pairwise(marks)]
    if len(parts) < 2:
        return title
    colons = [":" in title[mark[0] : mark[1]].strip()[:1] for mark in marks]
    named = [
        _is_site(part, sites, whole=colons[number] or colons[number + 1]) for number, part in enumerate(parts)
    ]
    if not any(named) or all(named):
        return title
    first, last = 0, len(parts)
    if named[0]:
        first = 1
    for number in range(1, len(parts)):
        if named[number] and number >= first + 1:
            last = number
            break
    return title[marks[first][1] : marks[last][0]].strip() or title


def _is_site(part: str, sites: frozenset[str], *, whole: bool) -> bool:
    """Whether a part of a title is the site's name, or (unless it has to be all of it) begins or ends with it."""
    key = compact(part).removeprefix("the")
    if not key:
        return False
    named = [site.removeprefix("the") for site in sites]
    if key in named:
        return True
    loose = not whole and len(part.split()) <= SITE_WORDS
    return loose and any(
        len(site) >= SITE_LETTERS and (key.startswith(site) or key.endswith(site)) for site in named
    )


def find_title(
    whole: str, said: Statements, pieces: Sequence[Piece], sites: frozenset[str], address: str = ""
) -> tuple[str, str, int]:
    """The title, where it stands, and the number of its heading among the pieces (-1: it is in none)."""
    banners = _banners(pieces, address)
    sites |= {compact(pieces[number].text) for number in banners}
    claims = list(_claims(whole, said, sites))
    keys = [words(value) for value, _ in claims]
    headings = [
        (n, piece)
        for n, piece in enumerate(pieces)
        if piece.kind is Kind.HEADING and piece.level <= 3 and n not in banners
    ]
    first = [number for number, piece in headings if piece.level == 1 and not piece.hints.hidden]
    foremost = next((number for number in first[: len(first) - 1] if not _leads(pieces[number], address)), -1)
    lone = first[0] if len(first) == 1 else -1
    best, best_number = 0.0, -1
    for number, piece in headings[:HEADINGS]:
        fit = _fit(words(piece.text), keys, piece, address, alone=number == lone)
        fit += FOREMOST if fit and number == foremost else 0.0
        if fit > best:
            best, best_number = fit, number
    # The lines at the title are those at the page's only first heading, even where another one is more like it.
    place = lone if lone >= 0 else best_number
    if best_number >= 0:
        title = without_site(PERMALINK.sub("", value_of(pieces[best_number].text)), sites)
        return title, f"heading {pieces[best_number].level}", place
    if not claims and first:
        return PERMALINK.sub("", value_of(pieces[first[0]].text)), "heading 1", first[0]
    value, origin = claims[0] if claims else (whole, "title element" if whole else "")
    return value, origin, place


def _fit(
    own: Sequence[str], keys: Iterable[Sequence[str]], piece: Piece, address: str, *, alone: bool
) -> float:
    """How much speaks for a heading as the title (0: it is not): how like it is to what the page states."""
    known = set(own)
    like = max(
        (max(likeness(own, key), WITHIN * _within(own, key)) for key in keys if not known.isdisjoint(key)),
        default=0.0,
    )
    if piece.level == 1:
        enough = ALONE if alone and len(own) > 2 else AMONG
        like += FIRST
        enough += FIRST
    else:
        enough = LOWER
    if like < enough:
        return 0.0
    return like - (HIDDEN if piece.hints.hidden or _leads(piece, address) else 0.0)


def _leads(piece: Piece, address: str) -> bool:
    """Whether all of a heading leads to another page."""
    return any(link.url != address for link in _whole_links(piece))


def _whole_links(piece: Piece) -> list[Link]:
    return [link for link in piece.links if link.end - link.start >= len(piece.text) - 2]


def _banners(pieces: Sequence[Piece], address: str) -> set[int]:
    """The headings that are the name of the site: all of each leads to its front page, which this page is not."""
    if is_front(address, address):
        return set()
    return {
        number
        for number, piece in enumerate(pieces)
        if piece.kind is Kind.HEADING and any(is_front(link.url, address) for link in _whole_links(piece))
    }


def _within(own: Sequence[str], key: Sequence[str]) -> bool:
    """Whether a heading of several words stands in a statement as it is."""
    return len(own) > 2 and f" {' '.join(own)} " in f" {' '.join(key)} "


def _claims(whole: str, said: Statements, sites: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What the page states to be its title, the most trusted first."""
    stated = [
        *islice(said.said("og:title"), 2),
        (said.linked.headline, "JSON-LD headline"),
        (whole, "title element"),
        *said.said(*STATED),
        *said.marked("headline"),
    ]
    seen = set()
    for value, origin in stated[:CLAIMS]:
        title = without_site(value, sites)
        if title and title not in seen and compact(title) not in sites:
            seen.add(title)
            yield title, origin

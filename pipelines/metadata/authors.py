"""Who wrote a page: people's names, from what the markup states and from the line at the title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from filters.document import Kind
from filters.topic import background, stems
from pipelines.dom import Piece
from pipelines.hidden import FADED
from pipelines.metadata.names import (
    BY,
    BYLINE,
    CREDENTIAL,
    NAME_LIMIT,
    NO_AUTHOR,
    ROLE,
    is_body,
    is_name,
    is_owner,
    is_person,
    is_user,
    names_in,
)
from pipelines.metadata.statements import Statements
from pipelines.metadata.titles import BETWEEN, compact, host_of, is_front, words

AFTER, BEFORE = 12, 8  # blocks around the title
EARLY = 3  # blocks below the title where a bare name may be its author's
LINE = 160  # characters of a line that may name an author
CLAIMS = 200  # that are compared with each other; no honest page makes as many
GLUED = re.compile(r"^(?:(?:[Ww]ritten|[Pp]osted|[Pp]ublished) )?[Bb]y(?P<who>[A-Z].+)", re.DOTALL)
INSIDE = re.compile(
    r"(?:\s|^|\d)(?:[Ww]ritten |[Pp]osted |[Pp]ublished )?(?:by|By|BY)[:\s]\s*(?P<who>[^\W\d_].+)", re.DOTALL
)
NOT_BY = re.compile(
    r"\b(?:review|check|edit|sponsor|power|present|photo|image|illustrat|credit|approv|verif)\w*\b",
    re.IGNORECASE,
)
LABEL = re.compile(rf"^\W{{0,3}}{BY}\s*[:：]?\s*$", re.IGNORECASE)
# The label of whoever did something else than write, where the name stands in an element of its own.
OTHERS_DO = re.compile(
    r"^\W{0,3}(?:\w+ )?(?:reviewed|checked|edited|approved|verified|illustrated|photographed) by\W{0,3}$",
    re.IGNORECASE,
)
WRITTEN = re.compile(
    r"\b(?:this|article|post|story|guide) (?:was |is )?written by (?P<who>[^\W\d_].+)",
    re.IGNORECASE | re.DOTALL,
)
INTRODUCED = re.compile(
    r"(?:,[^.,]{2,60},)? (?:is|was|has|writes|works|leads|runs|helps|teaches|loves|joined|spent|brings|serves|lives)\b"
)
FIRST_PERSON = re.compile(r"\b(?:I|my|I[’'](?:m|ve))\b")
# How often somebody says "I" on a page of their own: also firms do once or twice, in questions of their customers.
SAYS_I, SHARE_OF_I = 5, 0.005
OWNER = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]{2,} [^\W\d_a-z][^\W\d_]+(?:[-’'][^\W\d_]+)?")
USED = 0.04  # share of articles in which a first name stands at most
COPYRIGHT = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright\s*)?(?:\d{4}\s*[-–]\s*)?(?:\d{4},?\s*)?(?:by\s+)?(?P<who>[^.|·•,\d]{4,40})",
    re.IGNORECASE,
)
LABELLED = re.compile(r"\W{0,3}(?:published|posted|written|updated|submitted|story|article)\b", re.IGNORECASE)
READING = re.compile(r"\b(?:19|20)\d\d\b|\bmins?\b|\bminutes?\b|\bago\b", re.IGNORECASE)
OWN_CLASS = re.compile(r"author|byline|by-line|writer|writter|contributor")
OTHERS = re.compile(r"comment|related|recommend|teaser|also-|popular|latest|testimonial|reply|sidebar|footer")
NOT_CLASS = re.compile(rf"{OTHERS.pattern}|bio\b|about-author|author-about|card-|-card|quote|review")
AUTHOR_LINK = re.compile(
    r"/(?:(?:[a-z]+-)?authors?|contributors?|writers?|people|staff|bylines?|profiles?|producers|experts|team|our-team"
    r"|editors?|reporters?|by|autor|autoren|auteur|redaktion|users?)/(?:\d+/)?[^/?#]+/?(?:[?#]|$)",
    re.IGNORECASE,
)
METAS = (
    "author article:author article:author_name citation_author citation_authors dc.creator dcterms.creator"
    " dc.contributor parsely-author sailthru.author byl byline og:author og:article:author book:author rbauthors"
    " article.author authors creator shareaholic:article_author_name dcsext.author cxenseparse:author"
).split()

Fits = Callable[[str, frozenset[str]], bool]


@dataclass(frozen=True, slots=True)
class Claim:
    """Names that one place gives, and how far it is trusted (less is more).

    ``firm`` says that the place is for authors alone, so that what is no person's name may be one as well.
    """

    names: tuple[str, ...]
    origin: str
    rank: int
    firm: bool = True


def find_authors(
    said: Statements,
    pieces: Sequence[Piece],
    title_at: int,
    sites: frozenset[str],
    whole: str = "",
    address: str = "",
) -> tuple[str, str]:
    """The authors, joined by ``"; "``, and where they stand.

    People before anything else that a page may call its author: a user's name, a team, the site.
    """
    for fits, claims in _in_turn(said, pieces, title_at, whole, address):
        if best := _best(claims, fits, sites):
            return "; ".join(dict.fromkeys(best.names)), best.origin
    return "", ""


def _in_turn(
    said: Statements, pieces: Sequence[Piece], title_at: int, whole: str, address: str
) -> Iterator[tuple[Fits, Iterable[Claim]]]:
    """What is looked for, and where; the first that is found is taken."""
    markup = list(_stated(said))
    stated = [*_at_title(pieces, title_at), *markup]
    yield is_person, stated
    yield is_user, stated
    anywhere = list(islice(_anywhere(pieces, title_at), CLAIMS))
    yield is_person, anywhere
    yield is_body, stated
    yield is_owner, anywhere
    yield is_owner, _owner(said, pieces, whole, address)
    yield is_name, markup


def _best(claims: Iterable[Claim], fits: Fits, sites: frozenset[str]) -> Claim | None:
    """The most trusted of the claims that fit; of several equal ones that with which most others agree."""
    kept = [
        replace(claim, names=names)
        for claim in islice(claims, CLAIMS)
        if (claim.firm or fits in (is_person, is_owner))
        and (names := tuple(name for name in claim.names if fits(name, sites)))
    ]
    return min(kept, key=lambda claim: (claim.rank, -_agreeing(claim, kept)), default=None)


def _agreeing(claim: Claim, others: Iterable[Claim]) -> int:
    own = set(words(" ".join(claim.names)))
    return sum(bool(own & set(words(" ".join(other.names)))) for other in others)


def _stated(said: Statements) -> Iterator[Claim]:
    """What the markup states."""
    linked = said.linked
    yield Claim(tuple(name for text in linked.people for name in names_in(text)), "JSON-LD author", 2)
    for text, origin in (*said.said(*METAS), *_labelled(said), *said.marked("author", "creator")):
        yield Claim(tuple(names_in(text)), origin, 3)
    yield Claim(tuple(name for text in said.author_links for name in names_in(text)), "link rel=author", 3)
    yield Claim(linked.bodies, "JSON-LD author", 5)


def _labelled(said: Statements) -> Iterator[tuple[str, str]]:
    """The author in the cards that some services show of a page: a label, and the name under its number."""
    for number in ("1", "2"):
        labels = said.metas.get(f"twitter:label{number}", ())
        if any(LABEL.match(label) for label in labels):
            yield from said.said(f"twitter:data{number}")


def _around(pieces: Sequence[Piece], title_at: int) -> list[int]:
    start = max(title_at, 0)
    return [
        *range(start + (title_at >= 0), min(start + AFTER + 1, len(pieces))),
        *range(start - 1, max(start - BEFORE, 0) - 1, -1),
    ]


def _at_title(pieces: Sequence[Piece], title_at: int) -> Iterator[Claim]:
    """Lines and links around the title."""
    # Scripts of some services show the article, and its title with it, only when they have run.
    concealed = pieces[title_at].hints.hidden if title_at >= 0 else ""
    for place in _around(pieces, title_at):
        piece = pieces[place]
        text = piece.text[:LINE]
        if (
            piece.hints.hidden not in ("", concealed, FADED)
            or (piece.kind is Kind.HEADING and piece.level == 1)
            or LABEL.match(text)
            or NO_AUTHOR.match(text)
            or (place and OTHERS_DO.match(pieces[place - 1].text))
        ):
            continue
        links = _linked(piece)
        if links and (len(piece.text) <= LINE or BYLINE.match(text)):
            yield Claim(links, "link at the title", 1)
        elif len(piece.text) <= LINE and (claim := _line(pieces, place, title_at)):
            yield claim


def _line(pieces: Sequence[Piece], place: int, title_at: int) -> Claim | None:
    """What a short line near the title says of the author, by its words, its label or its class."""
    piece = pieces[place]
    text = piece.text
    classes = piece.hints.classes.split(" | ")
    rank, firm = 1, True
    if who := _after_by(text):
        text, firm = who, who.removeprefix("the ")[:1].isupper() or len(text) < 30
    elif who := _by_inside(text):
        text, firm = who, who[:1].isupper()
    elif written := WRITTEN.search(text):
        text, firm = written["who"], False
    elif (place and LABEL.match(pieces[place - 1].text)) or _for_authors(classes[0]):
        pass
    elif _for_authors(" | ".join(classes[:4])):
        firm = False
    elif (
        0 <= title_at < place <= title_at + EARLY
        and piece.kind is Kind.PARAGRAPH
        and (_labels_near(pieces, place) or any(map(CREDENTIAL.match, re.split(r"[,;] ", text)[1:])))
    ):
        rank, firm = 4, False
    else:
        return None
    return Claim(tuple(names_in(text)), "line at the title", rank, firm)


def _for_authors(classes: str) -> bool:
    return bool(OWN_CLASS.search(classes)) and not NOT_CLASS.search(classes)


def _linked(piece: Piece) -> tuple[str, ...]:
    """The names in links to the pages of authors."""
    return tuple(
        name
        for link in piece.links
        if AUTHOR_LINK.search(link.url)
        for name in names_in(piece.text[link.start : link.end])
    )


def _labels_near(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a date, the minutes that reading takes or a role stand beside a bare name."""
    return any(
        len(text) < 60 and (ROLE.search(text) or READING.search(text))
        for text in (piece.text for piece in pieces[max(place - 2, 0) : place + 3])
    )


def _anywhere(pieces: Sequence[Piece], title_at: int) -> Iterator[Claim]:
    """Boxes and lines that name an author anywhere on the page."""
    around = set(_around(pieces, title_at))
    for place, piece in enumerate(pieces):
        size = len(piece.text)
        if size > 3 * LINE or piece.hints.hidden not in ("", FADED):
            continue
        if (
            place
            and size > 2
            and piece.text.startswith(pieces[place - 1].text)
            and _introduced(pieces, place)
        ):
            yield Claim((pieces[place - 1].text,), "box of the author", 6, firm=False)
        if place in around:
            continue
        # the search that minds no case takes ten times as long
        written = WRITTEN.search(piece.text) if "written by" in piece.text.lower() else None
        if written and not OTHERS.search(piece.hints.classes):
            yield Claim(tuple(names_in(written["who"])), "line in the text", 5, firm=False)
        if LABEL.match(piece.text) or NO_AUTHOR.match(piece.text):
            continue
        if size <= LINE:
            yield from _named(pieces, place, title_at)
        elif BYLINE.match(piece.text) and _for_authors(piece.hints.classes) and (links := _linked(piece)):
            yield Claim(links, "box of the author", 5, firm=False)


def _named(pieces: Sequence[Piece], place: int, title_at: int) -> Iterator[Claim]:
    """What a short line anywhere on the page says of the author."""
    piece = pieces[place]
    classes = piece.hints.classes
    if OWN_CLASS.search(classes.partition(" | ")[0]) and _for_authors(classes):
        yield Claim(tuple(names_in(_after_by(piece.text) or piece.text)), "box of the author", 5, firm=False)
    elif place > title_at and not OTHERS.search(classes):
        if who := _after_by(piece.text):
            yield Claim(tuple(names_in(who)), "line in the text", 5, firm=False)
        elif LABEL.match(pieces[place - 1].text):
            yield Claim(tuple(names_in(piece.text)), "line in the text", 5, firm=False)


def _introduced(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a paragraph tells of the person who is named in the line above it."""
    name, text = pieces[place - 1].text, pieces[place].text
    told = INTRODUCED.match(text, len(name)) and ROLE.search(text, 0, 2 * LINE)
    return bool(told) and not OTHERS.search(pieces[place].hints.classes)


def _owner(said: Statements, pieces: Sequence[Piece], whole: str, address: str) -> Iterator[Claim]:
    """The person whose site it is: its name is a person's, stands in its address, and somebody says "I" there."""
    texts = [piece.text for piece in pieces if len(piece.text) > LINE / 2]
    speaks = sum(len(FIRST_PERSON.findall(text)) for text in texts)
    if speaks < max(SAYS_I, SHARE_OF_I * sum(text.count(" ") for text in texts)):
        return
    host = compact(host_of(address).removeprefix("www."))
    stated = list(said.said("og:site_name", "application-name"))
    stated += [(name, "JSON-LD publisher") for name in said.linked.names]
    stated += [(part, "title element") for part in BETWEEN.split(whole)[1:]]
    for piece in pieces:
        if owner := COPYRIGHT.match(piece.text):
            stated.append((owner["who"], "line of the copyright"))
        elif len(piece.text) < NAME_LIMIT and any(is_front(link.url, address) for link in piece.links):
            stated.append((piece.text, "name of the site"))
    for text, origin in stated:
        name = text.strip(" .,/|")
        in_host = any(part in host for part in map(compact, name.split()))
        if in_host and OWNER.fullmatch(name) and _rare(name):
            yield Claim((name,), origin, 6, firm=False)


def _rare(name: str) -> bool:
    """Whether the words of a name are none that articles use: "Some Mirror" is nobody."""
    shares = [background().get(stem, 0.0) for stem in stems(name)]
    return bool(shares) and min(shares) == 0 and max(shares) <= USED


def _after_by(text: str) -> str:
    match = BYLINE.match(text) or GLUED.match(text)
    return match["who"] if match else ""


def _by_inside(text: str) -> str:
    """What follows "by" in a line of labels, such as a date before it."""
    match = INSIDE.search(text)
    if not match or NOT_BY.search(text[: match.start("who")]):
        return ""
    ahead = text[: match.start()]
    return match["who"] if READING.search(ahead) or not ahead.strip() or LABELLED.match(ahead) else ""

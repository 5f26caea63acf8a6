"""What a document shows, as named numbers: the input of the models in ``filters.judgement``.

Concepts (``filters.concepts``) are counted over title, headings and text. All else is shape: how much of the page is
prose, lists, links, and what its address looks like. Every number lies between about 0 and 1 and has a name that a
curator can read.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from filters.concepts import NAMES, Found, found, normal, words
from filters.document import Block, Document, Kind
from filters.texts import UNSPACED, count_words

ABBREVIATION = re.compile(r"(?<![A-Za-z0-9_])(?:[AGTS]?PMs?|PdMs?)(?![A-Za-z0-9_])")
# "PM" as a role, where nothing spells it out: whoever writes for colleagues seldom does. The afternoon and a message
# to a member of a forum are named in other ways ("a PM", "your PM").
PM_AS_ROLE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Ee]ach|[Ee]very|[Oo]ne|[Aa]s)\s(?:[A-Za-z&]+\s)?PM\b(?!\s?\d)"
    r"|\bPMs\b(?!\s(?:me|you|from|to)\b)|\bPM\s(?:role|job|career|interview|team|skill|lead)s?\b"
)
OTHER_PM = ("minister", "parliament", "particulate", "maintenance", "property manage")
LIST_TITLE = re.compile(
    r"\W*(?:(?:the|top|my|our|die|les|los|las|os|as)\s+)*(?:[3-9]|[1-9]\d|100|101)\b(?!\s*[%:.])",
    re.IGNORECASE,
)
YEARS = re.compile(
    r"\b(?:19|20)\d\d\s*(?:-|–|—|to)\s*(?:(?:19|20)\d\d|present|now|current|today)\b", re.IGNORECASE
)
SPEAKER = re.compile(
    r"^(?:\[?\d{1,2}:\d\d(?::\d\d)?\]?|[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20})?:)(?=\s|$)"
)
SENTENCE_END = (".", "!", "?", "…", ":", "。", "！", "？", ".”", '."', ".)", "؟")
WORK_SHOWN = re.compile(r"/(?:portfolio|case-?stud(?:y|ies)|projects?|work)/")
CV_TITLE = re.compile(
    r"\b(?:c\.?v\.?|r[eé]sum[eé]s?|curriculum( vitae)?|lebenslauf|about( me)?|nice to meet you|hello|howdy)\b",
    re.IGNORECASE,
)
REVIEW_TITLE = re.compile(r"(?:(?P<of>[\w'’]+)\s+)?\breview\s*(?:[:(|]|[-–—]\s|$)", re.IGNORECASE)
# What is reviewed at work: a title that ends in one of these and "review" names a meeting or a task.
REVIEWED_AT_WORK = frozenset(
    "code design performance peer sprint iteration quarterly weekly monthly annual yearly business product roadmap "
    "portfolio request salary user requirements spec security risk in of for the a to and your our".split()
)
IS = re.compile(
    r"(?:is|are|refers to|means|stands for|ist|sind|bezeichnet|est|sont|es|son|è|sono|é|são|to|jest|это) "
)
IN_CV = re.compile(r"(?:^|[/_-])(?:cv|resume|lebenslauf|curriculum)(?:[/._-]|$)")
PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?[€£₽₺]")
BARRED = ("absent", "barred", "gated", "consent")
PARTS_OF_SITES = frozenset(
    "blog docs learn help support shop store news community forum forums careers jobs m en".split()
)
MONEY = "$€£¥₹₽₺"
QUOTED = ("“", '"', "„", "«", "「")
REACH = 20_000  # characters of a page that are read; longer ones have shown by then what they are
# What the subject is judged by: words of the trade and of its craft, and those of its neighbours.
TRADE = ("product", "outcome", "trade", "owner", "craft")
NEAR = (
    *("project", "agile", "marketing", "engineering", "crypto", "study"),
    *("designing", "elsewhere", "employer", "story"),
)
# Words of no subject that each text is taken to have beside its own, as a prior: in a short one a single word would
# weigh as much as twenty in a long one. From 200 to 400 the figures of docs/kinds.md hardly differ.
PRIOR = 300
SHORT = 100  # words that a shorter text is taken to have: one word of ten says little
PROSE = 25  # words of a block from which it is a paragraph and no label

# Words of an address that say what lives there.
ADDRESSES: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "blog": "blog blogs post posts article articles p news story stories guide guides essays notes insights "
        "archive archives writing",
        "jobs": "job jobs careers vacancies vacancy positions openings",
        "shop": "shop store products product collection collections item items dp cart catalog category categories",
        "docs": "docs doc documentation reference api manual wiki en-us",
        "forum": "forum forums community thread threads topic topics questions t viewtopic discussion discussions "
        "showthread",
        "listing": "tag tags category categories archive archives author page search topics index",
        "course": "event events webinar webinars course courses certification certifications program programs training "
        "workshop workshops talks",
        "service": "services service solutions solution about contact faq faqs pricing plans portfolio investors "
        "businesses",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Features:
    """Named numbers, and for each concept that is there the terms that were found with their counts."""

    values: dict[str, float]
    found: dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class _Page:
    """A document with what several numbers are worked out from: of each block its words, and how many there are."""

    document: Document
    body: list[Block]
    lines: list[str]
    sizes: list[float]
    text: str
    own: Found
    title: Found
    heads: Found
    total: float

    @classmethod
    def of(cls, document: Document) -> _Page:
        body = _within(document.blocks)
        lines = [normal(block.text) for block in body]
        sizes = _sizes(body)
        text = "".join(lines)
        title = document.title or (body[0].text if body and len(body[0].text) < 120 else "")
        heads = "".join(
            line
            for block, line in zip(body, lines, strict=True)
            if block.kind is Kind.HEADING or _is_label(block.text)
        )
        return cls(
            document,
            body,
            lines,
            sizes,
            text,
            found(text),
            found(normal(title[:300])),
            found(heads[:6000]),
            max(1.0, sum(sizes)),
        )


def _sizes(body: list[Block]) -> list[float]:
    if any(not block.text.isascii() and UNSPACED.search(block.text) for block in body):
        return [count_words(block.text) for block in body]
    return [float(len(block.text.split())) for block in body]


@cache
def _names() -> tuple[tuple[str, str, str, str], ...]:
    """Each concept with the names of what is said of it beside how often it is there."""
    return tuple((n, f"{n}: variety", f"{n} in title", f"{n} in headings") for n in words().concepts)


def features(document: Document) -> Features:
    """All numbers of a document: see the functions below, each of which tells one kind."""
    page = _Page.of(document)
    length = max(page.total, SHORT)
    values = {"bias": 1.0}
    own, in_title, in_heads = page.own.terms, page.title.terms, page.heads.terms
    for concept, variety, title, headings in _names():
        terms = own.get(concept)
        if terms:
            values[concept] = math.log1p(1000 * terms.total() / length) / 5
            values[variety] = min(1.0, len(terms) / 10)
        else:
            values[concept] = values[variety] = 0.0
        values[title] = float(concept in in_title)
        values[headings] = min(1.0, in_heads[concept].total() / 4) if concept in in_heads else 0.0
    for concept in (*TRADE, *NEAR):
        terms = own.get(concept)
        rate = 1000 * terms.total() / (page.total + PRIOR) if terms else 0.0
        values[f"share of {concept}"] = math.log1p(rate) / 5
    values.update(_parts(page))
    values.update(_spread(page.text, page.own.named))
    values.update(_subject(page, values))
    values.update(_shape(page))
    values.update(_voice(page))
    values.update(_address(document.url))
    return Features(values, own)


def _is_label(text: str) -> bool:
    """Whether a line stands above something; pages without markup have headings, too."""
    return len(text) <= 60 and not text.rstrip().endswith(SENTENCE_END[:4])


def _within(blocks: Iterable[Block]) -> list[Block]:
    kept, length = [], 0
    for block in blocks:
        if length > REACH:
            break
        length += len(block.text)
        kept.append(block if len(block.text) <= REACH else block.cut(0, REACH))
    return kept


def _parts(page: _Page) -> dict[str, float]:
    """How many of the parts are there that job advertisements, CVs and pages without content are made of."""
    document, body, own = page.document, page.body, page.own
    in_title, in_heads = page.title.terms, page.heads.terms
    labels = ("tasks", "demands", "benefits")
    ad = sum(part in in_heads for part in labels) + ("apply" in own.terms) + ("employer" in own.terms)
    years = sum(bool(YEARS.search(block.text)) for block in body if "19" in block.text or "20" in block.text)
    in_path = bool(IN_CV.search(document.url.lower()))
    short_title = (
        len(document.title.split()) <= 8 and bool(CV_TITLE.search(document.title)) and "how" not in in_title
    )
    vita = min(1.0, years / 3) + in_path + short_title + min(1.0, page.heads.of("vita").total() / 4)
    barred = [own.of(name) for name in BARRED]
    phrases = max(sum(" " in term or not term.isascii() for term in terms) for terms in barred)
    titled = any(name in in_title for name in BARRED)
    few = max(0.0, 1 - page.total / (350 if titled else 200))
    return {
        "no page": few * min(1.0, (phrases + titled) / 2),
        "titled a review": float(_titled_review(document.title)),
        "breaks off at a wall": float(bool(document.wall)),
        "job advertisement for sure": float(ad >= 4 and page.total <= 1500),
        "parts of a job advertisement": ad / 5,
        "parts of a CV": vita / 4,
        "opens with a definition": float(
            "reader" not in own.terms and "self" not in own.terms and _defines(document.title, page)
        ),
        "title is the trade's name": float(0 < len(document.title.split()) <= 3 and "trade" in in_title),
        "years from and to": min(1.0, years / 4),
    }


def _titled_review(title: str) -> bool:
    """Whether a title calls the page a review of something that is sold, read or watched."""
    found = REVIEW_TITLE.search(title)
    return found is not None and (found["of"] or "").lower() not in REVIEWED_AT_WORK


def _defines(title: str, page: _Page) -> bool:
    """Whether the first paragraph says what the title is, as entries of a glossary or an encyclopedia do."""
    names = [normal(part) for part in re.split(r"[()]", title) if 0 < len(part.split()) <= 4]
    first = next((line for line, own in zip(page.lines, page.sizes, strict=True) if own >= 8), "")
    opening = first[:200].lstrip()
    for article in ("the ", "a ", "an ", "der ", "die ", "das ", "le ", "la ", "l ", "el ", "o ", "il "):
        opening = opening.removeprefix(article)
    return any(
        opening.startswith(name.lstrip()) and IS.match(opening, len(name) - 1)
        for name in names
        if name.strip()
    )


def _spread(text: str, named: list[int]) -> dict[str, float]:
    """In how many tenths of the text the trade is named: guides speak of it all along."""
    step = max(200, len(text) // 10 + 1)
    parts = {place // step for place in named}
    return {
        "trade: spread": len(parts) / max(3, len(text) // step + 1),
        "trade: early": float(0 in parts),
    }


def _subject(page: _Page, values: dict[str, float]) -> dict[str, float]:
    """The trade beside its neighbours."""
    spelt = sum(page.own.of(name).total() for name in NAMES)
    short = _abbreviated(page, spelt)
    owners = page.own.of("owner").total()
    near = max(values[name] for name in ("project", "marketing", "engineering", "crypto", "study", "company"))
    times = spelt + short + sum(page.title.of(name).total() for name in NAMES)
    rate = 1000 * times / page.total
    named = math.log1p(rate) / 5
    return {
        "trade or PM": named,
        "trade or PM: times": min(1.0, math.log1p(times) / 3),
        "trade or PM: enough": min(1.0, times / 3) * min(1.0, rate / 1.5),
        # Agile coaches name product owners in every text, guides to the trade name product managers beside them.
        "product owners alone": 0.0 if "trade" in page.own.terms else min(1.0, owners / 3),
        "trade beside its neighbours": named - near,
        "craft and trade": math.sqrt(named * values["craft"]),
    }


def _abbreviated(page: _Page, spelt: int) -> int:
    """How often "PM" stands for the trade: always where it is spelt out somewhere; else only where several of them name
    a role, and nothing says that it is another one.
    """
    holding = [block.text for block in page.body if "PM" in block.text or "PdM" in block.text]
    if not holding:
        return 0
    if spelt:
        return sum(len(ABBREVIATION.findall(text)) for text in holding)
    roles = sum(len(PM_AS_ROLE.findall(text)) for text in holding)
    other = "project" in page.own.terms or any(word in page.text for word in OTHER_PM)
    return 0 if other or roles < 2 else roles


def _voice(page: _Page) -> dict[str, float]:
    """Who speaks: a firm that names itself, or people whose words are quoted."""
    site = _site(page.document.url)
    itself = page.text.count(f" {site}") if site else 0
    quoting = page.own.of("quoting").total()
    quoted = sum(any(sign in block.text for sign in QUOTED) for block in page.body) if quoting else 0
    return {
        "names its site": min(1.0, math.log1p(1000 * itself / max(page.total, SHORT)) / 3),
        "quoted speech": min(1.0, math.sqrt(quoting * quoted) / 8),
    }


def _site(url: str) -> str:
    """What a site calls itself, as far as its address tells: the start of its host's own label."""
    try:
        labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    except ValueError:
        return ""
    own = labels[0] if len(labels) < 3 or labels[0] not in PARTS_OF_SITES else labels[1]
    first = re.split(r"[-_]", own)[0]
    return first[:8] if len(first) >= 4 else ""


def _shape(page: _Page) -> dict[str, float]:
    document, body, sizes, total = page.document, page.body, page.sizes, page.total
    amount = max(1.0, sum(sizes))

    def share(chosen: Iterable[bool]) -> float:
        return sum([own for own, yes in zip(sizes, chosen, strict=True) if yes]) / amount

    blocks = max(1, len(body))
    ends = [block.text.rstrip()[-2:] for block in body]
    sentence = [end.endswith(SENTENCE_END) for end in ends]
    prose = [own >= PROSE and end for own, end in zip(sizes, sentence, strict=True)]
    kinds = Counter(block.kind for block in body)
    linked = sum(link.end - link.start for block in body for link in block.links)
    letters = max(1, sum(len(block.text) for block in body))
    priced = [block.text for block in body if any(sign in block.text for sign in MONEY)]
    return {
        "length": min(1.0, math.log1p(total) / 9),
        "very short": max(0.0, 1 - total / 150),
        "prose": share(prose),
        "paragraphs": min(1.0, sum(prose) / 15),
        "unfinished lines": share(not end for end in sentence),
        "words a block": min(1.0, amount / blocks / 60),
        "items": share(block.kind is Kind.ITEM for block in body) if kinds[Kind.ITEM] else 0.0,
        "headings a block": kinds[Kind.HEADING] / blocks,
        "quotations": share(block.kind is Kind.QUOTATION for block in body) if kinds[Kind.QUOTATION] else 0.0,
        "code": share(block.kind is Kind.CODE for block in body) if kinds[Kind.CODE] else 0.0,
        "tables": share(block.kind is Kind.TABLE for block in body) if kinds[Kind.TABLE] else 0.0,
        "linked text": min(1.0, linked / letters),
        "links a block": min(1.0, sum(len(block.links) for block in body) / blocks),
        "prices": min(1.0, sum(bool(PRICE.search(text)) for text in priced) / 10),
        "speakers": min(1.0, sum(bool(SPEAKER.match(block.text)) for block in body) / 15),
        "questions": min(1.0, sum(end.endswith(("?", "？")) for end in ends) / 10),
        "number in title": float(bool(LIST_TITLE.match(document.title))),
        "numbered headings": min(
            1.0, sum(block.kind is Kind.HEADING and block.text[:1].isdigit() for block in body) / 5
        ),
        "has author": float(bool(document.author)),
        "has date": float(bool(document.published)),
    }


def _address(url: str) -> dict[str, float]:
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        path = ""
    parts = [part for part in re.split(r"[/.]", path.lower()) if part]
    distinct = set(parts)
    values = {f"address: {name}": float(not known.isdisjoint(distinct)) for name, known in ADDRESSES.items()}
    values["address: front page"] = float(bool(url) and (not parts or parts == ["index", "html"]))
    values["address: has date"] = float(bool(re.search(r"/(?:19|20)\d\d(?:/|-)", path)))
    values["address: work shown"] = float(bool(WORK_SHOWN.search(path.lower())))
    values["address: many words"] = float(
        max((len(re.split(r"[-_ ]", part)) for part in parts), default=0) >= 4
    )
    return values

"""Page -> Document: one parse, one extraction, and the DOM's own blocks marked with how likely they are main text.

trafilatura says which text is the article; the DOM says what that text is (list, heading, table, code),
what it links to and whether it shows. So the blocks are those of the DOM, and trafilatura's result tree is
laid over them: the share of its words that trafilatura chose is the strongest of the signs by which
``pipelines.main_text`` scores a block.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from filters.document import Block, Document, Hints, Wants
from filters.texts import text_words
from pipelines.charset import decode
from pipelines.choice import align, choose
from pipelines.dom import Piece, segment
from pipelines.main_text import LIKELY, Model, load_model
from pipelines.metadata import Metadata, read_metadata
from pipelines.page import FEED_HEADER, Page
from pipelines.site_parts import mark, without
from pipelines.site_settings import PageSettings
from pipelines.unfolding import unfold

HEAD_ELEMENTS = frozenset(("title", "meta", "link", "style", "script", "base", "noscript", "template"))
REGION_SHARE = 0.9
HARDLY = 0.5  # of the words that trafilatura took
OUTSIDE = 0.15  # a block outside that container with a lower score is no block of the document
MAGIC = {
    b"%PDF-": "PDF",
    b"PK\x03\x04": "ZIP archive or an office document",
    b"\x1f\x8b": "gzip archive",
    b"\x89PNG": "PNG picture",
    b"\xff\xd8\xff": "JPEG picture",
    b"GIF8": "GIF picture",
    b"RIFF": "WebP picture or a recording",
}
DATA_LIMIT = 30_000  # characters of broken JSON that may be guessed at
SOFT_HYPHENS = ("\u00ad", "&shy;", "&#173;", "&#xad;", "&#xAD;")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


CLASSES = etree.ElementDefaultClassLookup(
    html.HtmlElement, html.HtmlComment, html.HtmlProcessingInstruction, html.HtmlEntity
)


class UnreadableError(ValueError):
    """The page holds nothing that could be an article; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The document of a page, and by which way its main text was found."""

    document: Document
    way: str


@dataclass(frozen=True, slots=True)
class Parts:
    """All blocks of a page; ``shares`` holds for each the share (0 to 1) of its words that trafilatura chose."""

    pieces: Sequence[Piece]
    twins: Counter[tuple[str, str]]
    shares: Sequence[float]
    metadata: Metadata
    wants: Wants


def extract(page: Page, settings: PageSettings | None = None, model: Model | None = None) -> Extraction:
    """Read a page; ``settings`` are what its source says of it, ``model`` scores its blocks (that of winnow).

    Raises ``UnreadableError`` for a body that is empty, binary or no HTML.
    """
    parts = take_apart(page, settings)
    mains, against = _scored(parts, model or load_model())
    if max(mains) >= LIKELY and not _hardly_any(parts, mains):
        return Extraction(_document(page, parts, mains, against), _way(parts.shares, mains))
    # Nothing looks like an article: what trafilatura took is judged by the filters, or else all of the page.
    taken = any(parts.shares)
    guessed = parts.shares if taken else [1.0] * len(parts.pieces)
    return Extraction(_document(page, parts, guessed, lambda _: ()), "trafilatura" if taken else "whole page")


def _scored(parts: Parts, model: Model) -> tuple[list[float], Callable[[int], tuple[str, ...]]]:
    """How likely each block is main text, and what speaks against it.

    What the source says is no article is none, and is no neighbour of the others.
    """
    own = [number for number, piece in enumerate(parts.pieces) if not piece.hints.site]
    scores = model.score(
        [parts.pieces[number] for number in own],
        [parts.shares[number] for number in own],
        parts.metadata.title,
    )
    places = {number: place for place, number in enumerate(own)}
    mains = [scores.main[places[number]] if number in places else 0.0 for number in range(len(parts.pieces))]
    return mains, lambda number: scores.against(places[number]) if number in places else ()


def take_apart(page: Page, settings: PageSettings | None = None, *, thorough: bool = False) -> Parts:
    """Parse a page, cut it into blocks, and let trafilatura choose among them.

    ``thorough`` has it ask other extractors where it took little: the models learn more from that, and are right as
    often without it when they are asked (docs/evaluation.md). Raises ``UnreadableError``.
    """
    tree = parse(page)
    said: dict[HtmlElement, str] = {}
    wants = Wants()
    if settings is not None:
        said, missing = mark(tree, settings)
        # the site's markup is not around what a feed carried
        wants = Wants(settings.languages, settings.kinds, "" if page.header(FEED_HEADER) else missing)
    pieces, twins = segment(tree, page.address, said)
    if not pieces:
        shell = any(True for _ in tree.iter("script", "noscript"))
        raise UnreadableError(
            "the page is an empty shell: a script would write its text" if shell else "the page has no text"
        )
    metadata = read_metadata(tree, page, pieces)
    left = without(tree, said) if said else tree
    shares = align(pieces, choose(left, page.address, thorough=thorough))
    return Parts(pieces, twins, shares, metadata, wants)


def _hardly_any(parts: Parts, mains: Sequence[float]) -> bool:
    """Whether next to nothing is likely main text beside one long block that trafilatura took.

    An article in one paragraph does not look like one; many blocks of which none is likely are comments.
    """
    sizes = [len(text_words(piece.text)) for piece in parts.pieces]
    likely = sum(size for size, main in zip(sizes, mains, strict=True) if main >= LIKELY)
    chosen = [size * share for size, share in zip(sizes, parts.shares, strict=True)]
    return likely < HARDLY * sum(chosen) < max(chosen)


def _way(shares: Sequence[float], mains: Sequence[float]) -> str:
    """Whose text it is: most of what is likely was chosen by trafilatura, or most of it was not."""
    likely = [share for share, main in zip(shares, mains, strict=True) if main >= LIKELY]
    return "trafilatura" if sum(likely) >= len(likely) / 2 else "model"


def parse(page: Page) -> HtmlElement:
    """The tree of a page, parsed once; extraction and segmentation share it."""
    if not page.body.strip():
        raise UnreadableError("the body is empty")
    for magic, name in MAGIC.items():
        if page.body.startswith(magic):
            raise UnreadableError(f"the body is no HTML: it is a {name}")
    text = XML_DECLARATION.sub("", decode(page.body, page.header("content-type")), count=1)
    for hyphen in SOFT_HYPHENS:  # where a word may be cut at the end of a line: no letter of it
        text = text.replace(hyphen, "")
    if "<" not in text:
        raise UnreadableError("the body is no HTML: it has no markup")
    try:
        # bytes, as libxml2 keeps them: of a text in wider characters it makes those in small steps
        tree = html.document_fromstring(text.encode("utf-8", "replace").replace(b"\0", b""), parser=_parser())
    except etree.ParserError as error:
        raise UnreadableError(f"the body is no HTML: {error}") from None
    body = tree.find("body")
    _take_in(tree, _give_body(tree) if body is None else body)
    _drop_broken_data(tree)
    unfold(tree)
    return tree


def _parser() -> html.HTMLParser:
    """A parser whose elements are all of one class: the usual one asks Python for that of each, again and again."""
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    parser.set_element_class_lookup(CLASSES)
    return parser


def _drop_broken_data(tree: HtmlElement) -> None:
    """Empty long scripts of metadata that are no JSON: the extraction guesses at them, at a cost that is quadratic."""
    for script in tree.iter("script"):
        if "json" in script.get("type", "") and len(text := script.text or "") > DATA_LIMIT:
            try:
                json.loads(text, strict=False)
            except (ValueError, RecursionError):
                script.text = None


def _give_body(tree: HtmlElement) -> HtmlElement:
    """The body that HTML allows an author to leave out; libxml2 puts its elements into the head."""
    head = tree.find("head")
    body = etree.SubElement(tree, "body")
    strays = [child for parent in (head, tree) if parent is not None for child in parent]
    for child in strays:
        if child is not head and child is not body and child.tag not in HEAD_ELEMENTS:
            body.append(child)
    return body


def _take_in(tree: HtmlElement, body: HtmlElement) -> None:
    """Give the body what follows the end of the page: some end in their middle, and libxml2 begins a second tree."""
    for stray in list(tree.itersiblings("html")):
        for part in stray.iterchildren("body"):
            part.tag = "div"
        stray.tag = "div"
        body.append(stray)


def region(pieces: Sequence[Piece], mains: Sequence[float]) -> int:
    """The number of the innermost element that holds nearly all main text: the article's container."""
    own = [
        main * len(piece.text) if main >= LIKELY else 0.0 for piece, main in zip(pieces, mains, strict=True)
    ]
    total = sum(own)
    weights: dict[int, float] = defaultdict(float)
    for piece, weight in zip(pieces, own, strict=True):
        if weight or not total:
            for number in piece.ancestors:
                weights[number] += weight
    fitting = [number for number, weight in weights.items() if weight >= REGION_SHARE * total]
    return max(fitting, default=0)


def _document(
    page: Page, parts: Parts, mains: Sequence[float], against: Callable[[int], tuple[str, ...]]
) -> Document:
    """The blocks inside the article's container, and those outside of it that could be its text."""
    container = region(parts.pieces, mains)
    blocks: list[Block] = []
    for number, (piece, main) in enumerate(zip(parts.pieces, mains, strict=True)):
        # what goes for its source's sake is on record wherever it stood
        if container not in piece.ancestors and main < OUTSIDE and not piece.hints.site:
            continue
        twins = parts.twins[piece.hints.path, piece.hints.classes]
        said = piece.hints
        hints = Hints(
            said.path,
            said.classes,
            said.hidden,
            main,
            () if said.hidden else against(number),  # no rule asks what it is that nobody sees
            said.parent,
            twins,
            said.marked,
            said.site,
        )
        blocks.append(
            Block(
                len(blocks),
                piece.kind,
                piece.text,
                piece.level,
                piece.ordered,
                piece.links,
                piece.rows,
                piece.language,
                hints,
                piece.number,
            )
        )
    metadata = parts.metadata
    return Document(
        url=page.address,
        blocks=tuple(blocks),
        title=metadata.title,
        author=metadata.author,
        published=metadata.published,
        updated=metadata.updated,
        shown=metadata.shown,
        future=metadata.future,
        site=metadata.site,
        licence=metadata.licence,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        origins=metadata.origins,
        wants=parts.wants,
    )

"""The signs of a page's blocks by which ``pipelines.main_text`` tells main text: columns of numbers, and words."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from filters.calls import calls_to_action
from filters.document import Kind
from filters.furniture import furniture
from filters.teasers import link_share
from filters.texts import text_words
from pipelines.dom import Piece
from pipelines.markup_words import CLASS_WORD, Key, names_of_furniture, of_key

SENTENCE_END = tuple(".!?。！？…")
CLOSING = "'\"”’)]"  # what may stand behind it
SHORT = 40  # words; what longer blocks say is asked where the rest leaves doubt, up to LONG
LONG = 80
PROSE = 12  # words that make a block with few links prose
REGION = 0.9  # share of the chosen words that the article's container holds
FAR = 99  # the value of a column where there is nothing to look at
# Edges of the bins that a number falls into.
SHARE = (0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999)
WORDS = (1, 2, 3, 4, 6, 9, 14, 20, 30, 50, 90)
LINKED = (0.001, 0.1, 0.3, 0.5, 0.8, 0.99)
LINKS_AROUND = (0.05, 0.2, 0.4, 0.6, 0.8)
OF_ALL = (0.001, 0.05, 0.2, 0.5, 0.8)
PAGE = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)
AROUND = (1, 10, 30, 80, 200, 600)
NEAR = (2, 4, 8, 16)
ENDS = (0, 1, 2, 3, 5, 8)
DONE = (0.001, 0.02, 0.1, 0.5, 0.9, 0.98, 0.999)
TWINS = (2, 3, 5, 10, 20, 50)
TWIN_WORDS = (2, 4, 8, 15, 30, 60)
CHOSEN_WORDS = (20, 50, 100, 200, 400, 800, 1600, 3200)
REACHES = (5, 12)  # blocks above and below
LEVELS = (1, 2, 3)  # containers, from the block's parent outwards
KINDS = {kind: number for number, kind in enumerate(Kind)}

# Each column of a block's row by the theme it belongs to, in the order of ``Signs.row``.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("kind", "its kind"),
    ("kind words", "its kind"),
    ("kind chosen", "the extraction"),
    ("chosen", "the extraction"),
    ("chosen of page", "the extraction"),
    ("words", "its length"),
    ("links", "its links"),
    ("words links", "its links"),
    ("ending", "its form"),
    ("form", "its form"),
    ("hidden", "its visibility"),
    ("repeated", "repetition"),
    ("copy", "repetition"),
    ("twins", "repetition"),
    ("twin words", "repetition"),
    ("twins chosen", "repetition"),
    ("twins links", "repetition"),
    ("where", "its place"),
    ("place", "its place"),
    ("place region", "its place"),
    ("from first", "its place"),
    ("to last", "its place"),
    ("done", "its place"),
    ("title", "its place"),
    ("region", "its container"),
    ("prose", "its container"),
    ("around", "its container"),
    ("around chosen", "its container"),
    *(
        (f"container {level}{what}", "its container")
        for level in LEVELS
        for what in (" chosen", " links", " of all")
    ),
    *(
        (f"{side} {what}", "its neighbours")
        for side in ("above", "below")
        for what in ("kind", "same", "words", "links")
    ),
    ("five around", "its neighbours"),
    ("twelve around", "its neighbours"),
    ("heading above", "its section"),
    ("section chosen", "its section"),
    ("chosen words", "the extraction"),
    ("names", "a name of furniture in its classes"),
)
# Columns whose values are words, of a block or of all blocks of one path and class, with what such a word is called.
WORD_COLUMNS = {
    "word": "the word",
    "pair": "the words",
    "label": "a label of",
    "call": "it is",
    "url": "a link to",
    "tag": "the tag",
    "in": "inside",
    "furniture": "a name of furniture in the",
    "class": "the class",
    "class above": "the class",
    "class far": "the class",
}


class Signs:
    """What the columns read, worked out once for a page."""

    def __init__(self, pieces: Sequence[Piece], shares: Sequence[float], title: str) -> None:
        self.pieces = pieces
        self.shares = shares
        self.title = frozenset(text_words(title))
        self.words = [text_words(piece.text) for piece in pieces]
        self.counts = [len(own) for own in self.words]
        self.linked = [link_share(piece) for piece in pieces]
        self.word_bins = [bisect_right(WORDS, count) for count in self.counts]
        self.link_bins = [bisect_right(LINKED, linked) for linked in self.linked]
        self.chosen = [share >= 0.5 for share in shares]
        self.keys: list[Key] = [(piece.hints.path, piece.hints.classes) for piece in pieces]
        self.weights = [count * share for count, share in zip(self.counts, shares, strict=True)]
        self.prose = [
            count >= PROSE and linked < 0.3 and not piece.hints.hidden
            for count, linked, piece in zip(self.counts, self.linked, pieces, strict=True)
        ]
        self._containers()
        self._twins()
        self._sections()
        taken = [n for n, piece in enumerate(pieces) if self.chosen[n] and not piece.hints.hidden]
        self.first, self.last = (taken[0], taken[-1]) if taken else (len(pieces), -1)
        self.sums = list(accumulate(self.weights, initial=0.0))
        self.word_sums = list(accumulate(self.counts, initial=0))
        self.copies = Counter(piece.text for piece in pieces)
        self.first_of = {piece.text: number for number, piece in reversed(list(enumerate(pieces)))}
        self.chosen_words = bisect_right(CHOSEN_WORDS, self.all_chosen)
        prose = sum(count for count, is_prose in zip(self.counts, self.prose, strict=True) if is_prose)
        chosen_prose = sum(
            weight for weight, is_prose in zip(self.weights, self.prose, strict=True) if is_prose
        )
        self.page = bisect_right(PAGE, chosen_prose / max(1, prose))

    def _containers(self) -> None:
        """Words, chosen words, linked words of every element; the article's container by choice and by prose."""
        words: dict[int, float] = defaultdict(float)
        chosen: dict[int, float] = defaultdict(float)
        linked: dict[int, float] = defaultdict(float)
        prose: dict[int, float] = defaultdict(float)
        for number, piece in enumerate(self.pieces):
            count, weight = self.counts[number], self.weights[number]
            links = count * self.linked[number]
            for element in piece.ancestors:
                words[element] += count
                if weight:
                    chosen[element] += weight
                if links:
                    linked[element] += links
            if self.prose[number]:
                # A paragraph speaks for its parent, less for what is around that.
                for element, part in zip(
                    piece.ancestors[-2::-1], (1, 2 / 3, 1 / 3, 1 / 6, 0.1), strict=False
                ):
                    prose[element] += count * part
        self.held = {element: (own, chosen[element], linked[element]) for element, own in words.items()}
        self.all_chosen = sum(self.weights)
        least = REGION * self.all_chosen
        self.region = max((e for e, weight in chosen.items() if weight >= least), default=0)
        self.prose_element = max(
            prose, key=lambda e: (prose[e] * (1 - linked[e] / max(1, words[e])), -e), default=0
        )
        self.in_region = [self.region in piece.ancestors for piece in self.pieces]
        self.in_prose = [self.prose_element in piece.ancestors for piece in self.pieces]
        best = self.prose_element
        self.prose_chosen = bisect_right(SHARE, chosen[best] / max(1, words[best])) if best else FAR

    def _twins(self) -> None:
        """Words, chosen and linked words of the blocks with the same path and classes, and the bins of their number and
        of their mean length."""
        sums: dict[Key, list[float]] = {}
        for number, key in enumerate(self.keys):
            own = sums.setdefault(key, [0, 0, 0, 0])
            own[0] += 1
            own[1] += self.counts[number]
            own[2] += self.weights[number]
            own[3] += self.counts[number] * self.linked[number]
        self.twins = {
            key: (
                size,
                weight,
                linked,
                bisect_right(TWINS, total),
                bisect_right(TWIN_WORDS, size / total),
            )
            for key, (total, size, weight, linked) in sums.items()
        }

    def _sections(self) -> None:
        """The heading that each block stands below, and the words and chosen words between two headings."""
        self.heading: list[int] = []  # -1 above the first; a heading heads the section below it
        self.in_section: dict[int, list[float]] = {-1: [0, 0]}
        heading = -1
        for number, piece in enumerate(self.pieces):
            if piece.kind is Kind.HEADING:
                heading = number
                self.in_section[heading] = [0, 0]
            else:
                self.in_section[heading][0] += self.counts[number]
                self.in_section[heading][1] += self.weights[number]
            self.heading.append(heading)

    def _section(self, number: int) -> tuple[int, int]:
        """Whether the heading above is chosen, and how much of the section is, but for the block itself."""
        heading = self.heading[number]
        words, chosen = self.in_section[heading]
        own = heading == number
        if not own:
            words, chosen = words - self.counts[number], chosen - self.weights[number]
        share = bisect_right(SHARE, max(0.0, chosen) / words) if words > 0 else 9
        return (FAR if heading < 0 else 2 * own + int(self.chosen[heading])), share * 2 + own

    @cached_property
    def title_at(self) -> int | None:
        """Where on the page the title stands."""
        best, found = 0.6, None
        for number, words in enumerate(self.words[:400]):
            if words and len(words) <= SHORT and self.title:
                own = frozenset(words)
                likeness = len(own & self.title) / len(own | self.title)
                if likeness > best:
                    best, found = likeness, number
        return found

    def row(self, number: int) -> list[int]:
        """The values of ``COLUMNS`` for one block."""
        piece, hints = self.pieces[number], self.pieces[number].hints
        count, linked, chosen = self.counts[number], self.linked[number], int(self.chosen[number])
        kind = KINDS[piece.kind] * 10 + (piece.level if piece.kind is Kind.HEADING else 0)
        words, links = self.word_bins[number], self.link_bins[number]
        share = bisect_right(SHARE, self.shares[number])
        text = piece.text
        ends = text.rstrip(CLOSING).endswith(SENTENCE_END)
        ancestors = piece.ancestors
        in_region, in_prose = int(self.in_region[number]), int(self.in_prose[number])
        place = self._place(number)
        # Whether it breaks off like an excerpt is left to the rule ``teaser``: the same sign is not to count twice.
        form = 4 * text.isupper() + 2 * (hints.marked > 0.9) + text.endswith(":")
        size, weight, links_of, repeated, typical = self.twins[self.keys[number]]
        others = size - count
        values = [
            kind,
            KINDS[piece.kind] * 100 + words,
            KINDS[piece.kind] * 2 + chosen,
            share,
            self.page * 2 + chosen,
            words,
            links,
            words * 10 + links,
            (words // 3) * 2 + ends,
            form,
            2 * bool(hints.hidden) + (chosen if hints.hidden else 0),
            min(3, self.copies[text]),
            0 if self.copies[text] == 1 else 1 + (self.first_of[text] != number),
            repeated,
            typical,
            (bisect_right(SHARE, (weight - self.weights[number]) / others) if others > 0 else FAR) * 2
            + chosen,
            bisect_right(LINKS_AROUND, (links_of - count * linked) / others) if others > 0 else FAR,
            10 * number // len(self.pieces),
            place,
            (0 if place < 0 else 1 if place == 0 else 2) * 4 + chosen * 2 + in_region,
            bisect_right(ENDS, number - self.first) if chosen else FAR,
            bisect_right(ENDS, self.last - number) if chosen else FAR,
            bisect_right(DONE, self.sums[number] / self.all_chosen) if self.all_chosen else FAR,
            self._from_title(number),
            in_region * 4 + in_prose * 2 + chosen,
            in_prose * 10 + min(9, self.prose_chosen),
        ]
        values += self._around(number, ancestors, count, linked, chosen)
        values += self._neighbours(number, chosen)
        values += self._section(number)
        values.append(self.chosen_words * 2 + chosen)
        values.append(names_of_furniture(hints.classes))
        return values

    def _place(self, number: int) -> int:
        """0 between the first and the last chosen block, below or above it the bin of the distance."""
        if number < self.first:
            return -1 - bisect_right(NEAR, self.first - number)
        return 1 + bisect_right(NEAR, number - self.last) if number > self.last else 0

    def _from_title(self, number: int) -> int:
        if self.title_at is None:
            return FAR
        if number <= self.title_at:
            return number - self.title_at if number == self.title_at else -1
        return 1 + bisect_right(NEAR, number - self.title_at)

    def _around(
        self, number: int, ancestors: Sequence[int], count: int, linked: float, chosen: int
    ) -> list[int]:
        """What the containers hold beside the block: how much, how much of it chosen and linked."""
        values = [FAR, FAR]
        for level in LEVELS:
            if len(ancestors) <= level:
                values += [FAR, FAR, FAR]
                continue
            element = ancestors[-1 - level]
            held, chosen_in, linked_in = self.held[element]
            words = held - count
            taken = max(0.0, chosen_in - self.weights[number])
            share = bisect_right(SHARE, taken / words) if words > 0 else 9
            if level == 1:
                values = [bisect_right(AROUND, words), (share // 2) * 10 + bisect_right(AROUND, words)]
            values.append(share * 2 + chosen)
            values.append(
                bisect_right(LINKS_AROUND, (linked_in - count * linked) / words) if words > 0 else FAR
            )
            values.append(bisect_right(OF_ALL, taken / self.all_chosen) if self.all_chosen else FAR)
        return values

    def _neighbours(self, number: int, chosen: int) -> list[int]:
        values = []
        last = len(self.pieces) - 1
        own = self.as_neighbours[number][0] // 2
        for at in (number - 1, number + 1):
            if not 0 <= at <= last:
                values += [FAR, FAR, FAR, FAR]
                continue
            kind, other, words, links = self.as_neighbours[at]
            same = self.keys[at] == self.keys[number]
            values += (own * 20 + kind, other + chosen * 2 + same, words, links)
        for reach, windows in self.windows.items():
            # the window above ends before the block, the one below begins behind it
            values.append(windows[number] * 10 + windows[number + 1 + reach])
        return values

    @cached_property
    def windows(self) -> dict[int, list[int]]:
        """For each reach the chosen share of as many blocks, by the number behind the last of them."""
        size = len(self.pieces)
        return {
            reach: [self._window(max(0, end - reach), min(size, end)) for end in range(size + reach + 1)]
            for reach in REACHES
        }

    @cached_property
    def as_neighbours(self) -> list[tuple[int, int, int, int]]:
        """What the blocks above and below are told of each: kind, whether it is chosen, words, links."""
        return [
            (KINDS[piece.kind] * 2 + chosen, chosen * 4, words // 2, links // 2)
            for piece, chosen, words, links in zip(
                self.pieces, self.chosen, self.word_bins, self.link_bins, strict=True
            )
        ]

    def _window(self, start: int, end: int) -> int:
        words = self.word_sums[end] - self.word_sums[start] if start < end else 0
        return bisect_right(SHARE, (self.sums[end] - self.sums[start]) / words) if words else 9

    def own_words(self, number: int) -> Iterator[tuple[str, Iterable[str]]]:
        """The word columns of one block, each with its words; those of ``further_words`` come apart."""
        words = self.words[number]
        if words and len(words) <= SHORT:
            yield "word", set(words)
        piece = self.pieces[number]
        if self.in_region[number] or self.in_prose[number]:
            # Elsewhere hardly anything is main text, and the lists take longer than all other columns together.
            labels = [
                hit.group if hit.whole else f"{hit.group} beside others"
                for hit in furniture(piece.text)
                if hit.whole or hit.opens or hit.closes
            ]
            if labels:
                yield "label", labels
        if piece.links:
            found: set[str] = set()
            for link in piece.links[:3]:
                path = link.url.partition("//")[2].partition("/")[2][:80].lower()
                found.update(CLASS_WORD.findall(path))
            yield "url", found

    def further_words(self, number: int) -> Iterator[tuple[str, Iterable[str]]]:
        """The words side by side, those of a longer block, and what a block in the article's container asks of its
        reader, as word columns."""
        words = self.words[number]
        if words and len(words) <= LONG:
            if len(words) > SHORT:
                yield "word", set(words)
            yield "pair", {f"{a} {b}" for a, b in zip(("^", *words), (*words, "$"), strict=True)}
        if not self.in_region[number] and not self.in_prose[number]:
            return
        appeal = calls_to_action(self.pieces[number].text)
        if appeal.calling >= 0.3 or appeal.ends:
            yield "call", ("an order" if appeal.calling >= 0.3 else "an order at the end",)
        elif appeal.asking >= 0.3:
            yield "call", ("a request",)
        if appeal.notice or appeal.bio:
            yield "call", ("a notice" if appeal.notice else "a biography",)


def rows(
    pieces: Sequence[Piece], shares: Sequence[float], title: str
) -> Iterator[tuple[list[int], list[tuple[str, str]]]]:
    """For each block the values of its columns, and its words by their columns, as the models are fitted to."""
    signs = Signs(pieces, shares, title)
    for number, key in enumerate(signs.keys):
        found = (*of_key(key), *signs.own_words(number), *signs.further_words(number))
        yield signs.row(number), [(name, word) for name, words in found for word in words]

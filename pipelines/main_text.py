"""How likely each block of a page is main text: two small models over the whole page.

trafilatura's choice is the strongest evidence and not the only one: it now and then takes the wrong container, or
loses the lists of the right one. The models read it beside what the DOM says of a block (class words, tags, links,
repetition, place), of its containers and of its neighbours. In the one every sign is a column with a weight a value,
which may be a word; the other has shallow trees over the columns of numbers. They are wrong in different places, so the
mean of both is better than either. Both sums can be taken apart again. ``main_text.tsv`` and ``main_text_trees.tsv``
hold them and say where they come from, and ``benchmarks/main_text.py`` fits them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib.resources import files
from itertools import chain, repeat
from operator import getitem

from filters.document import Kind
from filters.trees import Trees, read_trees
from pipelines.dom import Piece
from pipelines.markup_words import NAMES, Key, of_classes, of_key, of_part, of_path
from pipelines.signs import COLUMNS, WORD_COLUMNS, Signs

LINKS = 0.8  # share of its words from which a block is one of links
LIKELY = 0.5  # a score from which a block counts as main text where the article's container is looked for
# Sums from which nothing else is asked: with the trees, what is below the first one (a probability of .0025) never had
# more than .05, and further words leave a probability of .7 at least to what is above the second.
HOPELESS = -6.0
CERTAIN = 3.0
# What trafilatura took no word of and no container of an article holds is not looked at closely where its tags and
# classes sum up to less than this; most such blocks are menus. Of all blocks of the development pages they are 34%, and
# with all signs two of them would have more than .05, and none .07; a title is told otherwise.
APART, APART_LINKED = -2.5, 0.0
TOLD_SIGNS = 4  # how many signs against a block are told
LEAST_TOLD = -0.15  # the weight from which one is worth telling

THEMES = tuple([theme for _, theme in COLUMNS])

Weights = Mapping[str, Mapping[str, float]]


class _Table(dict[int, float]):
    """Weights by value; one that was never seen weighs nothing, which is noted: there are few such numbers."""

    def __missing__(self, value: int) -> float:
        return self.setdefault(value, 0.0)


class Model:
    """The weights of the columns; ``weights["words"]["3"]`` is that of the value 3. Without trees the sum decides."""

    def __init__(self, weights: Weights, trees: Trees | None = None) -> None:
        self._trees = trees
        self.bias = weights.get("bias", {}).get("", 0.0)
        self._numbers = [
            _Table({int(value): weight for value, weight in weights.get(name, {}).items()})
            for name, _ in COLUMNS
        ]
        self._words = {name: dict(weights.get(name, {})) for name in WORD_COLUMNS}
        # The blocks of a page and the pages of a site share their paths and classes. Each is known by one text: where
        # pairs are the keys, the collector of garbage looks at all of them after every page.
        self._of_path = lru_cache(maxsize=20_000)(self._weigh_path)
        self._of_classes = lru_cache(maxsize=20_000)(self._weigh_classes)
        self._of_part = {name: lru_cache(maxsize=20_000)(partial(self._weigh_part, name)) for name in NAMES}
        self._told_key = lru_cache(maxsize=2_000)(self._tell_key)

    def score(self, pieces: Sequence[Piece], shares: Sequence[float], title: str) -> Scores:
        """Score all blocks of a page; ``shares`` are those that the extraction chose."""
        return Scores(self, Signs(pieces, shares, title))

    def main(self, signs: Signs, number: int, row: Sequence[int], total: float) -> float:
        """The probability (0 to 1) that a block is main text; ``row`` is that of the signs, ``total`` its sum."""
        if total >= HOPELESS:
            answered = self._trees.score(row) if self._trees is not None else None
            total += self._of_further(signs, number, total if answered is None else (total + answered) / 2)
            total = total if answered is None else (total + answered) / 2
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 3)

    def weigh(self, signs: Signs, number: int, row: Sequence[int], keyed: float) -> float:
        """The sum of all weights but those of ``further_words``; ``keyed`` is that of the block's path and classes."""
        words = self._of_words(signs.own_words(number))
        return keyed + sum(map(getitem, self._numbers, row)) + words

    def of_key(self, key: Key) -> float:
        """What a path and its classes weigh, with the bias."""
        path, classes = key
        return self.bias + self._of_path(path) + self._of_classes(classes)

    def _of_words(self, found: Iterable[tuple[str, Iterable[str]]]) -> float:
        # Words come in no order, and a plain sum of fractions would depend on it.
        weighed = self._words
        return math.fsum(
            chain.from_iterable(filter(None, map(weighed[name].get, words)) for name, words in found)
        )

    def _of_further(self, signs: Signs, number: int, total: float) -> float:
        """What the words weigh that are looked at where they could make a difference."""
        return self._of_words(signs.further_words(number)) if total < CERTAIN else 0.0

    def _weigh_path(self, path: str) -> float:
        return self._of_words(of_path(path))

    def _weigh_classes(self, classes: str) -> float:
        return sum(self._of_part[name](part) for name, part in of_classes(classes))

    def _weigh_part(self, name: str, classes: str) -> float:
        return self._of_words(of_part(name, classes))

    def against(self, signs: Signs, number: int, row: Sequence[int], total: float) -> tuple[str, ...]:
        """What weighs most against a block: themes of columns, and single words of its classes and text."""
        themes: dict[str, float] = defaultdict(float)
        for theme, weight in zip(THEMES, map(getitem, self._numbers, row), strict=True):
            themes[theme] += weight
        words = self._tell((*signs.own_words(number), *signs.further_words(number)))
        share = 1.0
        if self._trees is not None and total >= HOPELESS:
            share = 0.5
            for column, pull in self._trees.pulls(row):
                themes[THEMES[column]] += pull
        against = [
            (weight * share, sign)
            for sign, weight in (*themes.items(), *self._told_key(signs.keys[number]), *words)
            if weight * share <= LEAST_TOLD
        ]
        return tuple([f"{sign} {weight:.1f}" for weight, sign in sorted(against)[:TOLD_SIGNS]])

    def _tell_key(self, key: Key) -> Sequence[tuple[str, float]]:
        """The words of a path and its classes that speak against a block, as they are told."""
        return self._tell(of_key(key))

    def _tell(self, found: Iterable[tuple[str, Iterable[str]]]) -> Sequence[tuple[str, float]]:
        weights: dict[str, float] = defaultdict(float)
        for name, words in found:
            known = self._words[name]
            for word in words:
                if word in known:
                    weights[f"{WORD_COLUMNS[name]} “{word}”"] += known[word]
        return [(sign, weight) for sign, weight in weights.items() if weight <= LEAST_TOLD]


class Scores:
    """The scores of a page's blocks; ``main`` holds for each the probability (0 to 1) that it is main text."""

    def __init__(self, model: Model, signs: Signs) -> None:
        self._model = model
        self._signs = signs
        weights = {key: model.of_key(key) for key in signs.twins}
        self._keyed = [weights[key] for key in signs.keys]
        near = [number for number in range(len(signs.keys)) if not self._is_apart(number)]
        # One after the other for all blocks: to go through all of it block by block takes a third longer.
        rows = [signs.row(number) for number in near]
        sums = list(map(model.weigh, repeat(signs), near, rows, map(self._keyed.__getitem__, near)))
        self._asked = {number: (row, total) for number, row, total in zip(near, rows, sums, strict=True)}
        self.main = [0.0] * len(signs.keys)
        for number, main in zip(near, map(model.main, repeat(signs), near, rows, sums), strict=True):
            self.main[number] = main
        title = signs.title_at
        if title is not None and signs.pieces[title].kind is Kind.HEADING:
            # Some gold texts have the title and some do not; a reader wants an article with its title.
            self.main[title] = max(self.main[title], LIKELY)

    def against(self, number: int) -> tuple[str, ...]:
        """What spoke against a block, heaviest first; nothing for one that most likely is main text."""
        if self.main[number] >= LIKELY:
            return ()
        row, total = self._asked.get(number) or self._asked_of(number)
        return self._model.against(self._signs, number, row, total)

    def _is_apart(self, number: int) -> bool:
        """Whether a block is surely none of the article's by where it stands."""
        signs = self._signs
        if signs.shares[number] or signs.in_region[number] or signs.in_prose[number]:
            return False
        return self._keyed[number] < (APART_LINKED if signs.linked[number] >= LINKS else APART)

    def _asked_of(self, number: int) -> tuple[Sequence[int], float]:
        row = self._signs.row(number)
        return row, self._model.weigh(self._signs, number, row, self._keyed[number])


@cache
def load_model() -> Model:
    """The weights and trees that come with winnow."""
    weights, trees = (
        (files("pipelines") / name).read_text(encoding="utf-8").splitlines()
        for name in ("main_text.tsv", "main_text_trees.tsv")
    )
    return read_model(weights, trees)


def read_model(weights: Iterable[str], trees: Iterable[str]) -> Model:
    """A model of the lines of both files."""
    return Model(read_weights(weights), read_trees(trees, [name for name, _ in COLUMNS]))


def read_weights(lines: Iterable[str]) -> dict[str, dict[str, float]]:
    """Lines of column, value and weight with tabs between them; a line that begins with ``#`` is a comment."""
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for line in lines:
        if line and not line.startswith("#"):
            name, value, weight = line.split("\t")
            weights[name][value] = float(weight)
    return weights

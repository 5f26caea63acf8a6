"""What the tags and classes of a block say, in words: the signs that all blocks of one path and class share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

CLASS_WORD = re.compile(r"[a-z]{2,}")
# Names of a page's furniture, rare ones too; each is also a class word of its own.
FURNITURE = re.compile(
    r"(?:shar(?:e|ing|edaddy)|social|related|newsletter|subscri\w*|promo\w*|advert\w*|ad|sponsor\w*|comment\w*|respond|"
    r"disqu|nav\w*|menu\w*|breadcrumb|widget|sidebar|footer|cookie|popup|modal|signup|cta|toc|paginat\w*|recommend\w*|"
    r"copyright|disclaimer|rating|skip|screen|byline|bio|tag|banner|trending|popular|login)$"
)
NAMES = {"class": 4, "class above": 2, "class far": 1}

Key = tuple[str, str]  # path and classes


@lru_cache(maxsize=20_000)
def names_of_furniture(classes: str) -> int:
    """Whether furniture is named by the block's own classes (4), those around it (2), those further out (1)."""
    return sum(NAMES[name] for name, part in of_classes(classes) if _name_furniture(part))


def of_key(key: Key) -> Iterator[tuple[str, Iterable[str]]]:
    """The word columns that all blocks of one path and class share, each with its words."""
    path, classes = key
    yield from of_path(path)
    for name, part in of_classes(classes):
        yield from of_part(name, part)


def of_path(path: str) -> Iterator[tuple[str, Iterable[str]]]:
    """The columns of a path."""
    tags = path.split("/")
    yield "tag", tags[-1:]
    yield "in", set(tags)


@lru_cache(maxsize=20_000)
def of_classes(classes: str) -> tuple[tuple[str, str], ...]:
    """The classes of the block itself, of the two elements around it, and of those further out, by their columns."""
    own, _, above = classes.partition(" | ")
    near = " ".join(above.split(" | ")[:2])
    return ("class", own), ("class above", near), ("class far", above[len(near) :])


def of_part(name: str, classes: str) -> Iterator[tuple[str, Iterable[str]]]:
    """The columns of one of these, which many blocks of a page share."""
    if _name_furniture(classes):
        yield "furniture", (name,)
    yield name, _words(classes)


@lru_cache(maxsize=20_000)
def _words(classes: str) -> frozenset[str]:
    return frozenset([word.removesuffix("s") for word in CLASS_WORD.findall(classes)])


@lru_cache(maxsize=20_000)
def _name_furniture(classes: str) -> bool:
    return any(map(_is_furniture, _words(classes)))


@lru_cache(maxsize=20_000)
def _is_furniture(word: str) -> bool:
    return FURNITURE.match(word) is not None

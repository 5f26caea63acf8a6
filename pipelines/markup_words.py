"""What the tags and classes of a block say, in words: the signs that all blocks of one path and class share."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
def names_of_furniture(key: Key) -> int:
    """Whether furniture is named by the block's own classes (4), those around it (2), those further out (1)."""
    return sum(NAMES[name] for name, classes in of_classes(key[1]) if _is_furniture(classes))


def of_key(key: Key) -> Iterator[tuple[str, str]]:
    """The word columns that all blocks of one path and class share."""
    path, classes = key
    yield from of_path(path)
    for name, part in of_classes(classes):
        yield from of_part(name, part)


def of_path(path: str) -> Iterator[tuple[str, str]]:
    """The columns of a path."""
    tags = path.split("/")
    yield "tag", tags[-1]
    for tag in set(tags):
        yield "in", tag


def of_classes(classes: str) -> tuple[tuple[str, str], ...]:
    """The classes of the block itself, of the two elements around it, and of those further out, by their columns."""
    own, _, above = classes.partition(" | ")
    near = " ".join(above.split(" | ")[:2])
    return ("class", own), ("class above", near), ("class far", above[len(near) :])


def of_part(name: str, classes: str) -> Iterator[tuple[str, str]]:
    """The columns of one of these, which many blocks of a page share."""
    found = {word.removesuffix("s") for word in CLASS_WORD.findall(classes)}
    if _is_furniture(classes):
        yield "furniture", name
    for word in found:
        yield name, word


@lru_cache(maxsize=20_000)
def _is_furniture(classes: str) -> bool:
    return any(FURNITURE.match(word.removesuffix("s")) for word in CLASS_WORD.findall(classes))

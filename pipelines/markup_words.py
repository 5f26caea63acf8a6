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
    return sum(NAMES[word] for column, word in of_key(key) if column == "furniture")


def of_key(key: Key) -> Iterator[tuple[str, str]]:
    """The word columns that all blocks of one path and class share."""
    path, classes = key
    tags = path.split("/")
    yield "tag", tags[-1]
    for tag in set(tags):
        yield "in", tag
    own, _, above = classes.partition(" | ")
    near = " ".join(above.split(" | ")[:2])
    for name, words in (("class", own), ("class above", near), ("class far", above[len(near) :])):
        found = {word.removesuffix("s") for word in CLASS_WORD.findall(words)}
        if any(FURNITURE.match(word) for word in found):
            yield "furniture", name
        for word in found:
            yield name, word

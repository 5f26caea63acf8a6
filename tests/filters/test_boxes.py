"""Widget labels and calls to action in a page's own language go from a box; how many, is a floor that only rises.

``furniture/<language>.txt`` holds texts as sites word them, a line a text, calls behind "! ". Each is put alone between
the paragraphs of the guide in its language, in a container of its own, as widgets stand.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from filters import load_profile
from filters.chain import Chain
from filters.document import Block, Document, Hints, Kind

HERE = Path(__file__).parent
LANGUAGES = sorted(path.stem for path in (HERE / "furniture").glob("*.txt"))
PLACE = 9  # in the second half, behind the guide's list


@cache
def chain() -> Chain:
    return load_profile()


def is_removed(language: str, text: str) -> bool:
    guide = tomllib.loads((HERE / "guides" / f"{language}.toml").read_text(encoding="utf-8"))
    page = [guide["title"], *guide["paragraphs"]]
    page.insert(PLACE, text)
    blocks = tuple(
        Block(n, Kind.PARAGRAPH, line, hints=Hints(path="div/aside/p" if n == PLACE else "div/article/p"))
        for n, line in enumerate(page)
    )
    cleaning = chain().run(Document("https://pm.example/a", blocks, title=guide["title"]))
    assert all(d.kept for d in cleaning.decisions if d.index != PLACE), text
    return not cleaning.decisions[PLACE].kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fewer_go_than_did(language: str) -> None:
    """Nothing of the guide goes with them."""
    lines = (HERE / "furniture" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    gone = {line: is_removed(language, line.removeprefix("! ")) for line in lines}
    floors = tomllib.loads((HERE / "furniture" / "floors.toml").read_text(encoding="utf-8"))
    for what, mark in (("labels", False), ("calls", True)):
        texts = [line for line in lines if line.startswith("! ") is mark]
        left = [line for line in texts if not gone[line]]
        assert 1 - len(left) / len(texts) >= floors[what][language], left

"""Spam by texts that no list was made from goes; how much of it does, in each language, is a floor that only rises.

``spam/<language>.txt`` holds texts as they stand on broken pages, a line a text after its kind; brands are made up.
Each is put as a paragraph into the guide in English, at two places, where nothing but its words tells it from the
guide: no link, no class, no other ad beside it. That is harder than a page, and harder still is a guide in the text's
own language: there the language speaks for it, and no model of wording against it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from filters import load_profile
from filters.chain import Chain
from filters.document import Block, Document, Kind

HERE = Path(__file__).parent
LANGUAGES = sorted(path.stem for path in (HERE / "spam").glob("*.txt"))
GUIDES = sorted(path.stem for path in (HERE / "guides").glob("*.toml") if path.stem != "en")
PLACES = (3, 8)  # where the guide's list and what leads up to it stay in one piece
KINDS = {
    "gambling", "crypto", "loans", "pharma", "adult", "essay", "documents", "seo", "comment"
}  # fmt: skip


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_profile()


@cache
def guide(language: str) -> tuple[str, list[str]]:
    given = tomllib.loads((HERE / "guides" / f"{language}.toml").read_text(encoding="utf-8"))
    return given["title"], given["paragraphs"]


def texts(language: str) -> list[tuple[str, str]]:
    """The kinds and texts of a language."""
    lines = (HERE / "spam" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(": ") for line in lines]
    return [(kind, text) for kind, _, text in pairs]


def is_removed(chain: Chain, text: str, place: int, language: str = "en") -> bool:
    title, paragraphs = guide(language)
    page = [title, *paragraphs[:place], text, *paragraphs[place:]]
    blocks = tuple(Block(n, Kind.PARAGRAPH, line) for n, line in enumerate(page))
    cleaning = chain.run(Document("https://pm.example/a", blocks, title=title))
    assert all(d.kept for d in cleaning.decisions if d.index != place + 1), text
    return not cleaning.decisions[place + 1].kept


def test_there_are_ten_texts_a_language_and_their_kinds_are_known() -> None:
    assert len(LANGUAGES) >= 16
    for language in LANGUAGES:
        listed = texts(language)
        assert len(listed) >= 10, language
        assert {kind for kind, _ in listed} <= KINDS, language
        assert len(set(listed)) == len(listed), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_that_goes_is_no_less_than_it_was(chain: Chain, language: str) -> None:
    """Nothing of the guide goes with it."""
    floors = tomllib.loads((HERE / "spam" / "floors.toml").read_text(encoding="utf-8"))
    gone = [is_removed(chain, text, place) for _, text in texts(language) for place in PLACES]
    left = [text for _, text in texts(language) if not is_removed(chain, text, PLACES[0])]
    assert sum(gone) / len(gone) >= floors[language], left


@pytest.mark.parametrize("language", GUIDES)
def test_in_a_guide_of_its_own_language_no_less_goes_than_it_did(chain: Chain, language: str) -> None:
    """Nothing of the guide goes with it."""
    floors = tomllib.loads((HERE / "spam" / "floors.toml").read_text(encoding="utf-8"))["own"]
    pairs = [(text, place) for _, text in texts(language) for place in PLACES]
    left = [text for text, place in pairs if not is_removed(chain, text, place, language)]
    assert (len(pairs) - len(left)) / len(pairs) >= floors[language], left

"""A guide in each of several languages comes out whole, and the dirt of both languages goes.

The guides are ``guides/<language>.toml``: ``paragraphs`` in order, of which those numbered in ``items`` are a list;
``ad`` is one for a casino in the guide's own language, ``teasers`` are titles and excerpts of other posts, ``related``
is the label above them. ``fails`` names the labels (*own*, *English*, *none*) under which teasers are known not to go
yet, and why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters import load_profile
from filters.chain import Chain, Cleaning
from filters.document import Block, Document, Kind
from filters.language import identify
from filters.rules.wrong_language import WrongLanguage

GUIDES = sorted(Path(__file__).with_name("guides").glob("*.toml"))
ENGLISH_AD = (
    "Best online casino: claim 200 free spins and a 100% welcome bonus up to $500, no deposit needed!"
)
Line = tuple[Kind, str]


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_profile()


@pytest.fixture(params=GUIDES, ids=lambda path: str(path.stem))
def guide(request: pytest.FixtureRequest) -> dict[str, Any]:
    return tomllib.loads(request.param.read_text(encoding="utf-8"))


def lines(guide: dict[str, Any], *, flat: bool) -> list[Line]:
    """The guide itself, its list as a list or as bare lines."""
    kinds = [
        Kind.ITEM if n in guide["items"] and not flat else Kind.PARAGRAPH
        for n in range(len(guide["paragraphs"]))
    ]
    body = list(zip(kinds, guide["paragraphs"], strict=True))
    return [(Kind.PARAGRAPH if flat else Kind.HEADING, guide["title"]), *body]


def teasers(guide: dict[str, Any], *, flat: bool) -> Iterator[Line]:
    for title, excerpt in guide["teasers"]:
        yield (Kind.PARAGRAPH if flat else Kind.HEADING), title
        yield Kind.PARAGRAPH, excerpt


def clean(chain: Chain, guide: dict[str, Any], page: list[Line]) -> Cleaning:
    blocks = tuple(
        Block(n, kind, text, 1 if kind in (Kind.ITEM, Kind.HEADING) else 0)
        for n, (kind, text) in enumerate(page)
    )
    return chain.run(Document("https://pm.example/a", blocks, title=guide["title"]))


def kept(chain: Chain, guide: dict[str, Any], page: list[Line]) -> list[str]:
    return [block.text for block in clean(chain, guide, page).after.blocks]


@pytest.mark.parametrize("flat", [False, True], ids=["marked up", "flat"])
@pytest.mark.parametrize("label", ["own", "English", "none"])
def test_ads_inside_and_teasers_below_go(
    chain: Chain, guide: dict[str, Any], label: str, flat: bool, request: pytest.FixtureRequest
) -> None:
    if why := guide.get("fails", {}).get(label):
        request.applymarker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))
    page = lines(guide, flat=flat)
    good = [text for _, text in page]
    page.insert(9, (Kind.PARAGRAPH, guide["ad"]))
    page.insert(3, (Kind.PARAGRAPH, ENGLISH_AD))
    heading = {"own": guide["related"], "English": "Related posts", "none": ""}[label]
    if heading:
        page.append((Kind.PARAGRAPH if flat else Kind.HEADING, heading))
    page += teasers(guide, flat=flat)
    assert kept(chain, guide, page) == good


@pytest.mark.parametrize("place", ["above", "below"])
def test_an_ad_at_either_end_goes(chain: Chain, guide: dict[str, Any], place: str) -> None:
    page = lines(guide, flat=True)
    good = [text for _, text in page]
    page.insert(0 if place == "above" else len(page), (Kind.PARAGRAPH, guide["ad"]))
    assert kept(chain, guide, page) == good


def test_a_teaser_above_the_title_goes(chain: Chain, guide: dict[str, Any]) -> None:
    page = lines(guide, flat=True)
    good = [text for _, text in page]
    assert kept(chain, guide, [*list(teasers(guide, flat=True))[:2], *page]) == good


def test_a_guide_without_dirt_loses_nothing(chain: Chain, guide: dict[str, Any]) -> None:
    page = lines(guide, flat=False)
    assert kept(chain, guide, page) == [text for _, text in page]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.stem))
def test_the_language_of_a_guide_is_known(chain: Chain, path: Path) -> None:
    """That the corpus takes no texts in its language is the only reason to turn a guide away."""
    guide = tomllib.loads(path.read_text(encoding="utf-8"))
    cleaning = clean(chain, guide, lines(guide, flat=False))
    assert cleaning.language.language == path.stem
    rejected = cleaning.rejection.rule if cleaning.rejection is not None else ""
    accepted = next(rule for rule in chain.rules if isinstance(rule, WrongLanguage)).accepted
    assert rejected == ("" if path.stem in accepted else "wrong_language")


def test_pieces_of_two_hundred_characters_are_in_a_known_language(chain: Chain) -> None:
    """One of a hundred may be mistaken; every language that the default profile takes has a text here."""
    texts: dict[str, str] = tomllib.loads(
        GUIDES[0].parent.with_name("languages.toml").read_text(encoding="utf-8")
    )
    texts |= {
        path.stem: "\n".join(tomllib.loads(path.read_text(encoding="utf-8"))["paragraphs"]) for path in GUIDES
    }
    accepted = next(rule for rule in chain.rules if isinstance(rule, WrongLanguage)).accepted
    assert set(accepted) <= set(texts)
    pieces = [
        (language, text[start : start + 220])
        for language, text in texts.items()
        for start in range(0, len(text) - 220, 60)
    ]
    wrong = [(language, piece) for language, piece in pieces if identify(piece).language != language]
    assert len(wrong) <= 0.01 * len(pieces), wrong


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "ar",
            "مدير المنتج هو الشخص المسؤول عن استراتيجية المنتج، وهو يعمل مع فرق الهندسة والتصميم في السوق.",
        ),
        ("fa", "مدیر محصول مسئول استراتژی و نقشه راه محصول است و با تیم‌های مهندسی و طراحی همکاری می‌کند."),
        ("ur", "پروڈکٹ مینیجر حکمت عملی کا تعین کرتا ہے اور صارفین کی ضروریات کو سمجھنے کی کوشش کرتا ہے۔"),
        (
            "be",
            "Менеджэр прадукту — гэта чалавек, які размаўляе з кліентамі і ўмее тлумачыць рашэнні каманды ўсім.",
        ),
        (
            "kk",
            "Өнім менеджері тұтынушылармен сөйлеседі және команданың қандай мәселені шешетінін анықтайды.",
        ),
        (
            "mk",
            "Менаџерот работи со дизајнери и ги разбира потребите на корисниците, а меѓу нив е и едноставноста.",
        ),
        (
            "sr",
            "Менаџер разуме потребе корисника, а међу вештинама које већ имате најважнија ће бити радозналост.",
        ),
        (
            "bg",
            "Мениджърът говори с клиентите и разбира нуждите им, а след това решава какво да направи екипът.",
        ),
        ("ru", "Менеджер говорит с клиентами, понимает их потребности и решает, что команда сделает дальше."),
        ("uk", "Менеджер говорить із клієнтами, розуміє їхні потреби та вирішує, що команда зробить далі."),
    ],
)
def test_languages_of_one_script_are_told_apart(language: str, text: str) -> None:
    assert identify(text).language == language


def test_an_address_says_nothing_about_the_language() -> None:
    text = "Nice talk, and thank you for the slides on how you choose what to build next with the team."
    address = (
        " https://pm.example/skoltermin/nebudeme-ale/vychova?parametr=hodnota&dalsi=prvek&nejlepsi=vzdy" * 4
    )
    assert identify(address + " " + text).language == "en"


@pytest.mark.parametrize("way", ["one after the other", "in turns"])
def test_a_post_in_two_languages_says_so_and_keeps_both(
    chain: Chain, guide: dict[str, Any], way: str
) -> None:
    """Also where one script says in one character what takes three letters in the other."""
    english = tomllib.loads((Path(__file__).with_name("guides") / "en.toml").read_text(encoding="utf-8"))
    language = identify(" ".join(guide["paragraphs"])).language
    if language == "en":
        pytest.skip("a post in one language")
    own, other = lines(english, flat=False)[1:], lines(guide, flat=False)[1:]
    page = [*own, *other]
    if way == "in turns":
        page = [line for pair in zip(own, other, strict=False) for line in pair]
    cleaning = clean(chain, english, page)
    assert {cleaning.language.language, cleaning.other_language} == {"en", language}
    assert not [decision for decision in cleaning.decisions if not decision.kept]

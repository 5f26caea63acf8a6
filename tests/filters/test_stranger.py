"""What the rule ``stranger`` speaks for, and what it may not speak for."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from filters import load_profile
from filters.chain import Chain, Cleaning
from filters.document import Block, Document, Kind, Link
from filters.reading import Reading
from filters.rules.stranger import Stranger
from filters.verdict import Action, Family, Verdict

TITLE = "What does a roadmap tool cost a small team?"
OFFER = "And the best part? Getting a price from us is free and fast, and you get it online within a minute. Curious?"
ARTICLE = [
    TITLE,
    (
        "Most roadmap tools charge by the seat, and a seat costs between eight and thirty dollars a month. A team of "
        "five product managers with forty readers pays more for the readers than for the people who write, so look at "
        "how a vendor counts those who only comment."
    ),
    (
        "What drives the cost up is rarely the roadmap itself. It is the link to the issue tracker, the audit log, and "
        "the sign-on that your security team insists on; each of these sits in a dearer plan, and few teams need all "
        "three in the first year."
    ),
    OFFER,
    (
        "We run such a tool ourselves, so take this with a pinch of salt. Start on the cheapest plan, count the "
        "readers after a quarter, and move up when somebody misses a feature twice."
    ),
]


def chain(spared: float) -> Chain:
    profile = load_profile()
    rules = tuple(replace(r, spared=spared) if isinstance(r, Stranger) else r for r in profile.rules)
    return replace(profile, rules=rules)


def clean(spared: float, *links: Link) -> Cleaning:
    blocks = tuple(
        Block(n, Kind.PARAGRAPH, text, links=links if text == OFFER else ()) for n, text in enumerate(ARTICLE)
    )
    return chain(spared).run(Document("https://guides.example/cost", blocks, title=TITLE))


@pytest.mark.parametrize(("spared", "kept"), [(-99.0, False), (99.0, True)])
def test_what_is_only_suspected_by_its_words_stays_up_to_a_score(spared: float, kept: bool) -> None:
    cleaning = clean(spared)
    assert cleaning.decisions[ARTICLE.index(OFFER)].kept is kept
    said = [(v.rule, v.action.value) for v in cleaning.verdicts if v.action == "spare"]
    assert said == ([("stranger", "spare")] if kept else [])


def test_what_a_link_speaks_against_is_not_spared() -> None:
    abroad = Link(0, len(OFFER), "https://elsewhere.example/offer", "sponsored")
    assert not clean(99.0, abroad).decisions[ARTICLE.index(OFFER)].kept


def test_another_language_is_not_spared() -> None:
    ad = "For å kunne spille hos Golden Moose Casino må du opprette en konto og godta vilkårene for bonus."
    blocks = tuple(Block(n, Kind.PARAGRAPH, ad if text == OFFER else text) for n, text in enumerate(ARTICLE))
    cleaning = chain(99.0).run(Document("https://guides.example/cost", blocks, title=TITLE))
    assert ad not in cleaning.after.text


AD = "Claim 200 free spins and a 100% welcome bonus at Golden Reels, the best online casino of the year."
PITCH = "Choose a writer who knows your topic, set the deadline, and send an outline of your thesis."


@pytest.mark.parametrize("ads", [(), (AD,)])
@pytest.mark.parametrize(
    ("line", "goes"),
    [
        (PITCH, True),
        (PITCH + " That was what the poster said.", False),
        (PITCH + " So reads the poster, headed “no time, no problem”.", False),
    ],
)
def test_beside_proven_spam_a_lower_score_is_enough(ads: tuple[str, ...], line: str, goes: bool) -> None:
    """Pushed to the extreme: whatever another rule suspects goes, but only on such a page."""
    profile = load_profile()
    rules = tuple(replace(r, mixed=-99.0) if isinstance(r, Stranger) else r for r in profile.rules)
    guide = tomllib.loads((Path(__file__).parent / "guides" / "en.toml").read_text(encoding="utf-8"))
    texts = [guide["title"], *guide["paragraphs"][:7], line, *guide["paragraphs"][7:]]
    texts[3:3] = ads
    blocks = tuple(Block(n, Kind.PARAGRAPH, text) for n, text in enumerate(texts))
    cleaning = replace(profile, rules=rules).run(Document("https://guides.example/a", blocks, title=texts[0]))
    kept = [block.text for block in cleaning.after.blocks]
    assert AD not in kept
    assert (line in kept) is not (goes and bool(ads))


def test_what_ads_share_with_an_ad_that_went_speaks_for_neither() -> None:
    """Not even words that the page would have of nobody else."""
    guide = tomllib.loads((Path(__file__).parent / "guides" / "en.toml").read_text(encoding="utf-8"))
    ads = ("Maxwin slot gacor hari ini, deposit pulsa tanpa potongan", "Slot gacor hari ini")
    texts = [guide["title"], *guide["paragraphs"][:3], ads[0], *guide["paragraphs"][3:7], ads[1]]
    texts += guide["paragraphs"][7:]
    blocks = tuple(Block(n, Kind.PARAGRAPH, text) for n, text in enumerate(texts))
    reading = Reading(Document("https://guides.example/a", blocks, title=texts[0]))
    place = texts.index(ads[1])
    assert reading.belonging[place][0] > 3
    went = Verdict("gambling", 1, Action.REMOVE, Family.LEXICON, "An ad", block=texts.index(ads[0]))
    reading = Reading(reading.document)
    reading.removed = {texts.index(ads[0]): went}
    assert reading.belonging_to_rest[place][0] < 0
    assert reading.belonging_to_rest[place][1] == reading.belonging[place][1]

"""The word lists: how entries match, what a hit says, and what is wrong with a list that cannot be used."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

import filters.lexicon
from filters.lexicon import WEIGHTS, LexiconError, build, data_fingerprint, fingerprints, lexicon, scan
from filters.rule import registry

HEAD = b'topic = "t"\nsource = "here"\nlicence = "Apache-2.0"\n'


def test_hits_point_into_the_original() -> None:
    """Offsets are those of the text as it was written, whatever was folded away before them."""
    text = "ﬁrst “Ｆｒｅｅ—Spins”, then CAS\u200bINOS"
    hits = [hit for hit in scan(text) if hit.topic == "gambling"]
    assert [(text[hit.start : hit.end], hit.disguised) for hit in hits] == [
        ("Ｆｒｅｅ—Spins", False),
        ("CAS\u200bINO", True),
    ]


def test_underscores_beside_blanks_shift_nothing() -> None:
    """In a text that is not ASCII, too: emphasis, blanks to fill in, and words at the very end."""
    for text, hits in (
        ("Выбирай _лучшее_ онлайн казино", ["онлайн казино"]),
        ("Имя _ _ _ _ казино", ["казино"]),
        ("Твой _free _spins", ["free _spins"]),
    ):
        assert [text[hit.start : hit.end] for hit in scan(text)] == hits


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("casino", ["casino"]),
        ("Casinospil og spillecasino", ["Casinospil", "casino"]),
        ("free-spins and free  spins", ["free-spins", "free  spins"]),
        ("sfree spinsx", []),
        ("bet bets better alphabet", ["bet", "bets"]),
        ("十八种彩金领取", ["彩金"]),
        ("토토사이트를", ["토토사이트"]),
        ("토토로", []),
        ("Hosgeldin Bonusu", ["Hosgeldin Bonus"]),
        ("hoş geldin bonusunu", ["hoş geldin bonus"]),
        ("bahsettiğimiz", []),
    ],
)
def test_boundaries(text: str, terms: list[str]) -> None:
    """Whole words where a script has spaces, anywhere where it has none."""
    assert [hit.term for hit in scan(text) if hit.topic == "gambling"] == terms


def test_phrases_come_before_words() -> None:
    """A phrase takes its words with it, an innocent one takes the harm out of them."""
    assert [hit.term for hit in scan("best online casino bonus") if hit.topic == "gambling"] == [
        "online casino",
        "bonus",
    ]
    assert not [hit for hit in scan("a sign-on bonus and big bets") if hit.topic == "gambling"]


def test_everyday_words_in_bold_are_not_disguised() -> None:
    """Bold letters from social networks are taste; on a word that only ads use they hide something."""
    assert not any(hit.disguised for hit in scan("𝗦𝘂𝗯𝘀𝗰𝗿𝗶𝗯𝗲"))
    assert all(hit.disguised for hit in scan("𝗖𝗮𝘀𝗶𝗻𝗼") if hit.topic == "gambling")


def test_shipped_lists() -> None:
    """Every list names its topic and is used; every topic knows the great languages."""
    terms = lexicon().terms
    topics = {term.topic for term in terms}
    assert topics == set(fingerprints())
    for topic in topics - {"furniture", "work"}:
        languages = {term.language for term in terms if term.topic == topic}
        assert {"en", "zh", "ko", "ru", "tr", "id", "es", "pt", "fr", "de"} <= languages, topic
        assert {term.weight for term in terms if term.topic == topic} <= set(WEIGHTS)


def test_no_core_phrase_is_an_innocent_one() -> None:
    """A phrase in both lists would never be found."""
    terms = lexicon().terms
    core = {(term.topic, term.text) for term in terms if term.weight in ("core", "strong")}
    innocent = {(term.topic, term.text) for term in terms if term.weight == "innocent"}
    assert not core & innocent


def test_fingerprint_follows_the_data() -> None:
    """A profile's fingerprint must change with a list, and with that list alone."""
    lists = Path(filters.lexicon.__file__).with_name("lexicons")
    for topic, told in fingerprints().items():
        assert told == hashlib.sha256((lists / f"{topic}.toml").read_bytes()).hexdigest()
    assert len({data_fingerprint(), data_fingerprint("gambling"), data_fingerprint("loans")}) == 3


def test_a_profile_is_told_from_another_without_its_lists_being_built() -> None:
    """A command that curates nothing itself has no use for the terms, and would take longer to start than to answer."""
    program = (
        "from filters import lexicon, load_profile; load_profile().fingerprint;"
        " assert not lexicon.lexicon.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"topic = ", "filters/lexicons/t.toml"),
        (b"topic = \"t\"\n[en]\ncore = 'x'\n", "'source' is missing"),
        (HEAD + b"[en]\nheavy = 'x'\n", "'heavy' is none of core, strong, weak, innocent"),
        (HEAD + b"[en]\ncore = ['x']\n", "[en] core must be one text"),
        (HEAD + b"[en]\ncore = 'good, ***'\n", "holds no letter"),
        (HEAD + b"[en]\ncore = 'a*'\n", "'a*' is too short"),
    ],
)
def test_errors_name_file_and_entry(data: bytes, message: str) -> None:
    """Whoever edits a list reads where to mend it."""
    with pytest.raises(LexiconError) as caught:
        build({"t.toml": data})
    assert message in str(caught.value)
    assert "filters/lexicons/t.toml" in str(caught.value)


def test_rules_carry_the_fingerprint_of_their_lists() -> None:
    """Whatever reads a list changes with it, so that a replay knows what has to be judged again."""
    prints = {name: rule.data_fingerprint() for name, rule in registry().items() if rule.data_fingerprint()}
    assert {"gambling", "loans", "newsletter", "disguise"} <= set(prints)
    assert prints["gambling"] != prints["loans"]

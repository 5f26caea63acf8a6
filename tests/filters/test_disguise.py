"""What the folding undoes, where it says the characters came from, and what it leaves alone."""

from __future__ import annotations

import pytest

from filters.disguise import fold, guesses, plain
from filters.lexicon import read


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Plain ASCII", "plain ascii"),
        ("İstanbul, ışık, BAHİS", "istanbul, isik, bahis"),
        ("Straße ﬁnd øl Łódź", "strasse find ol lodz"),
        ("Cược tặng", "cuoc tang"),
        ("娛樂城 註冊", "娱乐城 注册"),
        ("ｃａｓｉｎｏ １００％", "casino 100%"),
        ("𝓬𝓪𝓼𝓲𝓷𝓸 𝗖𝗔𝗦𝗜𝗡𝗢", "casino casino"),
        ("ⓒⓐⓢⓘⓝⓞ 🅒🅐🅢🅘🅝🅞", "casino casino"),
        ("ᴄᴀꜱɪɴᴏ", "casino"),
        ("сasinо", "casino"),  # the first and the last letter are Cyrillic
        ("κasιnο", "kasino"),
        ("казинo", "казино"),  # the last letter is Latin
        ("cas\u200bi\u00adno", "casino"),
        ("c\u0336a\u0336s\u0336i\u0336n\u0336o\u0336", "casino"),
        ("казино й ё", "казино и е"),
        ("かが か\u3099", "かが が"),
        ("\u1112\u1161\u11ab글", "한글"),
        ("คาสิโน", "คาสิโน"),
        ("कैसीनो", "कैसीनो"),
        ("كازينـــو مُباشر", "كازينو مباشر"),
    ],
)
def test_folds(text: str, folded: str) -> None:
    """Both sides of a comparison are folded, so what matters is that equal words become equal."""
    assert fold(text).text == folded


@pytest.mark.parametrize(
    "text", ["a\u0301b\u0301c", "ﬁx ß 𝗖𝗮sino", "x\u200by 娛樂 é", "각\u1100\u1161z", "plain"]
)
def test_every_folded_character_knows_its_origin(text: str) -> None:
    """Evidence is quoted from the original, so spans must lead back to what was folded."""
    folded = fold(text)
    for position, character in enumerate(folded.text):
        start, end = folded.origin(position, position + 1)
        assert 0 <= start < end <= len(text)
        assert character in fold(text[start:end] if end - start > 1 else text[start : start + 3]).text
    assert folded.origin(0, len(folded.text))[0] == 0


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("𝗖𝗮𝘀𝗶𝗻𝗼", "styled letters"),
        ("сasinо", "look-alike letters"),
        ("cas\u200bino", "invisible characters"),
        ("c\u0336a\u0336s\u0336", "combining marks"),
        ("\u202eonisac", "direction override"),
    ],
)
def test_names_the_trick(text: str, trick: str) -> None:
    """A curator reads how a word was hidden."""
    assert trick in {found.trick for found in fold(text).disguises}


@pytest.mark.parametrize(
    "text",
    [
        "Résumé naïve Zürich Việt Nam İstanbul",
        "Наши PMы и e-mail",
        "नमस्ते कैसे हैं",
        "می‌خواهم",  # a Persian word is spelled with a zero-width non-joiner
        "👩‍💻 ✅ ❤️",
        "Pro\u00addukt\u00admanager",
        "α = 0.05 und 5 µs",
        "a\u0301 decomposed e\u0301",
    ],
)
def test_ordinary_writing_is_no_disguise(text: str) -> None:
    """What languages and emoji need is not held against a text."""
    assert fold(text).disguises == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("c4sin0", "casino"),
        ("b0nus", "bonus"),
        ("v1agra", "viagra"),
        ("s1ots", "slots"),
        ("c a s i n o", "casino"),
        ("c.a.s.i.n.o", "casino"),
        ("ca*sino", "casino"),
        ("ca-si-no", "casino"),
        ("博 彩", "博彩"),
    ],
)
def test_guesses_what_is_spelled_oddly(text: str, word: str) -> None:
    """The guess covers the odd spelling and nothing else."""
    found = [guess for guess in guesses(f"see {text} here") if guess.word == word]
    assert [(guess.start, guess.end) for guess in found] == [(4, 4 + len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "play c a s i n o",
        "c.a.s.i.n.o",
        "(c-a-s-i-n-o)",
        "“c a s i n o”",
        "a c, a; s - i n o",
        "का कि c a s i n o",
    ],
)
def test_letters_apart_are_found_with_the_words_as_without(text: str) -> None:
    folded, words = plain(text), read(text).words
    assert guesses(folded, words) == guesses(folded)
    assert any(guess.word.endswith("casino") for guess in guesses(folded, words))


@pytest.mark.parametrize("text", ["4k users", "a b2b team", "start-up", "v2.0", "100m", "plain words only"])
def test_ordinary_figures_give_no_word(text: str) -> None:
    """Nothing is guessed from figures with a unit; a guess that is no listed word does no harm."""
    assert not [guess for guess in guesses(text) if guess.word in text.split() or len(guess.word) > 5]

"""How alike texts are, and that signatures find those which are."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from pipelines.shingles import BANDS, MINIMA, Text, bands, estimate, likeness, shingles, signature, words

VOCABULARY = [f"word{number}" for number in range(3000)]


def prose(count: int, seed: int = 1) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=count)


def text(found: list[str]) -> Text:
    return Text(" ".join(found))


def test_layout_case_and_punctuation_do_not_count() -> None:
    one = Text("Talk to five customers - a week.\n\nThen write it down!")
    other = Text("talk to FIVE customers a week\n* then “write” it ＤＯＷＮ")
    assert likeness(one, other).jaccard == 1.0


def test_a_cut_text_is_covered_and_covers_what_is_left() -> None:
    found = prose(500)
    alike = likeness(text(found), text(found[:450]))
    assert alike.other_covered == 1.0
    assert alike.covered == pytest.approx(0.9)
    assert alike.jaccard == pytest.approx(446 / 496, abs=0.001)


def test_a_word_changed_here_and_there_counts_for_little_a_paragraph_for_all_of_it() -> None:
    found = prose(500)
    edited = [word if number % 40 else "changed" for number, word in enumerate(found)]
    rewritten = found[:300] + prose(200, seed=2)
    assert likeness(text(found), text(edited)).covered > 0.95
    assert likeness(text(found), text(rewritten)).covered == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize(
    "sentences",
    [
        "产品经理每周至少要和五位客户交谈，然后把他们今天的做法写下来，再决定要做什么。团队里的每个人都应该读过这些记录。",
        "プロダクトマネージャーは毎週五人の顧客と話し、今日のやり方を書き留めてから、何を作るかを決めます。全員が読みます。",
        "ผู้จัดการผลิตภัณฑ์ควรคุยกับลูกค้าห้าคนทุกสัปดาห์แล้วเขียนสิ่งที่พวกเขาทำในวันนี้ก่อนตัดสินใจว่าจะสร้างอะไร",
    ],
    ids=["Chinese", "Japanese", "Thai"],
)
def test_scripts_without_spaces_are_compared_by_their_letters(sentences: str) -> None:
    assert len(words(sentences)) > 40
    cut = likeness(Text(sentences), Text(sentences[: -len(sentences) // 8]))
    assert cut.jaccard > 0.7
    assert likeness(Text(sentences), Text(sentences[::-1])).jaccard < 0.1


def test_words_between_letters_of_such_a_script_stay_whole() -> None:
    assert words("产品PM经理2026年") == ["产", "品", "pm", "经", "理", "2026", "年"]


def test_short_and_empty_texts() -> None:
    assert likeness(Text("Two words"), Text("two words.")).covered == 1.0
    assert likeness(Text("Two words"), Text("two other words")).covered == 0.0
    assert likeness(Text(""), Text("")).jaccard == 0.0
    assert len(signature(shingles(""))) == 4 * MINIMA


def test_signatures_tell_how_alike_texts_are() -> None:
    found = prose(800)
    for kept in (800, 700, 500):
        one, other = " ".join(found), " ".join(found[:kept] + prose(800 - kept, seed=3))
        exact = likeness(Text(one), Text(other)).jaccard
        close = estimate(signature(shingles(one)), signature(shingles(other)))
        assert close == pytest.approx(exact, abs=0.13)


def test_alike_texts_share_a_band_and_others_do_not() -> None:
    shared = unrelated = 0
    for seed in range(40):
        found = prose(400, seed)
        edited = [word if number % 25 else "changed" for number, word in enumerate(found)]
        one, other = (list(bands(signature(shingles(" ".join(made))))) for made in (found, edited))
        apart = bands(signature(shingles(" ".join(prose(400, seed + 100)))))
        assert len(one) == BANDS
        shared += any(map(bytes.__eq__, one, other))
        unrelated += any(map(bytes.__eq__, one, apart))
    assert (shared, unrelated) == (40, 0)


def test_a_signature_is_the_same_in_every_process() -> None:
    """They are stored: hashes of strings that differ from process to process would make copies unlike."""
    program = (
        "from pipelines.shingles import shingles, signature;"
        "print(signature(shingles(' '.join(f'word{n}' for n in range(300)))).hex())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1

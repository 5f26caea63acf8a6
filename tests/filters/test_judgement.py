"""What a page is about, what kind of text it is, whom it is for; the cases of the rules hold the single answers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from filters import load_profile
from filters.concepts import words
from filters.document import Block, Document, Kind
from filters.judgement import ARTICLES, KINDS, judge, model
from filters.language import other_language
from filters.profile import ProfileError
from filters.quality import quality

GUIDES = sorted(Path(__file__).with_name("guides").glob("*.toml"))
ACCEPTED = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "id", "vi", "zh", "ja", "ko"}
STORY_TEXT = """\
I was a software engineer for six years before I became an associate product manager. My manager asked why I wanted to
leave engineering, and I had no answer that night.

I applied to eleven companies. In every interview the interviewer asked me about a feature I had built; in the one that
hired me, I told them about a feature I had refused to build.

What I learned in my first year as an APM: talk to users before you open the backlog, and let your old colleagues say
how long something takes."""
STORY = Document(
    "https://pm.example/from-code-to-roadmap",
    title="How I moved from engineering to my first PM job",
    blocks=tuple(Block(number, Kind.PARAGRAPH, text) for number, text in enumerate(STORY_TEXT.split("\n\n"))),
)


@pytest.mark.parametrize("path", [p for p in GUIDES if p.stem in ACCEPTED], ids=lambda p: p.stem)
def test_a_guide_in_any_accepted_language_is_wanted(path: Path) -> None:
    """What was learned from English pages holds for the others: they share concepts, not words."""
    guide = tomllib.loads(path.read_text(encoding="utf-8"))
    blocks = tuple(
        Block(n, Kind.ITEM if n in guide["items"] else Kind.PARAGRAPH, text)
        for n, text in enumerate(guide["paragraphs"])
    )
    judged = judge(Document("https://pm.example/a", blocks, title=guide["title"]))
    assert judged.about > 0.8
    assert judged.kind in ("guide", "career-story", "essay")


def test_a_story_is_told_apart_with_stage_and_topics() -> None:
    judged = judge(STORY)
    assert judged.kind == "career-story"
    assert {"entry", "from engineering"} <= set(judged.stages)
    assert "interviews" in judged.topics


def test_every_answer_names_what_spoke_for_it() -> None:
    judged = judge(STORY)
    assert any(because.feature.startswith("trade") for because in judged.about_because)
    assert any(because.feature.startswith("story") for because in judged.kind_because)
    assert all(because.weight for because in (*judged.about_because, *judged.kind_because))


def test_an_empty_page_has_a_kind_too() -> None:
    judged = judge(Document("https://pm.example/"))
    assert judged.about < 0.3
    assert judged.kind in KINDS


def test_the_weights_are_of_features_that_there_are() -> None:
    """A feature that was renamed would stop the judging of every page."""
    known = model()
    assert set(known.sorts) == set(ARTICLES)
    assert set(known.forms) | set(known.overrule) <= {"article", *KINDS}
    assert {"trade", "owner", "craft"} <= set(words().concepts)


def test_a_profile_that_accepts_an_unknown_kind_is_told_so(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text('[rule.unwanted_kind]\naccepted = ["guides"]\n')
    with pytest.raises(
        ProfileError, match=r"mine.toml, line 1: unwanted_kind: unknown kind 'guides'; there are: guide, "
    ):
        load_profile(str(profile))


def test_a_text_in_two_languages_says_so() -> None:
    paragraphs = {
        language: tomllib.loads((GUIDES[0].parent / f"{language}.toml").read_text(encoding="utf-8"))[
            "paragraphs"
        ]
        for language in ("en", "fr", "ja")
    }
    assert other_language([*paragraphs["en"], *paragraphs["fr"][:3]], "en") == "fr"
    assert other_language([*paragraphs["en"], *paragraphs["ja"]], "en") == "ja"
    assert other_language(paragraphs["fr"], "fr") == ""
    assert other_language([*paragraphs["en"], paragraphs["fr"][1]], "en") == "", (
        "a quotation is no second language"
    )


def test_counts_of_a_text() -> None:
    blocks = (
        Block(0, Kind.HEADING, "Saying no", level=1),
        Block(1, Kind.PARAGRAPH, "Say no early, in person, and with a reason. " * 30),
        Block(2, Kind.ITEM, "Repeat the reason"),
    )
    counted = quality(Document("https://pm.example/no", blocks, title="Saying no with a smile"))
    assert (counted.headings, counted.list_items, counted.reading_minutes) == (1, 1, 2)
    assert counted.repetition > 1
    assert 0 < counted.title_agreement < 1
    assert 3 < counted.word_length < 5
    assert counted.letters == 1
    assert counted.bullets == pytest.approx(1 / 3, abs=0.001)
    assert counted.common == 3  # and, with, the
    assert counted.repeated_runs > 0.9
    assert (counted.symbols, counted.ellipses, counted.repeated_lines) == (0, 0, 0)


def test_counts_of_nothing() -> None:
    counted = quality(Document("https://pm.example/no", (Block(0, Kind.CODE, "x = 1"),), title="Code"))
    assert (counted.word_length, counted.letters, counted.faults) == (0, 1, ())

"""What a page is about, what kind of text it is, whom it is for; the cases of the rules hold the single answers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from filters import load_profile
from filters.concepts import words
from filters.document import Block, Document, Kind
from filters.features import features
from filters.judgement import ARTICLES, KINDS, judge, model
from filters.language import other_language
from filters.profile import ProfileError
from filters.quality import quality

GUIDES = sorted(Path(__file__).with_name("guides").glob("*.toml"))
SHORT = tomllib.loads(Path(__file__).with_name("short_guides.toml").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize("language", SHORT)
def test_a_short_guide_is_an_article_in_any_language(language: str) -> None:
    """Its few words of advice are known, whatever language they are in, where neither address nor markup tells more."""
    guide = SHORT[language]
    blocks = [Block(0, Kind.HEADING, guide["title"], 1)]
    blocks += [Block(n, Kind.PARAGRAPH, text) for n, text in enumerate(guide["paragraphs"], 1)]
    done = load_profile().run(Document("", tuple(blocks), title=guide["title"]))
    assert done.rejection is None, (done.rejection, done.judgement)


def test_a_story_is_told_apart_with_stage_and_topics() -> None:
    judged = judge(STORY)
    assert judged.kind == "career-story"
    assert {"entry", "from engineering"} <= set(judged.stages)
    assert "interviews" in judged.topics


HANDBOOK = """\
Each squad has one PM and one designer. The PM asks what customers need and keeps the roadmap, and the designer draws.
Both talk to customers every week and decide together which features are tried first.
PMs write the goals of the quarter and say what their squad leaves out. Ask your PM before you promise a date."""
CAPITALS = """\
The two prime ministers spoke for three hours. The PM of the larger country said that quotas would be settled by spring.
The PM faces a vote on Tuesday, and the minister's own party asks which features of the treaty she would give up.
PMs of the north meet each year and talk of the market and its risks. A PM seldom changes a plan after such a day."""
TICKET = """\
We met at 3 PM on Monday and at 4:30 PM on Tuesday, and went home at 6 PM. The bakery opens from 8 AM to 5 PM.
Send me a PM if you want the recipe. I got your PM at 11:15 PM and wrote a PM to the baker, who reads them all."""


def _told(text: str, title: str = "") -> Document:
    lines = text.split("\n")
    return Document("", tuple(Block(n, Kind.PARAGRAPH, line) for n, line in enumerate(lines)), title=title)


def test_pm_is_the_trade_only_where_it_is_a_role() -> None:
    """Whoever writes for colleagues spells nothing out; heads of governments and afternoons go by the same letters."""
    counted = [features(_told(text)).values["trade or PM"] for text in (HANDBOOK, CAPITALS, TICKET)]
    assert counted[0] > 0
    assert counted[1:] == [0, 0]
    about = [judge(_told(text)).about for text in (HANDBOOK, CAPITALS, TICKET)]
    assert about[0] > 0.8
    assert max(about[1:]) < 0.35


def test_one_word_of_a_short_text_weighs_little() -> None:
    short = features(_told("The backlog waits until Monday.")).values["share of craft"]
    long = features(_told("The backlog waits until Monday. " * 200)).values["share of craft"]
    assert 0 < 3 * short < long


def test_function_words_of_other_languages_are_no_cars_and_wars() -> None:
    """English lists are looked for in every text: *war* is *was* in German, *car* is *because* in French."""
    for text in ("Das war gut, und es war spät.", "Je pars, car il est tard, car il pleut."):
        assert features(_told(text)).values["share of elsewhere"] == 0


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

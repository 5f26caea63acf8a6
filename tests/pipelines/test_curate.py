"""Curating a page: from bytes to an outcome, whatever the bytes are."""

from __future__ import annotations

import pytest

from filters import load_profile
from filters.chain import Chain
from filters.document import Kind
from filters.texts import MOST, text_words
from pipelines.curate import Outcome, Status, curate
from pipelines.page import Page

SENTENCES = [
    "A product manager who joins a new team should spend the first weeks listening to customers and engineers.",
    "Write down what every stakeholder expects of the roadmap, and show the list to all of them.",
    "The product manager owns the problem; the team owns the solution, and both own the outcome.",
    "Ask for the metrics that the team looks at every Monday, and for those that nobody looks at any more.",
    "By the end of the first quarter a product manager should have shipped something small with the team.",
]
GUIDE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_profile()


def read(chain: Chain, body: str, encoding: str = "utf-8", content_type: str = "text/html") -> Outcome:
    page = f"<html lang=en><head><title>First weeks of a product manager</title></head><body>{body}</body></html>"
    return curate(
        Page("https://pm.example/a", page.encode(encoding), headers=(("content-type", content_type),)), chain
    )


def test_a_page_that_fails_leaves_its_texts_to_nobody(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.extract.load_model", lambda: None)  # fails once the texts have been read
    lines = "".join(f"<li>line number {number}</li>" for number in range(MOST + 1))
    assert read(chain, f"<ul>{lines}</ul>").status is Status.ERRORED
    assert text_words.cache_info().currsize <= MOST


def test_a_guide_is_accepted_whole(chain: Chain) -> None:
    outcome = read(chain, f"<article><h1>First weeks of a product manager</h1>{GUIDE}</article>")
    assert outcome.status is Status.ACCEPTED, outcome.reason
    assert [block.text for block in outcome.after.blocks][1:] == SENTENCES
    assert outcome.language == "en"
    assert len(outcome.decisions) == len(outcome.before.blocks)


def test_what_the_extraction_loses_in_the_middle_comes_back(chain: Chain) -> None:
    """Lists, tables and code between paragraphs of the article are part of it."""
    middle = (
        "<ul><li>Goals</li><li>Metrics</li></ul><pre>select count(*) from users</pre>"
        "<table><tr><th>Week</th><th>Aim</th></tr><tr><td>1</td><td>Listen</td></tr></table>"
    )
    outcome = read(
        chain, f"<article><h1>First weeks of a product manager</h1>{GUIDE}{middle}{GUIDE}</article>"
    )
    kinds = [block.kind for block in outcome.after.blocks]
    assert kinds.count(Kind.ITEM) == 2
    assert Kind.CODE in kinds
    assert Kind.TABLE in kinds


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   \n ", "empty"),
        (b"\x00\x01\x02\xff" * 50, "no HTML"),
        (b"just words", "no markup"),
        (b"%PDF-1.7 <</Type/Page>> stream" * 50, "it is a PDF"),
        (b"PK\x03\x04 <w:p>words</w:p>", "ZIP"),
        (b"<html></html>", "no text"),
        (
            b"<title>A guide</title><body><div id=root></div><noscript>Enable JavaScript.</noscript>",
            "a script would write its text",
        ),
        (b"<body><div id=app></div><script src=/app.js></script>", "a script would write its text"),
        (b"<!-- only a comment -->", "no"),
    ],
)
def test_a_page_that_is_none_costs_itself_only(chain: Chain, body: bytes, reason: str) -> None:
    outcome = curate(Page("https://pm.example/broken", body), chain)
    assert outcome.status is Status.ERRORED
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "text/html; charset=windows-1251"),
        ("utf-16", "text/html"),
        ("cp1252", "text/html; charset=windows-1252"),
        ("utf-8-sig", "text/html; charset=latin-1"),
    ],
)
def test_headers_that_lie_do_not_garble_the_text(chain: Chain, encoding: str, content_type: str) -> None:
    outcome = read(
        chain,
        GUIDE + "<p>The café’s naïve résumé is a product manager’s first roadmap.</p>",
        encoding,
        content_type,
    )
    assert "café’s naïve résumé" in outcome.after.text


def test_the_same_page_gives_the_same_outcome_twice(chain: Chain) -> None:
    spam = "<p>Online casino: 200 free spins and a welcome bonus, no deposit needed!</p>"
    assert read(chain, GUIDE + spam + GUIDE) == read(load_profile(), GUIDE + spam + GUIDE)


def test_the_fingerprint_follows_the_settings(tmp_path: object, chain: Chain) -> None:
    """A profile with other settings gives another fingerprint, so replays know what to do again."""
    from pathlib import Path

    file = Path(str(tmp_path)) / "strict.toml"
    file.write_text("[rule.too_short]\nwords = 400\n", encoding="utf-8")
    strict = load_profile(str(file))
    assert strict.fingerprint != chain.fingerprint
    assert read(strict, GUIDE).rule == "too_short"


def test_a_page_without_a_body_tag_is_read(chain: Chain) -> None:
    """HTML lets an author leave the tag out; parsers that know HTML 4 only put the article into the head."""
    page = Page(
        "https://pm.example/a",
        f"<html><title>T</title><article><h1>Head</h1>{GUIDE}</article></html>".encode(),
    )
    assert [block.text for block in curate(page, chain).after.blocks] == ["Head", *SENTENCES]

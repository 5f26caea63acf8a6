"""Pages that break off for readers who have not paid or signed in, and pages that only speak of such."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from filters import load_profile
from filters.chain import Cleaning
from filters.document import Block, Document, Hints, Kind
from filters.walls import MOST

OPENING = """\
When I first applied for a role as a product manager, I thought that the interview would be about roadmaps. It
was about people: everybody who interviewed me wanted to know how I had decided what not to build, and who had
been unhappy with it.

Since then I have sat on the other side of the table some forty times. Candidates learn frameworks by heart, and
frameworks are the first thing that an interviewer forgets. What stays is a story in which a product manager
changed her mind.

So I prepare differently now. I write down five decisions of the last year, with the evidence that I had at the
time, the options that I left out, and what came of it. Then I tell each of them to a friend who knows nothing
of product work.""".split("\n\n")


def curated(*ends: str, before: tuple[str, ...] = (), hidden: bool = False) -> Cleaning:
    """What the default profile makes of the opening of a story with these lines behind it."""
    texts = [*before, *OPENING, *ends]
    hints = Hints(hidden="the attribute hidden" if hidden else "")
    blocks = tuple(
        replace(Block(n, Kind.PARAGRAPH, text), hints=hints if text in ends else Hints())
        for n, text in enumerate(texts)
    )
    document = Document(
        "https://pm.example/p/interviews", blocks, title="How I prepare for a product interview"
    )
    return load_profile().run(document)


@pytest.mark.parametrize(
    "ends",
    [
        ("Keep reading with a free trial", "Subscribe to Product Letters to keep reading this post."),
        ("Create an account to read the full story.", "The author made this story available to members."),
        ("This post is for paying subscribers only", "Already a member? Sign in"),
        ("Join to unlock", "This is a member-only post. Become a member to read the rest of it."),
        ("Log in to continue reading",),
        ("You’ve reached your monthly limit. Register to read the rest.", "Related", "Why roadmaps fail"),
        ("Dieser Artikel ist nur für Abonnenten. Jetzt anmelden und weiterlesen.",),
        ("Cet article est réservé aux abonnés.",),
        ("Suscríbete para seguir leyendo",),
        ("Статья доступна только подписчикам",),
        ("この記事は有料です",),
        ("登录后继续阅读",),
    ],
)
def test_a_page_that_breaks_off_at_a_wall_is_no_page(ends: tuple[str, ...]) -> None:
    made = curated(*ends)
    assert made.judgement.kind == "none"
    assert made.rejection is not None
    assert made.rejection.rule == "unwanted_kind"
    assert any("breaks off at a wall" in told for told in made.rejection.evidence)


@pytest.mark.parametrize(
    "ends",
    [
        ("That is all there is to it.", "Subscribe to our newsletter", "Already a member? Sign in"),
        ("Continue reading: what interviewers write down",),
        ("Half of our readers never became a member, and the product manager wanted to know why.",),
    ],
)
def test_a_page_that_ends_as_others_do_is_whole(ends: tuple[str, ...]) -> None:
    made = curated(*ends)
    assert made.rejection is None
    assert made.judgement.kind != "none"


def test_a_page_that_goes_on_has_only_asked() -> None:
    asked = "Subscribe to read the rest of this series by mail."
    assert curated(before=(asked,)).rejection is None
    assert curated(asked).rejection is not None


def test_an_appeal_that_nobody_sees_is_none() -> None:
    assert curated("Log in to continue reading", hidden=True).rejection is None


def test_a_long_page_is_served_whole() -> None:
    """What stands behind a script that covers the page is there to be read."""
    guides = (
        Path(__file__).parent / "guides" / f"{language}.toml" for language in ("en", "de", "fr", "es", "pt")
    )
    more = [text for path in guides for text in tomllib.loads(path.read_text(encoding="utf-8"))["paragraphs"]]
    assert sum(len(text.split()) for text in more) > MOST
    assert curated("Log in to continue reading", before=tuple(more)).judgement.kind != "none"

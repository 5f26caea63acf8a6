"""Panels of tabs and answers to questions are text of the article, whatever keeps them closed until a reader asks."""

from __future__ import annotations

import pytest

from filters import load_profile
from pipelines.curate import curate
from pipelines.page import Page

ANSWER = "Most people I coached needed eighteen months from the first conversation to the first offer as a manager."
PROSE = "".join(
    f"<p>{line}</p>"
    for line in (
        "A product manager who joins a new team listens to customers, engineers and sales before touching the roadmap.",
        "I kept a notebook of every decision and the reason behind it, and read it to my mentor every second Friday.",
        "Stakeholders rarely disagree about the goal; they disagree about what has to be given up to reach it.",
        "When you interview for your first product role, tell the story of one problem, and what the numbers said.",
    )
)


def kept(markup: str) -> str:
    page = f"<body><main><article><h1>How to become a product manager</h1>{PROSE}{markup}{PROSE}</article></main>"
    outcome = curate(Page("https://pm.example/guide", page.encode()), load_profile())
    return "\n".join(block.text for block in outcome.after.blocks)


@pytest.mark.parametrize(
    "markup",
    [
        (
            "<h3><button aria-expanded=false aria-controls=a1>How long does it take?</button></h3>"
            "<div id=a1 hidden><p>{}</p></div>"
        ),
        (
            "<button aria-controls=a1><div><p>How long does it take?</p></div></button>"
            "<div id=a1 aria-hidden=true style='height:0;overflow:hidden'><p>{}</p></div>"
        ),
        (
            "<div><button aria-controls=a1>How long does it take?</button></div>"
            "<div style='display:none;height:0'><div id=a1 role=region><p>{}</p></div></div>"
        ),
        (
            "<h4 id=q1>How long does it take?</h4><button aria-controls=a1 aria-labelledby=q1></button>"
            "<div id=a1 style='display: none'><p>{}</p></div>"
        ),
        "<div class=question>How long does it take? <i>+</i></div><div style='display:none'><p>{}</p></div>",
        "<h3 role=button>How long does it take?</h3><div style='display:none'><p>{}</p></div>",
        "<ul role=tablist><li role=tab aria-controls=t1>Enterprise</li></ul><div id=t1 hidden><p>{}</p></div>",
        "<div role=tabpanel hidden><p>{}</p></div>",
    ],
)
def test_what_a_reader_unfolds_is_kept(markup: str) -> None:
    assert ANSWER in kept(markup.format(ANSWER))


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>{}</p>",
        "<button aria-controls=menu>Menu</button><div id=menu hidden><p>{}</p></div>",
        "<p>How long does it take?</p><p>It depends.</p><div style='display:none'><p>{}</p></div>",
        "<p>How long does it take?</p><div style='display:none'><p>{}</p></div>",
        "<h2>How long does it take?</h2><div hidden><p>{}</p></div>",
        "<div hidden>How long does it take?</div><div hidden><p>{}</p></div>",
        "<p>How long does it take?</p><div style='position:absolute;left:-9999px'><p>{}</p></div>",
    ],
)
def test_what_nothing_unfolds_is_removed_as_before(markup: str) -> None:
    assert ANSWER not in kept(markup.format(ANSWER))


def test_an_advert_that_dresses_as_an_answer_is_judged_like_any_other() -> None:
    advert = "Meridian online casino: 200 free spins and a welcome bonus for every player, sign up and play slots now!"
    markup = (
        f"<button aria-controls=a1>How long does it take?</button><div id=a1 hidden><p>{advert}</p></div>"
    )
    assert "casino" not in kept(markup)

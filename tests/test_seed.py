"""The page it all began with: its guide comes out whole, and nothing else does.

Two pages are made of its text: a flat one, a paragraph a line, and one with headings and lists.
"""

from __future__ import annotations

import html
import os
from pathlib import Path

import pytest

from filters import load_profile
from filters.document import Kind
from pipelines.curate import Outcome, Status, curate
from pipelines.page import Page

TITLE = "The Ultimate Associate Product Manager Guide"
LAST = "they’ll be more than happy to recruit you!"
# What we put below each line of the guide that announces a list: the text has lost its lists.
ITEMS = ("A first thing", "A second thing")

pytestmark = pytest.mark.evaldata


@pytest.fixture(scope="module")
def lines() -> list[str]:
    folder = os.environ.get("WINNOW_EVAL_DATA")
    if not folder:
        pytest.skip("WINNOW_EVAL_DATA does not name a folder with the seed page")
    text = (Path(folder) / "seed" / "post.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def guide(lines: list[str]) -> list[str]:
    end = next(number for number, line in enumerate(lines) if line.endswith((LAST.replace("’", "'"), LAST)))
    return lines[lines.index(TITLE) : end + 1]


def read(body: str, title: str) -> Outcome:
    head = (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{html.escape(title)}</title></head>"
    )
    page = Page(url="https://mirror.example/apm-guide", body=f"{head}<body>{body}</body></html>".encode())
    return curate(page, load_profile())


def removed(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Text of each removed block with the rule and the reason."""
    return {
        block.text: (decision.verdict.rule, decision.verdict.reason)
        for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True)
        if not decision.kept and decision.verdict is not None
    }


@pytest.mark.parametrize(
    "title", [TITLE, f"{TITLE} | Some Mirror", ""], ids=["title", "site name", "no title"]
)
def test_the_flat_page_gives_the_guide_line_by_line(lines: list[str], guide: list[str], title: str) -> None:
    """Without any structure to lean on, all of the guide and only the guide is kept."""
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    outcome = read(f'<div class="content">{paragraphs}</div>', title)
    assert [block.text for block in outcome.after.blocks] == guide
    assert outcome.status is Status.ACCEPTED
    after = outcome.after
    assert after.title.removesuffix(" | Some Mirror") == (TITLE if title else "")
    # nothing of that is on the page, and nothing is made up
    assert (after.author, after.published, after.updated, after.licence) == ("", None, None, "")
    assert after.site == "mirror.example"


def test_what_a_mirror_says_of_itself_is_told(lines: list[str], guide: list[str]) -> None:
    """A theme with a heading, a line for author and day, and a licence in its footer."""
    start = lines.index(guide[0])
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines[start + 1 :])
    top = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines[:start])
    byline = '<p class="byline">By Ada Nowak · March 4, 2021</p>'
    footer = '<footer><a href="https://creativecommons.org/licenses/by/4.0/">Licence</a></footer>'
    body = f"<main>{top}<h1>{TITLE}</h1>{byline}{paragraphs}</main>{footer}"
    after = read(body, f"{TITLE} | Some Mirror").after
    assert [block.text for block in after.blocks if block.text != "By Ada Nowak · March 4, 2021"] == guide
    assert (after.title, after.author, after.published) == (TITLE, "Ada Nowak", "2021-03-04")
    assert after.licence == "CC-BY-4.0"


def test_each_removed_line_says_why_and_truly(lines: list[str], guide: list[str]) -> None:
    """What stood above is removed for standing above, what stood below for its label."""
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    gone = removed(read(f'<div class="content">{paragraphs}</div>', TITLE))
    top, bottom = lines[: lines.index(guide[0])], lines[lines.index(guide[-1]) + 1 :]
    assert list(gone) == top + bottom
    assert {gone[line][0] for line in top} <= {"lead", "gambling", "foreign_language", "teaser"}
    assert {gone[line][0] for line in bottom} <= {"tail", "comment_form", "teaser"}
    assert all(gone[line][1] for line in gone)


def test_the_structured_page_keeps_its_lists(lines: list[str], guide: list[str]) -> None:
    """Headings stay headings and lists stay lists, in their places."""
    wanted: list[tuple[Kind, str]] = []
    parts = []
    for line in lines:
        heading = line in guide and (
            line == TITLE or line.endswith("?") or line in ("Summary", "Let’s dive in!")
        )
        tag = (
            "h1" if line == TITLE else "h2" if heading or line in ("Add a comment", "Related posts:") else "p"
        )
        parts.append(f"<{tag}>{html.escape(line)}</{tag}>")
        if line in guide:
            wanted.append((Kind.HEADING if heading else Kind.PARAGRAPH, line))
            if line.endswith(":"):
                parts.append("<ul>" + "".join(f"<li>{item}</li>" for item in ITEMS) + "</ul>")
                wanted += [(Kind.ITEM, item) for item in ITEMS]
    site = "<header><nav><a href=/>Home</a> <a href=/tags>Tags</a></nav></header>"
    body = (
        f"{site}<main><article>{''.join(parts)}</article></main><footer><p>All rights reserved</p></footer>"
    )
    outcome = read(body, f"{TITLE} - Mirror")
    assert [(block.kind, block.text) for block in outcome.after.blocks] == wanted
    assert sum(kind is Kind.ITEM for kind, _ in wanted) >= 2 * len(ITEMS)

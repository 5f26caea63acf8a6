"""A small folder of evaluation data, written for the tests."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.evaluation.pages import Article

# A paragraph a line; the first is the title's heading.
GOLD = (
    """How to Write a One-Page Product Brief
A product brief is read by people who have four minutes between two meetings, so it has to fit on one page. I learned \
that from a head of sales who had been nodding at my twelve pages for a year before she told me that she had stopped \
at the second one every time.

Begin with the person who has the problem, and tell in two sentences what that person does about it today. If you \
cannot write these two sentences, you are not ready to write the others, and a morning with three customers will help \
you more than another meeting with your own team.
Write down what you will not build, since that is the part which your engineers will come back to most often. A line \
that says what is left out for good saves you the discussion that you would otherwise have in every week of the work.
Then name the one number that has to move, by how much it has to move, and the day on which you will look at it.
Ask somebody who was in none of your meetings to read the page aloud and to stop where the text makes no sense. It \
takes a quarter of an hour, and it has never once happened to me that the two of us came to the end without a stop.
Throw the brief away when the work is done; what you have learned belongs into the next one, not into an archive.""",
    """What I Look for in a First Interview with a Product Manager
I have led some two hundred first interviews with product managers, and I remember about thirty of them well. What \
those thirty had in common was not a famous company, and it was not a framework that they had learned by heart.

Those thirty people told me about a decision that they would take differently today, and about what it had cost the \
team. I ask for the number when they do not give it, and I am content with a good guess and the way they came to it.
They asked what happens to an idea here after somebody has it, and they listened to the whole of my long answer.
None of them had a story in which everybody else in the company was slow, and all of them named their engineers. A \
product manager who speaks of "my developers" in the first ten minutes does not speak of them otherwise at work.
I write my notes within ten minutes of the end of the call, because an hour later I only remember that I liked it.
A second interviewer reads the notes without the name on top before the two of us talk about the next round.""",
)
SPAM = (
    (
        "gambling",
        "en",
        "Claim 200 free spins at Harbour Slots Casino, no deposit needed, play roulette tonight",
    ),
    (
        "gambling",
        "tr",
        "Deneme bonusu veren siteler listesi, canlı bahis ve casino oyunları için hemen üye ol",
    ),
    (
        "comment-spam",
        "en",
        "Nice post!! I earn 9000 a week from home, visit my channel and see how it is done",
    ),
)


def article(**changes: Any) -> Article:
    """An article that differs from a plain one in what is named."""
    told: dict[str, Any] = {
        "id": "a",
        "url": "https://blog.example/a",
        "title": "A title",
        "author": "",
        "date": "",
        "text": GOLD[0],
        "must": (),
        "must_not": (),
        "file": Path("a.html"),
    }
    return Article(**{**told, **changes})


def page_html(gold: str) -> str:
    """A page with a navigation, the article with a heading and its paragraphs, and a footer."""
    title, *lines = (html.escape(line) for line in gold.split("\n") if line)
    paragraphs = "\n".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title} | A Blog</title>"
        '<meta name=author content="Rhona Pell"><meta property="article:published_time" content="2025-03-01"></head>'
        "<body><header><nav><a href=/>Home</a> <a href=/guides>Guides</a></nav></header>"
        f"<main><article><h1>{title}</h1>\n{paragraphs}</article></main>"
        "<footer><p>All rights reserved</p></footer></body></html>"
    )


def write_folder(folder: Path) -> Path:
    """Lay the folder out; two articles, one labelled text, one page of a product site."""
    (folder / "wcxb" / "html").mkdir(parents=True)
    gold = []
    for number, text in enumerate(GOLD):
        (folder / "wcxb" / "html" / f"{number}.html").write_text(page_html(text), encoding="utf-8")
        gold.append(
            {
                "id": f"{number}",
                "url": f"https://blog.example/{number}",
                "page_type": "article",
                "title": text.partition("\n")[0],
                "author": "Rhona Pell",
                "date": "2025-03-01",
                "text": text,
                "must": [text.splitlines()[3][:60]],
                "must_not": ["All rights reserved"],
                "html": f"html/{number}.html",
            }
        )
    gold.append({**gold[0], "id": "shop", "page_type": "product"})
    _write(folder / "wcxb" / "gold.jsonl", gold)
    spam = [{"text": text, "kind": kind, "lang": language} for kind, language, text in SPAM]
    _write(folder / "spam" / "fragments.jsonl", spam)
    _write(
        folder / "spam" / "widgets.jsonl", [{"text": "read more", "count": 9}, {"text": "tags", "count": 2}]
    )
    _write(
        folder / "topic" / "docs.jsonl",
        [{"id": "t1", "label": "pm", "title": "", "text": GOLD[1], "lang": "en", "split": "dev"}],
    )
    _write(
        folder / "pm" / "manifest.jsonl",
        [{"html": "../wcxb/html/1.html", "url": "https://blog.example/1", "kind": "guide"}],
    )
    return folder


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

"""Pages made to be slow: twice the page is twice the work, not four times."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import filters
import pipelines
from filters import load_profile
from filters.chain import Chain
from pipelines.curate import Status, curate
from pipelines.extract import parse
from pipelines.page import Page

OURS = tuple(str(Path(package.__path__[0])) for package in (filters, pipelines))
GUIDE = (
    "<p>A product manager who joins a new team should spend the first weeks listening to customers and engineers.</p>"
    "<p>Write down what every stakeholder expects of the roadmap, and show the list to all of them.</p>"
    "<p>The product manager owns the problem; the team owns the solution, and both own the outcome.</p>"
)


@pytest.fixture(scope="module")
def chain() -> Chain:
    """The default profile, with everything read that is read once a process."""
    chain = load_profile()
    curate(page(GUIDE + "<p>Sign in</p><p>C4sino b0nus of 200 $ at a.example</p>"), chain)
    return chain


def page(body: str) -> Page:
    text = f"<html lang=en><head><title>First weeks of a product manager</title></head><body>{body}</body></html>"
    return Page("https://pm.example/a", text.encode())


def work(body: str, chain: Chain) -> int:
    """How many bytecodes of this project's own code one page takes."""
    count = 0
    known: dict[CodeType, bool] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        nonlocal count
        if event == "call":
            code = frame.f_code
            if code not in known:
                known[code] = code.co_filename.startswith(OURS)
            frame.f_trace_opcodes, frame.f_trace_lines = known[code], False
            return trace if known[code] else None
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        outcome = curate(page(body), chain)
    finally:
        sys.settrace(before)
    assert outcome.status is not Status.ERRORED, outcome.reason
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "<p>a</p>",
        "<p>Related posts</p>",
        "<p>Add a comment</p><p>A next title</p>",
        "<h3>Another title</h3><p>This is an excerpt of another post that is long enough to break off…</p>",
        "<p>A product manager who joins a team should listen to customers and engineers.</p>",
        "<p>Online casino {n}: 200 free spins and a welcome bonus, no deposit needed!</p>",
        "<p>Share this on Facebook {n}</p>",
        "<ul><li>Item <a href=/{n}>{n}</a></li></ul>",
        "line {n}<br>",
        "line {n}<br><br>",
        "<table><tr><td><a href=/{n}>{n}</a></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
        "<dl><dt>Term {n}</dt><dd>What it is</dd></dl>",
        "<b> <br></b>",
        "<style>.a{n}{display:none}</style>",
        "<meta property=og:title content='Title {n}'><meta name=author content='Ada {n}'>",
        '<script type=application/ld+json>{"@type":"Article","headline":"A {n}","author":{"name":"B"}}</script>',
        "<h1>First weeks {n}</h1>",
        "<p class=author>By Ada Nowak, 4 March {n}</p>",
        f"{'<p>a</p>' * 15}<p class=author>By Ada Nowak</p>",
        "<div class=comment><a rel=author itemprop=author href=/{n}>Ada</a><time datetime=2025-03-04>a</time></div>",
    ],
)
def test_twice_as_many_of_anything_are_twice_the_work(unit: str, chain: Chain) -> None:
    counts = (200, 400) if unit.count("<p>") < 10 else (50, 100)  # of one that is a page by itself fewer do
    small, large = (
        work(GUIDE + "".join(unit.replace("{n}", str(1000 + n)) for n in range(count)) + GUIDE, chain)
        for count in counts
    )
    assert large < 2.6 * small


@pytest.mark.parametrize(
    ("opening", "unit", "closing"),
    [
        ("<p>", "share this ", "</p>"),
        ("<p>casino ", "b\u043enus c\u0430sin\u043e ", "</p>"),
        ("<p>", "<a href=/x>a b</a> ", "</p>"),
        ("<table><tr><td>a</td><td>b</td></tr>", "<tr><td><a href=/x>c</a></td><td>d</td></tr>", "</table>"),
        ("<pre>", "a = 1<br>", "</pre>"),
    ],
)
def test_a_block_twice_as_long_is_twice_the_work(opening: str, unit: str, closing: str, chain: Chain) -> None:
    small, large = (work(GUIDE + opening + unit * count + closing + GUIDE, chain) for count in (300, 600))
    assert large < 2.6 * small


def test_depth_does_not_multiply_the_work(chain: Chain) -> None:
    """What stands inside of a thousand elements costs what it costs inside of fifty."""
    shallow, deep = (
        work("<div>" * depth + GUIDE + "<p>text</p>" * 400 + "</div>" * depth, chain) for depth in (50, 1000)
    )
    assert deep < 1.6 * shallow


# Patterns are read by C code, which no counter sees: a limit of time is the last resort here. Each of these texts
# alone took the old patterns longer than the limit; all of them together take seconds.
TEXTS = """
from filters import load_profile
from pipelines.curate import curate
from pipelines.page import Page

GUIDE = %r
chain = load_profile()
for text in (
    "a." * 60_000, "a-" * 60_000, "! " * 60_000 + "x", "a.b-" * 30_000, "casino bonus " + "1" * 20_000,
    "casino bonus " + "1." * 10_000, "1." * 60_000, "a! B" + "b" * 60_000, "[ " * 60_000, "requirements " * 9_000,
    "page " * 20_000, "c a s i n o " * 10_000,
):
    curate(Page("https://pm.example/a", f"<p>{text}</p>{GUIDE}".encode()), chain)
    curate(Page("https://pm.example/a", f"<p style='{text}'>a</p>{GUIDE}".encode()), chain)
    head = f'<meta name=author content="{text}"><script type=application/ld+json>"author": {{"name": "{text}'
    curate(Page("https://pm.example/a", f"{head}</script><p class=byline>By {text}</p>{GUIDE}".encode()), chain)
    curate(Page("https://pm.example/a", f"<title>{text}</title>{'<h1>a b c</h1>' * 50}{GUIDE}".encode()), chain)
"""


def test_broken_metadata_of_any_length_is_left_alone() -> None:
    """Short ones are guessed at, whole ones of any length are read."""
    for text, kept in (('{"a":{"' * 10_000, False), ('{"a":{"' * 10, True), (f'"{"a" * 50_000}"', True)):
        body = f'<script type="application/ld+json">{text}</script>{GUIDE}'
        script = parse(page(body)).find(".//script")
        assert script is not None
        assert bool(script.text) is kept


def test_no_text_takes_the_patterns_long() -> None:
    subprocess.run([sys.executable, "-c", TEXTS % GUIDE], check=True, timeout=60)

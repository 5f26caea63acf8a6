"""Walks the registry: every rule has a case file, and every case in it comes out as written.

A case file is ``tests/filters/cases/<rule id>.toml`` with tables ``[[case]]``. A case is either one block,
which is put into the middle of the short guide below, or a page of its own::

    [[case]]
    name = "why this case is here"
    text = "..."                     # the block
    kind = "item"                    # heading, paragraph (the default), item, quotation, code, table
    curator = "keep"                 # what a curator says of it: keep or remove
    expect = "remove"                # what the rule says: keep, remove, suspect, trim, none
    least = 0.5                      # of a suspect: its score is at least ...
    most = 0.5                       # ... and at most this
    kept = false                     # whether the default profile keeps it (not checked where it is left out)

    [[case]]
    name = "a page"
    title = "..."                    # also: url, site, author, published, language
    missing = "main#content"         # what its source wants of it; also: languages, kinds
    expect_document = "reject"       # of a rule that judges documents: reject or none
    [[case.block]]                   # the blocks in order, with the keys of a single block, and:
    text = "..."
    level = 2                        # of a heading
    classes = "related-posts"        # and the other hints: path, hidden, main, signs, parent, twins, marked
    said = "div.box is pruned"       # what the page's source says against it
    repeats = 0.9                    # the share of its site's pages that it stands on, and
    repeats_on_top = 0.0             # in whose first third it stands (without this: the same)
    links = [{ text = "...", url = "..." }]   # text is looked up in the block; url alone spans the whole block
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filters import load_profile
from filters.document import Block, Document, Hints, Kind, Link, Said, SaidOfBlock, Wants
from filters.reading import Reading
from filters.rule import registry
from filters.verdict import Action, Verdict

CASES = Path(__file__).with_name("cases")
HINTS = ("path", "classes", "hidden", "main", "signs", "parent", "twins", "marked")
EXPECTED = ("keep", "remove", "suspect", "trim", "none")
GUIDE = """\
Product managers spend most of their first year learning how their company makes decisions. They sit in on customer
calls, read old roadmaps, and find out which metrics the leadership team looks at every week.

A good first project is small enough to ship in a month and close enough to users that you hear from them when it
breaks. Ask your manager which problem has been on the backlog longest, and why nobody picked it up.

Write down what you expect to happen before you launch. When the numbers arrive you will be tempted to explain them;
a written hypothesis keeps you honest, and it makes the retrospective with your engineers short.

After a few launches you will notice patterns in how your team works with designers and with support. Those patterns
are what you talk about in interviews when you apply for a senior product role.""".split("\n\n")


def _cases() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case)
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8")).get("case", [])
    ]


def _block(index: int, given: dict[str, Any]) -> Block:
    text = given["text"]
    links = []
    for link in given.get("links", []):
        start = text.index(link["text"]) if "text" in link else 0
        end = start + len(link["text"]) if "text" in link else len(text)
        links.append(Link(start, end, link["url"], link.get("rel", "")))
    return Block(
        index=index,
        kind=Kind(given.get("kind", "paragraph")),
        text=text,
        level=given.get("level", 0),
        links=tuple(links),
        hints=Hints(**{name: given[name] for name in HINTS if name in given}, site=given.get("said", "")),
    )


def _page(case: dict[str, Any]) -> tuple[Document, list[dict[str, Any]]]:
    """The document of a case, and what is given for each of its blocks."""
    given: list[dict[str, Any]] = case.get("block", [])
    if "text" in case:
        around = [{"text": " ".join(text.split())} for text in GUIDE]
        given = [*around[:2], case, *around[2:]]
    fields = {key: case[key] for key in ("site", "author", "published", "language") if key in case}
    title = case.get("title", "Your first year as a product manager")
    url = case.get("url", "https://guides.example/first-year")
    blocks = tuple(_block(index, block) for index, block in enumerate(given))
    wants = Wants(tuple(case.get("languages", ())), tuple(case.get("kinds", ())), case.get("missing", ""))
    said = Said(
        blocks=tuple(
            SaidOfBlock(index, block["curator"] == "keep", "anna")
            for index, block in enumerate(given)
            if "curator" in block
        )
    )
    return Document(url=url, title=title, blocks=blocks, wants=wants, said=said, **fields), given


@dataclass(frozen=True)
class Counted:
    """What a case says of its site's pages."""

    shares: dict[str, tuple[float, float]]
    site: str = "guides.example"

    def share(self, text: str, *, top: bool) -> float:
        return self.shares.get(text, (0.0, 0.0))[top]

    def digest(self, texts: Iterable[str]) -> str:
        return ""


def _counts(given: list[dict[str, Any]]) -> Counted:
    return Counted(
        {
            block["text"]: (block["repeats"], block.get("repeats_on_top", block["repeats"]))
            for block in given
            if "repeats" in block
        }
    )


def _said(verdicts: list[Verdict]) -> str:
    """The strongest thing that was said of a block."""
    for action in (Action.KEEP, Action.REMOVE, Action.TRIM, Action.SUSPECT):
        if any(verdict.action is action for verdict in verdicts):
            return action.value
    return "none"


@pytest.mark.parametrize("rule", sorted(registry()))
def test_every_rule_has_cases(rule: str) -> None:
    """A rule comes with cases of both kinds: what it must hit, and what looks alike and must stay."""
    path = CASES / f"{rule}.toml"
    assert path.exists(), f"{rule} has no case file: write tests/filters/cases/{rule}.toml"
    cases = tomllib.loads(path.read_text(encoding="utf-8")).get("case", [])
    expected = [case.get("expect_document", case.get("expect")) for case in cases]
    expected += [block.get("expect") for case in cases for block in case.get("block", [])]
    assert set(expected) & {"remove", "suspect", "trim", "reject"}, f"{rule} has no case that it hits"
    assert "none" in expected, f"{rule} has no case that it must leave alone"


def test_every_case_file_has_a_rule() -> None:
    """A file of cases that no rule answers for tests nothing."""
    assert {path.stem for path in CASES.glob("*.toml")} <= set(registry())


@pytest.mark.parametrize(("rule", "case"), [pytest.param(r, c, id=f"{r}: {c['name']}") for r, c in _cases()])
def test_case(rule: str, case: dict[str, Any]) -> None:
    """The rule says of each block what the case expects, and the default profile keeps or removes it."""
    document, given = _page(case)
    counts = _counts(given)
    verdicts = _verdicts(rule, document, counts)
    if "expect_document" in case:
        rejected = [verdict for verdict in verdicts if verdict.action is Action.REJECT]
        assert ("reject" if rejected else "none") == case["expect_document"], rejected
    for index, block in enumerate(given):
        spoken = [verdict for verdict in verdicts if verdict.block == index]
        if "expect" in block:
            assert block["expect"] in EXPECTED, (
                f"expect = {block['expect']!r} is none of {', '.join(EXPECTED)}"
            )
            assert _said(spoken) == block["expect"], (block["text"], spoken)
        if "least" in block:
            assert max((v.score for v in spoken), default=0.0) >= block["least"], (block["text"], spoken)
        if "most" in block:
            assert max((v.score for v in spoken), default=0.0) <= block["most"], (block["text"], spoken)
    if any("kept" in block for block in given):
        _check_kept(document, given, counts)


def _verdicts(rule: str, document: Document, counts: Counted) -> list[Verdict]:
    """What a rule says with its default settings; one that reads what others removed is asked by the profile."""
    kind = registry()[rule]
    if kind.scope == "context":
        said = load_profile("default").run(document, counts).verdicts
        return [verdict for verdict in said if verdict.rule == rule]
    return list(kind().check(Reading(document, template_counts=counts)))


def _check_kept(document: Document, given: list[dict[str, Any]], counts: Counted) -> None:
    cleaning = load_profile("default").run(document, counts)
    for decision, block in zip(cleaning.decisions, given, strict=True):
        if "kept" in block:
            said = [verdict for verdict in cleaning.verdicts if verdict.block == decision.index]
            assert decision.kept == block["kept"], (block["text"], said)

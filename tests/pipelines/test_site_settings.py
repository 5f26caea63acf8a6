"""Hints of a source: what they take off a page, when they hold, and that every way of curating heeds them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from filters import load_profile
from pipelines.batch import Summary, import_pages, replay
from pipelines.compare import Diff
from pipelines.curate import Outcome, curate
from pipelines.page import FEED_HEADER, Page
from pipelines.site_settings import Hint, PageSettings, Sites, SiteSettings

SENTENCES = (
    "A product manager who is new to a team spends the first week with the people who use the product.",
    "Write down what they try to do, and how often they give up before they are done with it.",
    "Share the list with your engineers and designers, and choose one problem for the next quarter.",
    "After a release, look at whether the number that you wanted to move has moved, and tell your stakeholders.",
    "Keep a diary of decisions: it is what you will talk about in your next interview for a product role.",
)
BOX = "Our roadmap template for product managers has helped four thousand teams to plan their quarter."
HTML = f"""<html lang=en><head><title>How to start as a product manager</title></head><body>
<article class="post"><div class="box"><p>{BOX}</p></div><div class="text"><h1>How to start as a product manager</h1>
{"".join(f"<p>{sentence} {sentence.replace('product', 'new product')}</p>" for sentence in SENTENCES)}
<p>An
<span class="aside">inline remark on the craft of product managers</span> ends it.</p></div></article></body></html>"""
URL = "https://www.blog.example/start"
PAGE = Page(URL, HTML.encode(), fetched_at="2026-03-01T00:00:00Z")


def fates(outcome: Outcome) -> dict[str, str]:
    """Why each block goes, by its first words; empty for those that stay."""
    return {
        block.text[:20]: "" if decision.kept or decision.verdict is None else decision.verdict.reason
        for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True)
    }


def test_what_is_pruned_goes_with_the_reason_and_nothing_else() -> None:
    """Also an element inside of a line of text."""
    bare = curate(PAGE, load_profile())
    outcome = curate(PAGE, load_profile(), settings=PageSettings(prune=(".aside", "div.box")))
    assert fates(outcome)[BOX[:20]] == "Its source says so: div.box is pruned."
    assert fates(outcome)["inline remark on the"] == "Its source says so: .aside is pruned."
    assert "inline remark" in bare.after.text
    assert "inline remark" not in outcome.after.text
    assert all(sentence in outcome.after.text for sentence in SENTENCES)


def test_what_lies_outside_of_the_required_element_goes() -> None:
    outcome = curate(PAGE, load_profile(), settings=PageSettings(require=("article.post .text",)))
    assert fates(outcome)[BOX[:20]] == "Its source says so: outside of article.post .text."
    assert all(sentence in outcome.after.text for sentence in SENTENCES)
    inside = curate(PAGE, load_profile(), settings=PageSettings(require=("div.box",)))
    assert inside.after.text == BOX


def test_a_page_without_the_required_element_is_rejected_unless_a_feed_carried_it() -> None:
    settings = PageSettings(require=("main#content",))
    outcome = curate(PAGE, load_profile(), settings=settings)
    assert (outcome.status, outcome.rule) == ("rejected", "site_wants")
    assert outcome.reason == "It has no main#content, which its source requires."
    carried = replace(PAGE, headers=((FEED_HEADER, "https://blog.example/feed"),))
    assert curate(carried, load_profile(), settings=settings).status == "accepted"


def test_a_source_may_want_other_languages_and_kinds_than_the_rules() -> None:
    outcome = curate(PAGE, load_profile(), settings=PageSettings(languages=("de", "fr")))
    assert outcome.reason == "It is written in en; its source is taken for de, fr."
    kind = curate(PAGE, load_profile()).kind
    assert curate(PAGE, load_profile(), settings=PageSettings(kinds=(kind,))).status == "accepted"
    outcome = curate(PAGE, load_profile(), settings=PageSettings(kinds=("interview-preparation",)))
    assert outcome.reason == f"It is of the kind {kind}; its source is taken for interview-preparation."


def test_a_hint_holds_for_pages_that_were_fetched_in_its_days() -> None:
    hints = (Hint(prune=".a", until="2026-02-28"), Hint(prune=".b", since="2026-02-01", until="2026-12-31"))
    sites = Sites({"blog": SiteSettings(("blog.example",), hints)})

    def prune(day: str, url: str = URL) -> tuple[str, ...]:
        found = sites.of(url, f"{day}T12:00:00Z" if day else "")
        return found.prune if found else ()

    assert [prune(day) for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")] == [
        (".a",),
        (".a", ".b"),
        (".a", ".b"),
        (".b",),
    ]
    assert prune("2027-01-01") == prune("") == prune("2026-02-01", "https://other.example/") == ()
    assert sites.fingerprint("abc", URL, "2027-01-01") == "abc"
    assert sites.fingerprint("abc", URL, "2026-01-01") != sites.fingerprint("abc", URL, "2026-03-01")


def test_sources_of_one_site_have_a_say_each_and_their_order_none() -> None:
    one = SiteSettings(("blog.example",), (Hint(prune=".a", until="2030-01-01"),), languages=("en",))
    other = SiteSettings(("www.blog.example",), (Hint(prune=".b", until="2030-01-01"),), languages=("de",))
    found = {Sites(told).of(URL, "2026-01-01") for told in ({"x": one, "y": other}, {"y": one, "x": other})}
    assert found == {PageSettings((".a", ".b"), (), ("de", "en"), ())}
    assert SiteSettings.from_json(one.as_json()) == one


def test_import_and_replay_heed_hints_and_remember_them(tmp_path: Path) -> None:
    """A replay without the source's file knows them from the corpus; new ones show in a diff first."""
    data = tmp_path / "data"
    host = SiteSettings(("blog.example",), (Hint(prune=".aside", until="2999-01-01"),))

    def kept() -> str:
        with closing(sqlite3.connect(data / "corpus.db")) as db:
            return str(db.execute("SELECT group_concat(text) FROM post_texts").fetchone()[0])

    rows = data.parent / "rows.jsonl"
    rows.write_text(json.dumps({"id": "1", "url": URL, "html": HTML}))
    import_pages([str(rows)], data, workers=1)
    assert "inline remark" in kept()
    diff = replay(data, workers=1, diff=True, settings={"blog": host})
    assert isinstance(diff, Diff)
    assert len(diff.posts) == 1
    assert "inline remark" in kept()
    changed = replay(data, workers=1, settings={"blog": host})
    assert isinstance(changed, Summary)
    assert changed.accounting.accepted == 1
    assert "inline remark" not in kept()
    again = replay(data, workers=1)
    assert isinstance(again, Summary)
    assert again.accounting.unchanged == 1
    imported = import_pages([str(rows)], data, workers=1)
    assert imported.accounting.unchanged == 1
    replay(data, workers=1, settings={"blog": SiteSettings(("blog.example",))})
    assert "inline remark" in kept()

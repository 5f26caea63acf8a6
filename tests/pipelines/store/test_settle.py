"""Copies: one of each group stays, and it is the same one in whatever order they came."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from filters.chain import Chain
from pipelines.curate import Outcome, Status
from pipelines.store import Store, post_id

MakeOutcome = Callable[..., Outcome]


def duplicates(store: Store) -> dict[str, str | None]:
    """URL by URL: the URL of the copy that is kept instead."""
    return dict(
        store.connection.execute(
            "SELECT posts.url, kept.url FROM posts LEFT JOIN posts AS kept ON kept.id = posts.duplicate_of"
        ).fetchall()
    )


def the_copies(outcome: MakeOutcome) -> list[Outcome]:
    """Two groups that share nothing, with a bridge inside the first: same text, then same canonical URL."""
    return [
        outcome("https://blog.example/a", "One text.", canonical="https://blog.example/a"),
        outcome("https://blog.example/a?from=feed", "One text, later.", canonical="https://blog.example/a"),
        outcome("https://copy.example/a", "One text.", published="2020-01-01"),
        outcome("https://blog.example/b", "Other text.", published="2026-05-01"),
        outcome("https://blog.example/c", "Other text.", published="2026-04-01"),
    ]


def test_the_order_of_the_crawl_does_not_matter(tmp_path: Path, chain: Chain, outcome: MakeOutcome) -> None:
    answers = []
    for number, order in enumerate(itertools.permutations(the_copies(outcome))):
        if number % 7:
            continue
        with Store.open(tmp_path / f"{number}.db") as store:
            run = store.start_run("crawl", chain)
            for place, page in enumerate(order):
                store.save(page, "blog", run)
                if place == number % 5:
                    store.settle()
            store.settle()
            answers.append(
                store.connection.execute(
                    "SELECT id, status, reason, duplicate_of FROM posts ORDER BY id"
                ).fetchall()
            )
            found = duplicates(store)
    assert len(answers) > 15
    assert all(answer == answers[0] for answer in answers)
    assert found == {
        "https://blog.example/a": None,
        "https://blog.example/a?from=feed": "https://blog.example/a",
        "https://copy.example/a": "https://blog.example/a",
        "https://blog.example/b": "https://blog.example/c",
        "https://blog.example/c": None,
    }


def test_settling_twice_changes_nothing(store: Store, run: int, outcome: MakeOutcome) -> None:
    for page in the_copies(outcome):
        store.save(page, "blog", run)
    assert store.settle() == 3
    store.connection.execute("UPDATE posts SET changed_at = 'then'")
    for page in the_copies(outcome):
        assert not store.save(page, "blog", run).changed
    assert store.settle() == 0
    assert store.connection.execute("SELECT DISTINCT changed_at FROM posts").fetchall() == [("then",)]


def test_a_copy_comes_back_when_the_better_one_goes(store: Store, run: int, outcome: MakeOutcome) -> None:
    best = outcome("https://blog.example/a", canonical="https://blog.example/a")
    store.save(best, "blog", run)
    store.save(outcome("https://copy.example/a"), "copy", run)
    store.settle()
    assert store.connection.execute("SELECT status, reason FROM posts WHERE source = 'copy'").fetchall() == [
        ("duplicate", "A copy of https://blog.example/a.")
    ]
    store.save(replace(best, status=Status.REJECTED, reason="off topic"), "blog", run)
    store.settle()
    assert store.connection.execute(
        "SELECT source, status, reason, duplicate_of FROM posts ORDER BY source"
    ).fetchall() == [("blog", "rejected", "off topic", None), ("copy", "accepted", "", None)]


def test_a_copy_that_is_now_rejected_is_no_copy_any_more(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    store.save(outcome("https://blog.example/a", canonical="https://blog.example/a"), "blog", run)
    copy = outcome("https://copy.example/a")
    store.save(copy, "copy", run)
    store.settle()
    store.save(replace(copy, status=Status.REJECTED, reason="not a guide"), "copy", run)
    assert store.connection.execute(
        "SELECT status, duplicate_of FROM posts WHERE id = ?", (post_id("https://copy.example/a"),)
    ).fetchall() == [("rejected", None)]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"published": "2020-01-01"}, {"published": "2026-01-01"}),
        ({"published": "2020-01-01"}, {"published": None}),
        ({"spam": "short"}, {"spam": "a much longer advertisement than the other page has"}),
        ({}, {}),
    ],
    ids=["earlier", "dated", "less removed", "first by URL"],
)
def test_the_best_copy(
    store: Store, run: int, outcome: MakeOutcome, better: dict[str, str], worse: dict[str, str]
) -> None:
    best, other = "https://a.example/x", "https://b.example/x"
    if better:
        best, other = other, best
    store.save(outcome(best, **better), "blog", run)
    store.save(outcome(other, **worse), "blog", run)
    store.settle()
    assert duplicates(store) == {best: None, other: best}


def test_pages_that_all_claim_the_home_page_are_not_copies(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    """Templates whose canonical link is the site's front are common; believed, they cost a site."""
    for name in "abc":
        store.save(
            outcome(f"https://blog.example/{name}", name, canonical="https://blog.example/"), "blog", run
        )
    assert store.settle() == 0


def test_posts_without_any_text_are_not_copies_of_each_other(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    for name in "ab":
        made = outcome(f"https://blog.example/{name}")
        store.save(replace(made, after=replace(made.after, blocks=())), "blog", run)
    assert store.settle() == 0

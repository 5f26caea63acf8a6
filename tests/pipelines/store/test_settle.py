"""Copies: one of each group stays, and it is the same one in whatever order they came."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from filters.chain import Chain
from pipelines.curate import Outcome, Status
from pipelines.store import FetchRecord, Store, post_id
from pipelines.store.queries import copies_of

MakeOutcome = Callable[..., Outcome]
SettleInOrders = Callable[[Sequence[Outcome], int, int], Iterator[Store]]


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


def test_the_order_of_the_crawl_does_not_matter(settled: SettleInOrders, outcome: MakeOutcome) -> None:
    answers = []
    for store in settled(the_copies(outcome), 7, 5):
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
        ("duplicate", "A copy of https://blog.example/a: the same text.")
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


@pytest.mark.parametrize("spelt", ["http://b.example/x", "https://www.b.example/x", "https://b.example/x/"])
def test_a_claim_counts_for_its_address_in_another_spelling(
    store: Store, run: int, outcome: MakeOutcome, spelt: str
) -> None:
    """Crawls come by one spelling, and pages name another: a mirror with an early day is not better for that."""
    store.save(outcome("https://b.example/x", canonical=spelt, published="2026-01-01"), "blog", run)
    store.save(outcome("https://a.example/x", published="2020-01-01"), "blog", run)
    store.settle()
    assert duplicates(store) == {"https://b.example/x": None, "https://a.example/x": "https://b.example/x"}


def test_of_two_schemes_the_safe_one_is_kept(store: Store, run: int, outcome: MakeOutcome) -> None:
    store.save(outcome("http://a.example/x"), "blog", run)
    store.save(outcome("https://a.example/x"), "blog", run)
    store.settle()
    assert duplicates(store) == {"http://a.example/x": "https://a.example/x", "https://a.example/x": None}


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


GUIDE = (
    "Begin with the person who has the problem and tell in two sentences what that person does about it today.",
    "A morning with three customers will help you more than another meeting with the people of your own team.",
    "Write down what you will not build, since your engineers will come back to that part most often of all.",
    "Then name the one number that has to move, by how much it has to move, and the day you will look at it.",
    "Ask somebody who was in none of your meetings to read the page aloud and to stop where it makes no sense.",
)
OTHER = (
    "I remember thirty of the two hundred interviews that I have led, and what those thirty had in common.",
    "None of them told a story in which everybody else was slow, and all of them could name their engineers.",
    "I ask for the number when they do not give it, and am content with a good guess and the way to it.",
    "A second interviewer reads the notes without a name before the two of us talk about the next round.",
)

THIRD = (
    "A release without notes is a release that support hears of from customers, and support remembers it.",
    "Our notes have three lines: what is new, for whom, and what to do when it does not work as it should.",
    "They are written before the work begins, and what cannot be written then is not understood by then.",
)


def nearly(*sentences: str, without: int = 0, instead: dict[str, str] | None = None) -> str:
    """Text as it stands on another page: without its last words, and with some of them changed."""
    told = " ".join(sentences)
    for word, other in (instead or {}).items():
        told = told.replace(word, other)
    return " ".join(told.split()[: -without or None])


def near_copies(outcome: MakeOutcome) -> list[Outcome]:
    """A guide, three copies of it on other sites, and two pages that only have a part in common with it."""
    return [
        outcome("https://blog.example/brief", nearly(*GUIDE), published="2024-05-01"),
        outcome("https://cut.example/brief", nearly(*GUIDE, without=9), published="2025-01-01"),
        outcome(
            "https://edit.example/brief",
            nearly(*GUIDE, instead={"morning": "day", "page": "text"}),
            published=None,
        ),
        outcome(
            "https://dirt.example/brief",
            nearly(*GUIDE, "Win a hundred free spins tonight at Harbour Slots."),
            published=None,
        ),
        outcome("https://quote.example/brief", nearly(GUIDE[0], *OTHER), published="2020-01-01"),
        outcome("https://half.example/brief", nearly(*GUIDE[:2], *THIRD), published="2020-01-01"),
    ]


def test_near_copies_are_found_in_whatever_order_they_come(
    tmp_path: Path, chain: Chain, outcome: MakeOutcome
) -> None:
    rng = random.Random(4)
    answers = []
    for number in range(6):
        pages = near_copies(outcome)
        rng.shuffle(pages)
        with Store.open(tmp_path / f"{number}.db") as store:
            run = store.start_run("crawl", chain)
            for page in pages:
                store.save(page, "blog", run)
                if rng.random() < 0.5:
                    store.settle()
            store.settle()
            answers.append(
                [
                    store.connection.execute(f"SELECT {columns} ORDER BY 1, 2").fetchall()
                    for columns in (
                        "url, status, reason, duplicate_of FROM posts",
                        "* FROM signatures",
                        "* FROM likenesses",
                        "* FROM aliases",
                    )
                ]
            )
            found = duplicates(store)
    assert all(answer == answers[0] for answer in answers)
    best = "https://blog.example/brief"
    assert found == {
        best: None,
        "https://cut.example/brief": best,
        "https://edit.example/brief": best,
        "https://dirt.example/brief": best,
        "https://quote.example/brief": None,
        "https://half.example/brief": None,
    }
    reasons = dict(row[:2] for row in ((url, reason) for url, _, reason, _ in answers[0][0]))
    assert reasons["https://cut.example/brief"] == f"A copy of {best}: 100% of its words are the same."


def test_half_an_article_under_its_title_is_a_copy(store: Store, run: int, outcome: MakeOutcome) -> None:
    """Under another title, or one of a word or two, it is a page of its own; so is another text under the title."""
    title = "A brief that fits on one page"
    pages = {
        "blog": outcome("https://blog.example/brief", nearly(*GUIDE), title=title),
        "short": outcome("https://short.example/brief", nearly(*GUIDE[:2]), title=title, published=None),
        "retold": outcome("https://retold.example/brief", nearly(*GUIDE[2:4]), title="On briefs and numbers"),
        "named": outcome("https://named.example/brief", nearly(*GUIDE[3:]), title="Briefs"),
        "other": outcome("https://other.example/brief", nearly(*OTHER), title=title),
    }
    for page in pages.values():
        store.save(page, "blog", run)
    store.settle()
    assert {url: best for url, best in duplicates(store).items() if best} == {
        "https://short.example/brief": "https://blog.example/brief"
    }
    reason = store.connection.execute("SELECT reason FROM posts WHERE duplicate_of IS NOT NULL").fetchone()[0]
    assert reason.startswith("A copy of https://blog.example/brief: the same title, and ")


def test_a_title_of_many_texts_is_none(store: Store, run: int, outcome: MakeOutcome) -> None:
    """A site that calls each of its pages by its own name does not make short ones copies of long ones."""
    title = "Notes on building products"
    with store.transaction():
        for number in range(42):
            text = f"Entry {number} tells what we learned from customer {number * 7} in week {number * 3} of it all."
            store.save(outcome(f"https://log.example/{number:02}", text, title=title), "log", run)
        store.save(outcome("https://log.example/short", nearly(*GUIDE[:2]), title=title), "log", run)
        store.save(outcome("https://log.example/long", nearly(*GUIDE), title=title), "log", run)
    store.settle()
    assert duplicates(store)["https://log.example/short"] is None


def test_every_other_address_is_an_alias(store: Store, run: int, outcome: MakeOutcome) -> None:
    store.save(outcome("https://blog.example/a", canonical="https://blog.example/a"), "blog", run)
    store.save(outcome("https://blog.example/a/amp", canonical="https://blog.example/a"), "blog", run)
    store.save(outcome("https://copy.example/x", canonical="https://copy.example/y"), "copy", run)
    store.record_fetch(
        run,
        FetchRecord(
            "https://copy.example/x",
            "accepted",
            "copy",
            post=post_id("https://copy.example/x"),
            final_url="https://copy.example/z",
        ),
    )
    store.settle()
    found = copies_of(store.connection, "https://blog.example/a")
    assert found.kept == ""
    assert [(alias.url, alias.kind) for alias in found.aliases] == [
        ("https://blog.example/a/amp", "copy"),
        ("https://copy.example/x", "copy"),
        ("https://copy.example/y", "claimed"),
        ("https://copy.example/z", "redirect"),
    ]
    copy = copies_of(store.connection, "https://copy.example/x")
    assert copy.kept == "https://blog.example/a"
    assert copy.reason == "A copy of https://blog.example/a: the same text."
    assert copy.aliases == found.aliases


@pytest.mark.parametrize("dress", ["?utm_source=mail", "/amp/", "?print=1", "/index.html"])
def test_the_same_address_in_another_dress_is_a_copy(
    store: Store, run: int, outcome: MakeOutcome, dress: str
) -> None:
    """Though much less of the text is the same than two sites would have to share."""
    store.save(
        outcome(f"https://blog.example/a{dress}", nearly(*GUIDE, *OTHER), published="2020-01-01"), "blog", run
    )
    store.save(outcome("https://blog.example/a", nearly(*GUIDE[:2])), "blog", run)
    store.settle()
    assert duplicates(store) == {
        f"https://blog.example/a{dress}": "https://blog.example/a",
        "https://blog.example/a": None,
    }


def test_pages_of_other_texts_do_not_become_copies_by_claiming_one_address(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    for name, sentences in (("one", GUIDE), ("two", OTHER)):
        url = f"https://blog.example/{name}"
        store.save(
            outcome(url, nearly(*sentences), canonical="https://blog.example/one", title=name), "blog", run
        )
    assert store.settle() == 0


def test_only_what_is_new_is_hashed_and_compared(store: Store, run: int, outcome: MakeOutcome) -> None:
    for page in near_copies(outcome)[:4]:
        store.save(page, "blog", run)
    store.settle()
    compared = store.connection.execute("SELECT count(*) FROM likenesses").fetchone()
    # what no hashing and no comparing gives: it only stays if neither is done again
    store.connection.execute("UPDATE likenesses SET jaccard = 0.123")
    store.settle()
    assert (
        store.connection.execute("SELECT count(*) FROM likenesses WHERE jaccard = 0.123").fetchone()
        == compared
    )
    store.save(outcome("https://cut.example/brief", nearly(*OTHER)), "blog", run)
    store.settle()
    texts = {row[0] for row in store.connection.execute("SELECT text_hash FROM signatures")}
    assert texts == {row[0] for row in store.connection.execute("SELECT text_hash FROM posts")}
    left = {text for row in store.connection.execute("SELECT text, other FROM likenesses") for text in row}
    assert left <= texts


def test_signatures_of_another_scheme_are_made_anew(store: Store, run: int, outcome: MakeOutcome) -> None:
    for page in near_copies(outcome)[:2]:
        store.save(page, "blog", run)
    store.settle()
    made = store.connection.execute("SELECT * FROM signatures ORDER BY 1").fetchall()
    store.connection.execute("UPDATE signatures SET scheme = '0', minima = x'00'")
    assert store.settle() == 0
    assert store.connection.execute("SELECT * FROM signatures ORDER BY 1").fetchall() == made


def test_a_crowd_of_pages_of_one_template_costs_no_comparison_of_every_pair(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    pages = 120
    with store.transaction():
        for number in range(pages):
            text = nearly(
                *GUIDE, *OTHER, f"Number {number} of these pages has a last line of its own, {number * 7}."
            )
            store.save(outcome(f"https://shop.example/{number:03}", text), "shop", run)
    store.settle()
    assert store.connection.execute("SELECT count(*) FROM likenesses").fetchone()[0] < 8 * pages
    assert store.connection.execute("SELECT count(*) FROM posts WHERE status = 'accepted'").fetchone() == (1,)


def test_chinese_articles_do_not_become_copies_by_claiming_one_address(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    """Their words are not told by blanks, and only a text of few words does not speak against an address."""
    texts = {
        "one": "每周和两位客户谈话，先写下他们想解决的问题，再考虑功能。路线图上写问题，不写功能，"
        "因为工程师可能知道更好的办法。每次发布之后，把学到的东西写在同一个文件里。",
        "two": "面试时会问到指标和冲突。把答案大声练习几遍，准备三个你做过的决定，"
        "说明当时的理由，以及后来用户的反应如何变化。最后问一问团队怎样处理分歧。",
    }
    for name, text in texts.items():
        page = outcome(f"https://blog.example/{name}", text, canonical="https://blog.example/one", title=name)
        store.save(page, "blog", run)
    assert store.settle() == 0
    words = store.connection.execute("SELECT min(words), max(words) FROM posts").fetchone()
    assert min(words) >= 30
    assert max(words) < 60

"""What a saved page looks like, and what saving it again does: nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from filters import load_profile
from filters.chain import Chain
from filters.rule import registry
from pipelines.curate import Outcome, Status
from pipelines.ruling import block_hash
from pipelines.store import Accounting, FetchRecord, Source, Store, UrlRecord, post_id

MakeOutcome = Callable[..., Outcome]
Contents = Callable[[Path], dict[str, list[tuple[object, ...]]]]


def rows(store: Store, sql: str, *values: object) -> list[tuple[object, ...]]:
    return store.connection.execute(sql, values).fetchall()


def test_a_saved_page_holds_every_block_with_what_became_of_it(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    saved = store.save(outcome(), "blog", run)
    assert saved.state == "accepted"
    assert saved.changed
    assert rows(
        store,
        'SELECT "index", kind, level, text, decision, rule, rule_version, reason, score, evidence,'
        ' trim_start, trim_end FROM fragments WHERE post = ? ORDER BY "index"',
        saved.post,
    ) == [
        (0, "heading", 2, "Interviews", "kept", None, None, "", None, "[]", None, None),
        (
            1,
            "paragraph",
            0,
            "Talk to five customers a week. Read more...",
            "trimmed",
            "old_tail",
            2,
            "Ends in a teaser.",
            1.0,
            '["Read more..."]',
            0,
            30,
        ),
        (
            2,
            "paragraph",
            0,
            "Play now and win",
            "removed",
            "old_advert",
            3,
            "Advertises a casino.",
            0.9,
            '["win", "Play"]',
            None,
            None,
        ),
    ]


def test_a_saved_page_has_its_facts_and_its_texts(store: Store, run: int, outcome: MakeOutcome) -> None:
    saved = store.save(outcome("HTTPS://Blog.Example:443/a#top"), "blog", run)
    assert saved.post == post_id("https://blog.example/a")
    assert rows(
        store,
        "SELECT url, title, published, site, source, language, status, reason, rule, words, kept_blocks,"
        " removed_blocks, removed_share, extraction, profile, run, first_seen FROM posts",
    ) == [
        (
            "https://blog.example/a",
            "Interviews",
            "2026-01-02",
            "Blog",
            "blog",
            "en",
            "accepted",
            "",
            None,
            7,
            2,
            1,
            0.4615,
            "main",
            "0123456789ab",
            run,
            "2026-02-03T04:05:06Z",
        )
    ]
    assert rows(store, "SELECT text FROM post_texts WHERE post = ?", saved.post) == [
        ("Interviews\n\nTalk to five customers a week.",)
    ]
    assert rows(store, "SELECT id FROM articles") == [(saved.post,)]


def test_saving_the_same_page_again_changes_no_row(
    store: Store, chain: Chain, outcome: MakeOutcome, contents: Contents
) -> None:
    first = store.start_run("crawl", chain)
    store.save_with_fetch(outcome(), "blog", first)
    store.settle()
    before = contents(store.path)
    second = store.start_run("crawl", chain)
    saved = store.save_with_fetch(outcome(fetched_at="2027-01-01T00:00:00Z"), "blog", second)
    store.settle()
    assert not saved.changed
    assert contents(store.path) == before


def test_a_changed_block_rewrites_the_post_and_keeps_when_it_was_first_seen(
    store: Store, chain: Chain, outcome: MakeOutcome
) -> None:
    store.save(outcome(), "blog", store.start_run("crawl", chain))
    store.connection.execute("UPDATE posts SET changed_at = 'then'")
    second = store.start_run("crawl", chain)
    assert store.save(outcome(spam="Play later", fetched_at="2027-01-01T00:00:00Z"), "blog", second).changed
    assert rows(store, 'SELECT text FROM fragments WHERE "index" = 2') == [("Play later",)]
    [(first_seen, changed_at, run)] = rows(store, "SELECT first_seen, changed_at, run FROM posts")
    assert (first_seen, run) == ("2026-02-03T04:05:06Z", second)
    assert changed_at != "then"


def test_another_profile_with_the_same_result_is_noted_but_is_no_change(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    store.save(outcome(), "blog", run)
    store.connection.execute("UPDATE posts SET changed_at = 'then'")
    assert not store.save(outcome(profile="ba9876543210"), "blog", run).changed
    assert rows(store, "SELECT profile, changed_at FROM posts") == [("ba9876543210", "then")]


def test_a_page_that_cannot_be_read_this_time_leaves_the_earlier_post_standing(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    store.record_url(UrlRecord("https://blog.example/a", etag='"1"'))
    store.save(outcome(), "blog", run)
    before = rows(store, "SELECT * FROM posts"), rows(store, "SELECT * FROM fragments")
    broken = replace(
        outcome(body=b"\x00"), status=Status.ERRORED, reason="no HTML", verdicts=(), decisions=()
    )
    saved = store.save_with_fetch(broken, "blog", run)
    assert (saved.state, saved.changed, saved.held) == ("errored", False, True)
    assert (rows(store, "SELECT * FROM posts"), rows(store, "SELECT * FROM fragments")) == before
    assert rows(store, "SELECT state, reason, post FROM fetches") == [("errored", "no HTML", saved.post)]
    known = store.url("https://blog.example/a")
    assert known is not None
    assert known.etag == "", "with its validators the page would answer 304 and never be tried again"


def test_a_page_that_never_could_be_read_is_a_post_that_says_so_and_is_replaced_by_a_good_one(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    store.save(outcome(status=Status.ERRORED, reason="empty body"), "blog", run)
    assert rows(store, "SELECT status, reason FROM posts") == [("errored", "empty body")]
    assert store.save(outcome(), "blog", run).changed
    assert rows(store, "SELECT status, reason FROM posts") == [("accepted", "")]


def test_a_body_is_current_only_once_it_was_curated_under_these_rules(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    good = outcome()
    url, fingerprint = good.page.url, good.profile
    assert not store.current(url, "", fingerprint)
    store.save(good, "blog", run)
    known = store.url(url)
    assert known is not None
    assert store.current(url + "#x", known.body_hash, fingerprint)
    assert not store.current(url, known.body_hash, "other")
    assert not store.current(url, "other", fingerprint)
    store.save(replace(good, status=Status.ERRORED), "blog", run)
    assert not store.current(url, known.body_hash, fingerprint)


def test_remembering_a_url_leaves_what_curating_gave(store: Store, run: int, outcome: MakeOutcome) -> None:
    saved = store.save(outcome(), "blog", run)
    store.record_url(
        UrlRecord("https://blog.example/a", "blog", '"7"', "Mon", "2026-03-01", 2, "failed", "2026")
    )
    known = store.url("https://blog.example/a")
    assert known is not None
    assert (known.etag, known.failures, known.next_due, known.post) == ('"7"', 2, "2026-03-01", saved.post)
    assert known.curated == "accepted"


def test_what_a_page_says_of_itself_is_stored_with_where_it_was_found(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    made = outcome("https://blog.example/a")
    said = replace(
        made.after,
        updated="2026-01-05",
        licence="CC-BY-4.0",
        origins=(("title", "heading 1"), ("site", "\ud800")),
    )
    store.save(replace(made, after=said), "blog", run)
    (row,) = rows(store, "SELECT updated, licence, origins FROM posts")
    assert row == ("2026-01-05", "CC-BY-4.0", '{"title": "heading 1", "site": "\ufffd"}')


HOSTILE = "\ud800<script>alert(1)</script>\x00'); DROP TABLE posts; --\u202e\U0010ffff"


def test_hostile_strings_are_stored_as_text(store: Store, run: int, outcome: MakeOutcome) -> None:
    made = outcome(
        text=HOSTILE, title=HOSTILE, spam=HOSTILE, reason=HOSTILE, published="\x00", canonical="http://[::1"
    )
    url = "https://blog.example/\ud800" + "x" * 5000
    store.save_with_fetch(replace(made, page=replace(made.page, url=url)), HOSTILE, run)
    clean = HOSTILE.replace("\ud800", "\ufffd").replace("\x00", "\ufffd")
    assert rows(store, "SELECT title, source, reason FROM posts") == [(clean, clean, clean)]
    assert rows(store, 'SELECT text FROM fragments WHERE "index" = 2') == [(clean,)]
    assert rows(store, "SELECT count(*) FROM post_texts_fts WHERE post_texts_fts MATCH 'alert'") == [(1,)]
    store.save_with_fetch(replace(made, page=replace(made.page, url=url)), HOSTILE, run)
    assert rows(store, "SELECT count(*) FROM posts") == [(1,)]


def test_a_score_that_is_no_number_does_not_cost_the_page(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    made = outcome()
    verdict = replace(made.verdicts[1], score=float("nan"))
    decisions = (*made.decisions[:2], replace(made.decisions[2], verdict=verdict))
    store.save(replace(made, verdicts=(verdict,), decisions=decisions), "blog", run)
    assert rows(store, 'SELECT score FROM fragments WHERE "index" = 2') == [(None,)]


def test_search_follows_what_is_kept(store: Store, run: int, outcome: MakeOutcome) -> None:
    def found(words: str) -> list[tuple[object, ...]]:
        return rows(
            store,
            "SELECT url FROM posts WHERE docid IN"
            " (SELECT rowid FROM post_texts_fts WHERE post_texts_fts MATCH ?)",
            words,
        )

    store.save(outcome(), "blog", run)
    assert found("customer") == [("https://blog.example/a",)], "words are found by their stem"
    assert found("interviews") != []
    assert found("play") == [], "what was removed is not found"
    store.save(outcome(text="Write the roadmap."), "blog", run)
    assert found("customer") == []
    assert found("roadmap") != []
    store.connection.execute("INSERT INTO post_texts_fts(post_texts_fts, rank) VALUES ('integrity-check', 1)")


def test_search_survives_a_vacuum(store: Store, run: int, outcome: MakeOutcome, tmp_path: Path) -> None:
    """A vacuum may renumber rows that have no number of their own."""
    for name in "abc":
        store.save(outcome(f"https://blog.example/{name}", f"word{name}"), "blog", run)
    store.connection.execute("DELETE FROM post_texts WHERE post = ?", (post_id("https://blog.example/a"),))
    store.connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    with Store.open(tmp_path / "copy.db", create=False) as copy:
        assert rows(
            copy,
            "SELECT url FROM posts WHERE docid IN"
            " (SELECT rowid FROM post_texts_fts WHERE post_texts_fts MATCH 'wordc')",
        ) == [("https://blog.example/c",)]


def test_every_url_of_a_run_is_in_one_state_and_the_sums_hold(
    store: Store, chain: Chain, run: int, outcome: MakeOutcome
) -> None:
    store.save_with_fetch(outcome("https://blog.example/1"), "blog", run)
    store.save_with_fetch(
        outcome("https://blog.example/2", status=Status.REJECTED, reason="not a guide", rule="old_guide"),
        "blog",
        run,
    )
    store.save_with_fetch(outcome("https://blog.example/3", status=Status.ERRORED), "blog", run)
    store.record_fetch(run, FetchRecord("https://blog.example/4", "unchanged", status=304))
    store.record_fetch(run, FetchRecord("https://blog.example/5", "failed", reason="timeout"))
    store.record_fetch(run, FetchRecord("https://blog.example/6", "skipped", reason="robots.txt"))
    # found a second time, by another way
    store.record_fetch(run, FetchRecord("https://BLOG.example/1#c", "skipped", reason="seen"))
    # failed at first, then came
    store.save_with_fetch(outcome("https://blog.example/5"), "blog", run)
    counted = store.finish_run(run)
    assert counted == Accounting(
        discovered=6, fetched=5, skipped=1, failed=0, accepted=2, rejected=1, unchanged=1, errored=1
    )
    assert counted.balanced
    assert rows(store, "SELECT discovered, fetched, accepted, status FROM runs") == [(6, 5, 2, "finished")]
    assert store.accounting(store.start_run("crawl", chain)).discovered == 0


def test_the_end_of_a_run_tells_what_each_rule_removed(
    store: Store, chain: Chain, outcome: MakeOutcome
) -> None:
    first = store.start_run("import", chain)
    store.save_with_fetch(outcome("https://blog.example/1"), "blog", first)
    second = store.start_run("import", chain)
    store.save_with_fetch(outcome("https://blog.example/2"), "blog", second)
    store.save_with_fetch(
        outcome("https://blog.example/3", status=Status.REJECTED, reason="not a guide", rule="old_guide"),
        "blog",
        second,
    )
    told = {row.rule: (row.blocks, row.posts) for row in store.removed_by_rule()}
    assert told == {"old_advert": (3, 3), "old_tail": (3, 3)}
    assert {row.rule: row.blocks for row in store.removed_by_rule(second)} == {"old_advert": 2, "old_tail": 2}
    assert [(row.status, row.rule, row.posts) for row in store.by_reason(second)] == [
        ("accepted", "", 1),
        ("rejected", "old_guide", 1),
    ]


def test_a_source_is_counted_by_run_and_against_its_own_past(
    store: Store, chain: Chain, outcome: MakeOutcome
) -> None:
    def crawl(finished: bool, *fates: tuple[str, str]) -> int:
        run = store.start_run("crawl", chain)
        for number, (source, state) in enumerate(fates):
            store.record_fetch(run, FetchRecord(f"https://{source}.example/{number}", state, source))  # type: ignore[arg-type]
        if finished:
            store.finish_run(run)
        return run

    first = crawl(True, ("a", "failed"), ("a", "skipped"), ("b", "unchanged"))
    crawl(False, ("a", "failed"))
    store.finish_run(store.start_run("import", chain))
    third = crawl(True, ("a", "unchanged"))
    last = crawl(True, ("a", "failed"), ("b", "failed"))
    assert [
        (each.source, each.accounting.failed, each.accounting.discovered) for each in store.by_source(first)
    ] == [
        ("a", 1, 2),
        ("b", 0, 1),
    ]
    past = store.past_of_source("a", last)
    assert [(each.run, each.accounting.fetched, each.accounting.failed) for each in past] == [
        (third, 1, 0),
        (first, 0, 1),
    ]
    assert [(each.id, each.kind, each.status) for each in store.runs(3)] == [
        (last, "crawl", "finished"),
        (third, "crawl", "finished"),
        (3, "import", "finished"),
    ]


def test_the_rules_of_the_profile_are_in_the_store_with_their_settings(store: Store) -> None:
    store.start_run("crawl", load_profile())
    stored = {
        str(row[0]): row[1:] for row in rows(store, "SELECT id, version, scope, summary, retired FROM rules")
    }
    assert stored.keys() == registry().keys()
    for name, kind in registry().items():
        assert stored[name] == (kind.version, kind.scope, kind.summary(), 0)
    assert rows(store, "SELECT count(*) FROM rules WHERE NOT json_valid(settings)") == [(0,)]


def test_a_rule_that_no_longer_exists_is_retired_and_stays(
    store: Store, chain: Chain, run: int, outcome: MakeOutcome
) -> None:
    store.save(outcome(), "blog", run)
    assert rows(store, "SELECT id, version, family, retired FROM rules WHERE id = 'old_advert'") == [
        ("old_advert", 3, "lexicon", 1)
    ]
    store.connection.execute(
        "INSERT INTO rules (id, version, family, scope) VALUES ('old', 1, 'link', 'block')"
    )
    store.start_run("crawl", chain)
    assert rows(store, "SELECT retired FROM rules WHERE id = 'old'") == [(1,)]


def test_a_run_whose_process_is_gone_is_closed_by_the_next(store: Store, chain: Chain, run: int) -> None:
    store.record_fetch(run, FetchRecord("https://blog.example/1", "failed"))
    store.connection.execute("UPDATE runs SET pid = 2147483646")
    living = store.start_run("crawl", chain)
    store.start_run("crawl", chain)
    assert rows(store, "SELECT id, status, failed FROM runs WHERE id <= ?", living) == [
        (run, "killed", 1),
        (living, "running", 0),
    ]


def test_whoever_is_alone_closes_every_run_of_its_kind(store: Store, chain: Chain) -> None:
    """Also one whose process has its number from somebody else by now, or whose machine had another name."""
    here, elsewhere = store.start_run("crawl", chain), store.start_run("crawl", chain)
    store.connection.execute("UPDATE runs SET host = 'another' WHERE id = ?", (elsewhere,))
    imported = store.start_run("import", chain)
    store.start_run("import", chain)
    assert rows(store, "SELECT DISTINCT status FROM runs") == [("running",)]
    store.start_run("crawl", chain, alone=True)
    assert rows(store, "SELECT id, status FROM runs WHERE id <= ?", imported) == [
        (here, "killed"),
        (elsewhere, "killed"),
        (imported, "running"),
    ]


def test_a_source_is_described_and_described_anew(store: Store, run: int, outcome: MakeOutcome) -> None:
    store.save(outcome(), "blog", run)
    source = Source("blog", "The Blog", "https://blog.example/", "CC-BY-4.0", "feed", False, "slow")
    store.record_source(source)
    columns = ", ".join(field.name for field in fields(Source))
    assert rows(store, f"SELECT {columns} FROM sources") == [
        ("blog", "The Blog", "https://blog.example/", "CC-BY-4.0", "feed", 0, "slow")
    ]


def test_a_page_and_its_fetch_land_together_or_not_at_all(
    store: Store, run: int, outcome: MakeOutcome
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.save_with_fetch(outcome(), "blog", run + 99)
    assert rows(store, "SELECT count(*) FROM posts UNION ALL SELECT count(*) FROM fragments") == [(0,), (0,)]
    with pytest.raises(sqlite3.IntegrityError), store.transaction():  # noqa: PT012
        store.save_with_fetch(outcome(), "blog", run)
        store.record_fetch(run + 99, FetchRecord("https://blog.example/b", "failed"))
    assert rows(store, "SELECT count(*) FROM posts UNION ALL SELECT count(*) FROM urls") == [(0,), (0,)]
    store.save_with_fetch(outcome(), "blog", run)


def test_a_reader_reads_while_a_writer_writes(store: Store, run: int, outcome: MakeOutcome) -> None:
    """The reader sees whole pages only: a post always comes with its three blocks."""
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def read() -> None:
        with Store.open(store.path, create=False) as reader:
            while not done.is_set():
                seen.append(
                    reader.connection.execute(
                        "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM fragments)"
                    ).fetchone()
                )

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for number in range(60):
            store.save_with_fetch(outcome(f"https://blog.example/{number}"), "blog", run)
    finally:
        done.set()
        thread.join()
    assert seen
    assert [pair for pair in seen if pair[1] != 3 * pair[0]] == []


def test_many_may_open_a_corpus_that_is_not_there_yet(tmp_path: Path) -> None:
    failed: list[Exception] = []
    together = threading.Barrier(5)

    def begin() -> None:
        together.wait()
        try:
            Store.open(tmp_path / "new.db").close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
            failed.append(error)

    threads = [threading.Thread(target=begin) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    Store.open(tmp_path / "new.db", create=False).close()


def test_two_writers_wait_for_each_other(store: Store, run: int, outcome: MakeOutcome) -> None:
    def write() -> None:
        with Store.open(store.path) as other:
            for number in range(30):
                other.save_with_fetch(outcome(f"https://other.example/{number}"), "other", run)

    thread = threading.Thread(target=write)
    thread.start()
    for number in range(30):
        store.save_with_fetch(outcome(f"https://blog.example/{number}"), "blog", run)
    thread.join()
    assert store.accounting(run).accepted == 60


def test_the_hash_of_a_block_does_not_see_white_space() -> None:
    assert block_hash(" two\n words ") == block_hash("two words") != block_hash("two  Words")

"""A run remembers the fate of every URL, in memory that does not grow with their number."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

from filters import load_profile
from pipelines.closed import Closed
from pipelines.store import FetchRecord, Store

if TYPE_CHECKING:
    from pathlib import Path

HELD, URLS = 100, 1000


def url(number: int) -> str:
    return f"https://blog.example/guides/how-to-grow-as-a-product-manager-{number}"


def test_what_is_no_longer_in_memory_is_found_in_the_books(tmp_path: Path) -> None:
    with Store.open(tmp_path / "corpus.db") as store:
        run, earlier = (store.start_run("crawl", load_profile()) for _ in range(2))
        with store.transaction():
            store.record_fetch(earlier, FetchRecord(url(URLS), "accepted", "blog"))
            for number in range(URLS):
                store.record_fetch(run, FetchRecord(url(number), "unchanged", "blog"))
        closed = Closed(store.connection, run, HELD)
        for number in range(URLS):
            closed.put(url(number), "unchanged", "blog")
        assert closed.total == URLS
        assert {closed.of(url(number)) for number in range(URLS)} == {("unchanged", "blog")}
        assert closed.of(url(URLS)) is None, "another run's"
        closed.take_back(url(0))
        assert closed.total == URLS - 1
        store.connection.close()
        assert closed.of(url(URLS - 1)) == ("unchanged", "blog"), (
            "what is in memory needs no look at the disk"
        )


def test_memory_has_a_bound(tmp_path: Path) -> None:
    with Store.open(tmp_path / "corpus.db") as store:
        closed = Closed(store.connection, 1, 1000)
        held = []
        tracemalloc.start()
        for number in range(20_000):
            closed.put(url(number), "accepted", "blog")
            if number in {9_999, 19_999}:
                held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    first, second = held
    assert second < 1.2 * first
    assert second < 1000 * 600

"""Pages of a host are packed with what they share, and stay readable whatever becomes of that."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive import Archive, ArchiveError
from pipelines.packing import FORGOTTEN, MAX_DICTIONARY, TRIED
from pipelines.page import Page


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def markup(seed: int, length: int = 20_000) -> str:
    """Markup that does not pack well by itself, as a site's template and its inlined scripts do not."""
    chosen = random.Random(seed)
    return "".join(f"<i class={chosen.randrange(16**8):08x}></i>" for _ in range(length // 24))


def page(host: str, number: int, template: str) -> Page:
    return Page(
        f"https://{host}/{number}", f"{template}<p>Text {number}</p>".encode(), fetched_at=f"{number:06}"
    )


def stored(archive: Archive) -> list[tuple[int, int | None]]:
    rows = archive.connection.execute(
        "SELECT length(data), dictionary FROM bodies JOIN captures ON body = hash ORDER BY captures.id"
    )
    return rows.fetchall()


def test_what_the_pages_of_a_host_share_is_stored_once(archive: Archive) -> None:
    pages = [page("blog.example", number, markup(1)) for number in range(40)]
    for one in pages:
        archive.put(one, "blog")
    dictionaries = archive.connection.execute("SELECT host, size FROM dictionaries").fetchall()
    assert dictionaries == [("blog.example", len(pages[0].body))]
    sizes = [size for size, dictionary in stored(archive) if dictionary == 1]
    assert len(sizes) == 40
    assert max(sizes) < 100
    assert sorted(one.body for _, one in archive.pages()) == sorted(one.body for one in pages)


def test_hosts_do_not_share(archive: Archive) -> None:
    for host in ("a.example", "b.example"):
        for number in range(2):
            archive.put(page(host, number, markup(1) + host), "blog")
    assert [dictionary for _, dictionary in stored(archive)] == [1, 1, 2, 2]


def test_a_site_that_looks_anew_gets_a_new_dictionary_and_the_old_pages_stay_readable(
    archive: Archive,
) -> None:
    old = [page("blog.example", number, markup(1)) for number in range(200)]
    new = [page("blog.example", number, markup(2)) for number in range(200, 500)]
    for one in old + new:
        archive.put(one, "blog")
    versions = [dictionary for _, dictionary in stored(archive)]
    assert set(versions[:200]) == {1}
    assert versions[-1] == 2
    # one in eight is looked at, and the halved memory of the good times has to be outweighed
    assert versions[200:].index(2) < 8 * 4 * FORGOTTEN
    with Archive.open(archive.path, create=False) as reader:
        assert [one.body for _, one in reader.pages()] == [
            one.body for one in sorted(old + new, key=lambda one: one.url)
        ]


def test_pages_that_share_nothing_do_not_breed_dictionaries(archive: Archive) -> None:
    for number in range(120):
        archive.put(page("mixed.example", number, markup(number, 3000)), "blog")
    [(count,)] = archive.connection.execute("SELECT count(*) FROM dictionaries").fetchall()
    looked_at = sum(
        hashlib.sha256(page("mixed.example", n, markup(n, 3000)).body).hexdigest()[0] in "01"
        for n in range(120)
    )
    assert 1 <= count <= 1 + looked_at // TRIED


def test_a_page_longer_than_a_dictionary_may_be(archive: Archive) -> None:
    long = page("blog.example", 1, markup(3, 2 * MAX_DICTIONARY))
    assert archive.get(archive.put(long, "blog").capture).body == long.body
    assert archive.connection.execute("SELECT size FROM dictionaries").fetchall() == [(MAX_DICTIONARY,)]


def test_short_pages_need_no_dictionary(archive: Archive) -> None:
    for number in range(3):
        archive.put(page("blog.example", number, "<p>"), "blog")
    assert {dictionary for _, dictionary in stored(archive)} == {None}


@pytest.mark.parametrize(
    "change", ["data = x'00'", "size = 1000000000", "data = (SELECT data FROM bodies LIMIT 1)"]
)
def test_a_damaged_dictionary_costs_the_pages_that_need_it_and_no_more(archive: Archive, change: str) -> None:
    capture = archive.put(page("blog.example", 1, markup(1)), "blog").capture
    archive.connection.execute(f"UPDATE dictionaries SET {change}")
    with pytest.raises(ArchiveError, match=r"the stored body of https://blog\.example/1 is damaged"):
        archive.get(capture)
    kept = archive.put(page("blog.example", 2, markup(1)), "blog").capture
    assert archive.get(kept).body == page("blog.example", 2, markup(1)).body

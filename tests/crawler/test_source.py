"""Sources: what a file may say, and what is said of one that is not right."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.run import enabled_sources, named_sources
from crawler.source import Source, SourceError, load_source, load_sources, shipped, source_files
from crawler.source_file import KEYS
from crawler.ways import due_at
from pipelines.site_settings import Hint, SiteSettings
from pipelines.store.connection import written

PLAIN = 'way = "feed"\nstart = ["https://blog.example/feed.xml"]\n'


def write(folder: Path, text: str, name: str = "blog") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def test_two_lines_are_a_source(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, PLAIN))
    assert (source.name, source.way, source.hosts) == ("blog", "feed", ("blog.example",))
    assert (source.enabled, source.allow_private, source.delay) == (True, False, 1.0)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('way = "rss"\nstart = ["https://a.example/"]', 1, ["'rss'", "feed, sitemap, list, site, urls"]),
        ('way = "feed"\nstart = []', 2, ["start is empty"]),
        ('way = "feed"\n\nstart = ["ftp://a.example/"]', 3, ["'ftp://a.example/'", "https://"]),
        ('way = "feed"', 0, ["'start' is missing"]),
        (PLAIN + 'alow = ["x"]', 3, ["unknown key 'alow'", "allow, deny, follow"]),
        (PLAIN + 'allow = ["(x"]', 3, ["'(x'", "not a regular expression"]),
        (PLAIN + 'delay = "fast"', 3, ["delay is 'fast'", "a number from 0 to 1,000,000"]),
        (PLAIN + "every_hours = inf", 3, ["every_hours is inf", "a number from 0 to 1,000,000"]),
        (PLAIN + "revisit_least_hours = 0.5", 3, ["revisit_least_hours is 0.5", "1 or more"]),
        (PLAIN + "revisit_most_hours = 10", 3, ["revisit_most_hours is 10", "revisit_least_hours 24"]),
        (PLAIN + "revisit_least_hours = 2000", 3, ["revisit_least_hours 2000", "without the keys"]),
        (PLAIN + "delay = -1", 3, ["delay is -1"]),
        (PLAIN + "depth = true", 3, ["depth is True", "a whole number"]),
        (PLAIN + "enabled = 1", 3, ["enabled is 1", "true or false"]),
        (PLAIN + 'hosts = "blog.example"', 3, ["a list of strings"]),
        ('way = "feed"\nstart = ["{base}/feed"]', 2, ["{base}", "nothing says"]),
        ("way = feed", 1, ["not valid TOML", "column 7"]),
        (PLAIN + "allow = [", 3, ["not valid TOML"]),
        (PLAIN + 'follow = ["/page/"]', 3, ["list and site", "'feed'"]),
        (PLAIN + 'hours = "06:00-06:00"', 3, ["'06:00-06:00'", "never"]),
        (
            PLAIN + 'hosts = ["blog.example", "https://blog.example/"]',
            3,
            ["'https://blog.example/'", "a name such"],
        ),
        (
            PLAIN + 'contact = "me at pm.example"',
            3,
            ["'me at pm.example'", "an e-mail address or a web page"],
        ),
        (PLAIN + 'hosts = ["blog.example:8080"]', 3, ["'blog.example:8080'", "a name such"]),
        (PLAIN + 'hosts = ["*.blog.example"]', 3, ["'*.blog.example'", "a name such"]),
        (PLAIN + 'kinds = ["poem"]', 3, ["'poem'", "guide, career-story"]),
        (PLAIN + 'languages = ["English"]', 3, ["'English'", "a code such as 'en'"]),
        (PLAIN + '[find]\nway = "feed"', 3, ["'start' is missing in [[find]]"]),
        (PLAIN + "find = 3", 3, ["tables that begin with [[find]]"]),
        (
            PLAIN
            + '[[find]]\nway = "urls"\nstart = ["https://a.example/"]\n[[find]]\nway = "rss"\nstart = []',
            7,
            ["'rss'"],
        ),
        (PLAIN + '[[hint]]\nprune = "div["\nuntil = 2027-01-01', 4, ["'div['", "not a CSS selector"]),
        (PLAIN + '[[hint]]\nprune = "div"', 3, ["'until' is missing in [[hint]]"]),
        (PLAIN + '[[hint]]\nprune = "a"\nrequire = "b"\nuntil = 2027-01-01', 3, ["either prune or require"]),
        (
            PLAIN + '[[hint]]\nprune = "a"\nsince = 2027-01-01\nuntil = 2026-01-01',
            6,
            ["until is 2026-01-01", "never"],
        ),
        (PLAIN + '[[hint]]\nprune = "a"\nuntil = "soon"', 5, ["'soon'", "a day such as 2026-12-31"]),
    ],
)
def test_an_error_names_file_line_value_and_what_is_valid(
    tmp_path: Path, text: str, line: int, words: list[str]
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        load_source(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: " if line else f"{path}: ")
    for word in words:
        assert word in message


def test_a_misspelt_name_is_told_with_the_one_that_is_near(tmp_path: Path) -> None:
    write(tmp_path, PLAIN)
    with pytest.raises(SourceError, match=r"'blgo'; did you mean 'blog'\?"):
        load_sources(["blgo"], extra=tmp_path)


def test_a_folder_of_ones_own_hides_what_comes_with_winnow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(source_files()))
    write(tmp_path, PLAIN, name)
    monkeypatch.setenv("WINNOW_SOURCES", str(tmp_path))
    assert load_sources([name])[0].hosts == ("blog.example",)
    assert [source.name for source in enabled_sources(contact="me@pm.example")[0]] == [name]
    monkeypatch.setenv("WINNOW_SOURCES", str(tmp_path / "missing"))
    with pytest.raises(SourceError, match="no such folder"):
        enabled_sources()


def test_base_is_put_in_everywhere(tmp_path: Path) -> None:
    text = 'way = "site"\nstart = ["{base}/"]\nhomepage = "{base}/"\nallow = ["{base}/a{2}"]'
    source = load_source(write(tmp_path, text), base="http://127.0.0.1:8000/")
    assert source.start == ("http://127.0.0.1:8000/",)
    assert source.allow == ("http://127.0.0.1:8000/a{2}",)
    assert source.hosts == ("127.0.0.1",)


def test_patterns_say_which_pages_are_kept(tmp_path: Path) -> None:
    text = PLAIN.replace("feed", "list") + 'allow = ["/blog/"]\ndeny = ["/tag/"]\nfollow = ["/list/"]'
    source = load_source(write(tmp_path, text))
    assert source.wants("https://blog.example/blog/a")
    assert not source.wants("https://blog.example/about")
    assert not source.wants("https://blog.example/blog/tag/a")
    assert source.follows("https://blog.example/list/")
    assert not source.follows("https://blog.example/list/tag/")
    assert source.on_site("https://BLOG.example/x")
    assert source.on_site("https://www.blog.example/x")
    assert not source.on_site("https://shop.blog.example/x")
    assert not source.on_site("https://blog.example.evil.example/")
    assert not source.on_site("https://[broken/")


@pytest.mark.parametrize("path", sorted(shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_what_comes_with_winnow_loads_and_is_off(path: Path) -> None:
    """Nobody's site is crawled because winnow was installed."""
    source = load_source(path)
    assert not source.enabled
    assert not source.verified
    assert not source.allow_private
    assert source.delay >= 1
    starts = [url for way in source.ways() for url in way.start]
    assert all(url.startswith("https://") for url in (*starts, source.homepage))
    assert all(way.every_hours >= 20 for way in source.ways())
    assert source.title
    assert source.notes


def test_a_file_may_hold_several_ways_and_hints(tmp_path: Path) -> None:
    """The first of the ways is as good as one at the top of the file; days may be written as TOML has them."""
    ways = (
        '[[find]]\nway = "feed"\nstart = ["https://a.example/feed"]\nevery_hours = 20\n'
        '[[find]]\nway = "list"\nstart = ["https://a.example/?page={page}"]\nfollow = ["/topic/"]\npages = 3\n'
    )
    hint = '[[hint]]\nprune = "div.box"\nuntil = 2027-01-31\n'
    source = load_source(write(tmp_path, f'kinds = ["guide"]\n{ways}{hint}'))
    assert [(way.way, way.start, way.follow, way.every_hours) for way in source.ways()] == [
        ("feed", ("https://a.example/feed",), (), 20),
        ("list", ("https://a.example/?page={page}",), ("/topic/",), 20),
    ]
    assert source.ways()[1].pages == 3
    assert source.hosts == ("a.example",)
    assert source.hint == (Hint(prune="div.box", until="2027-01-31"),)
    assert source.settings == SiteSettings(("a.example",), source.hint, (), ("guide",))


def test_every_key_is_described() -> None:
    readme = (shipped() / "README.md").read_text()
    for key in KEYS:
        assert f"`{key}`" in readme or f"\n{key} = " in readme, key
    assert set(KEYS) == {field.name for field in fields(Source)} - {"name", "path"}


def test_a_site_has_to_be_able_to_reach_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a contact nothing beyond this machine is crawled."""
    monkeypatch.delenv("WINNOW_CONTACT", raising=False)
    write(tmp_path, PLAIN)
    with pytest.raises(SourceError, match="WINNOW_CONTACT"):
        named_sources(["blog"], tmp_path)
    assert named_sources(["blog"], tmp_path, contact="me@pm.example")[0].contact == "me@pm.example"
    monkeypatch.setenv("WINNOW_CONTACT", "https://pm.example/bot")
    assert named_sources(["blog"], tmp_path)[0].contact == "https://pm.example/bot"
    write(tmp_path, PLAIN + 'contact = "own@pm.example"')
    assert named_sources(["blog"], tmp_path)[0].contact == "own@pm.example"
    write(tmp_path, PLAIN + 'contact = "a\\r\\nX-Evil: 1"')
    with pytest.raises(SourceError, match="an e-mail address or a web page"):
        named_sources(["blog"], tmp_path)
    monkeypatch.delenv("WINNOW_CONTACT")
    write(tmp_path, 'way = "urls"\nstart = ["http://127.0.0.1:1/"]', "local")
    assert named_sources(["local"], tmp_path)[0].contact == ""


def test_a_source_is_due_when_its_hours_have_gone_by() -> None:
    source = Source(name="blog", way="urls", start=(), every_hours=20)
    now = datetime.now(UTC)
    assert due_at(source, "") == ""
    assert due_at(source, written(now - timedelta(hours=21))) == written(now - timedelta(hours=1))
    assert due_at(source, written(now - timedelta(hours=19))) == written(now + timedelta(hours=1))


def test_no_enabled_source_is_told_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, PLAIN + "enabled = false")
    with pytest.raises(SourceError, match=r"no source is enabled.*`winnow sources list` shows them"):
        enabled_sources(tmp_path)

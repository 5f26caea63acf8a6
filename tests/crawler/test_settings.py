"""The settings as Scrapy sees them, also outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.middlewares.backoff import LONGEST_ASKED, retry_after
from crawler.settings import user_agent

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("inside", [True, False])
def test_scrapy_lists_the_spiders(inside: bool, tmp_path: Path) -> None:
    """By scrapy.cfg in the repository, by SCRAPY_SETTINGS_MODULE anywhere."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if not inside:
        environment["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=ROOT if inside else tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.stdout.split() == ["feed", "list", "revisits", "site", "sitemap", "urls"], listed.stderr


def test_every_setting_is_one_of_scrapys_or_of_ours() -> None:
    """A misspelt setting is ignored without a word."""
    from scrapy.settings import default_settings

    from crawler import settings

    ours = {
        "PRIVATE_HOSTS",
        "RETRY_WAIT_SECONDS",
        "RETRY_WAIT_MAX_SECONDS",
        "LINKS_PER_PAGE",
        "LISTING_PAGES",
        "BARREN_PAGES",
        "RENDER_SECONDS",
    }
    used = {name for name in vars(settings) if name.isupper()}
    assert used - ours - set(dir(default_settings)) == set()
    assert ours <= used


def test_the_defaults_are_polite() -> None:
    from crawler import settings

    assert settings.ROBOTSTXT_OBEY
    assert settings.AUTOTHROTTLE_ENABLED
    assert settings.CONCURRENT_REQUESTS_PER_DOMAIN == 1
    assert settings.DOWNLOAD_DELAY >= 1
    assert not settings.COOKIES_ENABLED
    assert not settings.TELNETCONSOLE_ENABLED
    assert not settings.REMOTE_CONTROL_ENABLED
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES


def test_the_user_agent_names_winnow_and_its_operator() -> None:
    assert user_agent().startswith("winnow/")
    assert "operator: me@pm.example" in user_agent("me@pm.example")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120),
        (b" 7 ", 7),
        (None, 0),
        (b"soon", 0),
        (b"-3", 0),
        (b"\xb2", 0),
        (b"9" * 40, LONGEST_ASKED),
    ],
)
def test_retry_after_is_read_as_seconds(value: bytes | None, seconds: float) -> None:
    assert retry_after(value) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    assert retry_after(b"Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after(b"Tue, 01 Jan 2999 00:00:00 GMT") == LONGEST_ASKED
    assert retry_after(b"Wed, 99 Foo 2015 07:28:00") == 0

"""Canonical addresses: spellings of one page have one key, other pages another, and silly claims are not believed."""

from __future__ import annotations

import pytest

from pipelines.address import post_id
from pipelines.canonical import canonical_key, plain, rules, sane_claim

PLAIN = "https://blog.example/guides/first-year"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://blog.example/guides/first-year",
        "https://www.Blog.example:443/guides/first-year/",
        "https://blog.example/guides/first-year#part-two",
        "https://blog.example/guides/first-year?utm_source=mail&UTM_Medium=x",
        "https://blog.example/guides/first-year?fbclid=1&gclid=2&mc_cid=3&ref=home&from=feed&share=twitter",
        "https://blog.example/guides/first-year/index.html",
        "https://blog.example/guides/first-year/amp/",
        "https://blog.example/amp/guides/first-year",
        "https://blog.example/guides/first-year?amp=1",
        "https://blog.example/guides/first-year?outputType=amp",
        "https://blog.example/guides/first-year.amp",
        "https://amp.blog.example/guides/first-year",
        "https://m.blog.example/guides/first-year",
        "https://blog.example/guides/print/first-year",
        "https://blog.example/guides/first-year?print=1",
        "https://blog.example//guides/first%2Dyear",
        "https://www.google.com/amp/s/blog.example/guides/first-year/amp/",
        "https://blog-example.cdn.ampproject.org/c/s/blog.example/guides/first-year?amp=1",
    ],
)
def test_spellings_of_one_page(spelling: str) -> None:
    assert canonical_key(spelling) == canonical_key(PLAIN)
    assert "#" in spelling or post_id(spelling) != post_id(PLAIN), (
        "ids follow from the address as it is, and stay"
    )


@pytest.mark.parametrize(
    "other",
    [
        "https://blog.example/guides/first-year?page=2",
        "https://blog.example/guides/First-Year",
        "https://blog.example/guides/first-year/comments",
        "https://blog.example:8080/guides/first-year",
        "https://other.example/guides/first-year",
        "https://blog.example/guides/first-year-print",
        "https://blog.example/guides",
        "https://m.example/guides/first-year",
        "https://www.google.com/amp/s/other.example/guides/first-year",
        "https://www.google.com/amp/s/",
    ],
)
def test_other_pages(other: str) -> None:
    assert canonical_key(other) != canonical_key(PLAIN)


def test_parameters_that_name_the_page_are_kept_in_one_order() -> None:
    assert canonical_key("https://blog.example/?p=7&lang=de&utm_id=1") == "blog.example?lang=de&p=7"
    assert canonical_key("https://blog.example/?lang=de&p=7") == "blog.example?lang=de&p=7"
    assert canonical_key("https://blog.example/?p=8&lang=de") != canonical_key(
        "https://blog.example/?p=7&lang=de"
    )


def test_a_host_is_not_eaten_up() -> None:
    assert canonical_key("https://www.m.example/a") == "m.example/a"
    assert canonical_key("https://amp.example/a") == "amp.example/a"


@pytest.mark.parametrize(
    "odd", ["", "http://[::1", "mailto:a@b.example", "file:///a/index.html", "http://x.example:99999/a"]
)
def test_what_is_no_address_of_the_web_is_its_own_key(odd: str) -> None:
    assert canonical_key(odd) == odd
    assert plain(odd) in (True, False)
    assert not sane_claim(odd, "https://blog.example/a")


def test_an_endless_address_is_its_own_key() -> None:
    assert canonical_key(PLAIN + "?utm_id=" + "x" * 5000).endswith("x")


def test_the_plain_spelling() -> None:
    assert all(
        plain(url) for url in (PLAIN, PLAIN + "/", "http://www.blog.example/a?b=1", "https://blog.example/é")
    )
    assert not any(plain(PLAIN + more) for more in ("?utm_id=1", "/amp", "/index.html", "?print=1"))


@pytest.mark.parametrize(
    ("claimed", "sane"),
    [
        ("https://blog.example/guides/second-year", True),
        ("https://mirror.example/guides/first-year", True),
        (PLAIN + "?utm_id=1", True),
        ("https://blog.example/?p=12", True),
        ("https://blog.example/", False),
        ("https://blog.example/index.php", False),
        ("https://mirror.example", False),
        ("https://blog.example/tag/interviews", False),
        ("https://blog.example/guides/page/3/", False),
        ("https://blog.example/blog/", False),
        ("", False),
    ],
)
def test_claims(claimed: str, sane: bool) -> None:
    assert sane_claim(claimed, PLAIN) is sane


def test_a_front_page_may_claim_itself() -> None:
    assert sane_claim("https://blog.example/", "https://www.blog.example/index.html")


def test_the_rules_are_in_lower_case() -> None:
    known = rules()
    for names in (
        known.prefixes,
        known.names,
        known.dresses,
        known.hosts,
        known.index,
        known.path_dresses,
        known.lists,
    ):
        assert names
        assert all(name == name.lower() for name in names)

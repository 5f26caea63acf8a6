"""URLs that lead a crawl in circles, and those that only look long."""

from __future__ import annotations

import pytest

from crawler.traps import trap, without_session


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://blog.example/" + "a" * 2000, "a URL of 2021 characters"),
        ("https://blog.example/a/b/a/b/a/b", "repeats the path segment 'a'"),
        ("https://blog.example/" + "/".join(map(str, range(20))), "20 path segments"),
        ("https://blog.example/?" + "&".join(f"{n}=" for n in range(9)), "9 query parameters"),
        ("https://blog.example/?" + "&" * 1900, "1901 query parameters"),
        ("https://[blog.example/", "cannot be read"),
    ],
)
def test_a_trap_is_told_by_its_shape(url: str, reason: str) -> None:
    assert reason in trap(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/2024/02/how-to-become-a-product-manager-without-any-experience/",
        "https://blog.example/blog/product/blog-about-product?utm_source=a&utm_medium=b&utm_campaign=c",
        "https://blog.example/",
    ],
)
def test_an_article_is_no_trap(url: str) -> None:
    assert trap(url) == ""


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://blog.example/a?PHPSESSID=0123456789abcdef", "https://blog.example/a"),
        ("https://blog.example/a?page=2&sid=0123456789abcdef", "https://blog.example/a?page=2"),
        ("https://blog.example/a;jsessionid=F00D.node1?b=1", "https://blog.example/a?b=1"),
        ("https://blog.example/a?jsessionid=F00DF00D&x=&x=", "https://blog.example/a?x=&x="),
        ("https://blog.example/a?sid=42", "https://blog.example/a?sid=42"),
        (
            "https://blog.example/a?story_id=0123456789abcdef",
            "https://blog.example/a?story_id=0123456789abcdef",
        ),
        ("https://blog.example/a?", "https://blog.example/a?"),
    ],
)
def test_the_number_of_a_visit_is_no_part_of_a_pages_address(url: str, plain: str) -> None:
    """What a site calls an article (``sid=42``) is."""
    assert without_session(url) == plain

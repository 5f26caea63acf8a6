"""URLs that lead a crawl in circles, and those that only look long."""

from __future__ import annotations

import pytest

from crawler.traps import trap


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

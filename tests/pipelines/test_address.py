"""One spelling of a URL, and ids that follow from it."""

from __future__ import annotations

import hashlib

import pytest

from pipelines.address import document_number, host, normal_url, post_id, storable


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("HTTPS://Blog.Example/A?b=C#d", "https://blog.example/A?b=C"),
        ("http://blog.example:80", "http://blog.example/"),
        ("https://blog.example:443/a", "https://blog.example/a"),
        ("https://blog.example:8443/a", "https://blog.example:8443/a"),
        ("http://blog.example:443/", "http://blog.example:443/"),
        (" https://ada:secret@blog.example/a\n", "https://blog.example/a"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("file:///saved/A%20b.html#top", "file:///saved/A%20b.html"),
        ("pages.jsonl:17", "pages.jsonl:17"),
        ("http://[::1", "http://[::1"),
        ("https://blog.example:port/#a", "https://blog.example:port/#a"),
        ("", ""),
    ],
)
def test_normal_url(given: str, normal: str) -> None:
    assert normal_url(given) == normal
    assert normal_url(normal) == normal


def test_the_id_of_a_post_is_a_hash_of_its_normal_url() -> None:
    wanted = hashlib.sha256(b"https://blog.example/").hexdigest()[:16]
    assert post_id("HTTPS://blog.example#x") == post_id("https://blog.example/") == wanted


def test_the_number_of_a_document_fits_a_rowid() -> None:
    assert document_number("ffffffffffffffff") == -1
    assert document_number("7fffffffffffffff") == 2**63 - 1


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.Blog.example:8080/a", "blog.example"), ("file:///a.html", ""), ("http://[::1", "")],
)
def test_host(url: str, name: str) -> None:
    assert host(url) == name


def test_what_cannot_be_stored_is_replaced_one_for_one() -> None:
    assert storable("a\x00b\ud800\udfffc\U0001f600") == "a\ufffdb\ufffd\ufffdc\U0001f600"

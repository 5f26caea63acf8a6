"""Addresses that a crawl must not reach, in every spelling that a resolver would take."""

from __future__ import annotations

import pytest

from crawler.addresses import is_loopback, refused_address, refused_host, refused_url

LOCAL = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "2852039166",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fe80::1%25eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]
NAMES = [
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "router.local",
    "metadata.google.internal",
    "intranet",
    "x.onion",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:2800:220:1::1",
    "blog.example",
    "1and1.example",
    "beef.cafe",
]


@pytest.mark.parametrize("host", LOCAL)
def test_a_private_address_is_refused(host: str) -> None:
    assert refused_host(host)
    bracketed = f"[{host}]" if ":" in host else host
    assert refused_url(f"http://{bracketed}/")
    assert refused_url(f"https://{bracketed}:8443/path")


@pytest.mark.parametrize("host", NAMES)
def test_a_local_name_is_refused(host: str) -> None:
    assert "local network" in refused_host(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_host_is_not(host: str) -> None:
    assert refused_host(host) == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://blog.example/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("http://user:secret@blog.example/", "user name"),
        ("http://blog.example:99999/", "Port out of range"),
        ("http://[::1/", "not a URL that can be read"),
        ("http:///path", "no host"),
        ("http://bl%6fg.example/", "not a host name"),
    ],
)
def test_a_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    assert reason in refused_url(url)


def test_the_reason_names_the_address_that_is_meant() -> None:
    assert refused_host("2852039166") == "169.254.169.254, a link-local address"
    assert "stands for 127.0.0.1, a loopback address" in refused_address("::ffff:127.0.0.1")


def test_loopback_is_told_from_other_private_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "2130706433")))
    assert not any(map(is_loopback, ("10.0.0.1", "blog.example", "localhost.example", "")))

"""Which hosts and addresses a crawl may connect to.

A page can name any address in a link or a redirect; what it must never reach is this machine, the
network it stands in, or a cloud's metadata service.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

# Blocks that ``is_global`` lets through or that wrap other addresses: RFC 6890, 7526 and 8215.
_REFUSED = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b:1::/48",
        "::/96",
        "2001::/23",
        "fec0::/10",
        "5f00::/16",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# names that never lead to the public web: RFC 6761, 6762, 7686, 8375, 9476
_LOCAL_NAMES = re.compile(
    r"(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|onion|alt|invalid)$"
)


def refused_url(url: str) -> str:
    """Why a URL must not be requested (empty: nothing is known against it)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"not a URL that can be read: {error}"
    if parts.scheme not in {"http", "https"}:
        return f"scheme {parts.scheme!r}: only http and https are fetched"
    if parts.username is not None or parts.password is not None:
        return "the URL carries a user name"
    return refused_host(host)


def refused_host(host: str) -> str:
    """Why a host must not be connected to (empty: it is a public address, or a name yet to be resolved)."""
    address = literal(host)
    if address is not None:
        return refused_address(address)
    name = _plain(host)
    if not name:
        return "the URL has no host"
    if "%" in name or "\\" in name or any(c.isspace() for c in name):
        return f"{host!r} is not a host name"
    if _LOCAL_NAMES.search(name) or "." not in name:
        return f"{host} is a name of a local network"
    return ""


def refused_address(address: Address | str) -> str:
    """Why an address must not be connected to (empty: it is a public one)."""
    ip = ipaddress.ip_address(address) if isinstance(address, str) else address
    for inner in _embedded(ip):
        reason = refused_address(inner)
        if reason:
            return f"{ip} stands for {reason}"
    if ip.is_loopback:
        return f"{ip}, a loopback address"
    if ip.is_link_local:
        return f"{ip}, a link-local address"
    if ip.is_multicast:
        return f"{ip}, a multicast address"
    if not ip.is_global or ip.is_reserved or any(ip in block for block in _REFUSED):
        return f"{ip}, a private or reserved address"
    return ""


def literal(host: str) -> Address | None:
    """The address that a host is written as, in any spelling that a resolver would take for one.

    That is dotted and colon notation, and what ``inet_aton`` reads: decimal, octal and hexadecimal numbers
    and fewer than four parts; also with full-width digits or a trailing dot.
    """
    name = _plain(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    if not re.fullmatch(r"[0-9a-fx.]+", name):
        return None
    try:
        return IPv4Address(socket.inet_aton(name))
    except OSError:
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    address = literal(host)
    return address.is_loopback if address is not None else _plain(host) == "localhost"


def _plain(host: str) -> str:
    return unicodedata.normalize("NFKC", host).strip("[]").rstrip(".").lower()


def _embedded(ip: Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(ip, IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]

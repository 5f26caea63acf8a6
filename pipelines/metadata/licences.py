"""The licence that a page states for its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from pipelines.dom import Piece
from pipelines.metadata.statements import Statements

REACH = 60  # blocks from the end of the page
CREATIVE = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/(?P<name>[a-z+-]{2,20})/(?P<version>\d\.\d)?",
    re.IGNORECASE,
)
DOMAIN = {"zero": "CC0", "mark": "Public Domain Mark"}
# Most pages state with these that all rights are reserved: only a licence that is known counts.
RIGHTS = ("dc.rights", "dcterms.rights", "copyright")


def find_licence(said: Statements, pieces: Sequence[Piece], address: str) -> tuple[str, str]:
    """The licence and where it stands: the name of a Creative Commons licence, else the address or words given."""
    claims = [
        *((value, "link rel=license") for value in said.licence_links),
        (said.linked.licence, "JSON-LD license"),
        *said.marked("license"),
        *said.said("license", "dcterms.license", "dc.rights.license"),
    ]
    for value, origin in claims:
        if value:
            return named(value) or _absolute(value, address), origin
    for value, origin in said.said(*RIGHTS):
        if name := named(value):
            return name, origin
    for piece in pieces[-REACH:]:
        for link in piece.links:
            if name := named(link.url):
                return name, "link in the footer"
    return "", ""


def named(value: str) -> str:
    """``CC-BY-SA-4.0`` for a text that begins with the address of that licence; else an empty string."""
    found = CREATIVE.match(value.strip())
    if not found:
        return ""
    name = DOMAIN.get(found["name"].lower(), f"CC-{found['name'].upper()}")
    return f"{name}-{found['version']}" if found["version"] else name


def _absolute(value: str, address: str) -> str:
    """A relative address made absolute; words as they are."""
    if not value.startswith(("/", "./", "../")):
        return value
    try:
        return urljoin(address, value)
    except ValueError:
        return value

"""The rules of a profile together with how pages are read before them: what a page is curated under."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib import metadata
from importlib.resources import files

import filters
from filters.chain import Chain

EXTRACTION = 4
"""To be raised whenever a page may be read otherwise than before, like the version of a rule. What the files of
``DATA`` hold counts by itself, and so does the version of trafilatura."""

DATA = ("main_text.tsv", "main_text_trees.tsv", "canonical.toml")


def load_profile(name: str = "default") -> Chain:
    """The chain of a profile, whose fingerprint also changes with the extraction. Raises ``ProfileError``."""
    return replace(filters.load_profile(name), extraction=extraction_fingerprint())


@cache
def extraction_fingerprint() -> str:
    """A hash of all by which the extraction of a page may change."""
    told = hashlib.sha256(f"{EXTRACTION} {metadata.version('trafilatura')}".encode())
    for name in DATA:
        told.update((files("pipelines") / name).read_bytes())
    return told.hexdigest()

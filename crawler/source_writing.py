"""Writes source files into a folder of the user's own; those that come with winnow are never changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.patterns import guess_patterns
from crawler.source import NAME, SourceError, known_file, load_source, source_files
from crawler.survey import Survey, survey

OFTEN, RARELY = 20, 700  # hours: a feed is cheap to read and a sitemap is not
MOST_SITEMAPS = 5


def add_source(url: str, folder: Path, *, name: str = "", **options: Any) -> Path:
    """Survey a site and write its source into ``folder``, disabled until somebody has looked at it.

    ``name`` defaults to the host; ``options`` are those of ``survey``. Raises ``SourceError``.
    """
    name = name or re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "").removeprefix("www.")).strip("-")
    path = folder / f"{name}.toml"
    if name and not NAME.fullmatch(name):
        raise SourceError(
            f"a source cannot be called {name!r}, but in lower-case letters, digits, - and _; --name says how"
        )
    if path.exists():
        raise SourceError(f"{path}: there is such a source already")
    found = survey(url, **options)
    text = "\n".join(_lines(url, found, allow_private=bool(options.get("allow_private")))) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    return _written(path, text)


def _lines(url: str, found: Survey, *, allow_private: bool) -> list[str]:
    patterns = guess_patterns(found.articles, found.urls)
    ways = [("feed", found.feeds[:1], OFTEN)] if found.feeds else []
    if found.sitemaps and found.urls:
        ways.append(("sitemap", found.sitemaps[:MOST_SITEMAPS], RARELY))
    if not ways:
        ways.append(("list", [url], OFTEN))
    named = {one for _, start, _ in ways for one in start}
    lines = [
        f"title = {_toml(found.title)}",
        f"homepage = {_toml(url)}",
        'notes = "Written by winnow, patterns guessed; read the site\'s terms before you enable it."',
        "enabled = false",
        "verified = false",
        f"allow = [{_listed(patterns.allow)}]",
        f"deny = [{_listed(patterns.deny)}]",
        *(f"# another feed: {_toml(one)}" for one in found.feeds if one not in named),
        *(f"# another sitemap: {_toml(one)}" for one in found.sitemaps if one not in named),
    ]
    if allow_private:
        lines.append("allow_private = true")
    for way, start, hours in ways:
        lines += [
            "",
            "[[find]]",
            f"way = {_toml(way)}",
            f"start = [{_listed(start)}]",
            f"every_hours = {hours}",
        ]
    return lines


def enable_source(name: str, folder: Path, *, enabled: bool) -> Path:
    """Switch a source on or off in its file; one that comes with winnow is copied into ``folder`` first.

    Raises ``SourceError``.
    """
    return set_keys(name, folder, {"enabled": json.dumps(enabled)})


def mark_verified(name: str, folder: Path, day: str) -> Path:
    """Write down that a source was seen to work on a day. As ``enable_source``."""
    return set_keys(name, folder, {"verified": "true", "verified_on": _toml(day)})


def set_keys(name: str, folder: Path, values: dict[str, str]) -> Path:
    """Set keys at the top of a source's file to values in TOML. Raises ``SourceError``."""
    known = source_files(folder if folder.is_dir() else None)
    file = known_file(name, known)
    load_source(file, base="http://127.0.0.1")  # a file that is not right is not touched
    path = folder / f"{name}.toml"
    folder.mkdir(parents=True, exist_ok=True)
    if file != path:
        shutil.copyfile(file, path)
    text = path.read_text(encoding="utf-8")
    for key, value in values.items():
        line = f"{key} = {value}"
        pattern = rf"^[ \t]*{key}[ \t]*=[^\n]*"
        changed, times = re.subn(pattern, lambda _, line=line: line, text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
        text = changed if times else f"{line}\n{text}"
    return _written(path, text)


def _written(path: Path, text: str) -> Path:
    """A source's file with this text. One that would be wrong is not left there: every crawl would stop at it."""
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(text, encoding="utf-8")
    try:
        load_source(path, base="http://127.0.0.1")
    except SourceError:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
        raise
    return path


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(_toml, values))


def _toml(text: str) -> str:
    """A basic string of TOML: what JSON writes, without control characters."""
    return json.dumps("".join(c for c in text if c.isprintable()), ensure_ascii=False)

"""A source is one TOML file: a site, the way its pages are found, and what may be fetched there."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from crawler.addresses import is_loopback

WAYS = ("feed", "sitemap", "site", "urls")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class SourceError(ValueError):
    """A source that cannot be used; the message quotes what is wrong, where, and what is valid."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One site and the way its pages are found.

    ``way`` is ``feed`` (RSS, Atom, JSON Feed), ``sitemap``, ``site`` (follows links) or ``urls`` (a list);
    ``start`` holds the feeds, sitemaps, start pages or the pages themselves. Only pages on ``hosts``
    (where empty: the hosts of ``start`` and ``homepage``) are fetched, whose URL is found by one of the
    regular expressions ``allow`` (empty: any) and by none of ``deny``. A ``site`` also reads the links of
    pages found by ``follow``, without keeping them, and goes ``depth`` links deep. ``limit`` is the number of
    pages a run fetches at most (0: no limit), ``delay`` the least number of seconds between two requests; a
    crawl of whatever is due leaves a source alone for ``every_hours`` after the last. ``contact`` is the
    operator's e-mail address or web page, told to the site in every request.
    ``allow_private`` lets the source's own hosts be private addresses.
    """

    name: str
    title: str = ""
    homepage: str = ""
    licence: str = ""
    notes: str = ""
    enabled: bool = True
    verified: bool = True
    way: str
    start: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    depth: int = 3
    limit: int = 0
    delay: float = 1.0
    every_hours: float = 20.0
    contact: str = ""
    allow_private: bool = False
    path: str = field(default="", compare=False)

    def on_site(self, url: str) -> bool:
        """Whether a URL lies on one of the source's hosts; sites often answer with and without ``www.``"""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return host.removeprefix("www.") in {own.removeprefix("www.") for own in self.hosts}

    def wants(self, url: str) -> bool:
        """Whether the URL is that of a page to keep."""
        if any(re.search(pattern, url) for pattern in self.deny):
            return False
        return not self.allow or any(re.search(pattern, url) for pattern in self.allow)

    def follows(self, url: str) -> bool:
        """Whether the links of the page are read although the page itself is not kept."""
        if any(re.search(pattern, url) for pattern in self.deny):
            return False
        return any(re.search(pattern, url) for pattern in self.follow)

    @property
    def is_loopback(self) -> bool:
        """Whether nothing of it lies beyond this machine."""
        return all(is_loopback(host) for host in self.hosts)


# ``name`` is the file's own, ``path`` where it lies
KEYS = tuple(f.name for f in fields(Source) if f.name not in {"name", "path"})


def shipped() -> Path:
    """The folder of the sources that come with winnow."""
    return Path(str(files("crawler") / "sources"))


def folders(extra: str | Path | None = None) -> list[Path]:
    """Where sources are looked for; a later folder's source hides an earlier one's of the same name.

    ``extra`` is a folder of one's own; without it, ``WINNOW_SOURCES`` names it.
    """
    own = extra or os.environ.get("WINNOW_SOURCES", "")
    if own and not Path(own).is_dir():
        raise SourceError(f"no such folder of sources: {str(own)!r}")
    return [shipped(), *([Path(own)] if own else [])]


def source_files(extra: str | Path | None = None) -> dict[str, Path]:
    """The file of every source by the source's name, sorted by name."""
    found = {path.stem: path for folder in folders(extra) for path in sorted(folder.glob("*.toml"))}
    return dict(sorted(found.items()))


def load_sources(
    names: Iterable[str] = (), *, extra: str | Path | None = None, base: str = ""
) -> list[Source]:
    """The named sources, or all that are enabled; raises ``SourceError`` for the first that is not right."""
    known = source_files(extra)
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise SourceError(f"no source is called {name!r}{hint} There are: {', '.join(known) or 'none'}")
    loaded = [load_source(known[name], base=base) for name in wanted or known]
    return [source for source in loaded if wanted or source.enabled]


def load_source(path: Path, *, base: str = "") -> Source:
    """Read one TOML file; ``base`` replaces ``{base}`` in its values. Raises ``SourceError``."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: not valid TOML: {error}") from None
    return _Reader(path, text, base).source(data)


class _Reader:
    """Checks what a file says, key by key, and knows on which line it says it."""

    def __init__(self, path: Path, text: str, base: str) -> None:
        self.path = path
        self.text = text
        self.base = base.rstrip("/")

    def source(self, data: Mapping[str, object]) -> Source:
        if not NAME.fullmatch(self.path.stem):
            raise SourceError(
                f"{self.path}: a source is called like its file, in lower-case letters, digits, - and _"
            )
        for key in data:
            if key not in KEYS:
                self.fail(key, f"unknown key {key!r}; valid are: {', '.join(KEYS)}")
        for known in fields(Source):
            if known.default is MISSING and known.name != "name" and known.name not in data:
                raise SourceError(f"{self.path}: the key {known.name!r} is missing")
        values = {key: self.typed(key, value) for key, value in data.items()}
        self.check(values)
        given = values.get("hosts") or self.hosts_of(
            [*self.strings(values["start"]), str(values.get("homepage", ""))]
        )
        values["hosts"] = tuple(host.lower() for host in self.strings(given))
        return Source(name=self.path.stem, path=str(self.path), **values)  # type: ignore[arg-type]  # typed() saw to it

    def typed(self, key: str, value: object) -> object:
        """The value, if it has the type of the field."""
        kind = str(Source.__annotations__[key])
        if kind == "str" and isinstance(value, str):
            return self.based(key, value)
        if kind == "bool" and isinstance(value, bool):
            return value
        if kind == "int" and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
        if kind == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(self.based(key, v) for v in value)
        wanted = {
            "str": "a string",
            "bool": "true or false",
            "int": "a whole number, 0 or more",
            "float": "a number, 0 or more",
        }.get(kind, "a list of strings")
        self.fail(key, f"{key} is {value!r}, but has to be {wanted}")
        return None

    def based(self, key: str, value: str) -> str:
        if "{base}" in value and not self.base:
            self.fail(key, f"{key} is {value!r}, and nothing says what {{base}} stands for (see --base)")
        return value.replace("{base}", self.base)

    def check(self, values: Mapping[str, object]) -> None:
        way = values["way"]
        if way not in WAYS:
            self.fail("way", f"way is {way!r}; valid are: {', '.join(WAYS)}")
        start = self.strings(values["start"])
        if not start:
            self.fail("start", "start is empty: it holds the feeds, sitemaps, start pages or pages")
        homepage = str(values.get("homepage", ""))
        for key, url in [("start", url) for url in start] + [("homepage", homepage)] * bool(homepage):
            if not self.hosts_of([url]):
                self.fail(key, f"{url!r} is not a URL that starts with https:// or http://")
        for key in ("allow", "deny", "follow"):
            for pattern in self.strings(values.get(key, ())):
                try:
                    re.compile(pattern)
                except re.error as error:
                    self.fail(key, f"{pattern!r} is not a regular expression: {error}")

    @staticmethod
    def strings(value: object) -> tuple[str, ...]:
        return tuple(str(v) for v in value) if isinstance(value, tuple) else ()

    @staticmethod
    def hosts_of(urls: Iterable[str]) -> tuple[str, ...]:
        """The hosts of the http and https URLs among these."""
        hosts = []
        for url in urls:
            try:
                parts = urlsplit(url)
                host = parts.hostname
            except ValueError:
                continue
            if parts.scheme in {"http", "https"} and host:
                hosts.append(host)
        return tuple(dict.fromkeys(hosts))

    def fail(self, key: str, message: str) -> None:
        """Raise the error, with the line that the key is on."""
        found = re.search(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.]", self.text, re.MULTILINE)
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        raise SourceError(f"{self.path}{line}: {message}")

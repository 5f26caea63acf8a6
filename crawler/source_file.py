"""Reads the TOML file of a source, checks it key by key, and says on which line something is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from crawler.addresses import literal
from crawler.source import CONTACT, NAME, WAYS, Find, Source, SourceError
from filters.judgement import KINDS
from pipelines.revisits import LEAST_HOURS, MOST_HOURS
from pipelines.site_parts import SelectorMistakeError, selector
from pipelines.site_settings import Hint

# ``name`` is the file's own, ``path`` where it lies
KEYS = tuple(f.name for f in fields(Source) if f.name not in {"name", "path"})
# what a table of each of these lists holds
TABLES: Mapping[str, Any] = {"find": Find, "hint": Hint}
DAYS = frozenset(("verified_on", "since", "until"))
LANGUAGE = re.compile(r"[a-z]{2,3}")
HOURS = re.compile(r"(?:|(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)")
MOST = 1_000_000  # pages, seconds or hours: of more than a century of those the calendar knows nothing
WANTED = {
    "str": "a string",
    "bool": "true or false",
    "int": "a whole number from 0 to 1,000,000",
    "float": "a number from 0 to 1,000,000",
}


def read_source(path: Path, base: str = "") -> Source:
    """The source of a file; ``base`` replaces ``{base}`` in its values. Raises ``SourceError``."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"at line (\d+)", str(error))
        line = int(told[1]) if told else text.count("\n") + 1  # "at end of document"
        raise SourceError(f"{path}:{line}: not valid TOML: {error}") from None
    return _Reader(path, text, base).source(data)


class _Reader:
    def __init__(self, path: Path, text: str, base: str) -> None:
        self.path = path
        self.text = text
        self.base = base.rstrip("/")
        self.place = ("", 0)  # the list of tables that is being read, and which of them

    def source(self, data: Mapping[str, object]) -> Source:
        if not NAME.fullmatch(self.path.stem):
            raise SourceError(
                f"{self.path}: a source is called like its file, in lower-case letters, digits, - and _"
            )
        tables: dict[str, Any] = {
            key: self.tables(key, data[key], kind) for key, kind in TABLES.items() if key in data
        }
        flat = {key: value for key, value in data.items() if key not in TABLES}
        finds = list(tables.pop("find", ()))
        if finds and not {"way", "start"} & flat.keys():
            first = finds.pop(0)  # the first way of several is as good as one at the top of the file
            flat = {f.name: _plain(getattr(first, f.name)) for f in fields(Find) if f.name not in flat} | flat
        values = self.values(flat, Source, KEYS)
        self.check_find(values)
        self.check_urls("homepage", [str(values["homepage"])] if values.get("homepage") else [])
        for key in ("allow", "deny"):
            self.check_patterns(key, values.get(key, ()))
        self.check_bounds(values)
        self.check_hours(str(values.get("hours", "")))
        for host in _strings(values.get("hosts", ())):
            if literal(host) is None and ("*" in host or hosts_of([f"http://{host}"]) != (host.lower(),)):
                self.fail("hosts", f"hosts names {host!r}, but a host is a name such as 'blog.example'")
        if (contact := str(values.get("contact", ""))) and not CONTACT.fullmatch(contact):
            self.fail("contact", f"contact is {contact!r}, but has to be an e-mail address or a web page")
        for kind in _strings(values.get("kinds", ())):
            if kind not in KINDS:
                self.fail("kinds", f"kinds names {kind!r}; valid are: {', '.join(KINDS)}")
        for language in _strings(values.get("languages", ())):
            if not LANGUAGE.fullmatch(language):
                self.fail("languages", f"languages names {language!r}, but a language is a code such as 'en'")
        starts = [*_strings(values["start"]), *(url for find in finds for url in find.start)]
        given = values.get("hosts") or hosts_of([*starts, str(values.get("homepage", ""))])
        values["hosts"] = tuple(host.lower() for host in _strings(given))
        return Source(name=self.path.stem, path=str(self.path), find=tuple(finds), **tables, **values)

    def tables(self, key: str, told: object, kind: Any) -> tuple[Any, ...]:
        """The tables of a list of them, each as the dataclass that it is."""
        tables: list[Any] = told if isinstance(told, list) else [told]
        if not all(isinstance(table, dict) for table in tables):
            self.fail(key, f"{key} has to be tables that begin with [[{key}]]")
        read = []
        for number, table in enumerate(tables):
            self.place = (key, number)
            values = self.values(table, kind, tuple(f.name for f in fields(kind)))
            if kind is Find:
                self.check_find(values)
            else:
                self.check_hint(values)
            read.append(kind(**values))
        self.place = ("", 0)
        return tuple(read)

    def values(self, data: Mapping[str, object], kind: Any, keys: tuple[str, ...]) -> dict[str, Any]:
        """The values of a table, checked for their keys and types."""
        for key in data:
            if key not in keys:
                self.fail(key, f"unknown key {key!r}; valid are: {', '.join(keys)}")
        for known in fields(kind):
            if known.default is MISSING and known.name != "name" and known.name not in data:
                where = f" in [[{self.place[0]}]]" if self.place[0] else ""
                self.fail("", f"the key {known.name!r} is missing{where}")
        types: dict[str, Field[Any]] = {known.name: known for known in fields(kind)}
        return {key: self.typed(key, value, str(types[key].type)) for key, value in data.items()}

    def typed(self, key: str, value: object, kind: str) -> object:
        """The value, if it has the type of the field."""
        if key in DAYS:
            return self.day(key, value)
        if key == "hours" and not HOURS.fullmatch(str(value)):
            self.fail(key, f"hours is {value!r}, but has to be a time of the day such as '22:00-06:00'")
        if kind == "str" and isinstance(value, str):
            return self.based(key, value)
        if kind == "bool" and isinstance(value, bool):
            return value
        if kind in {"int", "float"} and _is_count(value, whole=kind == "int"):
            return float(value) if kind == "float" else value  # type: ignore[arg-type]  # it was looked at
        if kind == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(self.based(key, v) for v in value)
        raise self.fault(key, f"{key} is {value!r}, but has to be {WANTED.get(kind, 'a list of strings')}")

    def day(self, key: str, value: object) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(key, f"{key} is {value!r}, but has to be a day such as 2026-12-31")

    def based(self, key: str, value: str) -> str:
        if "{base}" in value and not self.base:
            self.fail(key, f"{key} is {value!r}, and nothing says what {{base}} stands for (see --base)")
        return value.replace("{base}", self.base)

    def check_find(self, values: Mapping[str, object]) -> None:
        way = values["way"]
        if way not in WAYS:
            self.fail("way", f"way is {way!r}; valid are: {', '.join(WAYS)}")
        start = _strings(values["start"])
        if not start:
            self.fail("start", "start is empty: it holds the feeds, sitemaps, lists, start pages or pages")
        self.check_urls("start", start)
        self.check_patterns("follow", values.get("follow", ()))
        if values.get("follow") and way not in {"list", "site"}:
            self.fail(
                "follow", f"follow is for the ways list and site, which read links; this one is {way!r}"
            )

    def check_hours(self, hours: str) -> None:
        begin, _, end = hours.partition("-")
        if hours and begin == end:
            self.fail("hours", f"hours is {hours!r}, which begins when it ends: it would never be crawled")

    def check_bounds(self, values: Mapping[str, Any]) -> None:
        least, most = (
            values.get(key, usual)
            for key, usual in (("revisit_least_hours", LEAST_HOURS), ("revisit_most_hours", MOST_HOURS))
        )
        if least < 1:
            self.fail(
                "revisit_least_hours",
                f"revisit_least_hours is {least:g}, but has to be 1 or more: no page is asked for twice an hour",
            )
        if most < least:
            key = "revisit_most_hours" if "revisit_most_hours" in values else "revisit_least_hours"
            self.fail(
                key,
                f"revisit_most_hours is {most:g} and revisit_least_hours {least:g}, but a page cannot be left alone"
                f" for less than the least; without the keys they are {MOST_HOURS:g} and {LEAST_HOURS:g}",
            )

    def check_hint(self, values: Mapping[str, object]) -> None:
        given = [key for key in ("prune", "require") if values.get(key)]
        if len(given) != 1:
            self.fail("", "a [[hint]] holds either prune or require, a CSS selector")
        if str(values.get("since", "")) > str(values["until"]):
            self.fail("until", f"until is {values['until']}, before since: it would never hold")
        try:
            selector(str(values[given[0]]))
        except SelectorMistakeError as error:
            self.fail(given[0], str(error))

    def check_urls(self, key: str, urls: Iterable[str]) -> None:
        for url in urls:
            if not hosts_of([url]):
                self.fail(key, f"{url!r} is not a URL that starts with https:// or http://")

    def check_patterns(self, key: str, patterns: object) -> None:
        for pattern in _strings(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                self.fail(key, f"{pattern!r} is not a regular expression: {error}")

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise the error."""
        raise self.fault(key, message)

    def fault(self, key: str, message: str) -> SourceError:
        """The error, with the line that the key is on, or the table begins on."""
        table, number = self.place
        begin = 0
        found = None
        if table:
            heads = list(re.finditer(rf"^[ \t]*\[\[?[ \t]*{table}[ \t]*\]\]?", self.text, re.MULTILINE))
            found = heads[number] if number < len(heads) else None
            begin = found.end() if found else 0
        if key:
            pattern = re.compile(
                rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", re.MULTILINE
            )
            found = pattern.search(self.text, begin) or found
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        return SourceError(f"{self.path}{line}: {message}")


def _is_count(value: object, *, whole: bool) -> bool:
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    return number and 0 <= value <= MOST  # type: ignore[operator]  # it was looked at


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, tuple) else ()


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

"""Profiles: TOML files that say which rules run, in what order and with what settings."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from filters.chain import Chain
from filters.rule import Rule, registry

KEYS = ("name", "threshold", "rule")
CURATOR = "curator"  # the rule that no profile can leave out


class ProfileError(ValueError):
    """A profile that cannot be used; the message quotes what is wrong and names the file and what is valid."""


def profiles() -> list[str]:
    """The names of the profiles that come with winnow."""
    folder = files("filters") / "profiles"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def load_profile(name: str = "default") -> Chain:
    """The chain of a profile that comes with winnow, or of a TOML file (a name that ends in ``.toml``).

    Raises ``ProfileError``.
    """
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise ProfileError(f"no such profile file: {name!r}")
        text, where = path.read_text(encoding="utf-8"), name
    elif name in profiles():
        text = (files("filters") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
        where = f"profile {name!r}"
    else:
        raise ProfileError(
            f"no profile is called {name!r}; there are: {', '.join(profiles())}, or give a .toml file"
        )
    try:
        return _chain(tomllib.loads(text), where, text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{where}: not valid TOML: {error}") from None


def _chain(data: Mapping[str, Any], where: str, text: str) -> Chain:
    for key in data:
        if key not in KEYS:
            raise ProfileError(f"{_at(where, text, key)}: unknown key {key!r}; valid are: {', '.join(KEYS)}")
    threshold = data.get("threshold", 1.0)
    if not isinstance(threshold, int | float) or not 0 < threshold <= 5:
        raise ProfileError(
            f"{_at(where, text, 'threshold')}: threshold is {threshold!r}, but has to lie between 0 and 5"
        )
    steps = data.get("rule", {})
    if not isinstance(steps, Mapping) or not steps:
        raise ProfileError(f"{where}: no rules; a profile has a table [rule.ID] for each")
    if CURATOR in steps:
        raise ProfileError(
            f"{_at(where, text, CURATOR)}: {CURATOR!r} comes first in every profile, and has no step of its own"
        )
    rules = tuple(
        _rule(rule_id, settings, where, text) for rule_id, settings in {CURATOR: {}, **steps}.items()
    )
    return Chain(str(data.get("name", where)), rules, float(threshold))


def _rule(rule_id: str, settings: object, where: str, text: str) -> Rule:
    known = registry()
    if rule_id not in known:
        near = difflib.get_close_matches(rule_id, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ProfileError(
            f"{_at(where, text, rule_id)}: unknown rule {rule_id!r}{hint} There are: {', '.join(known)}"
        )
    if not isinstance(settings, Mapping):
        raise ProfileError(f"{_at(where, text, rule_id)}: {rule_id!r} has to be a table [rule.{rule_id}]")
    kind = known[rule_id]
    defaults = {field.name: field.default for field in fields(kind)}
    given: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in defaults:
            valid = ", ".join(defaults) or "none"
            raise ProfileError(
                f"{_at(where, text, name)}: rule {rule_id!r} has no setting {name!r}; its settings: {valid}"
            )
        given[name] = _fitted(value, defaults[name], f"{_at(where, text, name)}: {rule_id}.{name}")
    try:
        return kind(**given)
    except ValueError as error:
        raise ProfileError(f"{_at(where, text, rule_id)}: {rule_id}: {error}") from None


def _fitted(value: object, default: object, where: str) -> object:
    """The value in the type of the setting's default."""
    if (
        isinstance(default, tuple)
        and isinstance(value, list)
        and all(isinstance(item, str) for item in value)
    ):
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise ProfileError(f"{where} is {value!r}, but has to be {type(default).__name__}, like {default!r}")
    return value


def _at(where: str, text: str, key: str) -> str:
    """The file with the first line that mentions the key."""
    for number, line in enumerate(text.splitlines(), 1):
        if key in line:
            return f"{where}, line {number}"
    return where

"""The accepted posts as files for other programs: one format a module, found by its name.

A format is a module here with a function ``export(data, path, **restrictions) -> int`` (posts written); its
name is the format's, the first line of its docstring what ``winnow export --help`` says of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A way to write the corpus; ``export`` takes the data folder, a path and the restrictions."""

    name: str
    summary: str
    export: Callable[..., int]


def formats() -> dict[str, Format]:
    """Every format by its name, sorted."""
    found = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "export"):
            summary = (module.__doc__ or "").strip().partition("\n")[0]
            found[name] = Format(name, summary, module.export)
    return found

"""The accepted posts as files for other programs: one format a module, found by its name.

A format is a module here with a function ``write(articles, path) -> int`` (posts written); its name is the format's,
the first line of its docstring what ``winnow export --help`` says of it. ``FOLDER = True``: it writes a folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.store import Store
from pipelines.store.articles import Article, Selection, articles

CORPUS = "corpus.db"


@dataclass(frozen=True)
class Format:
    """A way to write the corpus; ``write`` takes the articles and a path, and says how many they were."""

    name: str
    summary: str
    write: Callable[[Iterable[Article], str | Path], int]
    folder: bool = False

    def export(
        self,
        data: Path,
        path: str | Path,
        *,
        language: str | None = None,
        source: str | None = None,
        site: str | None = None,
        kind: str | None = None,
        stage: str | None = None,
        topic: str | None = None,
        since: str | None = None,
        where: str | None = None,
    ) -> int:
        """Write the accepted posts of ``data`` to ``path`` (``-``: standard output); how many they were.

        Only those that match every restriction given; ``since`` is the first day of publishing
        (``YYYY-MM-DD``; posts without a date are left out), ``where`` an SQL expression on the columns of ``posts``. A
        file or folder appears whole or not at all.
        """
        selection = Selection(language, source, site, kind, stage, topic, since, where)
        with Store.open(Path(data) / CORPUS, create=False) as store:
            return self.write(articles(store.connection, selection), path)


def formats() -> dict[str, Format]:
    """Every format by its name, sorted."""
    found = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        summary = (module.__doc__ or "").strip().partition("\n")[0]
        found[name] = Format(name, summary, module.write, getattr(module, "FOLDER", False))
    return found

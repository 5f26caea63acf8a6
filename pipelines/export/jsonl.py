"""JSON Lines, one post a line; packed if the name ends in .gz or .zst.

The same corpus gives the same bytes: rows are ordered by id, keys sorted, and no moment is written.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.export_file import written_whole
from pipelines.store import Store
from pipelines.store.articles import Selection, articles

CORPUS = "corpus.db"

# legal inside a JSON string, but to many readers the end of the line
_BREAKS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def export(
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
    file appears whole or not at all.
    """
    selection = Selection(language, source, site, kind, stage, topic, since, where)
    count = 0
    with Store.open(Path(data) / CORPUS, create=False) as store, written_whole(path) as stream:
        for article in articles(store.connection, selection):
            line = json.dumps(article, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            stream.write(line.translate(_BREAKS).encode() + b"\n")
            count += 1
    return count

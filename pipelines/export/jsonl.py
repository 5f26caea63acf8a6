"""JSON Lines, one post a line; packed if the name ends in .gz or .zst.

The same corpus gives the same bytes: rows are ordered by id, keys sorted, and no moment is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.export_file import written_whole

# legal inside a JSON string, but to many readers the end of the line
_BREAKS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def write(articles: Iterable[Mapping[str, Any]], path: str | Path) -> int:
    """Write the rows; how many they were."""
    count = 0
    with written_whole(path) as stream:
        for article in articles:
            line = json.dumps(article, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            stream.write(line.translate(_BREAKS).encode() + b"\n")
            count += 1
    return count

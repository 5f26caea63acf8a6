"""A folder of Markdown files, one a post, with what is known of it as YAML front matter.

Values are JSON strings, which are YAML as well: a title may hold colons, quotes and whatever else ends a plain one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from pipelines.export_folder import file_name, folder_written_whole
from pipelines.store.articles import Article

FOLDER = True
FIELDS = (
    "id", "title", "author", "date", "updated", "url", "site", "licence", "language", "kind", "stages",
    "topics", "words",
)  # fmt: skip
# what JSON leaves as it is, and YAML takes for a line break or for no text
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(articles: Iterable[Article], path: str | Path) -> int:
    """Write the folder; how many posts it holds."""
    count = 0
    with folder_written_whole(path) as folder:
        for article in articles:
            known = [(name, article[name]) for name in FIELDS]  # type: ignore[literal-required]
            stated = "".join(
                f"{name}: {yaml(value)}\n" for name, value in known if value not in (None, "", [])
            )
            text = f"---\n{stated}---\n\n{article['markdown']}\n"
            (folder / file_name(article, ".md")).write_bytes(text.encode())
            count += 1
    return count


def yaml(value: object) -> str:
    """A value as YAML on one line."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))

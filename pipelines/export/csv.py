"""A table for spreadsheets, one post a row (UTF-8); packed if the name ends in .gz or .zst.

It begins with a byte order mark, without which spreadsheets read umlauts as two letters. What a spreadsheet would take
for a formula has an apostrophe before it: pages are strangers, and a formula may send other cells elsewhere.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable
from pathlib import Path

from pipelines.export_file import written_whole
from pipelines.store.articles import Article

COLUMNS = (
    "id", "url", "title", "author", "date", "updated", "site", "licence", "language", "other_language",
    "kind", "stages", "topics", "words", "source", "text",
)  # fmt: skip
# as OWASP's page on CSV injection lists them
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def write(articles: Iterable[Article], path: str | Path) -> int:
    """Write the table; how many posts it holds."""
    count = 0
    with written_whole(path) as stream:
        stream.write(codecs.BOM_UTF8)
        table = csv.writer(codecs.getwriter("utf-8")(stream))
        table.writerow(COLUMNS)
        for article in articles:
            table.writerow([_cell(article[column]) for column in COLUMNS])  # type: ignore[literal-required]
            count += 1
    return count


def _cell(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text

"""A folder of plain text files, one a post: what was kept of its page, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.export_folder import file_name, folder_written_whole
from pipelines.store.articles import Article

FOLDER = True


def write(articles: Iterable[Article], path: str | Path) -> int:
    """Write the folder; how many posts it holds."""
    count = 0
    with folder_written_whole(path) as folder:
        for article in articles:
            (folder / file_name(article, ".txt")).write_bytes(f"{article['text']}\n".encode())
            count += 1
    return count

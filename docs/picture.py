"""Draws docs/images/before-after.svg: a page of the demonstration site as served, and what is kept of it.

python docs/picture.py
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.table import Table
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from filters import load_profile  # noqa: E402
from pipelines.curate import curate  # noqa: E402
from pipelines.explain import Part, harmless, parts  # noqa: E402
from pipelines.page import Page  # noqa: E402

PAGE = "mirror/twelve-week-job-search.html"
PICTURE = ROOT / "docs" / "images" / "before-after.svg"
WIDTH = 68  # characters of a column
# The fonts that rich names would be loaded from another host.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def line(part: Part) -> str:
    """A block on one line."""
    mark = "• " if part.block.kind == "item" else ""
    return mark + " ".join(harmless(part.text).split())


def draw(page: Page) -> str:
    """The picture as SVG text."""
    outcome = curate(page, load_profile())
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold cyan")
    for title in ("What the site serves", "What winnow keeps, and why not the rest"):
        table.add_column(title, width=WIDTH, no_wrap=True, overflow="ellipsis")
    for part in parts(outcome):
        text, style = line(part), "bold" if part.block.kind == "heading" else ""
        if part.verdict is None:
            table.add_row(Text(text, style=style), Text(text, style=style))
        else:
            why = Text(f"{part.verdict.rule}: ", style="yellow").append(text, style="bright_red strike")
            table.add_row(Text(text, style=style), why)
    console = Console(record=True, width=2 * WIDTH + 4, file=io.StringIO(), force_terminal=True)
    console.print(table)
    return console.export_svg(title=f"winnow explain {PAGE}", code_format=FORMAT, unique_id="winnow")


if __name__ == "__main__":
    body = (ROOT / "demo" / "site" / PAGE).read_bytes()
    PICTURE.write_text(draw(Page(url=f"https://mirror.example/{PAGE}", body=body)), encoding="utf-8")

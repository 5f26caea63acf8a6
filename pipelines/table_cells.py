"""The cells of a table, as a reader sees them: below their heads."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipelines.element_text import fold, number_in, visible_text

SPAN_LIMIT = 50  # columns or rows that one cell may take


def table_rows(table: HtmlElement) -> tuple[tuple[str, ...], ...]:
    """The cells of a table, white space folded; rows without any text are left out.

    A cell that spans columns or rows leaves the others of them empty, so that cells stay below their heads.
    """
    rows = []
    taken: dict[int, int] = {}  # by column, how many rows a cell from above takes, counted from this one
    for row in table.iter("tr"):
        cells: list[str] = []
        column = 0
        reach: dict[int, int] = {}
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while column in taken:
                column += 1
            cells += [""] * (column - len(cells))
            cells.append(fold("".join(visible_text(cell))))
            end = column + _span(cell, "colspan")
            reach.update(dict.fromkeys(range(column, end), _span(cell, "rowspan")))
            column = end
        taken = {place: left - 1 for place, left in (taken | reach).items() if left > 1}
        if any(cells):
            rows.append(tuple(cells))
    return tuple(rows)


def _span(cell: HtmlElement, name: str) -> int:
    """How many columns or rows a cell takes; 1 where its page says nothing that makes sense."""
    return min(SPAN_LIMIT, number_in(cell, name) or 1)

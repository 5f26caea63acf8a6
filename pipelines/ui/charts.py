"""Charts as SVG made on the server: no script, no inline style, and readable without seeing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT, GAP = 640.0, 110.0, 2.0


_BAR = Markup(
    '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart; None stands for a run that says nothing. ``told`` is shown when it is pointed at."""

    value: float | None
    told: str
    odd: bool = False


def bars(
    title: str, values: Sequence[Bar], *, usual: float | None = None, top: float | None = None
) -> Markup:
    """A bar a value, from left to right, and a line where ``usual`` is; ``top`` is the value of the full height."""
    whole = top or max([bar.value or 0.0 for bar in values] + [usual or 0.0], default=0.0) or 1.0
    step = WIDTH / max(len(values), 8)
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            round(WIDTH), round(HEIGHT), title
        )
    ]
    for number, bar in enumerate(values):
        height = min(1.0, (bar.value or 0.0) / whole) * HEIGHT
        kind = "none" if bar.value is None else "removed" if bar.odd else "kept"
        shown = max(height, 1.5)  # nothing is drawn as a line, so that a run is seen to be there
        parts.append(
            Markup(
                '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
            ).format(kind, number * step + GAP / 2, HEIGHT - shown, step - GAP, shown, bar.told)
        )
    if usual is not None:
        y = HEIGHT - min(1.0, usual / whole) * HEIGHT
        parts.append(Markup('<path class="usual" d="M0 {:.1f}H{}"/>').format(max(y, 1), round(WIDTH)))
    return Markup("").join([*parts, Markup("</svg>")])


def spark(title: str, values: Sequence[float]) -> Markup:
    """A small chart for a line of a table."""
    top = max(values, default=0.0) or 1.0
    parts = [
        Markup(
            '<svg class="spark" viewBox="0 0 {} 20" width="{}" height="20" role="img" aria-label="{}">'
        ).format(len(values) * 6, len(values) * 6, title)
    ]
    for number, value in enumerate(values):
        height = max(value / top * 20, 1)
        parts.append(
            Markup('<rect class="kept" x="{}" y="{:.1f}" width="5" height="{:.1f}"/>').format(
                number * 6, 20 - height, height
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])

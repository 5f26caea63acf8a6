"""An article as its page shows it: what was kept as prose, what was removed in its place, and why.

Everything here is a function of rows; reading them is the business of ``pipelines.ui.queries``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from math import ceil
from typing import Any, Literal, TypeAlias

from markupsafe import Markup, escape

from filters.quality import PACE
from pipelines.ui.markup import Outline, html
from pipelines.ui.safety import defused, line

Row = Mapping[str, Any]

State: TypeAlias = Literal["kept", "wanted", "trimmed", "removed"]

_NOTHING = Markup()

# A run of removed blocks longer than either is folded away, so that it does not bury the article.
FOLD_BLOCKS = 3
FOLD_WORDS = 120
# A single block longer than this (in characters) is cut for display; its row shows all of it.
LONGEST_REMOVAL = 1500


@dataclass(frozen=True)
class Why:
    """What decided about a block, and how sure it was; ``others`` are rules that spoke of it as well."""

    rule: str
    reason: str
    score: float | None
    evidence: tuple[str, ...]
    others: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Cut:
    """Neighbouring blocks that were removed for one and the same reason."""

    texts: tuple[tuple[str, str, int], ...]  # kind, text to show, number of characters not shown
    why: Why
    first: int = 0  # the number of the first of them


@dataclass(frozen=True)
class Piece:
    """A stretch of the article: ``kept`` prose, a block that a curator ``wanted``, a ``trimmed`` one, or a ``removed``
    run of blocks.
    """

    state: State
    html: Markup = _NOTHING
    cuts: tuple[Cut, ...] = ()
    blocks: int = 0
    words: int = 0
    rules: tuple[str, ...] = ()
    folded: bool = False


@dataclass(frozen=True)
class Stripe:
    """One stretch of the strip that shows where in the page something was removed (0 to 1000)."""

    x: float
    width: float
    state: str


@dataclass(frozen=True)
class Article:
    """The body of an article page."""

    pieces: tuple[Piece, ...]
    stripes: tuple[Stripe, ...]
    removed: tuple[tuple[str, int], ...]  # rule, blocks; most frequent first


@dataclass
class _Run:
    """Consecutive fragments that were decided alike."""

    state: State
    rows: list[Row] = field(default_factory=list)


def build(fragments: Sequence[Row], verdicts: Iterable[Row], title: str) -> Article:
    """The whole page in its order, kept and removed, from its fragments and all that the rules said."""
    spoken: dict[int, list[Row]] = {}
    for verdict in verdicts:
        if verdict["index"] is not None:
            spoken.setdefault(verdict["index"], []).append(verdict)
    outline = Outline()
    pieces: list[Piece] = []
    number = 1
    for run in _runs(fragments):
        if run.state == "removed":
            pieces.append(_removed(run.rows, spoken))
        elif run.state == "trimmed":
            pieces.append(_trimmed(run.rows[0], spoken, outline))
        else:
            markdown = _numbered(_joined(run.rows), number)
            shown = html(markdown, outline, "" if _has_prose(pieces) else title)
            notes = (
                (Cut((), _why(run.rows[0], spoken), run.rows[0]["index"]),) if run.state == "wanted" else ()
            )
            pieces.append(Piece(run.state, shown, notes, blocks=len(run.rows)))
        if run.state != "removed":
            number = _counted(run.rows, number)
    rules = Counter(line(row["rule"]) or "unknown" for row in fragments if row["decision"] == "removed")
    return Article(
        pieces=tuple(pieces),
        stripes=tuple(_stripes(fragments)),
        removed=tuple(sorted(rules.items(), key=lambda item: (-item[1], item[0]))),
    )


def clean(markdown: str, title: str) -> Article:
    """Only what was kept, from the article's own Markdown."""
    return Article((Piece("kept", html(markdown, Outline(), title)),), (), ())


def minutes(words: int | None) -> int:
    """Reading time in whole minutes, never none; the same as ``posts.reading_minutes``."""
    return max(1, ceil((words or 0) / PACE))


def day(date: object) -> str:
    """A stored date as people write it (``14 September 2026``); what is no date is shown as it stands."""
    text = line(date, 25)
    try:
        found = datetime.strptime(text[:10], "%Y-%m-%d")
    except ValueError:
        return text
    return f"{found.day} {found:%B %Y}"


def opening(text: object, title: object, limit: int = 210) -> str:
    """The first words of a text, without the title that many pages repeat at their top."""
    words, name = line(text, 1000), line(title)
    if name and words.casefold().startswith(name.casefold()):
        words = words[len(name) :].lstrip(" .:–—-")
    return line(words, limit)


def quotes(evidence: object) -> tuple[str, ...]:
    """The evidence column (a JSON array of strings) as short lines; anything else is shown as it is."""
    try:
        found = json.loads(str(evidence or "[]"))
    except ValueError:
        found = [evidence]
    if not isinstance(found, list):
        found = [found]
    told = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in found]
    return tuple(line(one, 140) for one in told[:8] if one)


def origins(stored: object) -> dict[str, str]:
    """The origins column (a JSON object) as words by field, for those that hold one."""
    try:
        found = json.loads(str(stored or "{}"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {line(name, 40): line(origin, 80) for name, origin in found.items() if origin}


def _runs(fragments: Iterable[Row]) -> list[_Run]:
    runs: list[_Run] = []
    for row in fragments:
        decision: State = row["decision"]
        state: State = "wanted" if decision == "kept" and row["rule"] else decision
        if not runs or runs[-1].state != state or state in ("wanted", "trimmed"):
            runs.append(_Run(state))
        runs[-1].rows.append(row)
    return runs


def _has_prose(pieces: Iterable[Piece]) -> bool:
    return any(piece.state != "removed" for piece in pieces)


def _joined(rows: Sequence[Row]) -> str:
    """Blocks joined as Markdown; items of one list and lines of one quotation stay together."""
    parts: list[str] = []
    before, indent = "", 0
    for row in rows:
        kind, markdown = row["kind"], row["markdown"] or ""
        listed = kind == "item" or (kind == "paragraph" and row["level"])
        if listed and before != "item":
            # its parent may be gone: what is indented by four would be read as code
            indent = len(markdown) - len(markdown.lstrip(" "))
        if listed and indent:
            markdown = "\n".join(part[min(indent, _indent(part)) :] for part in markdown.split("\n"))
        between = "\n" if kind == before == "item" else "\n>\n" if kind == before == "quotation" else "\n\n"
        parts += [between, markdown] if parts else [markdown]
        before = "item" if listed else kind
    return "".join(parts)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _numbered(markdown: str, number: int) -> str:
    """A list that goes on after something was removed from its middle goes on counting as well."""
    return f"{number}{markdown[1:]}" if number > 1 and markdown.startswith("1. ") else markdown


def _counted(rows: Iterable[Row], number: int) -> int:
    """The number of the next ordered item, were the list to go on after these blocks."""
    for row in rows:
        if row["kind"] == "item" and row["level"] <= 1:
            own = _ORDERED.match(row["markdown"] or "")
            number = 1 if own is None else (number if own[1] == "1" else int(own[1])) + 1
        elif row["kind"] == "heading" or (row["kind"] != "item" and not row["level"]):
            number = 1
    return number


_ORDERED = re.compile(r"(\d{1,4})\. ")
_FRAMES = {
    "item": Markup("<ul><li>{}</li></ul>"),
    "quotation": Markup("<blockquote><p>{}</p></blockquote>"),
    "code": Markup("<pre><code>{}</code></pre>"),
}


def _trimmed(row: Row, spoken: Mapping[int, Sequence[Row]], outline: Outline) -> Piece:
    """A kept block, what was cut from its ends struck through; as plain text, which the offsets are of."""
    text, start, end = row["text"], row["trim_start"], row["trim_end"]
    before, kept, after = (defused(part) for part in (text[:start], text[start:end], text[end:]))
    struck = [
        Markup('<span class="vh">Removed: </span><del dir="auto">{}</del>').format(part.strip())
        for part in (before, after)
    ]
    inside = Markup(" ").join(
        part
        for part, shown in ((struck[0], before.strip()), (escape(kept), True), (struck[1], after.strip()))
        if shown
    )
    if row["kind"] == "heading":
        level = outline.level(min(6, max(1, row["level"] or 2)))
        shown = Markup(f"<h{level}>{{}}</h{level}>").format(inside)  # noqa: S704 - a number
    else:
        shown = _FRAMES.get(row["kind"], Markup("<p>{}</p>")).format(inside)
    return Piece(
        "trimmed", shown, (Cut((), _why(row, spoken), row["index"]),), 1, _words(before) + _words(after)
    )


def _removed(rows: Sequence[Row], spoken: Mapping[int, Sequence[Row]]) -> Piece:
    whys = [_why(row, spoken) for row in rows]
    cuts = []
    for why, group in groupby(zip(rows, whys, strict=True), key=lambda pair: pair[1]):
        texts = []
        same = [row for row, _ in group]
        for row in same:
            text = defused(row["text"]).strip()
            shown = text[:LONGEST_REMOVAL]
            texts.append((line(row["kind"]), shown, len(text) - len(shown)))
        cuts.append(Cut(tuple(texts), why, same[0]["index"]))
    words = sum(_words(row["text"]) for row in rows)
    return Piece(
        "removed",
        cuts=tuple(cuts),
        blocks=len(rows),
        words=words,
        rules=tuple(dict.fromkeys(why.rule for why in whys)),
        folded=len(rows) > FOLD_BLOCKS or words > FOLD_WORDS,
    )


def _why(row: Row, spoken: Mapping[int, Sequence[Row]]) -> Why:
    decisive = _said(row)
    others = tuple(
        said
        for said in map(_said, spoken.get(row["index"], ()))
        if (said.rule, said.reason) != (decisive.rule, decisive.reason)
    )
    return Why(decisive.rule, decisive.reason, decisive.score, decisive.evidence, others)


def _said(row: Row) -> Why:
    return Why(line(row["rule"]) or "unknown", line(row["reason"]), row["score"], quotes(row["evidence"]))


def _stripes(fragments: Iterable[Row]) -> list[Stripe]:
    """Where the page's words were kept and removed, in proportion; neighbours of one kind are one stripe."""
    weights: list[tuple[str, int]] = []
    for row in fragments:
        state = "removed" if row["decision"] == "removed" else "kept"
        words = max(1, _words(row["text"]))
        if weights and weights[-1][0] == state:
            weights[-1] = (state, weights[-1][1] + words)
        else:
            weights.append((state, words))
    total = sum(words for _, words in weights) or 1
    stripes, x = [], 0.0
    for state, words in weights:
        width = 1000 * words / total
        stripes.append(Stripe(round(x, 2), round(width, 2), state))
        x += width
    return stripes


def _words(text: object) -> int:
    return len(str(text or "").split())


_MARK = re.compile(r"\x02(.*?)\x03", re.DOTALL)


def snippet(text: object) -> Markup:
    """A search hit's surroundings, hits (between U+0002 and U+0003) marked; everything else is escaped."""
    escaped = str(escape(str(text or "")))
    marked = _MARK.sub("<mark>\\1</mark>", " ".join(escaped.split()))
    # defused last: it takes away U+0002 and U+0003 too, those without a partner included
    return Markup(defused(marked))  # noqa: S704 - escaped above

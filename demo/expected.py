"""What every page of the demonstration site must give, as written down in ``demo/expected/``.

One TOML file a page. ``kept`` lists the blocks of a guide that stay, in order; ``dirt`` what must go, with
its kind and its place (``start`` and ``end``: a piece at that end of a block that itself stays). A line of
dirt may stand for several blocks of the page: its text is what the whole element reads.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

EXPECTED = Path(__file__).parent / "expected"
Fetch = Literal["fetched", "listed", "redirected", "failed", "skipped"]


class KeptBlock(NamedTuple):
    """A block that stays; ``level`` as in ``filters.document.Block``, 0 where a kind has none."""

    kind: str
    level: int
    text: str


class Dirt(NamedTuple):
    """A piece that must go; ``place`` is chrome, lead, body, list, tail, hidden, start or end."""

    kind: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class ExpectedPage:
    """One page.

    ``status`` is what curating it gives (empty: it is never curated), ``why`` says why it is not accepted.
    ``fetch`` is what becomes of it in a crawl (``listed``: it is read for its links only).
    ``code`` is the HTTP status, ``location`` the path a redirect leads to, ``canonical`` the path of the
    canonical URL, ``duplicate_of`` the path of the page this one repeats, ``published`` is ``YYYY-MM-DD``.
    """

    path: str
    what: str
    fetch: Fetch
    code: int = 200
    status: str = ""
    why: str = ""
    location: str = ""
    encoding: str = "utf-8"
    canonical: str = ""
    duplicate_of: str = ""
    language: str = ""
    title: str = ""
    author: str = ""
    published: str = ""
    kept: tuple[KeptBlock, ...] = ()
    dirt: tuple[Dirt, ...] = ()

    @property
    def is_guide(self) -> bool:
        """Whether its kept blocks are written down."""
        return self.what == "guide"


def load_page(file: Path) -> ExpectedPage:
    """Read one TOML file; a misspelt key raises ``TypeError``."""
    told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    kept = tuple(KeptBlock(row["kind"], row.get("level", 0), row["text"]) for row in told.pop("kept", ()))
    dirt = tuple(Dirt(**row) for row in told.pop("dirt", ()))
    return ExpectedPage(**told, kept=kept, dirt=dirt)


def load_expected() -> dict[str, ExpectedPage]:
    """Every page by its path, sorted by path."""
    pages = [load_page(file) for file in EXPECTED.glob("*.toml")]
    return {page.path: page for page in sorted(pages, key=lambda page: page.path)}

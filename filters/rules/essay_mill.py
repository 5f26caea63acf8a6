"""Ads of essay mills."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class EssayMill(WordlistRule):
    """Suspects blocks that sell essays, theses and homework."""

    topic = "essay_mill"
    kind = "essay mills"
    extra: ClassVar[dict[SignalKind, float]] = {}

    core: int = 4
    density: float = 0.16

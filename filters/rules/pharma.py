"""Ads for pills, potency drugs and cures."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class Pharma(WordlistRule):
    """Suspects blocks that sell prescription drugs, potency pills and cures."""

    topic = "pharma"
    kind = "pill ads"
    extra: ClassVar[dict[SignalKind, float]] = {"phone": 0.4, "messenger": 0.5}

    core: int = 3
    density: float = 0.16

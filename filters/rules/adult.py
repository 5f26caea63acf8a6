"""Escort, pornography and paid dating ads."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class Adult(WordlistRule):
    """Suspects blocks that advertise escorts, pornography and paid dating."""

    topic = "adult"
    kind = "adult services"
    extra: ClassVar[dict[SignalKind, float]] = {"phone": 0.4, "messenger": 0.5}

    core: int = 3
    density: float = 0.16

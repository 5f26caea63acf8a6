"""Ads for quick loans, invoices and doubtful credit."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class Loans(WordlistRule):
    """Suspects blocks that offer quick loans, credit without checks or invoices for sale."""

    topic = "loans"
    kind = "lending ads"
    extra: ClassVar[dict[SignalKind, float]] = {"phone": 0.5, "messenger": 0.6}

    core: int = 3
    density: float = 0.16

"""Crypto giveaways, signals and recovery scams."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class CryptoPromo(WordlistRule):
    """Suspects blocks that give coins away, sell signals, promise profits or offer to recover lost funds."""

    topic = "crypto_promo"
    kind = "crypto promotion"
    extra: ClassVar[dict[SignalKind, float]] = {"messenger": 0.6, "phone": 0.3}

    core: int = 4
    density: float = 0.16

"""Casino, betting and lottery ads."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class Gambling(WordlistRule):
    """Suspects blocks that speak the language of casinos, betting and lotteries, and removes the loudest."""

    topic = "gambling"
    kind = "gambling"
    extra: ClassVar[dict[SignalKind, float]] = {"offer": 0.6, "brand": 0.4, "gambling host": 0.6}

    short: float = 1.45
    coreless: float = 0.8
    alone: int = 1
    core: int = 2

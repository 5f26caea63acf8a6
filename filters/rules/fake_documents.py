"""Forged papers and counterfeit goods for sale."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class FakeDocuments(WordlistRule):
    """Suspects blocks that sell forged passports, diplomas, licences, money and brands."""

    topic = "fake_documents"
    kind = "forged papers and goods"
    extra: ClassVar[dict[SignalKind, float]] = {"messenger": 0.6, "phone": 0.4}

    core: int = 3
    density: float = 0.16

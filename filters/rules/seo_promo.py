"""Links, guest posts, followers and rankings for sale."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class SeoPromo(WordlistRule):
    """Suspects blocks that sell links, guest posts, followers and rankings."""

    topic = "seo_promo"
    kind = "link and follower selling"
    extra: ClassVar[dict[SignalKind, float]] = {"messenger": 0.6, "phone": 0.4}

    core: int = 4
    density: float = 0.16

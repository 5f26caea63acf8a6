"""Comments that beg for subscribers, likes and visits."""

from dataclasses import dataclass
from typing import ClassVar

from filters.signals import SignalKind
from filters.wordlist_rule import WordlistRule


@dataclass(frozen=True, kw_only=True)
class CommentSpam(WordlistRule):
    """Suspects blocks that beg for subscribers, likes and visits to the writer's own pages."""

    topic = "comment_spam"
    kind = "comment spam"
    extra: ClassVar[dict[SignalKind, float]] = {"url": 0.3, "cheap host": 0.4, "messenger": 0.5}

    core: int = 4
    density: float = 0.2
    coreless: float = 0.45

"""What a rule says of a block or of a document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn


class Action(StrEnum):
    """What a verdict asks for; see ``filters.chain`` for how the answers are weighed."""

    REMOVE = "remove"
    SUSPECT = "suspect"
    TRIM = "trim"
    SPARE = "spare"
    KEEP = "keep"
    REJECT = "reject"


class Family(StrEnum):
    """Kinds of evidence that are independent of one another; one family never removes a block alone.

    ``CURATOR`` is none of them: it is a person's word, and stands above them all.
    """

    LEXICON = "lexicon"
    LANGUAGE = "language"
    LINK = "link"
    LAYOUT = "layout"
    TOPIC = "topic"
    TEMPLATE = "template"
    STRUCTURE = "structure"
    CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer.

    ``block`` is the index of the block it speaks of, ``None`` for the document as a whole; ``reason`` is
    a sentence for a curator; ``score`` lies between 0 and 1 (of a ``suspect``: the weight of the
    evidence); ``evidence`` quotes what was seen; ``start`` and ``end`` are the offsets that a ``trim``
    removes from the block's text.
    """

    rule: str
    version: int
    action: Action
    family: Family
    reason: str
    score: float = 1.0
    block: int | None = None
    evidence: tuple[str, ...] = ()
    start: int = 0
    end: int = 0

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verdict has no truth value: look at its action")

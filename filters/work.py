"""Who speaks in a text: somebody who tells of their work, one who speaks of himself, or a text that was announced.

The words are the list ``work``, whose weak ones are the pronouns of one who speaks of himself. Ads say "we" and "you".
"""

from __future__ import annotations

from filters.lexicon import scan
from filters.texts import remembered

_POINTS = {"core": 1.0, "strong": 0.4, "weak": 0.0}


@remembered
def tells_of_work(text: str, language: str) -> bool:
    """Whether somebody in the trade tells of their work here: one phrase of theirs, or three words.

    Words are those of the page's ``language`` (a code, empty if it is not known) and English ones, which the trade
    uses in every language; a phrase is one in any.
    """
    terms = {
        (hit.weight, hit.term.lower())
        for hit in scan(text)
        if hit.topic == "work" and (hit.weight == "core" or hit.language in (language, "en"))
    }
    return sum(_POINTS[weight] for weight, _ in terms) >= 1.0


def in_first_person(text: str, language: str) -> bool:
    """Whether somebody speaks of himself or herself in the page's ``language``: "I", "my"."""
    own = language or "en"
    return any(hit.topic == "work" and hit.weight == "weak" and hit.language == own for hit in scan(text))


def announced(before: str) -> bool:
    """Whether the text of the block before leads up to what comes next: it ends in a colon."""
    return before.rstrip().endswith((":", "："))

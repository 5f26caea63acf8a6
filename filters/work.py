"""Who speaks in a text: one who tells of their work, of themselves or of the past, or a text that was announced.

The words are the list ``work``, whose weak ones are the pronouns of one who speaks of himself. Ads say "we" and "you".
"""

from __future__ import annotations

import re

from filters.lexicon import scan
from filters.texts import remembered

_POINTS = {"core": 1.0, "strong": 0.4, "weak": 0.0}
# The commonest past tenses of English that are no participles of offers ("made for you", "written from scratch").
_PAST = re.compile(
    r"\b(?:was|were|wasn['’]t|weren['’]t|had|did|didn['’]t|said|told|took|went|came|asked|wanted|thought|became|began"
    r"|knew|saw|gave|felt|called|ended|meant)\b",
    re.IGNORECASE,
)


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


def tells_what_happened(text: str) -> bool:
    """Whether an English text tells of the past, as stories of work do; an offer is of today."""
    return _PAST.search(text) is not None


def announced(before: str) -> bool:
    """Whether the text of the block before leads up to what comes next: it ends in a colon."""
    return before.rstrip().endswith((":", "："))

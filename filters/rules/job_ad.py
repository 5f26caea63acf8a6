"""Advertisements for a job."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for name, pattern in {
        "apply": r"\b(?:apply (?:now|here|online|today|by|for this)|how to apply|send (?:us )?your (?:cv|resume|résumé)|"
        r"submit (?:your )?(?:application|resume|cv))\b",
        "tasks": r"^(?:your |key |main |core |the )?(?:responsibilities|duties|tasks|what you(?:['’]ll| will)(?: be)? do(?:ing)?|"
        r"the role|about the (?:role|job|position)|your role|job description|role overview|in this role)\b[^.]{0,30}:?$",
        "demands": r"^(?:(?:minimum |preferred |basic |required |key |your )?(?:requirements|qualifications|skills)|what you(?:['’]ll)? "
        r"(?:bring|need|have)|who you are|about you|what we(?:['’]re| are) looking for|you have|nice to have|must[- ]haves?)\b[^.]{0,30}:?$",
        "offer": r"^(?:what we offer|we offer|benefits|perks|compensation|why join(?: us)?|what you(?:['’]ll)? get|our benefits)\b[^.]{0,30}:?$",
        "company": r"\b(?:equal opportunity employer|we are hiring|we['’]re hiring|join our team|about (?:us|the company|the team)$|"
        r"we are looking for an?|we['’]re looking for an?|is looking for an?)\b",
        "terms": r"\b(?:full[- ]time|part[- ]time|employment type|job type|salary range|per (?:annum|year)|permanent position|start date|"
        r"location:|reports? to (?:the )?|posted (?:on|\d)|job id|req(?:uisition)? id|closing date|years of experience)",
    }.items()
}


@dataclass(frozen=True, kw_only=True)
class JobAd(Rule):
    """Rejects a page that shows at least ``cues`` of the parts that job advertisements have.

    Guides speak of requirements and benefits as well, but not under these headings and not with a place to apply;
    a page of more than ``words`` words is no advertisement.
    """

    family = Family.LEXICON
    scope = "document"
    cues: int = 4
    words: int = 1500

    def check(self, reading: Reading) -> Iterator[Verdict]:
        document = reading.document
        if document.words > self.words:
            return
        text = document.text
        found = [(name, match[0].strip()) for name, cue in CUES.items() if (match := cue.search(text))]
        if len(found) >= self.cues:
            quotes = tuple(quote for _, quote in found)
            yield self.reject("It advertises a job: " + ", ".join(name for name, _ in found) + ".", *quotes)

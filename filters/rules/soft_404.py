"""Pages that say with status 200 that there is nothing here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

SAYS_SO = re.compile(
    r"\b(?:404\b|(?:page|post|article|content|url|story)\b[^.!?]{0,40}?\b(?:not (?:be )?found|does(?:n['’]t| not) exist|(?:is )?"
    r"no longer (?:here|available|exists?)|(?:is|was) (?:gone|missing|removed|deleted)|(?:has|have) been (?:moved|removed|deleted)|"
    r"(?:couldn['’]t|could not|can['’]t|cannot) be found)|(?:couldn['’]t|could not|can['’]t|cannot) find (?:the|that|this|your) page|"
    r"nothing (?:was )?found(?: here)?|not found$|seite nicht gefunden|page introuvable|página no encontrada|страница не найдена|"
    r"sayfa bulunamadı|halaman tidak ditemukan|页面(?:不存在|未找到)|找不到(?:该|此)?页面)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Soft404(Rule):
    """Rejects a page of up to ``words`` words whose title or first ``blocks`` blocks say it was not found."""

    family = Family.LEXICON
    scope = "document"
    words: int = 250
    blocks: int = 4

    def check(self, reading: Reading) -> Iterator[Verdict]:
        if reading.document.words > self.words:
            return
        for text in (reading.document.title, *(block.text for block in reading.blocks[: self.blocks])):
            found = SAYS_SO.search(text) if len(text) < 300 else None
            if found:
                yield self.reject("The page says that there is nothing here.", found[0])
                return

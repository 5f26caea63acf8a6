"""Pages that are not what their source is there for."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class SiteWants(Rule):
    """Rejects a page without the element that its source requires, in another language, or of another kind.

    A language is that of the kept text; where it is not known, nothing is said of it.
    """

    family = Family.STRUCTURE
    scope = "document"

    def check(self, reading: Reading) -> Iterator[Verdict]:
        wants = reading.document.wants
        if wants.missing:
            yield self.reject(f"It has no {wants.missing}, which its source requires.", wants.missing)
        language = reading.language.language
        if wants.languages and language and language not in wants.languages:
            taken = ", ".join(wants.languages)
            yield self.reject(f"It is written in {language}; its source is taken for {taken}.", language)
        kind = reading.judgement.kind if wants.kinds else ""
        if wants.kinds and kind not in wants.kinds:
            yield self.reject(
                f"It is of the kind {kind}; its source is taken for {', '.join(wants.kinds)}.", kind
            )

"""Pages in a language that the corpus does not take."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict


@dataclass(frozen=True, kw_only=True)
class WrongLanguage(Rule):
    """Rejects a page whose text is in none of the ``accepted`` languages (ISO 639-1 codes; none: all are).

    Where the language is a guess of less than ``certain``, the page stays.
    """

    family = Family.LANGUAGE
    scope = "document"
    accepted: tuple[str, ...] = ("en",)
    certain: float = 0.7

    def check(self, reading: Reading) -> Iterator[Verdict]:
        guess = reading.language
        if not self.accepted or not guess.language or guess.language in self.accepted:
            return
        if guess.confidence >= self.certain:
            reason = f"It is written in {guess.language!r}; the corpus takes {', '.join(self.accepted)}."
            yield self.reject(reason, f"{guess.language} {guess.confidence:.2f}", score=guess.confidence)

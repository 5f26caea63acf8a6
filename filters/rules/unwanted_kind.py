"""Pages of a kind that the corpus does not take."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters import judgement
from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

SAYS = {
    "news": "It is news.",
    "review": "It is a review.",
    "transcript": "It is the transcript of a talk.",
    "case-study": "It is a case study.",
    "job-ad": "It advertises a job.",
    "product": "It presents a product or a service.",
    "listing": "It lists other pages.",
    "forum": "It is a page of a forum.",
    "documentation": "It is documentation.",
    "other": "It is no article: a CV, a page about somebody, notes on what others wrote.",
    "none": "It is no page with content: an error, a login, a consent or a bot wall, or only the start of a text.",
}


@dataclass(frozen=True, kw_only=True)
class UnwantedKind(Rule):
    """Rejects a page whose kind is none of the ``accepted``, or that is less than ``least`` likely an article.

    The kinds are guide, career-story, essay, interview-preparation, listicle, news, review, transcript, case-study,
    job-ad, product, listing, forum, documentation, other and none; docs/kinds.md tells how they are told apart.
    """

    version = 4
    family = Family.STRUCTURE
    scope = "document"
    accepted: tuple[str, ...] = ("guide", "career-story", "essay", "interview-preparation", "listicle")
    least: float = 0.5

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.accepted if kind not in judgement.KINDS]
        if unknown:
            raise ValueError(f"unknown kind {unknown[0]!r}; there are: {', '.join(judgement.KINDS)}")

    @classmethod
    def data_fingerprint(cls) -> str:
        return judgement.data_fingerprint()

    def check(self, reading: Reading) -> Iterator[Verdict]:
        judged = reading.judgement
        if judged.kind not in self.accepted:
            reason = SAYS.get(judged.kind, f"It is of the kind {judged.kind}.")
            yield self.reject(reason, *map(str, judged.kind_because))
        elif judged.kind in judgement.ARTICLES and judged.article < self.least:
            yield self.reject(
                f"It hardly looks like an article: a probability of {judged.article:.0%}.",
                *map(str, judged.kind_because),
                score=1 - judged.article,
            )

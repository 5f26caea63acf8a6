"""The one function that turns a page into an outcome; crawl, import, replay and ``winnow curate`` all call it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filters.chain import Chain, Decision
from filters.document import Document
from filters.verdict import Verdict
from pipelines.extract import UnreadableError, extract
from pipelines.page import Page


class Status(StrEnum):
    """The state that a curated page ends in."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ERRORED = "errored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page; the store writes it whole, in one transaction.

    ``reason`` is a sentence (empty for an accepted page), ``rule`` the id of the document rule that
    rejected it; ``decisions`` holds one entry a block of ``before``; ``extraction`` says which way the
    main text was found; ``language`` is what the kept text is written in (empty: not known).
    """

    page: Page
    status: Status
    reason: str
    before: Document
    after: Document
    verdicts: tuple[Verdict, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rule: str = ""
    language: str = ""
    extraction: str = ""
    profile: str = ""

    @property
    def removed_share(self) -> float:
        """The share (0 to 1) of the extracted words that were removed."""
        before = self.before.words
        return round(1 - self.after.words / before, 4) if before else 0.0


def curate(page: Page, chain: Chain) -> Outcome:
    """Extract, clean and judge one page; a page that cannot be read ends as *errored*, never as an exception."""
    try:
        extraction = extract(page)
        cleaning = chain.run(extraction.document)
    except UnreadableError as error:
        return errored(page, str(error), chain.fingerprint)
    except RecursionError:
        return errored(page, "the page is nested too deeply to be read", chain.fingerprint)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page brings about costs that page only
        return errored(page, f"{type(error).__name__}: {error}"[:500], chain.fingerprint)
    rejection = cleaning.rejection
    return Outcome(
        page=page,
        status=Status.REJECTED if rejection is not None else Status.ACCEPTED,
        reason=rejection.reason if rejection is not None else "",
        rule=rejection.rule if rejection is not None else "",
        before=cleaning.before,
        after=cleaning.after,
        verdicts=cleaning.verdicts,
        decisions=cleaning.decisions,
        language=cleaning.language.language,
        extraction=extraction.way,
        profile=chain.fingerprint,
    )


def errored(page: Page, reason: str, profile: str = "") -> Outcome:
    """The outcome of a page that could not be curated."""
    empty = Document(url=page.address)
    return Outcome(page, Status.ERRORED, reason, empty, empty, profile=profile)

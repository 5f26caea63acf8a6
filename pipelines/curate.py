"""The one function that turns a page into an outcome; crawl, import, replay and ``winnow curate`` all call it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from filters.chain import Chain, Decision
from filters.document import Document
from filters.judgement import Judgement
from filters.quality import Quality
from filters.template import TemplateCounts
from filters.texts import forget
from filters.verdict import Verdict
from pipelines.extract import UnreadableError, extract
from pipelines.page import Page
from pipelines.ruling import Ruling
from pipelines.site_settings import PageSettings


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
    main text was found; ``language`` is what the kept text is written in (empty: not known), with a confidence
    from 0 to 1, and ``other_language`` a second one of a mixed text (empty: none); ``templates`` is the digest of
    what was known of the blocks from other pages of the site (empty: nothing). ``judgement`` and ``quality`` are of
    the kept text, ``None`` for an errored page. ``overruled`` tells what a curator decided in place of rules and
    models, who, when and why, and what they had said (empty: nothing); ``ruled_copy`` what was decided of its copies
    (``pipelines.ruling``).
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
    language_confidence: float = 0.0
    other_language: str = ""
    extraction: str = ""
    profile: str = ""
    templates: str = ""
    judgement: Judgement | None = None
    quality: Quality | None = None
    overruled: str = ""
    ruled_copy: str = ""

    @property
    def kind(self) -> str:
        """What kind of text it is; empty for an errored page."""
        return self.judgement.kind if self.judgement else ""

    @property
    def stage(self) -> str:
        """The stage of a career that it speaks of most; empty where it speaks of none."""
        return next(iter(self.stages), "")

    @property
    def stages(self) -> tuple[str, ...]:
        """All stages that it speaks of, the most pronounced first."""
        return self.judgement.stages if self.judgement else ()

    @property
    def topics(self) -> tuple[str, ...]:
        """What it is about, the most pronounced first."""
        return self.judgement.topics if self.judgement else ()

    @property
    def removed_share(self) -> float:
        """The share (0 to 1) of the extracted words that were removed."""
        before = self.before.words
        return round(1 - self.after.words / before, 4) if before else 0.0


def curate(
    page: Page,
    chain: Chain,
    template_counts: TemplateCounts | None = None,
    settings: PageSettings | None = None,
) -> Outcome:
    """Extract, clean and judge one page; a page that cannot be read ends as *errored*, never as an exception.

    ``template_counts`` says what the page shares with others of its site, where a store has counted that;
    ``settings`` what its source says of it, which is part of what it was curated under.
    """
    profile = f"{chain.fingerprint}+{settings.digest}" if settings is not None else chain.fingerprint
    try:
        with _collector_at_rest():
            extraction = extract(page, settings)
            ruling = (settings.ruling if settings is not None else None) or Ruling()
            cleaning = chain.run(ruling.of(extraction.document), template_counts)
    except UnreadableError as error:
        return errored(page, str(error), profile)
    except RecursionError:
        return errored(page, "the page is nested too deeply to be read", profile)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page brings about costs that page only
        return errored(page, f"{type(error).__name__}: {error}"[:500], profile)
    finally:
        forget()  # the chain does it, too, but a page whose extraction fails never gets there
    rejection = cleaning.rejection
    status, reason, rule = Status.ACCEPTED, "", ""
    if ruling.status:
        status = Status(ruling.status)
        reason = f"A curator does not want it ({ruling.by})." if status is Status.REJECTED else ""
    elif rejection is not None:
        status, reason, rule = Status.REJECTED, rejection.reason, rejection.rule
    return Outcome(
        page=page,
        status=status,
        reason=reason,
        rule=rule,
        before=cleaning.before,
        after=cleaning.after,
        verdicts=cleaning.verdicts,
        decisions=cleaning.decisions,
        language=cleaning.language.language,
        language_confidence=cleaning.language.confidence,
        other_language=cleaning.other_language,
        extraction=extraction.way,
        profile=profile,
        templates=template_counts.digest(block.text for block in cleaning.before.blocks)
        if template_counts is not None
        else "",
        judgement=cleaning.judgement,
        quality=cleaning.quality,
        overruled=ruling.told(extraction.document, cleaning),
        ruled_copy=ruling.copy,
    )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No search for circles of garbage: what a page makes lives to its end and has next to none."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def errored(page: Page, reason: str, profile: str = "") -> Outcome:
    """The outcome of a page that could not be curated."""
    empty = Document(url=page.address)
    return Outcome(page, Status.ERRORED, reason, empty, empty, profile=profile)

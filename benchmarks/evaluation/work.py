"""What one worker process does with one page: every system on every variant of it, measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

import lxml.html
from lxml import etree

from benchmarks.evaluation.dirt import DirtyPage, Piece, flat, mixed, plan
from benchmarks.evaluation.measures import (
    Measures,
    Pair,
    Signs,
    dirt_measures,
    element_measures,
    gold_elements,
    metadata_measures,
    text_measures,
)
from benchmarks.evaluation.pages import Article, KnownPage, LabelledText, Stock
from benchmarks.evaluation.systems import Kept, System, keep_offline, kept_by, load_systems, page_of
from filters import load_profile
from filters.chain import Chain, Cleaning
from filters.document import Block, Document, Kind
from filters.verdict import Family
from pipelines.curate import Outcome, Status, curate

MUCH_LOST = 0.02
FULL = "all evidence"
OWN = "winnow"
ABLATED = ("untouched", "mixed", "flat")
Job = Article | LabelledText | KnownPage


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker needs to know besides its page; ``ablated`` are the ids of articles to ablate on."""

    systems: tuple[str, ...]
    stock: Stock
    seed: int = 1
    ablated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A block that a rule removed: its words, and whether the article has lost them with it."""

    rule: str
    words: int
    harm: bool
    text: str


@dataclass(slots=True)
class PageResult:
    """The measures of a page by (variant, system); ``notes`` are lines for ``--show``."""

    id: str
    measures: dict[tuple[str, str], Measures] = field(default_factory=dict)
    crashes: list[tuple[str, str]] = field(default_factory=list)
    rules: list[RuleWords] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)


class Bench:
    """The systems, loaded once a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.chain = load_profile()
        self.systems = load_systems(list(settings.systems))[0]
        self.ablations = {FULL: self.chain, **without_each_family(self.chain)} if settings.ablated else {}

    def page(self, article: Article) -> PageResult:
        """All variants of a page."""
        result = PageResult(article.id)
        html = article.html()
        for variant, page in self._variants(article, html):
            self._variant(result, article, variant, page)
        self._collateral(result, document_of(article.url, article.title, article.lines), "articles")
        for variant in ("mixed", "flat"):
            _recall_lost(result, variant, {"mixed": "untouched", "flat": "flat, clean"}[variant])
        return result

    def text(self, text: LabelledText) -> PageResult:
        """A clean text: what the chain takes from it, and whether it turns it away."""
        result = PageResult(text.id)
        lines = [line.strip() for line in text.text.split("\n") if line.strip()]
        document = document_of(f"https://page.example/{text.id}", text.title, lines)
        cleaning = self._collateral(result, document, f"topic texts, {text.label}")
        # A text in another language is rejected for that, whatever it is about.
        if text.language in ("", "en"):
            group = f"chosen, {text.label} texts, {text.split}", OWN
            result.measures[group] = {"accepted": (float(cleaning.rejection is None), 1.0)}
        return result

    def known(self, page: KnownPage) -> PageResult:
        """A page of which only its kind is known: whether it is accepted."""
        outcome = curate(page_of(page.html(), page.url), self.chain)
        measures: Measures = {"accepted": (float(outcome.status is Status.ACCEPTED), 1.0)}
        return PageResult(page.id, {(f"chosen, {page.kind} pages of product sites", OWN): measures})

    def _variants(self, article: Article, html: str) -> Iterator[tuple[str, DirtyPage]]:
        settings = self.settings
        yield "untouched", DirtyPage(html, ())
        dirty = mixed(html, article, plan(article, settings.stock, settings.seed, "mixed"))
        if dirty is not None:
            yield "mixed", dirty
        clean = flat(article, ())
        dirty = flat(article, plan(article, settings.stock, settings.seed, "flat"))
        if clean is not None and dirty is not None:
            yield "flat, clean", clean
            yield "flat", dirty

    def _variant(self, result: PageResult, article: Article, variant: str, page: DirtyPage) -> None:
        elements = elements_of(page.html, article.text) if variant == "untouched" else {}
        outcome = curate(page_of(page.html, article.url), self.chain)
        for name, system in self.systems.items():
            # winnow's outcome is needed for more than its text, so it is not asked twice
            kept = kept_by(outcome) if name == OWN else _run(result, name, system, page.html, article.url)
            found = text_measures(kept.text, article)
            if page.pieces:
                dirt, left = dirt_measures(kept.text, article.text, page.pieces)
                found |= dirt
                if name == OWN:
                    result.notes[variant] = [_note(page.pieces[number]) for number in left]
            if variant == "untouched":
                found |= metadata_measures(kept.title, kept.author, kept.date, article)
                found |= element_measures(kept.text, elements)
            result.measures[variant, name] = found
        if variant == "untouched":
            result.rules = list(rule_words(outcome, article.text))
            result.notes[variant] = list(_differences(outcome.after, article))
        if variant in ABLATED and article.id in self.settings.ablated:
            self._ablated(result, article, variant, page.pieces, outcome.before)

    def _ablated(
        self,
        result: PageResult,
        article: Article,
        variant: str,
        pieces: tuple[Piece, ...],
        before: Document,
    ) -> None:
        for name, chain in self.ablations.items():
            text = chain.run(before).after.text
            found = text_measures(text, article)
            if pieces:
                found |= dirt_measures(text, article.text, pieces)[0]
            result.measures[variant, f"ablation: {name}"] = found

    def _collateral(self, result: PageResult, document: Document, group: str) -> Cleaning:
        """What is removed from blocks that are all good."""
        cleaning = self.chain.run(document)
        result.measures[f"collateral, {group}", OWN] = _lost(cleaning)
        gone = [
            f"{decision.verdict.rule}: {block.text[:110]}"
            for block, decision in zip(document.blocks, cleaning.decisions, strict=True)
            if decision.verdict is not None
        ]
        result.notes["collateral"] = gone
        if result.id in self.settings.ablated:
            for name, chain in self.ablations.items():
                found = _lost(cleaning if name == FULL else chain.run(document))
                result.measures[f"collateral, {group}", f"ablation: {name}"] = found
        return cleaning


def _run(result: PageResult, name: str, system: System, html: str, url: str) -> Kept:
    try:
        return system(html, url)
    except Exception as error:  # noqa: BLE001 - a page that a system cannot read is a page it keeps nothing of
        result.crashes.append((name, f"{type(error).__name__}: {error}"[:200]))
        return Kept("")


def without_each_family(chain: Chain) -> dict[str, Chain]:
    """For each family that the chain has rules of, the chain without them."""
    families = [
        family
        for family in Family
        if family is not Family.CURATOR and any(rule.family is family for rule in chain.rules)
    ]
    return {
        f"without {family.value}": replace(
            chain, rules=tuple(rule for rule in chain.rules if rule.family is not family)
        )
        for family in families
    }


def document_of(url: str, title: str, lines: Iterable[str]) -> Document:
    """A document that has a paragraph a line, and nothing else to go by."""
    blocks = tuple(Block(index, Kind.PARAGRAPH, line) for index, line in enumerate(lines))
    return Document(url=url, blocks=blocks, title=title)


def _lost(cleaning: Cleaning) -> Measures:
    words = cleaning.before.words
    lost = words - cleaning.after.words
    return {"words lost": (float(lost), float(words)), "much lost": (float(lost > MUCH_LOST * words), 1.0)}


def _recall_lost(result: PageResult, variant: str, clean: str) -> None:
    """How much less of the gold text is kept than of the same page without dirt."""
    for (found, system), measures in result.measures.items():
        if found == variant and (clean, system) in result.measures:
            before: Pair = result.measures[clean, system]["recall"]
            measures["recall lost"] = before[0] - measures["recall"][0], 1.0


def elements_of(html: str, gold: str) -> dict[str, set[str]]:
    try:
        return gold_elements(lxml.html.document_fromstring(html), gold)
    except (etree.ParserError, ValueError):
        return {}


def rule_words(outcome: Outcome, gold: str) -> Iterator[RuleWords]:
    """Every block that went, and whether the article has lost it: words of the gold text that stand nowhere else.

    A long block is lost when half of its word triples stand in the gold text and no more in the kept text; a
    short one when the gold text has it more often than the kept text.
    """
    told, kept = Signs(gold), Signs(outcome.after.text)
    for block, decision in zip(outcome.before.blocks, outcome.decisions, strict=True):
        if decision.kept or decision.verdict is None:
            continue
        own = Signs(block.text)
        if own.triples:
            harm = 2 * len((own.triples & told.triples) - kept.triples) >= len(own.triples)
        else:
            harm = told.times(own.words) > kept.times(own.words)
        yield RuleWords(decision.verdict.rule, len(block.text.split()), harm, block.text[:110])


def _differences(after: Document, article: Article) -> Iterator[str]:
    """Blocks that were kept and do not stand in the gold text, and lines of the gold text that were lost."""
    gold, kept = Signs(article.text), Signs(after.text)
    for block in after.blocks:
        if not _stands(block.text, gold):
            yield f"left {block.kind.value} {block.text[:110]!r}"
    for line in article.lines:
        if not _stands(line, kept):
            yield f"lost {line[:110]!r}"


def _stands(text: str, whole: Signs) -> bool:
    own = Signs(text)
    if own.triples:
        return 2 * len(own.triples & whole.triples) >= len(own.triples)
    return whole.times(own.words) > 0


def _note(piece: Piece) -> str:
    return f"left {piece.place} {piece.kind} {piece.language} {piece.text[:110]!r}"


_bench: list[Bench] = []


def _start(settings: Settings) -> None:
    keep_offline()
    _bench[:] = [Bench(settings)]


def _measure(job: Job) -> PageResult:
    if isinstance(job, Article):
        return _bench[0].page(job)
    return _bench[0].text(job) if isinstance(job, LabelledText) else _bench[0].known(job)


def measure(jobs: Iterable[Job], settings: Settings, workers: int) -> Iterator[PageResult]:
    """The results in the order of the jobs."""
    # Processes that are started afresh: peers and their caches leave nothing behind in this one.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start, (settings,))
    with pool:
        yield from pool.map(_measure, jobs, chunksize=4)

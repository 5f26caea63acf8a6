"""An outcome as the rows that hold it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from typing import TypeAlias

from filters.chain import Chain, Decision
from filters.document import Block
from filters.rule import Rule, registry
from filters.verdict import Verdict
from pipelines.address import document_number, host, normal_url, post_id, storable
from pipelines.curate import Outcome, Status
from pipelines.render import block_markdown, markdown
from pipelines.robots_tags import asks
from pipelines.ruling import block_hash

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]

FRAGMENT_COLUMNS = (
    'post, "index", kind, level, text, markdown, decision, rule, rule_version, reason, score, evidence,'
    " trim_start, trim_end, hash"
)
VERDICT_COLUMNS = 'post, number, "index", rule, version, action, family, score, reason, evidence'


@dataclass(frozen=True, slots=True)
class PostRows:
    """What one outcome becomes: a row of ``posts`` by column (but for its source), its texts, the rows that hang on it.

    ``rules`` are those that it names, each with version and family; the others tell what the page's row of ``fetches``
    and of ``urls`` needs. All of it is plain, so that a worker process hands it over at little cost.
    """

    id: str
    url: str
    final_url: str
    fetched_at: str
    http_status: int | None
    size: int
    status: Status
    reason: str
    profile: str
    templates: str
    rules: list[tuple[str, int, str]]
    post: dict[str, Value]
    texts: Row
    fragments: list[Row]
    verdicts: list[Row]
    topics: list[Row]
    stages: list[Row]


def digest(data: bytes) -> str:
    """SHA-256 in hex, by which bodies and texts are told apart."""
    return hashlib.sha256(data).hexdigest()


def post_rows(outcome: Outcome) -> PostRows:
    """The rows of an outcome; nothing in them depends on the clock or on the run."""
    page, after = outcome.page, outcome.after
    key = post_id(page.url)
    text = storable(after.text)
    title = storable(after.title or outcome.before.title)
    decisions = {decision.index: decision for decision in outcome.decisions}
    fragments = [_fragment(key, block, decisions.get(block.index)) for block in outcome.before.blocks]
    removed = sum(1 for row in fragments if row[6] == "removed")
    post: dict[str, Value] = {
        "id": key,
        "title": title,
        "author": storable(after.author),
        "published": storable(after.published) if after.published else None,
        "updated": storable(after.updated) if after.updated else None,
        "shown": storable(after.shown) if after.shown else None,
        "future_date": storable(after.future) if after.future else None,
        "site": storable(after.site) or host(page.address),
        "licence": storable(after.licence),
        "robots": asks(page).words,
        "origins": _origins(after.origins),
        "language": storable(outcome.language),
        "kind": outcome.kind,
        "stage": outcome.stage,
        **_judged(outcome),
        "words": after.words,
        "status": outcome.status.value,
        "reason": storable(outcome.reason),
        "overruled": storable(outcome.overruled),
        "ruled_copy": storable(outcome.ruled_copy),
        "rule": storable(outcome.rule) or None,
        "kept_blocks": len(fragments) - removed,
        "removed_blocks": removed,
        "removed_share": _number(outcome.removed_share),
        "url": normal_url(page.url),
        "canonical_url": normal_url(after.canonical_url) if after.canonical_url else "",
        "extraction": storable(outcome.extraction),
        "profile": outcome.profile,
        "text_hash": digest(text.encode()),
        "body_hash": digest(page.body),
        "docid": document_number(key),
    }
    spoken = [_verdict(key, number, verdict) for number, verdict in enumerate(outcome.verdicts)]
    texts: Row = (document_number(key), key, title, text, storable(markdown(after)))
    return PostRows(
        key,
        page.url,
        page.final_url,
        storable(page.fetched_at),
        page.status,
        len(page.body),
        outcome.status,
        storable(outcome.reason),
        outcome.profile,
        outcome.templates,
        _rules(outcome),
        post,
        texts,
        fragments,
        spoken,
        topics=[(key, topic) for topic in sorted({storable(topic) for topic in outcome.topics})],
        stages=[(key, stage) for stage in sorted(outcome.stages)],
    )


def _rules(outcome: Outcome) -> list[tuple[str, int, str]]:
    spoken = [*outcome.verdicts, *(d.verdict for d in outcome.decisions if d.verdict is not None)]
    named = {verdict.rule: (verdict.version, verdict.family.value) for verdict in spoken}
    if outcome.rule:
        named.setdefault(outcome.rule, (1, ""))
    return [(storable(rule), version, family) for rule, (version, family) in sorted(named.items())]


def _judged(outcome: Outcome) -> dict[str, Value]:
    """What models and counts say of the kept text, and why; nothing of an errored page."""
    judgement, quality = outcome.judgement, outcome.quality
    if judgement is None or quality is None:
        return {}
    return {
        "language_confidence": _number(outcome.language_confidence),
        "other_language": outcome.other_language,
        "about": _number(judgement.about),
        "about_reason": "; ".join(map(str, judgement.about_because)),
        "kind_reason": "; ".join(map(str, judgement.kind_because)),
        "reading_minutes": quality.reading_minutes,
        "headings": quality.headings,
        "list_items": quality.list_items,
        "repetition": _number(quality.repetition),
        "title_agreement": _number(quality.title_agreement),
        "boilerplate_left": _number(quality.boilerplate),
        "word_length": _number(quality.word_length),
        "letter_words": _number(quality.letters),
        "symbols": _number(quality.symbols),
        "ellipses": _number(quality.ellipses),
        "bullets": _number(quality.bullets),
        "function_words": quality.common,
        "repeated_lines": _number(quality.repeated_lines),
        "repeated_runs": _number(quality.repeated_runs),
    }


def _origins(origins: Iterable[tuple[str, str]]) -> str:
    return json.dumps({storable(name): storable(origin) for name, origin in origins}, ensure_ascii=False)


def _fragment(post: str, block: Block, decision: Decision | None) -> Row:
    text = storable(block.text)
    kept, verdict = (decision.kept, decision.verdict) if decision else (True, None)
    cut = decision is not None and kept and (decision.start, decision.end) != (0, len(block.text))
    told: Row = (None, None, "", None, "[]")
    if verdict is not None:
        told = (
            storable(verdict.rule),
            verdict.version,
            storable(verdict.reason),
            _number(verdict.score),
            _listed(verdict.evidence),
        )
    span: Row = (decision.start, decision.end) if decision and cut else (None, None)
    return (
        post,
        block.index,
        block.kind.value,
        block.level,
        text,
        storable(block_markdown(block)),
        "removed" if not kept else "trimmed" if cut else "kept",
        *told,
        *span,
        block_hash(text),
    )


def _verdict(post: str, number: int, verdict: Verdict) -> Row:
    return (
        post,
        number,
        verdict.block,
        storable(verdict.rule),
        verdict.version,
        verdict.action.value,
        verdict.family.value,
        _number(verdict.score) or 0.0,
        storable(verdict.reason),
        _listed(verdict.evidence),
    )


def rule_rows(chain: Chain) -> list[Row]:
    """One row a rule that exists, with the settings in force and its place in the profile (if it has one)."""
    steps: dict[str, tuple[int, Rule]] = {}
    for number, rule in enumerate(chain.rules, start=1):
        steps.setdefault(rule.id, (number, rule))
    known: dict[str, type[Rule]] = {rule.id: type(rule) for rule in chain.rules} | registry()
    rows: list[Row] = []
    for name, kind in sorted(known.items()):
        step = steps.get(name)
        settings = step[1].settings() if step else _defaults(kind)
        told = json.dumps(settings, sort_keys=True, ensure_ascii=False, default=_plain)
        family, scope = kind.family.value, kind.scope
        rows.append(
            (name, kind.version, family, scope, storable(kind.summary()), storable(told), step and step[0])
        )
    return rows


def _defaults(kind: type[Rule]) -> dict[str, object]:
    given = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    made = {f.name: f.default_factory() for f in fields(kind) if f.default_factory is not MISSING}
    return given | made


def _plain(value: object) -> object:
    # a set prints in another order in every process
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _listed(evidence: tuple[str, ...]) -> str:
    return json.dumps([storable(piece) for piece in evidence], ensure_ascii=False) if evidence else "[]"

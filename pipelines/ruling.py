"""What a curator says of one page: it stands above the rules, the models and what the page says of itself."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from filters.chain import Cleaning
from filters.document import Document, Said, SaidOfBlock
from filters.judgement import judge
from filters.reading import Reading
from pipelines.address import storable

STATED = ("title", "author", "published", "updated", "site", "licence")
"""What a page says of itself, by the name of the field in ``Document``; a curator's empty word takes it away."""

ORIGIN = "a curator"
BEST, NO_COPY = "best", "none"
"""What may be said of copies, beside the address of the page that this one is a copy of."""


@dataclass(frozen=True, slots=True)
class BlockRuling:
    """What a curator says of the blocks of a page whose words have the hash ``block``: that they stay, or go.

    ``note``, ``actor`` and ``at`` are those of a ``Ruling``.
    """

    block: str
    decision: Literal["keep", "remove"]
    note: str = ""
    actor: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a curator says of one page: it is in or out (``accepted``, ``rejected``; empty: as the rules say), and of
    which kind it is (empty: as the models say). ``note`` says why, ``actor`` who decided, ``at`` when (ISO 8601).

    ``facts`` are pairs of a name and what holds in place of what page and models say. Of ``STATED``: names joined by
    ``"; "``, days as ``YYYY-MM-DD``. ``language`` is a code, ``about`` is *yes* or *no*, ``stages`` and ``topics`` are
    labels joined by ``"; "``, and ``copy`` is one of ``BEST`` (kept before all its copies), ``NO_COPY`` (an article of
    its own) and the normalised address of the page that it is a copy of. Sorted, each once.

    ``blocks`` is what is said of single blocks, sorted by their hashes.
    """

    status: str = ""
    kind: str = ""
    note: str = ""
    actor: str = ""
    at: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[BlockRuling, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.answers or self.blocks)

    @property
    def by(self) -> str:
        """By whom and when it was decided, and why, in words."""
        return _by(self)

    @property
    def copy(self) -> str:
        """What is said of copies; empty for nothing."""
        return dict(self.facts).get("copy", "")

    @property
    def answers(self) -> dict[str, str]:
        """All that is said of the page by its name: ``facts``, and ``status`` and ``kind`` where they are not empty."""
        said = {"status": self.status, "kind": self.kind}
        return dict(self.facts) | {name: value for name, value in said.items() if value}

    def then(self, said: Ruling, as_found: Collection[str] = ()) -> Ruling:
        """What holds of the page once ``said`` is said, too, and what is named in ``as_found`` is no longer."""
        facts = dict(self.facts) | dict(said.facts)
        return replace(
            said,
            status=said.status or ("" if "status" in as_found else self.status),
            kind=said.kind or ("" if "kind" in as_found else self.kind),
            facts=tuple(sorted((name, value) for name, value in facts.items() if name not in as_found)),
        )

    def of(self, document: Document) -> Document:
        """The document as rules and models are to read it: what is said of it takes the place of what it says."""
        if not (self.kind or self.facts or self.blocks):
            return document
        facts = dict(self.facts)
        stated = [name for name in STATED if name in facts]
        published = facts.get("published", document.published) or None
        updated = facts.get("updated", document.updated) or None
        if published and updated and updated < published and "updated" not in facts:
            updated = None  # a change before publication is none
        return replace(
            document,
            title=facts.get("title", document.title),
            author=facts.get("author", document.author),
            published=published,
            shown=published if "published" in facts else document.shown,
            updated=updated,
            site=facts.get("site", document.site),
            licence=facts.get("licence", document.licence),
            origins=tuple({**dict(document.origins), **dict.fromkeys(stated, ORIGIN)}.items()),
            said=Said(
                kind=self.kind,
                about=facts["about"] == "yes" if "about" in facts else None,
                language=facts.get("language", ""),
                stages=_labels(facts["stages"]) if "stages" in facts else None,
                topics=_labels(facts["topics"]) if "topics" in facts else None,
                blocks=tuple(self._blocks(document)),
            ),
        )

    def _blocks(self, document: Document) -> Iterator[SaidOfBlock]:
        """What is said of the document's blocks, in their order."""
        if self.blocks:
            said = {one.block: one for one in self.blocks}
            for block in document.blocks:
                if one := said.get(block_hash(block.text)):
                    yield SaidOfBlock(block.index, one.decision == "keep", _by(one))

    def told(self, before: Document, cleaning: Cleaning) -> str:
        """What was decided, in place of what, in words, of a page as it came and as it was cleaned; the same for the
        same page, rules and ruling.
        """
        said = [*self._status(cleaning), *self._facts(before, cleaning)]
        if said:
            said.append(f"Decided by {self.by}")
        return " ".join([*self._told_of_blocks(cleaning), *said])

    def _told_of_blocks(self, cleaning: Cleaning) -> Iterator[str]:
        if not self.blocks:
            return
        said = cleaning.before.said.blocks
        kept = sum(one.stays for one in said)
        yield f"Blocks that a curator kept: {kept}, removed: {len(said) - kept}."
        here = {block_hash(block.text) for block in cleaning.before.blocks}
        if gone := sum(one.block not in here for one in self.blocks):
            yield f"Decisions on words that the page no longer has: {gone}."

    def _status(self, cleaning: Cleaning) -> Iterator[str]:
        if self.status:
            rejection = cleaning.rejection
            said = f"rejected it: {rejection.reason}" if rejection is not None else "accepted it."
            yield f"{self.status.capitalize()}; the rules {said}"

    def _facts(self, before: Document, cleaning: Cleaning) -> Iterator[str]:
        if not (self.kind or self.facts):
            return
        asked = Reading(replace(cleaning.after, said=Said()))
        models = judge(asked.document)
        if self.kind:
            yield f"Of the kind {self.kind}; the models say {models.kind}."
        guess = asked.language
        found = {
            "language": f"{guess.language or 'not known'} ({guess.confidence:.0%})",
            "about": f"{models.about:.0%}",
            "stages": "; ".join(models.stages) or "none",
            "topics": "; ".join(models.topics) or "none",
        }
        for name, value in self.facts:
            if name == "copy":
                yield _COPY.get(value, f"A copy of {value}.")
            elif name in STATED:
                yield f"{_NAMES[name]}: {value or 'none'}; the page says {getattr(before, name) or 'nothing'}."
            else:
                yield f"{_NAMES[name]}: {value or 'none'}; the models say {found[name]}."


_NAMES = {
    "title": "Title",
    "author": "Author",
    "published": "Published",
    "updated": "Updated",
    "site": "Site",
    "licence": "Licence",
    "language": "Language",
    "about": "About product management",
    "stages": "Stages",
    "topics": "Topics",
}
_COPY = {BEST: "Kept before its copies.", NO_COPY: "An article of its own, and no copy."}


def block_hash(text: str) -> str:
    """What a decision on a block points at: 16 hex digits of its words, whatever the white space."""
    return sha256(" ".join(storable(text).split()).encode()).hexdigest()[:16]


def user() -> str:
    """Who decides where nobody is named: the user of this machine; empty for a process without one."""
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


def _by(said: Ruling | BlockRuling) -> str:
    actor = said.actor or ORIGIN
    told = f"{actor}, {said.at[:10]}" if said.at else actor
    return f"{told}: {said.note}" if said.note else told


def _labels(value: str) -> tuple[str, ...]:
    return tuple(filter(None, value.split("; ")))

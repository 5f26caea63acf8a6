"""The base of every rule, and the registry that finds them.

A rule is one module in ``filters.rules`` holding one subclass of ``Rule``; the module's name is the
rule's permanent id, the dataclass fields are its settings.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar, Literal

from filters.reading import Reading
from filters.verdict import Action, Family, Verdict

Scope = Literal["block", "context", "document"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Yields verdicts on what it reads and never edits anything.

    A rule of scope ``block`` reads the page as it was extracted; one of scope ``context`` reads it again
    and knows from ``reading.removed`` what the block rules took out; one of scope ``document`` reads what is
    left, and may only ``reject``.
    """

    id: ClassVar[str] = ""
    version: ClassVar[int] = 1
    family: ClassVar[Family]
    scope: ClassVar[Scope] = "block"
    # what it has to know beyond its document, as fields of ``Reading`` that are None where nobody knows
    needs: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.id = cls.__module__.rpartition(".")[2]

    def check(self, reading: Reading) -> Iterator[Verdict]:
        """Yield what this rule has to say of the document."""
        raise NotImplementedError

    def remove(self, block: int, reason: str, *evidence: str, score: float = 1.0) -> Verdict:
        """A verdict that is decisive alone."""
        return self._verdict(Action.REMOVE, block, reason, score, evidence)

    def suspect(self, block: int, score: float, reason: str, *evidence: str) -> Verdict:
        """Evidence of this rule's family; ``score`` is its weight, between 0 and 1."""
        return self._verdict(Action.SUSPECT, block, reason, round(min(score, 1.0), 3), evidence)

    def trim(self, block: int, start: int, end: int, reason: str, *evidence: str) -> Verdict:
        """Remove ``text[start:end]``, which must touch one end of the block."""
        return Verdict(
            self.id, self.version, Action.TRIM, self.family, reason, 1.0, block, evidence, start, end
        )

    def spare(self, block: int, reason: str, *evidence: str, score: float = 1.0) -> Verdict:
        """What is only suspected here stays."""
        return self._verdict(Action.SPARE, block, reason, score, evidence)

    def keep(self, block: int, reason: str, *evidence: str, score: float = 1.0) -> Verdict:
        """The whole block stays, whatever any other rule says."""
        return self._verdict(Action.KEEP, block, reason, score, evidence)

    def reject(self, reason: str, *evidence: str, score: float = 1.0) -> Verdict:
        """The document as a whole is not wanted."""
        return self._verdict(Action.REJECT, None, reason, score, evidence)

    def _verdict(
        self, action: Action, block: int | None, reason: str, score: float, evidence: tuple[str, ...]
    ) -> Verdict:
        return Verdict(self.id, self.version, action, self.family, reason, score, block, evidence)

    def settings(self) -> dict[str, object]:
        """The settings in force, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def data_fingerprint(cls) -> str:
        """A hash of the data files the rule reads, for the profile's fingerprint; empty without any."""
        return ""

    @classmethod
    def summary(cls) -> str:
        """The first sentence of the rule's docstring: what it does."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())


@cache
def registry() -> dict[str, type[Rule]]:
    """Every rule by its id, sorted by id."""
    from filters import rules

    found: dict[str, type[Rule]] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(rules.__path__)):
        loaded = importlib.import_module(f"filters.rules.{module}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == loaded.__name__:
                found[module] = value
    return found

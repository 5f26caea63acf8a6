"""Boosted trees over the columns of a row: questions with a number each, of which every tree answers with a weight.

Trees see what a sum of columns does not: that a table with links is main text in one place and none in another. They
are read from a file of plain lines, a question or an answer each, and asked as one Python expression: walking them
node by node takes six times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import cast

Row = Sequence[int]
Way = tuple[tuple[int, float], ...]  # of each question its column and what its answer added


@dataclass(frozen=True, slots=True)
class Node:
    """An answer, or a question: is the number in this column at most ``edge``?

    ``value`` is the answer, or the mean of the answers below, which tells what each question on the way added.
    """

    value: float
    column: int = -1
    edge: int = 0
    yes: Node | None = None
    no: Node | None = None


class Trees:
    """The sum of what all trees answer; no trees answer 0."""

    def __init__(self, roots: Sequence[Node]) -> None:
        self.roots = tuple(roots)
        told = "".join(f"{_expression(root, lambda answer: repr(answer.value))}," for root in self.roots)
        # Nothing but numbers that were read as numbers gets into the expression.
        self.score: Callable[[Row], float] = eval(f"lambda r: sum(({told}))", {"sum": sum})  # noqa: S307

    def pulls(self, row: Row) -> Iterator[tuple[int, float]]:
        """Of each question that was asked its column and what its answer added."""
        return chain.from_iterable(self._ways(row))

    @cached_property
    def _ways(self) -> Callable[[Row], tuple[Way, ...]]:
        """For each tree the pulls on the way to its answer, asked like the sum of the answers."""
        ways: list[Way] = []
        numbers: dict[int, int] = {}
        for root in self.roots:
            for answer, way in _answers(root, ()):
                numbers[id(answer)] = len(ways)
                ways.append(way)
        told = "".join(
            f"{_expression(root, lambda answer: f'w[{numbers[id(answer)]}]')}," for root in self.roots
        )
        return cast(
            Callable[[Row], tuple[Way, ...]],
            eval(f"lambda r: ({told})", {"w": ways}),  # noqa: S307 - numbers again
        )


def _answers(node: Node, way: Way) -> Iterator[tuple[Node, Way]]:
    if node.yes is None or node.no is None:
        yield node, way
        return
    for below in (node.yes, node.no):
        yield from _answers(below, (*way, (node.column, below.value - node.value)))


def _expression(node: Node, told: Callable[[Node], str]) -> str:
    if node.yes is None or node.no is None:
        return told(node)
    yes, no = _expression(node.yes, told), _expression(node.no, told)
    return f"({yes} if r[{node.column}] <= {node.edge} else {no})"


def read_trees(lines: Iterable[str], columns: Sequence[str]) -> Trees:
    """Lines of a column's name, an edge and a value with tabs between them, a tree after the other.

    Below a question comes what is asked or answered where the number is at most the edge, then the rest. An answer
    has no column and no edge. Blanks before a name only show the depth; a line that begins with ``#`` is a comment.
    """
    places = {name: place for place, name in enumerate(columns)}
    told = (line.split("\t") for line in lines if line.strip() and not line.startswith("#"))
    return Trees(list(_roots(told, places)))


def _roots(told: Iterator[list[str]], places: dict[str, int]) -> Iterator[Node]:
    for parts in told:
        yield _node(parts, told, places)


def _node(parts: list[str], told: Iterator[list[str]], places: dict[str, int]) -> Node:
    name, edge, value = parts[0].strip(), parts[1], float(parts[2])
    if not name:
        return Node(value)
    return Node(
        value,
        places[name],
        int(edge),
        yes=_node(next(told), told, places),
        no=_node(next(told), told, places),
    )

"""Writes boosted trees of scikit-learn as the lines that ``filters.trees`` reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def tree_lines(grown: Any, names: Sequence[str]) -> list[str]:
    """The trees of a fitted HistGradientBoostingClassifier over whole numbers, with the names of its columns.

    The first line is a bare answer, that of all of them.
    """
    told = [f"\t\t{grown._baseline_prediction[0, 0]:.4f}"]
    for (tree,) in grown._predictors:
        told += _told(tree.nodes, 0, 0, names)[0]
    return told


def _told(nodes: Any, place: int, depth: int, names: Sequence[str]) -> tuple[list[str], float]:
    """The lines of a node and of all below it, and the mean of its answers."""
    node = nodes[place]
    if node["is_leaf"]:
        return [f"{' ' * depth}\t\t{node['value']:.4f}"], float(node["value"])
    sides = [int(node["left"]), int(node["right"])]
    below = [_told(nodes, side, depth + 1, names) for side in sides]
    sizes = [int(nodes[side]["count"]) for side in sides]
    mean = sum(size * value for size, (_, value) in zip(sizes, below, strict=True)) / sum(sizes)
    name = names[int(node["feature_idx"])]
    head = f"{' ' * depth}{name}\t{math.floor(node['num_threshold'])}\t{mean:.4f}"
    return [head, *below[0][0], *below[1][0]], mean

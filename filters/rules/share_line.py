"""Rows of sharing buttons: "Share this:", "Follow us"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class ShareLine(LabelRule):
    """Removes blocks that are nothing but an invitation to share, print or follow."""

    groups = ("share",)
    kind = "a row of sharing buttons"

    sentences: bool = True

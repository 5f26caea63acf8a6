"""The labels that mark advertisements: "Advertisement", "Sponsored by"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class Advertisement(LabelRule):
    """Removes blocks that are nothing but the label of an advertisement."""

    groups = ("advertisement",)
    kind = "an advertisement"

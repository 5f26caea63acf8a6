"""Newsletter forms: "Subscribe to our newsletter"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class Newsletter(LabelRule):
    """Removes blocks that are nothing but a label of a newsletter form."""

    groups = ("newsletter",)
    kind = "a newsletter form"

    sentences: bool = True

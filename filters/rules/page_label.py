"""Labels that lead around a page: "Read more", "Back to top", "All rights reserved"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class PageLabel(LabelRule):
    """Removes blocks that are nothing but a label for moving around the site, its tags or its copyright line."""

    groups = (
        "read_more",
        "pagination",
        "tags",
        "copyright",
        "author_bio",
    )
    kind = "the page"

"""The labels of a comment form: "Leave a reply", "0 comments"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class CommentForm(LabelRule):
    """Removes blocks that are nothing but a label of a comment form, such as "Leave a reply"."""

    groups = ("comment_form",)
    kind = "a comment form"

    sentences: bool = True

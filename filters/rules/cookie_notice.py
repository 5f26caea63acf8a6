"""Cookie banners: "Accept all cookies"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class CookieNotice(LabelRule):
    """Removes blocks that are nothing but a label of a cookie banner."""

    groups = ("cookie",)
    kind = "a cookie banner"

    sentences: bool = True

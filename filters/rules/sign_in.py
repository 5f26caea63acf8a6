"""Sign-in forms: "Forgot your password?"."""

from dataclasses import dataclass

from filters.label_rule import LabelRule


@dataclass(frozen=True, kw_only=True)
class SignIn(LabelRule):
    """Removes blocks that are nothing but a label of a sign-in form."""

    groups = ("sign_in",)
    kind = "a sign-in form"

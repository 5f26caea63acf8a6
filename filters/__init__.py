"""Text in, verdicts out: the rules that tell an article from the dirt around and inside it. Pure."""

from filters.profile import ProfileError, load_profile

__all__ = ["ProfileError", "load_profile"]

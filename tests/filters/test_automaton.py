"""Many words looked up in one pass."""

import pytest

from filters.automaton import Automaton


@pytest.mark.parametrize(
    ("keys", "text", "found"),
    [
        (("slot", "slots"), "slots", [(3, "slot"), (4, "slots")]),
        (("ставки", "slot"), "ставки slot", [(5, "ставки"), (10, "slot")]),
        (("slot", "彩金"), "slot 彩金 slot", [(3, "slot"), (6, "彩金"), (11, "slot")]),
        (("彩金",), "slot", []),
        (("彩金",), "slot 彩金", [(6, "彩金")]),
        (("slot",), "彩金 slot", [(6, "slot")]),
        ((), "slot 彩金", []),
    ],
)
def test_keys_of_all_scripts_are_found_in_the_order_of_the_text(
    keys: tuple[str, ...], text: str, found: list[tuple[int, str]]
) -> None:
    """Whatever scripts keys and text are in."""
    assert list(Automaton({key: key for key in keys}).iter(text)) == found

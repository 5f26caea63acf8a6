"""What advertisements show besides words, and the figures, hosts and numbers of ordinary guides."""

from __future__ import annotations

import pytest

from filters.signals import host_kind, signals


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("奖金 100% 高达 1 BTC + 180 免费旋转", "offer"),
        ("100% up to $500 + 200 Free Spins", "offer"),
        ("%100 hoş geldin bonusu", "offer"),
        ("bonus new member 100%", "offer"),
        ("vip88 and bet365", "brand"),
        ("jojobet giriş", "brand"),
        ("play at luckyslots.example-casino.com", "gambling host"),
        ("see www.anything.bet/now", "gambling host"),
        ("go to free-stuff.xyz/claim", "cheap host"),
        ("咨询热线 400-123-4567", "phone"),
        ("+1 (555) 010-0199", "phone"),
        ("WhatsApp: +1 555 010 0199", "messenger"),
        ("Telegram @fast_money", "messenger"),
        ("加微信 abc12345", "messenger"),
    ],
)
def test_finds(text: str, kind: str) -> None:
    """The signal is found, and quotes the text."""
    found = [signal for signal in signals(text) if signal.kind == kind]
    assert found
    assert all(text[signal.start : signal.end] == signal.text for signal in found)


@pytest.mark.parametrize(
    "text",
    [
        "Revenue grew 40% to $5m, and churn fell by 3%.",
        "A Tibetan alphabet, an alphabet, a diabetes app, a sorbet.",
        "Version 2.0 of Node.js runs on Windows 10 and M1.",
        "In 2019-2021 we hired 10 people, 3-5 a quarter.",
        "Post it in Slack or on WhatsApp, then tell the line manager.",
        "e.g. a team of PMs, i.e. three of them",
    ],
)
def test_leaves_ordinary_figures_alone(text: str) -> None:
    """Guides are full of figures; none of these is a signal."""
    assert signals(text) == ()


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("www.best-casino.example", "gambling host"),
        ("anything.poker", "gambling host"),
        ("tipobet100.com", "gambling host"),
        ("blog.example-alphabet.xyz", "cheap host"),
        ("alphabet.com", None),
        ("judicial.example", None),
        ("guides.example", None),
    ],
)
def test_hosts(host: str, kind: str | None) -> None:
    """A host's name tells of gambling; a cheap ending tells little."""
    assert host_kind(host) == kind

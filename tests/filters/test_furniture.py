"""Labels of a page's furniture: when a block is one, and when it only holds one."""

from __future__ import annotations

import pytest

from filters.furniture import furniture, label


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Leave a Reply", "comment_form"),
        ("★ 3 Comments ★", "comment_form"),
        ("3条评论", "comment_form"),
        ("Related posts:", "related"),
        ("Ähnliche Beiträge", "related"),
        ("関連記事", "related"),
        ("관련 글", "related"),
        ("Share this: Facebook | X | LinkedIn", "share"),
        ("Suscríbete a nuestro boletín", "newsletter"),
        ("ACCEPT ALL COOKIES", "cookie"),
        ("Mot de passe oublié ?", "sign_in"),
        ("Devamını oku…", "read_more"),
        ("— Advertisement —", "advertisement"),
        ("Lesezeit: ca. 5 Minuten", "tags"),
        ("Время чтения: 5 минут", "tags"),
        ("읽는 시간 5분", "tags"),
        ("コメント（12件）", "comment_form"),
        ("© 2023 All rights reserved.", "copyright"),
        ("Wszelkie prawa zastrzeżone", "copyright"),
    ],
)
def test_whole_labels(text: str, group: str) -> None:
    """Case, digits, punctuation, emoji and names of networks do not hide a label."""
    hit = label(text, group)
    assert hit is not None
    assert not hit.ambiguous


@pytest.mark.parametrize(
    "text",
    ["Comments", "Newsletter", "Tags", "Share", "Next", "Related", "Kommentare", "Lesezeit", "Topics 5"],
)
def test_ambiguous_labels_say_so(text: str) -> None:
    """A guide may have a section of that name."""
    hit = label(text)
    assert hit is not None
    assert hit.ambiguous


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("Read more about our research on onboarding", True, False),
        ("The rest of this story is for members. Continue reading", False, True),
        ("Please leave a comment below if you disagree", False, False),
    ],
)
def test_parts_know_where_they_stand(text: str, opens: bool, closes: bool) -> None:
    """A label inside a sentence is not one at its ends."""
    assert label(text) is None
    hit = max(furniture(text), key=lambda found: found.end - found.start)
    assert (hit.opens, hit.closes, hit.whole) == (opens, closes, False)
    assert text[hit.start : hit.end] == hit.term

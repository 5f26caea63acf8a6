"""Bytes to text: what a browser's reader would see, whatever header and page claim."""

from __future__ import annotations

import pytest

from pipelines.charset import decode

TEXTS = {
    "en": "The café’s “product manager” — a naïve résumé – costs €5. ",
    "ru": "Менеджер по продукту отвечает за то, что строит команда, и за то, зачем она это строит. ",
    "zh": "产品经理需要倾听客户的声音，并与工程师一起决定下一步做什么。",
    "ja": "プロダクトマネージャーは顧客の声を聞き、エンジニアと一緒に次に何を作るかを決めます。",
    "ko": "프로덕트 매니저는 고객의 목소리를 듣고 엔지니어와 함께 다음에 무엇을 만들지 결정합니다. ",
    "tr": "Ürün yöneticisi müşterileri dinler, ekiple birlikte sıradaki işi seçer. ",
    "ar": "يستمع مدير المنتج إلى العملاء ويقرر مع المهندسين ما الذي يجب بناؤه بعد ذلك. ",
}
ENCODINGS = (
    ("en", "cp1252"),
    ("ru", "windows-1251"),
    ("ru", "koi8-r"),
    ("zh", "gb18030"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("ja", "iso-2022-jp"),
    ("ko", "euc-kr"),
    ("tr", "windows-1254"),
    ("ar", "windows-1256"),
)


def page(language: str, encoding: str, meta: str = "") -> bytes:
    head = f'<meta charset="{meta}">' if meta else ""
    text = TEXTS[language] * 6
    return (
        f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body><p>{text}</p></body></html>'.encode(
            encoding
        )
    )


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
@pytest.mark.parametrize(
    ("header", "declared"),
    [(True, False), (False, True), ("utf-8", True), ("iso-8859-1", True), ("utf-8", False), (False, False)],
)
def test_an_encoding_is_found_by_what_speaks_the_truth(
    language: str, encoding: str, header: bool | str, declared: bool
) -> None:
    """The header, the page, or neither: a header of UTF-8 or Latin-1 over other bytes is a server's default."""
    charset = encoding if header is True else header
    content_type = f"text/html; charset={charset}" if charset else "text/html"
    assert TEXTS[language] in decode(page(language, encoding, encoding if declared else ""), content_type)


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "utf-16", ""])
def test_unicode_is_recognised_against_header_and_page(language: str, encoding: str, charset: str) -> None:
    content_type = f"text/html; charset={charset}" if charset else "text/html"
    assert TEXTS[language] in decode(page(language, encoding, "shift_jis"), content_type)


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8"])
def test_one_broken_character_does_not_garble_the_others(content_type: str) -> None:
    whole = page("ru", "utf-8")
    for broken in (
        whole.replace(b"</p>", b"\xff</p>"),
        whole.replace(b"</p>", b"caf\xe9</p>"),
        whole + b"\xd0",
    ):
        assert TEXTS["ru"] in decode(broken, content_type)


def test_zeros_alone_make_no_double_bytes() -> None:
    assert "<p>caf\u00e9" in decode(b"\0\0<p>caf\xc3\xa9</p>" + b"words " * 50)

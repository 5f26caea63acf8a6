"""What advertisements show besides words: offers in figures, operators' names, hosts, ways to get in touch.

Signals are no verdict: guides name phone numbers, URLs and sums too. Rules weigh them next to listed words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from filters.texts import remembered

SignalKind = Literal["offer", "brand", "gambling host", "cheap host", "url", "phone", "messenger"]


@dataclass(frozen=True, slots=True)
class Signal:
    """``text[start:end]`` of the original looks like what ``kind`` says."""

    kind: SignalKind
    text: str
    start: int
    end: int


# Figures have an end: rows of digits as long as a block would be read again from each of them.
_MONEY = (
    r"(?:[$€£¥₩₺₹₽₫฿]\s?\d[\d.,]{0,14}\s?[km]?|\d[\d.,]{0,14}\s?[km]?\s?(?:[$€£¥₩₺₹₽₫฿]|(?:usd|eur|gbp|btc|eth|usdt|ltc|try|tl|nok|"
    r"dkk|sek|kr|zł|pln|ron|lei|huf|ft|kč|czk|rub|руб|грн|uah|idr|rb|ribu|rp|inr|brl|mxn|元|块|万|円|원|만원|บาท|vnd|đ)\b)"
    r"|(?:rp|r\$|rm|tk|kr)\.?\s?\d[\d.,]{0,14}|\d[\d.,]{0,14}(?:元|块|万|円|원|만원|บาท))"
)
_SPINS = (
    r"\d{1,7}\s*(?:\+\s*)?(?:x\s*)?(?:free\s*spins?|freespins?|spins?\b|fs\b|免费旋转|免費旋轉|次旋转|free\s*bets?|"
    r"freispiele|tours gratuits|giros|tiradas|rodadas|giri gratis|darmowych spin|gratisspinn|gratis spins|"
    r"фриспин|фрс|фс\b|вращени|ilmaiskierro|프리스핀|무료스핀|フリースピン|ฟรีสปิน)"
)
_UP_TO = (
    "up to|upto|max|bonus|高达|高達|最高|送|bis zu|jusqu'à|hasta|até|fino a|до|kadar|hingga|sampai|"
    "opp til|op til|upp till|최대|最大|สูงสุด|tới|đến"
)
_BONUS = "bonus|bono|bônus|bonusu|бонус|彩金|奖金|獎金|보너스|ボーナス|โบนัส"
_OFFER = re.compile(
    "|".join(
        (
            rf"\d{{2,4}}\s?%[^.!?。\n]{{0,30}}?(?:{_UP_TO})\s*(?:{_MONEY})",
            rf"\d{{2,4}}\s?%[^.!?。\n]{{0,20}}?{_SPINS}",
            r"%\s?\d{2,4}\s*(?:\w+\s+){0,2}bonus",
            _SPINS,
            rf"(?:{_BONUS})\W{{0,3}}(?:\w+\s+){{0,2}}(?:{_MONEY}|\d{{2,4}}\s?%)",
            rf"{_MONEY}\s*(?:\+\s*\d+|(?:\w+\s+){{0,2}}(?:deneme bonusu|bonusu|no deposit|彩金|体验金|體驗金))",
            r"(?:送|赠|贈)\s?\d+(?:元|%|块)?",
            r"(?:bonus|depo(?:sit)?|modal)\s+(?:new member\s+)?\d+\s?(?:%|rb|ribu|k\b)",
        )
    ),
    re.IGNORECASE,
)
_REACH = 20_000  # characters that are looked at; ads come to the point, and hostile pages are long
_OFFER_HINT = re.compile(r"\d")

# Words that end like an operator's name and are none, of all languages: "rekabet", "jobbet", "selskabet".
_NO_BRANDS = (
    r"alphabet|sorbet|sherbet|tibet|gibbet|abet|quodlibet|analphabet|elizabet|diabet|tybet|bet|barbet|flibbet|"
    r"gobbet|courbet|colbet|exhibet|whatsbet|asbet|thebet|mybet|abcbet|nonbet|exponerbet|"
    r"[a-z]*(?:skabet|grebet|klubbet)|jobbet|tabet|rekabet|sohbet|isabet|muhabbet|ribet|sabet|gebet|quolibet"
)
_BRAND = re.compile(
    rf"(?<![\w@/])(?!(?:{_NO_BRANDS})(?!\w))(?:"
    r"[a-z]{2,12}bet\d{0,4}|bet[a-z]{0,3}\d{2,4}|\d{1,3}x?bet|"
    r"(?:vip|win|lucky|slot|vegas|royal|poker|kasino|casino|joker|jackpot|fun|mega|dewa|raja|hoki|naga|bola|situs|mpo|qq|ufa|pg|lsm|sa|sbo|hi|ku|bk|fb|vn|jun|kub|m|w)\d{2,4}|"
    r"(?:[a-z]+)?(?:casino|kasino|slots?|poker|jackpot)\d{1,4}|[a-z]{3,12}(?:casino|kasino|slots|togel|gacor|bahis|qq)\d*"
    r")(?![\w])",
    re.IGNORECASE,
)
_NO_DIGIT_BRANDS = re.compile(
    r"^(?:m\d{2,4}|w\d{2,4}|hi\d+|sa\d+|fun\d+|win(?:7|8|10|11|32|64|95|98|2000|2003|2008|2012)|slots?\d|pg\d+|bk\d+|fb\d+|ku\d+)$",
    re.I,
)

_GAMBLING_NAME = re.compile(
    r"(?:casino|kasino|kazino|cazino|cassino|slots?(?:\d|gacor|online|88|77)|gacor|poker(?!po)|togel|bahis|iddaa|jackpot|"
    r"gambl|judi(?!c)|sbobet|1xbet|(?<![a-z])bet(?:365|\d+|ting)|[a-z0-9]bet\d*(?=\.)|toto(?:site|\d)|bingo|roulette|baccarat|blackjack|lottery|sportsbook|"
    r"freespin|ufa(?:bet|\d{2,})|kubet|jojobet|satta(?:king|matka))"
)
_NO_BET = re.compile(r"(?:alpha|ti|sor|sher|gib|dia|eliza|cour)bet")
_GAMBLING_TLD = ("bet", "casino", "poker", "bingo")
_CHEAP = """
xyz top icu vip win club site online buzz cyou monster loan bid click link work rest sbs cfd bond quest world fun
"""
_COMMON = """
com net org io co info biz me tv ru cn kr tr id de fr uk us br app dev ai in vn th jp pl cz hu ro it es nl se no dk
"""
_CHEAP_TLD = frozenset(_CHEAP.split()) | {"pw", "tk", "ml", "ga", "cf", "gq", "cc", "ws"}
_HOST = re.compile(
    r"(?<![\w@.\-])(?:https?://|www\.)?((?:[a-z0-9](?:[a-z0-9\-]{0,40}[a-z0-9])?\.){1,3}([a-z]{2,10}))(?![\w\-])(/[^\s<>\"']*)?",
    re.IGNORECASE,
)
_KNOWN_TLD = (
    _CHEAP_TLD | frozenset(_GAMBLING_TLD) | frozenset(_COMMON.split()) | {"fi", "eu", "asia", "store", "shop"}
)
_PHONE = re.compile(
    r"(?<![\w.,/\-])\+\d{1,3}[\s.\-]?\(?\d{2,4}\)?(?:[\s.\-]?\d{2,4}){1,4}(?![\w%])|(?<![\w.,/\-])(?:\+\d{1,3}[\s.\-]?)?(?:\(\d{2,4}\)[\s.\-]?)?\d{2,4}(?:[\s.\-]\d{2,4}){2,4}(?![\w%])|(?<!\d)(?:400\d?[\s\-]?\d{3}[\s\-]?\d{3,4}|1[3-9]\d{9}|010[\s\-]?\d{4}[\s\-]?\d{4})(?!\d)"
)
_MESSENGER = re.compile(
    r"(?:(?<![a-z])(?:whats\s?app|telegram|wechat|we\s?chat|zalo|line\s?id|skype|viber|kakao(?:talk)?|qq)(?![a-z])|"
    r"微信|加微|加v|扣扣|電報|电报|飞机|텔레그램|카톡|카카오톡|ไลน์|แอดไลน์|телеграм|ватсап|вотсап|واتساب|تليجرام|वॉट्सऐप|וואטסאפ)"
    r"\s*(?:id|no|number|群|号|號|me|us)?\s*[:：@+\-=]?\s*(?:@[\w.]{3,}|\+?\d[\d\s\-]{4,}|[a-z0-9_]*\d[a-z0-9_]{3,})",
    re.IGNORECASE,
)


@remembered
def signals(text: str) -> tuple[Signal, ...]:
    """All signals in (the beginning of) a text, in order."""
    found: list[Signal] = []
    text = text[:_REACH]
    if _OFFER_HINT.search(text):
        found += [Signal("offer", m[0], *m.span()) for m in _OFFER.finditer(text)]
        found += [Signal("phone", m[0], *m.span()) for m in _PHONE.finditer(text)]
    if "@" in text or _OFFER_HINT.search(text):
        found += [Signal("messenger", m[0], *m.span()) for m in _MESSENGER.finditer(text)]
    found += [
        Signal("brand", m[0], *m.span()) for m in _BRAND.finditer(text) if not _NO_DIGIT_BRANDS.match(m[0])
    ]
    if "." in text:
        for match in _HOST.finditer(text):
            host, tld = match[1].lower(), match[2].lower()
            written = match[0].lower().startswith(("http", "www."))
            if written or tld in _KNOWN_TLD:
                kind = host_kind(host)
                if kind or written:
                    found.append(Signal(kind or "url", match[0], *match.span()))
    return tuple(sorted(found, key=lambda signal: (signal.start, signal.end, signal.kind)))


@lru_cache(maxsize=4096)
def host_kind(host: str) -> SignalKind | None:
    """What a host's name gives away: it names gambling, or ends in a domain that costs next to nothing."""
    name = host.lower().rstrip(".").removeprefix("www.")
    tld = name.rpartition(".")[2]
    if tld in _GAMBLING_TLD or _GAMBLING_NAME.search(_NO_BET.sub("", name)):
        return "gambling host"
    return "cheap host" if tld in _CHEAP_TLD else None

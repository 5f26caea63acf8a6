"""Undoes what spammers do to a word so that a word list does not see it.

``fold`` gives the text that word lists are matched against: lower case, without diacritics, styled
letters made plain, look-alike letters of another alphabet mapped back, invisible characters dropped,
traditional Chinese characters simplified. Word lists are folded by the same function, so "döner" and
"doner" are one word on both sides. Every folded character knows where it came from.

Folding alone says nothing against a text: people write "résumé", set bold letters in a social post,
mention "B2B". What matters is a listed word that was hidden; see ``filters.lexicon``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from filters.texts import remembered

Trick = Literal[
    "styled letters",
    "flag letters",
    "look-alike letters",
    "invisible characters",
    "combining marks",
    "direction override",
]

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
# Marks that sit on Latin, Greek, Cyrillic, Hebrew and Arabic letters. Those of Indic scripts, Thai and
# the kana carry vowels and tones, so they stay.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_DROPPED = re.compile(f"[{_INVISIBLE}{_MARKS}]")
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
FEW = 24  # different characters of a text that are replaced one after the other
# Letters that no decomposition brings back to ASCII.
_PLAIN = _SMALL_CAPITALS | dict(
    zip("øđðłħŧıəɑɡⅼℓϲſأإآٱىیکةς™℠®©", "oddlhtiaagllcsااااييكهσ    ", strict=True)
)
_PLAIN |= {"æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
# Traditional characters of the words that the lists hold; one reading is enough for matching.
_TRADITIONAL = (
    "娛娱樂乐獎奖賭赌場场網网線线體体註注冊册機机馬马賽赛錢钱莊庄閒闲閑闲龍龙開开戶户贏赢歡欢遊游戲戏優优現现贈赠禮礼"
    "會会員员儲储單单雙双輪轮盤盘貸贷發发證证辦办偽伪軟软電电話话聯联繫系絡络領领頭头獨独傭佣額额轉转帳账號号碼码撲扑"
    "將将魚鱼競竞預预測测壓压對对衝冲點点擊击進进處处間间業业務务專专資资財财幣币鏈链價价賺赚職职萬万億亿無无憂忧淨净"
    "視视訊讯頻频愛爱約约學学論论寫写師师國国際际華华東东門门紅红綫线佈布龐庞車车時时實实館馆賓宾來来後后匯汇報报導导"
    "購购買买賣卖費费貨货貼贴質质賬账贖赎賠赔園园圍围圖图團团節节範范結结給给經经統统維维級级練练紀纪絕绝義义習习聽听"
    "變变讓让議议設设計计試试詢询詳详語语誠诚說说請请課课調调識识護护豐丰較较輸输輔辅農农過过達达還还邊边連连選选適适"
    "釋释銀银鋼钢錄录關关陸陆陽阳隊队隨随險险雜杂雞鸡離离難难雲云靈灵靜静響响頁页順顺須须題题願愿類类風风飛飞養养餘余"
    "驗验驚惊髮发鬥斗鳳凤麗丽黃黄齊齐齡龄啟启問问喪丧嚴严執执報报壇坛壓压壞坏壯壮夢梦奪夺婦妇媽妈寶宝審审寬宽對对將将"
    "屬属島岛師师帶带幫帮幾几庫库應应廠厂廣广張张強强彈弹彙汇徵征復复從从態态慶庆慾欲懲惩戰战戲戏擇择擔担據据擁拥擬拟"
    "攜携攝摄敗败數数敵敌斷断於于曆历書书朮术條条楊杨極极構构標标樣样權权歷历歸归殺杀氣气決决沒没況况漲涨漢汉潔洁"
    "濟济濱滨為为獲获環环產产異异當当療疗癮瘾盜盗監监眾众碼码礦矿禍祸種种穩稳窮穷競竞筆笔簽签籌筹籤签糧粮紙纸純纯"
    "細细終终組组絲丝緊紧網网緩缓總总績绩縣县織织繳缴續续纜缆羅罗聖圣聞闻職职膚肤臉脸與与興兴舉举舊旧莊庄藝艺藥药"
    "蘇苏蘭兰術术衛卫補补裝装裡里製制複复視视覺觉覽览觀观觸触訂订訓训記记訪访許许評评詞词詐诈認认誘诱談谈謝谢證证譯译"
)
_SIMPLIFIED = dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True))

_CYRILLIC_TO_LATIN = dict(zip("авгекмнорстухіјѕԁԛԝпьӏһүԍ", "abrekmhopctyxijsdqwnblhyg", strict=True))
_GREEK_TO_LATIN = dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True))
_TO_LATIN = {ord(k): v for k, v in (_CYRILLIC_TO_LATIN | _GREEK_TO_LATIN).items()}
_TO_CYRILLIC = {ord(k): v for k, v in zip("abcehkmoptxyi", "авсенкмортхуі", strict=True)}
_CYRILLIC_OR_GREEK = "\u0370-\u03ff\u0400-\u052f"
# Looked for by the rarer letter, with the other one before or behind it.
_MIXED = re.compile(f"[{_CYRILLIC_OR_GREEK}](?:(?<=[a-z].)|(?=[a-z]))")
_MIXED_WORD = re.compile(f"[a-z{_CYRILLIC_OR_GREEK}]+")

# The second alternative is what stays on a letter after composition: no language writes that.
_TRICKS = re.compile(
    "(?P<styled>[\u24b6-\u24e9\U0001d400-\U0001d7cb\U0001f130-\U0001f189"
    + "".join(_SMALL_CAPITALS)
    + "]+)|(?P<marks>(?:[^\\W\\d_][\u0300-\u036f\u20d0-\u20ff]+)+)"
    "|(?P<invisible>(?<=[A-Za-z\u00c0-\u052f])[\u200b-\u200f\u2060-\u2064\ufeff]+(?=[A-Za-z\u00c0-\u052f]))"
    "|(?P<override>[\u202d\u202e])|(?P<flags>[\U0001f1e6-\U0001f1ff]{3,})"
)
_TRICK_HINT = re.compile(
    "[\u0300-\u036f\u200b-\u200f\u202d\u202e\u2060-\u2064\u20d0-\u20ff\u24b6-\u24e9\ufeff\U0001d400-\U0001d7cb\U0001f130-\U0001f189\U0001f1e6-\U0001f1ff"
    + "".join(_SMALL_CAPITALS)
    + "]"
)
_TRICK_NAMES: dict[str, Trick] = {
    "styled": "styled letters",
    "marks": "combining marks",
    "invisible": "invisible characters",
    "override": "direction override",
    "flags": "flag letters",
}


@dataclass(frozen=True, slots=True)
class Disguise:
    """``text[start:end]`` of the original hides letters in the way that ``trick`` names."""

    trick: Trick
    start: int
    end: int


class Folded(NamedTuple):
    """``offsets[i]`` is where character ``i`` of ``text`` stood in the original; ``None``: at ``i``."""

    text: str
    offsets: tuple[int, ...] | None = None
    disguises: tuple[Disguise, ...] = ()

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` came from."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


class _Table(dict[int, str]):
    """Translation table that works a character out when it first meets it."""

    def __init__(self) -> None:
        super().__init__({code: chr(code).lower() for code in range(128)})
        self.odd: set[str] = set()  # characters that do not fold to exactly one

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        if len(folded) != 1:
            self.odd.add(chr(code))
        return folded


def _fold_character(character: str) -> str:
    """The plain, lower-case form of one character; a space for what no word contains."""
    code = ord(character)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(code - 0x1F1E6 + 97)
    if 0x1F150 <= code <= 0x1F189:
        return chr((code - 0x1F150) % 32 + 97)
    if _DROPPED.match(character):
        return ""
    plain = _PLAIN.get(character) or _PLAIN.get(character.lower()) or _SIMPLIFIED.get(character)
    if plain is not None:
        return plain
    composed = unicodedata.normalize("NFKC", character)
    if not any(c.isalnum() or unicodedata.category(c).startswith("M") for c in composed):
        return composed if composed.isascii() and len(composed) == 1 else " "
    lowered = composed.casefold()
    stripped = _DROPPED.sub("", unicodedata.normalize("NFD", lowered))
    return "".join(_PLAIN.get(c, c) for c in unicodedata.normalize("NFC", stripped))


_TABLE = _Table()


@remembered
def fold(text: str) -> Folded:
    """Fold a text for matching; plain ASCII costs little more than ``str.lower``, and most other texts twice that."""
    if text.isascii():
        return Folded(text.lower())
    source, offsets = _composed(text)
    beyond = "".join(set(_BEYOND_ASCII.findall(source)))
    folded = _translated(source, beyond)
    if not _TABLE.odd.isdisjoint(beyond):
        offsets = _offsets(source, offsets)
    tricky = _TRICK_HINT.search(beyond if source is text else text)
    disguises = [
        Disguise(_TRICK_NAMES[match.lastgroup or ""], match.start(), match.end())
        for match in (_TRICKS.finditer(text) if tricky else ())
    ]
    disguises = [found for found in disguises if found.trick != "combining marks" or _is_drawn(text, found)]
    if _MIXED.search(folded):
        folded, spans = _single_script(folded)
        unmapped = Folded(folded, offsets)
        disguises += [Disguise("look-alike letters", *unmapped.origin(*span)) for span in spans]
    return Folded(folded, offsets, tuple(disguises))


def _translated(source: str, beyond: str) -> str:
    """The text by the table; ``beyond`` are its different characters beyond ASCII.

    Where these are few and all of them become ASCII, as in most languages in Latin letters, they are replaced one after
    the other: to ask the table for each character of a text takes ten times as long.
    """
    if len(beyond) > FEW or not beyond.translate(_TABLE).isascii():
        return source.translate(_TABLE)
    for character in beyond:
        source = source.replace(character, _TABLE[ord(character)])
    return source.lower()


def _is_drawn(text: str, found: Disguise) -> bool:
    """Whether the marks are decoration: they do not compose with the letters below them."""
    composed = unicodedata.normalize("NFC", text[found.start : found.end])
    left = sum(1 for c in composed if unicodedata.combining(c))
    return left >= 2 and left * 2 >= len(composed) - left


def _composed(text: str) -> tuple[str, tuple[int, ...] | None]:
    """The text in NFC (conjoining Hangul and kana marks as one character) with its offsets."""
    if unicodedata.is_normalized("NFC", text):
        return text, None
    pieces: list[str] = []
    offsets: list[int] = []
    starts = [i for i, c in enumerate(text) if i == 0 or not _joins(c)]
    for start, end in pairwise([*starts, len(text)]):
        piece = unicodedata.normalize("NFC", text[start:end])
        pieces.append(piece)
        offsets += [min(start + i, end - 1) for i in range(len(piece))]
    return "".join(pieces), tuple(offsets)


def _joins(character: str) -> bool:
    return unicodedata.combining(character) > 0 or "\u1160" <= character <= "\u11ff"


def _offsets(source: str, before: tuple[int, ...] | None) -> tuple[int, ...]:
    found: list[int] = []
    for position, character in enumerate(source):
        origin = position if before is None else before[position]
        found += [origin] * len(_TABLE[ord(character)])
    return tuple(found)


def _single_script(folded: str) -> tuple[str, list[tuple[int, int]]]:
    """Words that mix alphabets, written in the one that most of their letters belong to.

    The spans are those of words that switch more than once and read as one alphabet afterwards: a
    Russian ending on an English word ("PMы") switches once and hides nothing.
    """
    spans: list[tuple[int, int]] = []

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        latin = [c.isascii() for c in word]
        if all(latin) or not any(latin):
            return word
        switches = sum(a != b for a, b in pairwise(latin))
        mended = word.translate(_TO_LATIN if sum(latin) * 2 >= len(word) else _TO_CYRILLIC)
        pure = len({c.isascii() for c in mended}) == 1
        if not pure:
            other = word.translate(_TO_LATIN)
            if other.isascii():
                mended, pure = other, True
        if pure and switches >= 2 and len(word) >= 4:
            spans.append(match.span())
        return mended if pure else word

    return _MIXED_WORD.sub(mend, folded), spans


_LEET_VARIANTS = (
    str.maketrans("0134578@$!|69", "oieastbasiigg"),
    str.maketrans("0134578@$!|69", "oleastbaslbgg"),
)
_LEET_WORD = re.compile(
    r"(?<![\w@$!|])(?=[a-z]*[0-9@$!|][a-z0-9@$!|]*[a-z]|[a-z]{4,}0(?!\d))[a-z0-9@$!|]{4,24}(?![\w@$|])"
)
_SPACED_WORD = re.compile(r"(?<!\w)[^\W\d_](?:[^\w\n]{1,3}[^\W\d_]){3,119}(?!\w)")
# Hyphens join compounds ("start-up"): it takes two of them to break a word, one of the other marks.
_BROKEN_WORD = re.compile(
    r"(?<![\w.*_\-])[^\W\d_]+(?:(?:[.*_~|]{1,2}[^\W\d_]+){1,8}|(?:-[^\W\d_]+){2,8})(?![\w.*_\-])"
)
_SEPARATORS = re.compile(r"[\W_]+")


_HAN = "[\u3400-\u9fff]"
_SPACED_HAN = re.compile(f"(?<!{_HAN}){_HAN}(?:[^\\w\\n，。；：]{{1,2}}{_HAN}){{1,7}}(?!{_HAN})")
# Cheap looks that spare most texts the dear ones. Each begins with a set of characters that prose has few of: a search
# for such a set is several times as fast as one that has to look around at every letter.
_LEET_HINT = re.compile(r"[0-9@$!|](?:(?=[a-z])|(?<=[a-z].))")
_SPACED_HINT = re.compile(r"[^\w\n](?<=(?<!\w)[^\W\d_].)[^\w\n]{0,2}[^\W\d_][^\w\n]")
_SINGLE_LETTERS = re.compile(r" [^\W\d_] [^\W\d_] [^\W\d_] [^\W\d_] ")
_BROKEN_HINT = re.compile(r"[.*_~|-](?:(?<!-)[^\W\d_]|(?<=-)[^\W\d_]+-[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Guess:
    """What the folded text may hide at ``start:end``: trust it only where it is a listed word.

    A word shorter than ``least`` letters proves nothing. ``inside``: the guess may be a row of words, as
    Chinese has no spaces of its own.
    """

    word: str
    start: int
    end: int
    least: int
    inside: bool = False


def guesses(folded: str, words: str = "") -> tuple[Guess, ...]:
    """Words that digits, spaces or punctuation may hide: "c4sin0", "c a s i n o", "ca-si-no".

    Most are innocent ("b2b", "e-mail", "U. S. A."); the caller looks them up.

    ``words`` are those of the text with one blank around each, where they are known: letters apart are found sooner
    there.
    """
    found: list[Guess] = []
    if _LEET_HINT.search(folded):
        for match in _LEET_WORD.finditer(folded):
            if sum(c.isalpha() for c in match[0]) >= 2:
                found += [Guess(match[0].translate(table), *match.span(), 4) for table in _LEET_VARIANTS]
    spaced = _SINGLE_LETTERS.search(words) if words.isascii() and words else _SPACED_HINT.search(folded)
    for hint, pattern in ((spaced, _SPACED_WORD), (_BROKEN_HINT.search(folded), _BROKEN_WORD)):
        if hint:
            found += [Guess(_SEPARATORS.sub("", m[0]), *m.span(), 5) for m in pattern.finditer(folded)]
    if not folded.isascii():
        found += [Guess(_SEPARATORS.sub("", m[0]), *m.span(), 2, True) for m in _SPACED_HAN.finditer(folded)]
    return tuple(dict.fromkeys(found))


def plain(text: str) -> str:
    """The folded text alone."""
    return fold(text).text

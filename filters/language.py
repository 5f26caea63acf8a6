"""What a text is written in: Unicode scripts first, function words next, langdetect only in doubt.

langdetect costs milliseconds a call and guesses wildly on short lines; counting scripts and function words
costs microseconds and settles nearly every block.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from langdetect import DetectorFactory, LangDetectException, detect_langs

from filters.texts import remembered, text_words

# langdetect draws random numbers; unseeded, its answer differs from run to run.
DetectorFactory.seed = 0

WORD = re.compile(r"[^\W\d_]+")
RANGES: tuple[tuple[str, str], ...] = (
    ("Latin", "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff"),
    ("Cyrillic", "\u0400-\u052f"),
    ("Greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("Hebrew", "\u0590-\u05ff"),
    ("Arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("Devanagari", "\u0900-\u097f"),
    ("Bengali", "\u0980-\u09ff"),
    ("Tamil", "\u0b80-\u0bff"),
    ("Telugu", "\u0c00-\u0c7f"),
    ("Thai", "\u0e00-\u0e7f"),
    ("Lao", "\u0e80-\u0eff"),
    ("Myanmar", "\u1000-\u109f"),
    ("Georgian", "\u10a0-\u10ff"),
    ("Armenian", "\u0530-\u058f"),
    ("Khmer", "\u1780-\u17ff"),
    ("Hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("Kana", "\u3040-\u30ff\u31f0-\u31ff"),
    ("Han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"),
)
# Latin letters with any punctuation and symbols: nearly every block, settled by one match.
PLAIN = re.compile("[\\x00-\u02ff\u1e00-\u1eff\u2000-\u2bff\u3000-\u303f\ufe0e\ufe0f\uff01-\uff0f]*")
PATTERNS = tuple((name, re.compile(f"[{letters}]")) for name, letters in RANGES)
# A script that (nearly) one language of the web uses names the language.
BY_SCRIPT = {
    "Greek": "el", "Hebrew": "he", "Arabic": "ar", "Devanagari": "hi", "Bengali": "bn", "Tamil": "ta",
    "Telugu": "te", "Thai": "th", "Lao": "lo", "Myanmar": "my", "Georgian": "ka", "Armenian": "hy",
    "Khmer": "km", "Hangul": "ko", "Kana": "ja", "Han": "zh",
}  # fmt: skip
# Letters that one language of a script has and its neighbours lack, and the share of a text's letters from which they
# name it; well below what they have in prose. langdetect knows neither Serbian nor Belarusian nor Kazakh.
BY_LETTERS: dict[str, tuple[tuple[str, re.Pattern[str], float], ...]] = {
    "Arabic": (
        ("ur", re.compile("[\u0679\u0688\u0691\u06ba\u06d2]"), 0.01),
        ("fa", re.compile("[پچژگکی]"), 0.03),
    ),
    "Cyrillic": (
        ("kk", re.compile("[әғқңұһӘҒҚҢҰҺ]"), 0.03),
        ("be", re.compile("[ўЎ]"), 0.004),
        ("sr", re.compile("[ђћЂЋ]"), 0.002),
        ("mk", re.compile("[ѓќѕЃЌЅ]"), 0.001),
    ),
}

# The commonest words that carry grammar and no topic; each list holds what tells its language from the others.
FUNCTION_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the of and to a in is that for it with as on are be this you your was or have from not at by we they "
        "an can will our their what how but if i my has more do which when who about there would",
        "de": "der die das und ist nicht ein eine zu den von mit sich auf für im dem des auch als an es werden aus "
        "wird bei oder sie wir ihre nach wie sind über einen einer",
        "fr": "le la les et des est un une du que qui dans pour pas sur au avec ce il sont plus par vous nous votre "
        "ne se cette ou aux leur être d l",
        "es": "el la los las y de que en un una es por con para no se del al lo su como más o pero sus este esta "
        "son también muy ya tu",
        "pt": "o a os as e de que em um uma é do da para com não se por no na dos das mais como mas ao seu sua ou "
        "você são nos também pelo pela",
        "it": "il lo la gli le e di che in un una è per non con si del della dei sono da al come più anche alla "
        "nel questo ma o i",
        "nl": "de het een en van is dat in te op zijn voor met niet die aan er ook als om door naar bij je maar of "
        "wordt deze",
        "tr": "ve bir bu için ile de da olarak en çok daha olan gibi kadar sonra ne ya veya değil her göre ise "
        "sizin siz biz bonusu iyi yeni",
        "id": "yang dan di untuk dengan ini itu dari pada adalah ke dalam tidak akan anda bisa juga atau kami oleh "
        "kita dapat ada para lebih sudah saat",
        "no": "og i er det som på en til av for med at ikke de har den et om du vi kan jeg fra eller så men deg "
        "ved dine også hos",
        "da": "og i er det som på en til af for med at ikke de har den et om du vi kan jeg fra eller så men dig "
        "ved dine også hos",
        "sv": "och i är det som på en till av för med att inte de har den ett om du vi kan jag från eller så men "
        "också hos din",
        "fi": "ja on ei se että ovat tai mutta kun niin voi myös jos sen hän ole kuin joka mitä nyt vain kanssa "
        "sekä",
        "pl": "i w na z się nie do to że jest o jak po za od ale dla lub przez są oraz tym czy może ich być",
        "cs": "a v na je se že s z do o to pro jako i ale za po jsou nebo by od také který jeho při však",
        "hu": "a az és hogy nem is egy ez van meg de csak már mint vagy ki el lehet kell minden mert",
        "ro": "și de la în cu pe un o nu este care din pentru sau mai să ce fi sunt prin acest ale dar",
        "vi": "và của là có cho các được trong một với những không khi người này từ bạn để tại đến nhà về như cũng",
        "ms": "yang dan di untuk dengan ini itu dari pada adalah ke dalam tidak akan anda boleh juga atau kami "
        "oleh ialah",
        "ru": "и в не на что с по как это для к из но от у за так его же или а вы мы все они если может",
        "uk": "і в не на що з по як це для до від та у за його або є ми ви вони якщо може й але",
        "bg": "и в не на че с по като това за към от но у така или а ние те ако може са се да",
    }.items()
}
LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, known in FUNCTION_WORDS.items() if word in known)
    for word in frozenset().union(*FUNCTION_WORDS.values())
}
# Function words of English that other languages write alike, also where their lists do not have them.
SHARED = frozenset("in a an is as at on or no so me he we was do".split())
SURE_SHARE = 0.1  # of a line's words that only one language has, from which it is in that one
ONLY_CYRILLIC = frozenset(("ru", "uk", "bg"))
ADDRESS = re.compile(r"(?:https?://|www\.)\S+")  # names of files and parameters are in no language
SAMPLE = 4000  # characters that settle the language of a document
OTHER_SHARE = 0.2  # of a document's letters from which it is in a second language, too
CERTAIN = 0.9  # langdetect's probability from which it is believed alone


@dataclass(frozen=True, slots=True)
class Guess:
    """A language code with a confidence between 0 and 1; an empty code where nothing speaks for any."""

    language: str
    confidence: float


@remembered
def main_script(text: str) -> str:
    """The script of most letters; Han beside kana counts as kana (Japanese), an empty string without letters."""
    if text.isascii() or PLAIN.fullmatch(text):
        return "Latin" if any(map(str.isalpha, text)) else ""
    counts = {name: count for name, letters in PATTERNS if (count := len(letters.findall(text)))}
    if counts.get("Kana", 0) * 5 > counts.get("Han", 0) > 0:
        counts["Kana"] += counts.pop("Han")
    # A Han or Hangul character carries about as much as three Latin letters.
    return max(
        counts, key=lambda name: counts[name] * (3 if name in ("Han", "Hangul", "Kana") else 1), default=""
    )


def function_words(words: Iterable[str]) -> Counter[str]:
    """How many of the (lower-case) words are function words of each language."""
    counts: Counter[str] = Counter()
    for codes, times in Counter(filter(None, map(LANGUAGES_OF.get, words))).items():
        for code in codes:
            counts[code] += times
    return counts


def is_surely(language: str, words: Sequence[str]) -> bool:
    """Whether enough of a line's (lower-case) words are function words that no other language writes alike."""
    own = _only_of(language)
    return sum(map(own.__contains__, words)) > SURE_SHARE * len(words)


@cache
def _only_of(language: str) -> frozenset[str]:
    others = (words for code, words in FUNCTION_WORDS.items() if code != language)
    return FUNCTION_WORDS.get(language, frozenset()).difference(SHARED, *others)


def identify(text: str) -> Guess:
    """The language of a text of some length: by script, by function words, by langdetect where these leave doubt."""
    if "://" in text or "www." in text:
        text = ADDRESS.sub(" ", text)
    script = main_script(text)
    if not script:
        return Guess("", 0.0)
    language = _by_letters(text[:SAMPLE], script) or BY_SCRIPT.get(script, "")
    if language:
        return Guess(language, 0.99)
    words = WORD.findall(text[:SAMPLE].lower())
    counts = function_words(words)
    ranked = [pair for pair in counts.most_common(2) if (pair[0] in ONLY_CYRILLIC) == (script == "Cyrillic")]
    if ranked and len(words) >= 20:
        best, hits = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0
        if hits >= 0.15 * len(words) and hits >= 1.6 * second:
            return Guess(best, round(min(0.99, 0.8 + hits / len(words) / 2), 2))
    return detected(text[:SAMPLE])


def _by_letters(text: str, script: str) -> str:
    """The language whose own letters a text uses, or an empty string."""
    told = BY_LETTERS.get(script, ())
    letters = sum(map(str.isalpha, text)) if told else 0
    return next((code for code, own, share in told if len(own.findall(text)) > share * letters), "")


def _of_line(words: Sequence[str], likely: str) -> str:
    """The language of a line by its function words, the likely one looked for first; empty where they leave it open."""
    if is_surely(likely, words):
        return likely
    ranked = function_words(words).most_common(2)
    clear = len(ranked) == 1 or (len(ranked) > 1 and ranked[0][1] >= 1.5 * ranked[1][1])
    return ranked[0][0] if clear and ranked[0][1] >= 0.15 * len(words) else ""


OPEN_SURE = 0.8  # from which an answer for lines that function words leave open is believed


def other_language(texts: Iterable[str], main: str) -> str:
    """The language of at least a fifth of a document that is not its main one; empty where there is none.

    Lines of less than 40 letters or eight words are names and labels; in a Japanese text lines without kana are
    Japanese, too. Lines of one script whose function words leave it open are looked at together.
    """
    letters: Counter[str] = Counter()
    open_lines: dict[str, list[str]] = {}
    for text in texts:
        script = main_script(text)
        few = script != "Thai" and 0 < text.count(" ") < 7  # Thai sets spaces between clauses
        if len(text) < 40 or few:
            continue
        language = _by_letters(text, script) or BY_SCRIPT.get(script, "")
        if not language and script in ("Latin", "Cyrillic"):
            language = _of_line(text_words(text), main)
            if not language:
                open_lines.setdefault(script, []).append(text)
        if language == "zh" and main == "ja":
            language = "ja"
        if language:
            letters[language] += len(text)
    total = letters.total() + sum(len(line) for lines in open_lines.values() for line in lines)
    for lines in open_lines.values():
        amount = sum(map(len, lines))
        if (
            amount >= OTHER_SHARE * total
            and (guess := identify(" ".join(lines)[:SAMPLE])).confidence >= OPEN_SURE
        ):
            letters[guess.language] += amount
    others = [(count, language) for language, count in letters.items() if language != main]
    count, language = max(others, default=(0, ""))
    return language if count >= OTHER_SHARE * letters.total() else ""


@remembered
def detected(text: str) -> Guess:
    """langdetect's answer, the same in every run."""
    try:
        best = detect_langs(text)[0]
    except LangDetectException:
        return Guess("", 0.0)
    return Guess(str(best.lang).split("-")[0], round(float(best.prob), 2))

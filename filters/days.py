"""Days as people and machines write them, in the languages that pages are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november december",
        "januar februar mars april mai juni juli august september oktober november desember",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "ledna února března dubna května června července srpna září října listopadu prosince",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
        "január február március április május június július augusztus szeptember október november december",
        (
            "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta"
            " marraskuuta joulukuuta"
        ),
        "januari februari maret april mei juni juli agustus september oktober november desember",
        (
            "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου"
            " δεκεμβρίου"
        ),
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "jan fev mar abr mai jun jul ago set out nov dez",
        "янв фев мар апр мая июн июл авг сен окт ноя дек",
        # written short, without accents, or as the month is called by itself
        "jan feb mär apr mai jun jul aug sep okt nov dez",
        "jänner feber mrz april mai juni juli august september oktober november dezember",
        "janvier fevrier mars avril mai juin juill aout septembre octobre novembre decembre",
        "jan fév mars avr mai jun juil aoû sept oct nov déc",
        "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",
        "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "jan feb mar apr maj jun jul agu sep okt nov des",
        "jan feb mar apr mei jun jul agt sep okt nov des",
        "oca şub mar nis may haz tem ağu eyl eki kas ara",
        "sty lut mar kwi maj cze lip sie wrz paź lis gru",
        "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
        "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
        "ian febr mar apr mai iun iul aug sept oct noi dec",
        "jan febr márc ápr máj jún júl aug szept okt nov dec",
        "янв февр март апр май июнь июль авг сент окт нояб дек",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "січ лют бер квіт трав черв лип серп вер жовт лист груд",
        "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    )
    for number, name in enumerate(names.split(), 1)
} | {
    f"tháng {name}": number
    for number, name in enumerate("một,hai,ba,tư,năm,sáu,bảy,tám,chín,mười,mười một,mười hai".split(","), 1)
}
MONTH = "|".join(sorted(MONTHS, key=lambda name: (-len(name), name)))
NUMERIC = re.compile(r"(?<![\d/])(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>(?:19|20)\d\d)(?![\d/])")
# Countries, by the ends of hosts, in which English is written and a day stands before its month.
DAY_FIRST = frozenset("au bd eu gh hk ie in jm ke lk mt my ng nz pk sg tz ug uk za zm zw".split())
SHAPES = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?:[-/]|\.\s?)(?P<m>\d{1,2})(?:[-/]|\.\s?)(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]"),
    re.compile(
        rf"(?<![^\W\d_])(?P<n>{MONTH})\.?[ /-]+(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: ?, ?|[ /-]+)"
        r"(?P<y>(?:19|20)\d\d)(?!\d)"
    ),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:(?:st|nd|rd|th|er|[.º°ª])?[ /-]+|\.)(?:de +|of +)?(?P<n>{MONTH})"
        r"(?:\. ?|[., /-]+)(?:del? +)?(?P<y>(?:19|20)\d\d)(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<m>\d{1,2}) ?[月월] ?(?P<d>\d{1,2}),? ?(?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<y>(?:19|20)\d\d)\.? (?P<n>{MONTH})\.? (?P<d>\d{{1,2}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}),?(?: năm)? (?P<y>(?:19|20)\d\d)(?!\d)"),
    # A day first, as everywhere but in the United States: only where dots say so, or no month is that high.
    re.compile(r"\b(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>(?:19|20)\d\d)\b"),
    NUMERIC,
)
COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
EPOCH = re.compile(r"\d{10}(?:\d{3})?")
IN_ADDRESS = re.compile(
    rf"/(?P<y>(?:19|20)\d\d)[/-](?:(?P<m>\d{{1,2}})|(?P<n>{MONTH}))[/-](?P<d>\d{{1,2}})(?:[/-]|$)",
    re.IGNORECASE,
)


def days_in(text: str, *, american: bool) -> Iterator[tuple[int, int, str]]:
    """The dates in a text as (start, end, day), in its order."""
    spans: list[tuple[int, int, str]] = []
    for shape in SHAPES:
        for match in shape.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end, _ in spans):
                day = _day(match, american=american)
                if day:
                    spans.append((match.start(), match.end(), day))
    yield from sorted(spans)


def stated_day(value: str, *, american: bool = True) -> str | None:
    """The day of a date as machines write it (ISO 8601, RFC 822, epoch) or people."""
    value = value.strip()[:80].lower()
    if EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(value[:10]), UTC).date().isoformat()
    if compact := COMPACT.match(value):
        return _day(compact)
    return next((day for _, _, day in days_in(value, american=american)), None)


def day_in_address(address: str) -> str:
    """The day in the path of an address, or an empty string."""
    try:
        found = IN_ADDRESS.search(urlsplit(address).path)
    except ValueError:
        return ""
    return (_day(found) or "") if found else ""


def _day(found: re.Match[str], *, american: bool = True) -> str | None:
    parts = found.groupdict()
    if parts.get("a"):
        one, two = int(parts["a"]), int(parts["b"])
        day_first = one > 12 or (two <= 12 and not american)
        month, day = (two, one) if day_first else (one, two)
    else:
        month = MONTHS[parts["n"].lower()] if parts.get("n") else int(parts["m"])
        day = int(parts["d"])
    try:
        return date(int(parts["y"]), month, day).isoformat()
    except ValueError:
        return None

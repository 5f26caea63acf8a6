"""Days of a page: of publication, of the last change, the one it goes by, and those that cannot be."""

from __future__ import annotations

import pytest

from tests.pipelines.metadata.written import BODY, TITLE, article, origin, read


@pytest.mark.parametrize(
    ("head", "where"),
    [
        (article(datePublished="2025-03-04T23:30:00+02:00"), "JSON-LD datePublished"),
        (
            "<meta property='article:published_time' content='2025-03-04T10:00:00Z'>",
            "meta article:published_time",
        ),
        ("<meta name=dc.date content='20250304'>", "meta dc.date"),
        ("<meta name=date content='Tue, 04 Mar 2025 10:00:00 GMT'>", "meta date"),
        ("<meta name=citation_publication_date content='2025/03/04'>", "meta citation_publication_date"),
    ],
)
def test_the_day_that_the_head_states(head: str, where: str) -> None:
    found = read(head)
    assert (found.published, origin(found, "published")) == ("2025-03-04", where)


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("<p>March 4th, 2025</p>", "en"),
        ("<p>Published: Mar. 4, 2025 · 5 min read</p>", "en"),
        ("<p>3/4/2025</p>", "en-US"),
        ("<p>4/3/2025</p>", "en-GB"),
        ("<p>04.03.2025</p>", "de"),
        ("<p>Veröffentlicht am 4. März 2025</p>", "de"),
        ("<p>4 de marzo de 2025</p>", "es"),
        ("<p>2025年3月4日</p>", "ja"),
        ("<p><time datetime=2025-03-04T08:00>last spring</time></p>", "en"),
        ("<p itemprop=datePublished content=2025-03-04>last spring</p>", "en"),
        (f"{BODY * 20}<p class=post-date>4 March 2025</p>", "en"),
    ],
)
def test_the_day_that_a_reader_sees(line: str, lang: str) -> None:
    assert read("", f"<h1>{TITLE}</h1>{line}", lang=lang).published == "2025-03-04"


def test_the_address_and_the_data_of_scripts_are_the_last_resort() -> None:
    by_address = read(url="https://pm.example/2025/03/04/days")
    assert (by_address.published, origin(by_address, "published")) == ("2025-03-04", "address")
    script = '<script>window.post = {"slug": "days", "publishedAt": "2025-03-04T00:00:00Z"}</script>'
    assert read(script).published == "2025-03-04"
    assert read(script + script.replace("2025", "2024")).published is None


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("4 marca 2025", "pl"),
        ("4. března 2025", "cs"),
        ("4 mars 2025", "sv"),
        ("4. marts 2025", "da"),
        ("4 березня 2025", "uk"),
        ("4 martie 2025", "ro"),
        ("2025. március 4.", "hu"),
        ("4. maaliskuuta 2025", "fi"),
        ("4 Maret 2025", "id"),
        ("4 Μαρτίου 2025", "el"),
        ("4 tháng 3, 2025", "vi"),
        ("2025. 3. 4.", "ko"),
        ("4 de marzo del 2025", "es"),
        ("4. Mär. 2025", "de"),
        ("4 mrt 2025", "nl"),
        ("4 марта 2025 г.", "ru"),
        ("4 бер. 2025", "uk"),
        ("4 Mar 2025", "tr"),
        ("4. 3. 2025", "cs"),
        ("Tháng Ba 4, 2025", "vi"),
        ("3 月 4, 2025", "zh"),
        ("4 de marco de 2025", "pt"),
    ],
)
def test_days_in_many_languages(line: str, lang: str) -> None:
    assert read("", f"<h1>{TITLE}</h1><p>{line}</p>", lang=lang).published == "2025-03-04"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("4 févr. 2025", "2025-02-04"),
        ("1er juill. 2025", "2025-07-01"),
        ("2 aout 2025", "2025-08-02"),
        ("1º de setiembre de 2025", "2025-09-01"),
        ("12. Okt. 2025", "2025-10-12"),
        ("12.Dez.2025", "2025-12-12"),
        ("12 paź 2025", "2025-10-12"),
        ("12 нояб. 2025", "2025-11-12"),
        ("12 Ağu 2025", "2025-08-12"),
        ("12 Agt 2025", "2025-08-12"),
        ("12/Nov/2025", "2025-11-12"),
        ("Nov 12,2025", "2025-11-12"),
        ("Nov 12 , 2025", "2025-11-12"),
        ("November the 12th, 2025", "2025-11-12"),
        ("Tháng Mười Một 12, 2025", "2025-11-12"),
    ],
)
def test_days_written_short_and_carelessly(line: str, day: str) -> None:
    assert read("", f"<h1>{TITLE}</h1><p>{line}</p>").published == day


@pytest.mark.parametrize("line", ["In May 2025 we met", "Volume 12, May 2025", "Mars 2025, 12 pages"])
def test_what_is_no_day(line: str) -> None:
    assert read("", f"<h1>{TITLE}</h1><p>{line}</p>").published is None


def test_the_order_of_day_and_month_is_told_by_the_page_and_by_its_country() -> None:
    """4/3 is the third of April to most who write English on the web, and never to a page that has a 23/2, too."""
    body = f"<h1>{TITLE}</h1><p>4/3/2025</p>"
    assert read("", body).published == "2025-04-03"
    assert read("", f"{body}<p>Next on 23/2/2025</p>").published == "2025-03-04"
    assert (
        read("", f"{body}<p>Next on 2/23/2025</p>", url="https://pm.example.in/a").published == "2025-04-03"
    )
    for host in ("pm.example.co.uk", "pm.example.in", "pm.example.com.au"):
        assert read("", body, url=f"https://{host}/a").published == "2025-03-04"


def test_a_day_with_its_month_in_words_tells_how_the_same_day_in_numbers_is_meant() -> None:
    body = f"<h1>{TITLE}</h1><p>04-03-2025</p>"
    aside = "<aside class=sidebar><p>{}</p></aside>"
    assert read("", f"{body}{aside.format('March 4, 2025')}").published == "2025-03-04"
    assert read("", f"{body}{aside.format('April 3, 2025')}").published == "2025-04-03"
    assert read("", f"{body}{aside.format('March 5, 2025')}").published == "2025-04-03"


def test_a_day_in_numbers_is_the_one_that_the_markup_states_if_it_can_be() -> None:
    """Dots stand for a day first, but some Americans write them, too."""
    stated = article(datePublished="2025-03-04T10:00:00Z", dateModified="2025-09-01")
    found = read(stated, f"<h1>{TITLE}</h1><p class=post-date>03.04.2025</p>")
    assert (found.published, found.shown) == ("2025-03-04", "2025-03-04")
    other = article(datePublished="2025-08-08", dateModified="2025-09-01")
    found = read(other, f"<h1>{TITLE}</h1><p class=post-date>03.04.2025</p>")
    assert found.published == "2025-04-03"


def test_a_line_far_from_the_title_that_says_published_stands_above_a_later_day_in_the_markup() -> None:
    """A site that moved states the day of its move; one line is believed, several are of other articles."""
    stated = "<meta property='article:published_time' content='2025-11-29'>"
    line = f"{BODY * 20}<p class=article-foot>Published March 4, 2025</p>"
    found = read(stated, f"<h1>{TITLE}</h1>{line}")
    assert (found.published, origin(found, "published")) == ("2025-03-04", "line on the page")
    assert read(stated, f"<h1>{TITLE}</h1>{line}<p>Published March 9, 2025</p>").published == "2025-11-29"
    assert read(stated.replace("11-29", "01-01"), f"<h1>{TITLE}</h1>{line}").published == "2025-01-01"
    assert (
        read(stated, f"<h1>{TITLE}</h1>{line.replace('article-foot', 'related')}").published == "2025-11-29"
    )


def test_a_page_goes_by_the_day_that_its_reader_is_told() -> None:
    """Where only JSON-LD tells another one; what it says is the day of publication all the same."""
    shown = f"<h1>{TITLE}</h1><p>Updated 4 March 2025</p>"
    found = read(article(datePublished="2019-05-06"), shown)
    assert (found.published, found.updated, found.shown) == ("2019-05-06", "2025-03-04", "2025-03-04")
    assert (origin(found, "published"), origin(found, "shown")) == (
        "JSON-LD datePublished",
        "line at the title",
    )
    found = read("<meta property='article:published_time' content='2019-05-06'>", shown)
    assert (found.published, found.shown) == ("2019-05-06", "2019-05-06")
    found = read(article(datePublished="2019-05-06"))
    assert (found.published, found.shown) == ("2019-05-06", "2019-05-06")


def test_a_day_in_the_future_is_told_and_not_taken() -> None:
    found = read(article(datePublished="2031-01-01"), f"<h1>{TITLE}</h1><p>4 March 2025</p>")
    assert (found.published, found.future) == ("2025-03-04", "2031-01-01")
    assert read(article(datePublished="2025-03-04")).future is None
    assert read(article(datePublished="2031-01-01"), fetched="").published == "2031-01-01"


def test_published_and_updated_are_two_things() -> None:
    found = read(article(datePublished="2024-05-06", dateModified="2025-03-04T08:00:00Z"))
    assert (found.published, found.updated) == ("2024-05-06", "2025-03-04")
    found = read("", f"<h1>{TITLE}</h1><p>Published 6 May 2024 · Updated 4 March 2025</p>")
    assert (found.published, found.updated) == ("2024-05-06", "2025-03-04")
    found = read(
        article(datePublished="2024-05-06"), f"<h1>{TITLE}</h1><p>Last updated</p><p>4 March 2025</p>"
    )
    assert (found.published, found.updated) == ("2024-05-06", "2025-03-04")


def test_a_change_before_publication_is_none_and_a_lone_one_stands_for_both() -> None:
    assert read(article(datePublished="2025-03-04", dateModified="2024-01-01")).updated is None
    found = read("<meta property='article:modified_time' content='2025-03-04'>")
    assert (found.published, found.updated) == ("2025-03-04", "2025-03-04")


def test_the_first_day_is_told_where_a_page_was_moved() -> None:
    body = f"<h1>{TITLE}</h1><p>6 May 2019</p>"
    assert read(article(datePublished="2024-05-06"), body).published == "2019-05-06"
    # a day more or less is the time zone's
    assert read(article(datePublished="2019-05-07"), body).published == "2019-05-07"


@pytest.mark.parametrize(
    "day", ["2026-03-02", "2099-01-01", "1970-01-01", "0000-00-00", "2025-13-45", "soon"]
)
def test_a_day_that_cannot_be_is_not_taken(day: str) -> None:
    found = read(article(datePublished=day, dateModified=day))
    assert (found.published, found.updated) == (None, None)

"""What a page says of itself: each kind of place it may stand in, and which of them is believed."""

from __future__ import annotations

import json

import pytest

from tests.pipelines.metadata.written import BODY, TITLE, article, linked, origin, read


@pytest.mark.parametrize(
    "written",
    [
        f"{TITLE} | PM Notes",
        f"{TITLE} - pm-notes.example",
        f"PM Notes: {TITLE}",
        f"{TITLE} – Onboarding – PM Notes",
        f"{TITLE} &#x2014; The PM Notes Blog",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(written: str) -> None:
    found = read(f"<title>{written}</title><meta property=og:site_name content='PM Notes'>", "<p>Menu</p>")
    assert found.title.startswith(TITLE)
    assert "PM Notes" not in found.title
    assert origin(found, "title") == "title element"


@pytest.mark.parametrize(
    "title",
    [
        "PM Notes and other habits of a good team",
        "Roadmaps: what they are not",
        "A/B tests - when not to run them",
    ],
)
def test_a_title_is_not_cut_where_no_site_is_named(title: str) -> None:
    assert (
        read(f"<title>{title}</title><meta property=og:site_name content='PM Notes'>", "<p>Menu</p>").title
        == title
    )


def test_the_heading_is_the_title_where_the_page_bears_it_out() -> None:
    found = read(
        "<meta property=og:title content='Your first ninety days in a team | PM Notes'>",
        f"<h1>PM Notes</h1><h1>{TITLE}</h1><h1>Newsletter</h1>",
    )
    assert found.title == TITLE
    assert origin(found, "title") == "heading 1"


def test_a_heading_of_the_site_is_not_the_title() -> None:
    found = read(f"<title>{TITLE} - PM Notes</title>", f"<h1>PM Notes</h1><h2>{TITLE}</h2>")
    assert (found.title, origin(found, "title")) == (TITLE, "heading 2")


def test_a_heading_that_has_nothing_to_do_with_what_is_stated_is_not_the_title() -> None:
    assert read(article(headline=TITLE), "<h1>Join our summer conference now</h1>").title == TITLE


def test_a_heading_that_leads_to_the_front_page_is_the_name_of_the_site() -> None:
    head = f"<title>Field Notes: {TITLE}</title>"
    body = f"<h1><a href=/>Field Notes</a></h1><h3 class=post-title>{TITLE}</h3>"
    assert read(head, body).title == TITLE


def test_headings_of_other_articles_are_not_the_title() -> None:
    other = "<h1><a href=/b>Where to begin in a new team</a></h1>"
    head = (
        "<title>Where to begin in a new team</title><meta property=og:title content='Our first ninety days'>"
    )
    assert read(head, f"<h1>{TITLE}</h1>{other}").title == TITLE


@pytest.mark.parametrize("sign", ["#", "¶", "🔗"])
def test_the_sign_of_a_link_to_a_heading_is_no_part_of_the_title(sign: str) -> None:
    assert read("", f"<h1>{TITLE} <a href='#top'>{sign}</a></h1>").title == TITLE
    assert (
        read("", "<h1>What a team of four learned from C#</h1>").title
        == "What a team of four learned from C#"
    )


def test_a_heading_alone_will_do() -> None:
    assert read("", f"<h1>{TITLE}</h1>").title == TITLE


@pytest.mark.parametrize(
    ("head", "where"),
    [
        (article(author={"@type": "Person", "name": "Ada Nowak"}), "JSON-LD author"),
        (article(author="Ada Nowak"), "JSON-LD author"),
        (
            linked(
                {
                    "@graph": [
                        {"@type": "WebSite", "name": "PM Notes"},
                        {"@type": "Person", "@id": "#ada", "name": "Ada Nowak"},
                        {"@type": ["Article", "BlogPosting"], "author": {"@id": "#ada"}},
                    ]
                }
            ),
            "JSON-LD author",
        ),
        ("<meta name=author content='Ada Nowak'>", "meta author"),
        ("<meta name=AUTHOR content='by Ada Nowak, Senior Editor'>", "meta author"),
        ("<meta property='article:author' content='Ada Nowak'>", "meta article:author"),
        ("<meta name=citation_author content='Ada Nowak'>", "meta citation_author"),
        (
            "<meta name='twitter:label1' content='Written by'><meta name='twitter:data1' content='Ada Nowak'>",
            "meta twitter:data1",
        ),
    ],
)
def test_the_author_that_the_head_states(head: str, where: str) -> None:
    found = read(head)
    assert (found.author, origin(found, "author")) == ("Ada Nowak", where)


@pytest.mark.parametrize(
    "line",
    [
        "<p>By Ada Nowak</p>",
        "<p>Written by: Ada Nowak | 4 min read</p>",
        "<p>By</p><p>Ada Nowak</p>",
        "<p>March 3, 2025 by Ada Nowak</p>",
        "<p>Posted on 3 March 2025 by Ada Nowak in Careers</p>",
        "<p><a href=/authors/ada>Ada Nowak</a> · 4 March 2025</p>",
        "<p class=post-author>Ada Nowak</p>",
        "<p>Ada Nowak</p><p>4 min read</p>",
        "<p>Von Ada Nowak</p>",
        "<p>Par Ada Nowak</p>",
        "<p>Por Ada Nowak</p>",
        "<p>作者：Ada Nowak</p>",
        "<div itemprop=author itemscope><span itemprop=name>Ada Nowak</span></div>",
        "<p>Words and pictures: <a rel=author href=/about>Ada Nowak</a></p>",
    ],
)
def test_the_author_that_stands_at_the_title(line: str) -> None:
    assert read("", f"<h1>{TITLE}</h1>{line}").author == "Ada Nowak"


@pytest.mark.parametrize(
    "body",
    [
        "<p>Posted byAda NowakMarch 4, 2025</p>",
        "<p>Interview by Ada Nowak</p>",
        "<p>Fact checked by</p><p>Ben Okafor</p><p>By</p><p>Ada Nowak</p>",
        "<p><a href=/staff/26480/ada-nowak/>Ada Nowak</a> PM NOTES</p>",
        f"{BODY * 15}<h3>Ada Nowak</h3><p>Ada Nowak is a product manager in Gdansk.</p>",
        f"{BODY * 15}<h3>Article by</h3><p style='opacity:0'>Ada Nowak</p>",
        "<p>This post was written by Ada Nowak, MD, a physician.</p>",
    ],
)
def test_the_author_in_other_places(body: str) -> None:
    assert read("", f"<h1>{TITLE}</h1>{body}").author == "Ada Nowak"


def test_who_says_i_on_a_site_of_that_name_is_its_author() -> None:
    said = "<p>I left my job in spring, since I had learned what I could, and my own team needed somebody new.</p>"
    head = "<meta property=og:site_name content='Ada Nowak'>"
    found = read(head, f"<h1>{TITLE}</h1>{said * 3}", url="https://adanowak.example/a")
    assert (found.author, origin(found, "author")) == ("Ada Nowak", "meta og:site_name")
    # a firm is named like a person at times, and says "we"
    assert read(head, f"<h1>{TITLE}</h1>{BODY * 3}", url="https://adanowak.example/a").author == ""
    assert read(head, f"<h1>{TITLE}</h1>{said * 3}", url="https://pm.example/a").author == ""
    head = "<title>A first year | Some Mirror</title>"
    assert read(head, f"<h1>{TITLE}</h1>{said * 3}", url="https://somemirror.example/a").author == ""


def test_an_account_of_what_somebody_is_makes_nobody_an_author() -> None:
    section = "<h3>Art Deco</h3><p>Art Deco is a style of the years between the wars.</p>"
    assert read("", f"<h1>{TITLE}</h1>{BODY * 15}{section}").author == ""


def test_several_authors_are_all_named() -> None:
    people = [{"@type": "Person", "name": "Ada Nowak"}, {"@type": "Person", "name": "Ben Okafor"}]
    assert read(article(author=people)).author == "Ada Nowak; Ben Okafor"
    line = "<p>By Ada Nowak, PhD, Ben Okafor and Cleo van der Berg</p>"
    assert read("", f"<h1>{TITLE}</h1>{line}").author == "Ada Nowak; Ben Okafor; Cleo van der Berg"


def test_the_line_at_the_title_is_believed_before_the_account_that_posted() -> None:
    found = read(
        article(author={"@type": "Person", "name": "Web Desk"}), f"<h1>{TITLE}</h1><p>By Ada Nowak</p>"
    )
    assert found.author == "Ada Nowak"


@pytest.mark.parametrize(
    "body",
    [
        "<p>Reviewed by Ada Nowak</p>",
        "<p>Photo by Ada Nowak</p>",
        "<p>By using this page you accept our terms</p>",
        "<p>Last Updated</p><p>4 March 2025</p>",
        "<div class=comments><p>by Ada Nowak</p></div>",
        "<div class=related-posts><p class=author>Ada Nowak</p></div>",
    ],
)
def test_nobody_is_made_an_author(body: str) -> None:
    assert read("", f"<h1>{TITLE}</h1>{BODY * 15}{body}").author == ""
    if "class" not in body:
        assert read("", f"<h1>{TITLE}</h1>{body}").author == ""


@pytest.mark.parametrize(
    "name", ["admin", "q_admin", "user12", "https://social.example/ada", "ada@pm.example", "N/A"]
)
def test_an_account_or_address_is_no_author(name: str) -> None:
    assert read(f"<meta name=author content='{name}'>").author == ""


def test_a_team_is_named_where_no_person_is() -> None:
    team = article(author={"@type": "Organization", "name": "PM Notes Editorial Team"})
    assert read(team).author == "PM Notes Editorial Team"
    assert read(team, f"<h1>{TITLE}</h1><p>By Ada Nowak</p>").author == "Ada Nowak"


def test_the_article_is_told_from_the_others_in_the_data() -> None:
    other = {"@type": "Article", "url": "https://www.pm-notes.example/b", "author": {"name": "Ben Okafor"}}
    own = {
        "@type": "Article",
        "mainEntityOfPage": "https://www.pm-notes.example/a/",
        "author": {"name": "Ada Nowak"},
    }
    comment = {"@type": "Comment", "author": {"name": "Cy Troll"}, "datePublished": "2020-01-01"}
    found = read(linked(comment, other, own))
    assert (found.author, found.published) == ("Ada Nowak", None)


@pytest.mark.parametrize(
    ("head", "body", "licence"),
    [
        ("<link rel=license href='https://creativecommons.org/licenses/by-sa/4.0/'>", "", "CC-BY-SA-4.0"),
        (article(license="http://creativecommons.org/publicdomain/zero/1.0/"), "", "CC0-1.0"),
        ("<meta name=license content='MIT'>", "", "MIT"),
        ("<link rel=license href=/terms>", "", "https://www.pm-notes.example/terms"),
        (
            "",
            "<footer><a href='//creativecommons.org/licenses/by-nc/3.0/de/'>Rights</a></footer>",
            "CC-BY-NC-3.0",
        ),
        ("<meta name=copyright content='© PM Notes, all rights reserved'>", "", ""),
        ("", "<p>We wrote about Creative Commons.</p>", ""),
    ],
)
def test_the_licence_where_one_is_stated(head: str, body: str, licence: str) -> None:
    found = read(head, f"<h1>{TITLE}</h1>{body}")
    assert found.licence == licence
    assert bool(origin(found, "licence")) is bool(licence)


@pytest.mark.parametrize(
    ("head", "site", "where"),
    [
        ("<meta property=og:site_name content='PM Notes'>", "PM Notes", "meta og:site_name"),
        (article(publisher={"@type": "Organization", "name": "PM Notes"}), "PM Notes", "JSON-LD publisher"),
        ("", "www.pm-notes.example", "address"),
    ],
)
def test_the_site(head: str, site: str, where: str) -> None:
    found = read(head)
    assert (found.site, origin(found, "site")) == (site, where)


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article", "headline": ',
        "[" * 100_000,
        '{"@graph":' * 5_000 + "1" + "}" * 5_000,
        '{"@type": "Article", "author": ' * 500 + "{}" + "}" * 500,
        '{"@type": 7, "author": [[], 3, null, {"name": {"a": 1}}], "datePublished": {"@value": []}}',
        '{"@type": "Article", "author": {"@id": "#a"}, "mainEntityOfPage": [1], "@id": {}}',
        "null",
        "\ufeff",
    ],
)
def test_broken_data_costs_nothing_else(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script><meta name=author content="Ada Nowak">'
    found = read(head)
    assert (found.title, found.author) == (TITLE, "Ada Nowak")


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "Article", "datePublished": "2025-03-04", "author": {"name": "Ada Nowak"}} -->',
        '{"@type": "Article", "datePublished": "2025-03-04", "author": {"name": "Ada Nowak"},}',
        '{"@type": "Article", "text": "two\nlines", "datePublished": "2025-03-04", "author": {"name": "Ada Nowak"}}',
        '{"@type": "Article", "text": "a "quote"", "datePublished": "2025-03-04", "author": {"name": "Ada Nowak"}}',
        '{"@type": "Article", "datePublished": "2025-03-04", "author": "Ada Nowak"}'.replace('"', "&quot;"),
    ],
)
def test_common_mistakes_in_data_are_forgiven(script: str) -> None:
    found = read(f'<script type="application/ld+json">{script}</script>')
    assert (found.published, found.author) == ("2025-03-04", "Ada Nowak")


def test_data_in_a_meta_element_is_data() -> None:
    node = json.dumps({"@type": "Article", "datePublished": "2025-03-04", "author": {"name": "Ada Nowak"}})
    found = read(f"<meta name='script:ld+json' content='{node}'>")
    assert (found.published, found.author) == ("2025-03-04", "Ada Nowak")


@pytest.mark.parametrize("url", ["", "no address", "http://[::1", "https://a.example:99999999/"])
def test_an_odd_address_costs_nothing(url: str) -> None:
    assert read(url=url).title == TITLE


def test_values_are_short() -> None:
    found = read(
        f"<meta property=og:site_name content='{'a ' * 50_000}'><title>{'b ' * 50_000}</title>", BODY
    )
    assert len(found.site) <= 500
    assert len(found.title) <= 500


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ("<link rel=canonical href='/b?x=1#top'>", "https://www.pm-notes.example/b?x=1"),
        ("<meta property=og:url content='https://pm-notes.example/b'>", "https://pm-notes.example/b"),
        (
            "<link rel=canonical href=/b><meta property=og:url content=https://www.pm-notes.example/c>",
            "https://www.pm-notes.example/b",
        ),
        ("<link rel=canonical href=/b><link rel=canonical href=/b/>", "https://www.pm-notes.example/b"),
        ("<link rel=canonical href=/b><link rel=canonical href=/c>", ""),
        ("<link rel=canonical href=''><meta property=og:url content='javascript:alert(1)'>", ""),
        ("<link rel=canonical href='http://[::1'>", ""),
    ],
)
def test_the_address_that_a_page_claims(head: str, canonical: str) -> None:
    assert read(head).canonical_url == canonical


HEADING = f"<h1>{TITLE}</h1>"
FACTS = (
    "<div class=sidebar><div class=facts><h4>Publication date</h4><p class=day>July 8, 2025</p></div></div>"
)


@pytest.mark.parametrize(
    ("head", "body", "day", "where"),
    [
        (
            article(datePublished="2025-03-02"),
            f"{HEADING}<p>This article was originally published on 26 Sep 2019 and has been revised since.</p>",
            "2019-09-26",
            "line on the page",
        ),
        (
            article(datePublished="2025-03-02"),
            f"{HEADING}{'<p>Words.</p>' * 20}<p>Her book was first published on 26 Sep 2019, and sold well.</p>",
            "2025-03-02",
            "JSON-LD datePublished",
        ),
        (
            article(datePublished="2018-03-02") + "<meta name=date content=2025-03-02>",
            f"{HEADING}<p>March 2, 2025</p>",
            "2025-03-02",
            "meta date",
        ),
        (
            "",
            f"{HEADING}<p><span>Mental Health</span><b>DECEMBER 22, 2022</b></p>",
            "2022-12-22",
            "line at the title",
        ),
        ("", f"{HEADING}<p style='opacity:0'>Feb 16, 2026</p>", "2026-02-16", "line at the title"),
        (
            "",
            f"{HEADING}{'<p>Words.</p>' * 90}{FACTS}<ul><li>June 1, 2019</li><li>June 2, 2019</li></ul>",
            "2025-07-08",
            "line on the page",
        ),
        ("", f"{HEADING}{'<p>Words.</p>' * 90}<p>April 8, 2024</p>", "2024-04-08", "line on the page"),
        (
            "",
            f"{HEADING}{'<p>Words.</p>' * 90}<p>April 8, 2024</p><p>April 9, 2024</p>",
            None,
            "",
        ),
    ],
    ids=[
        "the first of several",
        "of another work",
        "two against one",
        "glued to the label before it",
        "shown by a script",
        "labelled, far from the title",
        "alone, far from the title",
        "two, far from the title",
    ],
)
def test_days_that_lines_of_the_page_give(head: str, body: str, day: str | None, where: str) -> None:
    found = read(head, body)
    assert (found.published, origin(found, "published")) == (day, where)


@pytest.mark.parametrize("address", ["/2023/10/03/a", "/blog/2023/october/03/a"])
def test_an_address_tells_the_day_from_the_month(address: str) -> None:
    found = read("", f"{HEADING}<p>03/10/2023</p>", url=f"https://www.pm-notes.example{address}")
    assert found.published == "2023-10-03"


@pytest.mark.parametrize(("stated", "day"), [("2023-10-04", "2023-10-03"), ("2023-12-24", "2023-12-24")])
def test_an_address_has_the_day_of_the_site_where_it_is_close_to_what_is_stated(
    stated: str, day: str
) -> None:
    found = read(article(datePublished=stated), url="https://www.pm-notes.example/2023/10/03/a")
    assert found.published == day

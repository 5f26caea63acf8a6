"""What a reader gets: front page, list of articles, article pages, and the headers they come with."""

from __future__ import annotations

import re
import sqlite3
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from pipelines.store import post_id

OURS = ("/", "/-/articles", "/-/articles?q=customers", "/-/article/ffffffffffffffff")


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text inside each kind of tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "input", "br", "hr", "img", "rect", "path"}:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_front_page_tells_what_this_is_and_how_large(get: Any, pages: dict[str, str]) -> None:
    answer = get("/")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.texts["h1"] == ["Career guides for product managers, without the chaff"]
    assert dict(zip(page.texts["dt"], page.texts["dd"], strict=True)) == {
        "articles": "6",
        "words kept": "473",
        "sites": "4",
        "languages": "2",
        "blocks removed from them": "19",
    }
    links = [link.get("href") for link in page.all("a")]
    assert pages["guide"] in links
    assert pages["copy"] not in links
    assert pages["rejected"] not in links
    assert any(form["action"] == "/-/articles" for form in page.all("form"))


def test_front_page_has_the_newest_first(get: Any) -> None:
    titles = [" ".join(title.split()) for title in Page(get("/").text).texts["h3"]]
    assert titles[0] == "How to become a product manager"
    assert titles[-1] == "Saying no without losing friends"


def test_a_corpus_without_anything_says_what_to_do(tmp_path: Any, ask: Any) -> None:
    from pipelines.store import Store

    Store.open(tmp_path / "corpus.db").close()

    async def asked() -> tuple[int, str, int]:
        ds = Datasette([str(tmp_path / "corpus.db")])
        await ds.invoke_startup()
        front, found = await ds.client.get("/"), await ds.client.get("/-/articles")
        return front.status_code, front.text, found.status_code

    status, text, found = ask(asked())
    assert (status, found) == (200, 200)
    assert "winnow crawl" in text


def test_counts_follow_what_is_written_meanwhile(corpus: Path, tmp_path: Path, ask: Any) -> None:
    """Totals are remembered, but never longer than they are true."""
    copy = tmp_path / "corpus.db"
    copy.write_bytes(corpus.read_bytes())

    async def asked() -> list[str]:
        ds = Datasette([str(copy)])
        await ds.invoke_startup()
        seen = [Page((await ds.client.get("/")).text).texts["dd"][0] for _ in range(2)]
        connection = sqlite3.connect(copy)
        with connection:
            connection.execute("update posts set status = 'rejected' where site = 'Lessons'")
        connection.close()
        return [*seen, Page((await ds.client.get("/")).text).texts["dd"][0]]

    assert ask(asked()) == ["6", "6", "3"]


def test_without_a_corpus_datasette_is_what_it_always_was(datasette: Any, ask: Any) -> None:
    async def asked() -> list[int]:
        ds = Datasette(memory=True)
        await ds.invoke_startup()
        return [(await ds.client.get(path)).status_code for path in ("/", "/-/", "/-/articles")]

    assert ask(asked()) == [302, 200, 404]


def test_articles_are_searched_with_hits_marked(get: Any) -> None:
    page = Page(get("/-/articles?q=customer").text)
    assert len(page.texts["h2"]) == 1
    assert page.texts["mark"] == ["customers"]


def test_articles_are_narrowed_by_site_and_language(get: Any) -> None:
    assert len(Page(get("/-/articles?site=Lessons").text).texts["h2"]) == 3
    assert len(Page(get("/-/articles?language=ar").text).texts["h2"]) == 1
    assert "No article matches" in get("/-/articles?q=customer&site=Lessons").text


@pytest.mark.parametrize(
    "query", ["q=%22", "q=NEAR(", "q=%00%02", "page=0", "page=-1", "page=x", "page=99999999", "site='"]
)
def test_articles_take_anything(get: Any, query: str) -> None:
    assert get(f"/-/articles?{query}").status_code == 200


def test_article_shows_what_was_removed_in_its_place(get: Any, pages: dict[str, str]) -> None:
    text = get(pages["guide"]).text
    page = Page(text)
    removed = [" ".join(words.split()) for words in page.texts["del"]]
    advert = "Play now at Lucky Star! Best casino bonus, 200 free spins, no deposit needed."
    assert advert in removed
    assert {"Share on Facebook", "Related posts", "Sign in", "Read more..."} <= set(removed)
    assert text.index("change their mind") < text.index(advert) < text.index("Make three big bets")
    why = next(words for words in page.texts["p"] if "gambling" in words and "advert stands" in words)
    assert "score 1.45" in why
    assert "best casino bonus" in why
    assert any("link_dense" in words and "Nearly all" in words for words in page.texts["details"])


def test_long_runs_are_folded_and_counted(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["guide"]).text)
    summaries = [" ".join(words.split()) for words in page.texts["summary"]]
    assert "4 blocks removed 10 words · share_bar" in summaries
    assert "8 blocks removed 58 words · related_tail" in summaries
    assert not any("gambling" in words for words in summaries)


def test_clean_view_has_the_article_and_nothing_else(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["guide"] + "?view=clean").text)
    assert "del" not in page.texts
    body = " ".join(page.texts["article"])
    assert "Make three big bets" in body
    assert "casino" not in body
    current = [link["href"] for link in page.all("a") if link.get("aria-current")]
    assert current == [pages["guide"] + "?view=clean"]


def test_headings_are_in_order_and_the_title_stands_once(get: Any, pages: dict[str, str]) -> None:
    for path in (pages["guide"], pages["guide"] + "?view=clean", "/", "/-/articles"):
        page = Page(get(path).text)
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert page.texts  # the last one parsed
    titles = Page(get(pages["guide"]).text)
    assert sum("How to become" in words for tag in ("h1", "h2") for words in titles.texts[tag]) == 1


def test_a_list_goes_on_counting_after_a_removed_item(get: Any, pages: dict[str, str]) -> None:
    lists = Page(get(pages["guide"]).text).all("ol")
    assert [one.get("start", "1") for one in lists] == ["1", "3"]


def test_links_of_articles_give_nothing_away(get: Any, pages: dict[str, str]) -> None:
    for path in pages.values():
        for link in Page(get(path).text).all("a"):
            if not link["href"].startswith(("/", "#")):
                assert link["href"].startswith(("http://", "https://", "mailto:"))
                assert {"nofollow", "noopener", "noreferrer"} <= set(link["rel"].split())


def test_article_says_where_on_the_page_each_value_was_found(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["guide"]).text)
    told = {span["title"] for span in page.all("span") if "title" in span}
    assert told == {
        'Taken from: JSON-LD "author"',
        "Taken from: line at the title",
        "Taken from: meta og:site_name",
        "Taken from: link rel=license",
        "The page states this date, which is after it was fetched.",
    }
    assert "1 January 2031, not believed" in page.texts["span"]
    assert "updated 18 September 2026" in page.texts["span"]
    assert "Licence: CC-BY-4.0" in page.texts["span"]


def test_article_says_what_it_is_and_what_spoke_for_that(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["guide"]).text)
    told = [" ".join(text.split()) for text in (*page.texts["dd"], *page.texts["li"], *page.texts["span"])]
    assert "guide (<b>how</b> +0.8)" in told
    assert "97% (trade in title +1.4)" in told
    assert {"entry", "breaking in"} <= set(told)
    assert "Language: en and fr" in told, "a text in two languages says so"


def test_article_says_where_it_comes_from(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["guide"]).text)
    article = " ".join(" ".join(page.texts["article"]).split())
    for told in (
        "By Ada Example",
        "PM Guides",
        "14 September 2026",
        "222 words, 1 min",
        "29% of the page’s words",
    ):
        assert told in article
    links = [link["href"] for link in page.all("a")]
    assert "https://guides.example/how-to-become-a-product-manager" in links
    assert pages["copy"] in links
    assert "/corpus/runs/1" in links
    (canonical,) = [link for link in page.all("link") if link["rel"] == "canonical"]
    assert canonical["href"] == "https://guides.example/how-to-become-a-product-manager"


def test_an_earlier_version_is_compared_with_the_article(get: Any, pages: dict[str, str]) -> None:
    """What the page said then is struck through, whatever it was; a version that is not there is not shown."""
    article = get(pages["guide"]).text
    assert f'href="{pages["guide"]}?version=1">Version 1, 15 September 2026</a>' in article
    compared = get(pages["guide"] + "?version=1")
    assert compared.status_code == 200
    page = Page(compared.text)
    assert page.texts["del"] == ["It said <script>document.title='owned'</script> then."]
    assert len(page.texts["ins"]) > 3
    for number in ("0", "2", "x"):
        assert "What changed since" not in get(f"{pages['guide']}?version={number}").text


def test_a_page_that_is_gone_says_since_when(get: Any, pages: dict[str, str]) -> None:
    assert "No longer there." in get(pages["hostile"]).text
    assert "2 October 2026" in get(pages["hostile"]).text
    assert "No longer there." not in get(pages["guide"]).text


def test_a_copy_points_at_the_article_that_is_kept(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["copy"]).text)
    assert pages["guide"] in [link["href"] for link in page.all("a")]
    assert "The corpus keeps" in " ".join(page.texts["article"])


def test_a_rejected_page_says_why(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["rejected"]).text)
    (note,) = [div for div in page.all("div") if div.get("role") == "note"]
    assert "rejected" in note["class"]
    words = " ".join(page.texts["article"])
    assert "The page is about gambling, not about product management" in words
    assert "/corpus/rules/off_topic" in [link["href"] for link in page.all("a")]


def test_a_page_that_could_not_be_read_says_why(get: Any, pages: dict[str, str]) -> None:
    words = " ".join(Page(get(pages["errored"]).text).texts["article"])
    assert "could not be read" in words
    assert "The page is empty" in words


def test_language_and_direction_are_those_of_the_article(get: Any, pages: dict[str, str]) -> None:
    page = Page(get(pages["arabic"]).text)
    (body,) = [div for div in page.all("div") if div.get("class") == "body"]
    assert (body["lang"], body["dir"]) == ("ar", "rtl")
    assert page.all("html")[0]["lang"] == "en"


@pytest.mark.parametrize("post", ["ffffffffffffffff", "x", "..%2f", "%3Cscript%3E", "B3409A77C7AF41CF"])
def test_an_unknown_post_is_not_found(get: Any, post: str) -> None:
    answer = get(f"/-/article/{post}")
    assert answer.status_code == 404
    assert "<script" not in answer.text or answer.headers["content-type"] != "text/html"
    assert "script" not in Page(answer.text).texts


def test_nothing_hostile_becomes_markup(get: Any, curator: dict[str, str], pages: dict[str, str]) -> None:
    for path in (
        "/",
        "/-/articles",
        "/-/articles?q=script",
        pages["hostile"],
        pages["hostile"] + "?view=clean",
        pages["hostile"] + "/decide",
    ):
        page = Page(get(path, cookies=curator).text)
        assert not {"script", "img", "iframe", "b", "object", "style"} & {tag for tag, _ in page.tags}, path
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"], (path, tag)
            for name in ("href", "src", "action"):
                assert not attributes.get(name, "").lower().startswith(("javascript:", "data:", "//"))
        assert "document.title='owned'" in " ".join(page.texts["main"]), "shown as the words that they are"


def test_a_title_cannot_turn_the_page_around(
    get: Any, curator: dict[str, str], pages: dict[str, str]
) -> None:
    paths = (
        "/",
        "/-/articles",
        pages["hostile"],
        pages["hostile"] + "?view=clean",
        pages["hostile"] + "/decide",
        "/corpus/posts",
        "/corpus/most_removed",
        "/corpus/fragments?_size=100",
    )
    for path in paths:
        seen = "".join("".join(words) for words in Page(get(path, cookies=curator).text).texts.values())
        assert "exe.gpj" in seen
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", seen), path


def test_our_pages_allow_no_script_at_all(get: Any, curator: dict[str, str], pages: dict[str, str]) -> None:
    for path in (*OURS, *pages.values(), pages["hostile"] + "/decide"):
        policy = get(path, cookies=curator).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/-/",
        "/corpus",
        "/corpus/posts",
        "/corpus/posts.json",
        "/corpus/nothing",
        "/corpus.db",
        "/corpus/posts.csv",
    ],
)
def test_every_answer_is_fenced(get: Any, path: str) -> None:
    headers = get(path).headers
    assert headers.get_list("content-security-policy") == [headers["content-security-policy"]]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")


def test_core_pages_keep_the_scripts_they_need_and_no_others(get: Any) -> None:
    policy = get("/corpus/posts").headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_rows_lead_to_articles(get: Any, pages: dict[str, str]) -> None:
    for path in ("/corpus/posts", "/corpus/articles", "/corpus/fragments?_size=100", "/corpus/most_removed"):
        assert pages["guide"] in [link.get("href") for link in Page(get(path).text).all("a")], path
    row = get(pages["guide"].replace("/-/article", "/corpus/posts")).text
    assert f'<a href="{pages["guide"]}">Read this article' in row


def test_cells_link_to_web_addresses_only(get: Any) -> None:
    for path in ("/corpus/posts?_size=100", "/corpus/sources", "/corpus/fetches"):
        for link in Page(get(path).text).all("a"):
            assert not link.get("href", "").lower().startswith(("javascript:", "data:", "vbscript:"))


def test_who_may_not_see_the_texts_may_not_see_the_pages(corpus: Any, ask: Any) -> None:
    """Our routes ask the same permissions as Datasette's own."""
    closed = {"databases": {"corpus": {"tables": {"post_texts": {"allow": {"id": "curator"}}}}}}
    post = post_id("https://guides.example/how-to-become-a-product-manager")

    async def asked() -> list[int]:
        ds = Datasette([str(corpus)], config=closed)
        await ds.invoke_startup()
        paths = ("/", "/-/articles", f"/-/article/{post}")
        shut = [(await ds.client.get(path)).status_code for path in paths]
        return [*shut, (await ds.client.get(paths[2], actor={"id": "curator"})).status_code]

    assert ask(asked()) == [403, 403, 403, 200]


def test_pages_work_below_another_path(corpus: Any, ask: Any) -> None:
    async def asked() -> Page:
        ds = Datasette([str(corpus)], settings={"base_url": "/library/"})
        await ds.invoke_startup()
        return Page((await ds.client.get("/")).text)

    page = ask(asked())
    local = [link["href"] for link in page.all("a") if not link["href"].startswith("#")]
    assert local
    assert all(href.startswith("/library/") for href in local)
    assert page.all("link")[0]["href"].startswith("/library/")

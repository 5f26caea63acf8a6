"""A real browser on a really served corpus that holds a hostile page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipelines.ui.serve import command

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(corpus: Path, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``winnow serve`` on a port that was free."""
    with serving(command(corpus.parent, port=0), tmp_path_factory.mktemp("log") / "log") as address:
        yield address


class Visit:
    """A page in a browser, with all that it asked for and complained about."""

    def __init__(self, browser: Any, server: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.server = server
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dismiss)
        # a blocked inline script or style is told here even where the console is silent
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " event => console.error('violation ' + event.violatedDirective + ' ' + event.blockedURI))"
        )

    def _dismiss(self, dialog: Any) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def go(self, path: str) -> Any:
        answer = self.page.goto(self.server + path, wait_until="load")
        assert answer.status == 200
        return self.page

    def strangers(self) -> list[str]:
        """Addresses that were asked for and are not the server's own."""
        return [url for url in self.requests if urlsplit(url).netloc != urlsplit(self.server).netloc]


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Visit]:
    visited = Visit(browser, server)
    yield visited
    visited.context.close()


@pytest.mark.parametrize("view", ["", "?view=clean"])
def test_a_hostile_page_does_nothing(visit: Visit, pages: dict[str, str], view: str) -> None:
    page = visit.go(pages["hostile"] + view)
    before = page.title()
    assert "owned" in before, "the title's words are shown as words"
    for link in page.locator("article .body a, article h1, article td").all():
        link.hover()
    page.wait_for_timeout(200)
    assert page.title() == before
    assert page.locator("script, iframe, object, embed, style, img").count() == 0
    assert page.evaluate("document.querySelectorAll('[onerror],[onload],[onmouseover],[style]').length") == 0
    assert visit.strangers() == []
    assert visit.complaints == []


@pytest.mark.parametrize(
    "path", ["/", "/-/articles", "/-/articles?q=script", "/corpus", "/corpus/posts", "/corpus/search?q=x"]
)
def test_hostile_titles_do_nothing_on_other_pages(visit: Visit, path: str) -> None:
    page = visit.go(path)
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert visit.strangers() == []
    assert visit.complaints == []


def test_the_policy_would_have_stopped_a_script(visit: Visit, pages: dict[str, str]) -> None:
    """The net below the rope: inline script that got in all the same would not run."""
    page = visit.go(pages["guide"])
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = \"document.title='owned'\";"
        " document.body.append(s);"
        " const i = document.createElement('img'); i.src = 'https://tracker.example/x.png';"
        " document.body.append(i); }"
    )
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert {text.split()[1] for text in visit.complaints if text.startswith("violation")} == {
        "script-src-elem",
        "img-src",
    }


def test_what_was_removed_is_seen_struck_through(visit: Visit, pages: dict[str, str]) -> None:
    page = visit.go(pages["guide"])
    advert = page.get_by_text("Play now at Lucky Star!")
    assert advert.is_visible()
    assert "line-through" in advert.evaluate("element => getComputedStyle(element).textDecorationLine")
    assert page.get_by_text("A gambling advert stands between").first.is_visible()
    related = page.get_by_text("9 things that nobody tells you")
    assert not related.is_visible(), "long runs are folded"
    page.get_by_text("8 blocks removed").click()
    assert related.is_visible()


def test_readers_switch_between_clean_and_complete(visit: Visit, pages: dict[str, str]) -> None:
    page = visit.go(pages["guide"])
    page.get_by_role("link", name="Clean").click()
    page.wait_for_url("**?view=clean")
    assert page.locator("del").count() == 0
    assert page.get_by_text("Make three big bets").is_visible()
    page.get_by_role("link", name="With what was removed").click()
    page.wait_for_url(lambda url: "view" not in url)
    assert page.locator("del").count() > 0


def test_the_keyboard_alone_finds_an_article(visit: Visit) -> None:
    page = visit.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.locator("#q").focus()
    page.keyboard.type("customers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/articles?q=customers*")
    page.get_by_role("link", name="How to become a product manager").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/article/*")
    assert page.get_by_role("heading", level=1).inner_text() == "How to become a product manager"


def test_all_pages_begin_with_their_facets_and_show_the_columns_that_tell_them_apart(visit: Visit) -> None:
    """And not with what each of fifty columns means."""
    page = visit.go("/")
    page.get_by_role("link", name="All pages").click()
    page.wait_for_url("**/corpus/posts?*")
    facets = page.locator(".facet-results").bounding_box()
    assert facets["y"] + 100 < page.viewport_size["height"]
    assert page.locator("dl.column-descriptions dt").count() > 40
    columns = page.locator("table.rows-and-columns thead th").all_inner_texts()
    assert {"title", "status", "reason"} <= {column.split()[0] for column in columns}
    assert len(columns) < 12
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_can_be_read_in_any_light(
    browser: Any, server: str, pages: dict[str, str], scheme: str
) -> None:
    """Nothing scrolls sideways, and text keeps the contrast of 4.5 to 1 that WCAG 2.2 asks for."""
    visited = Visit(browser, server, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    for path in ("/", "/-/articles", pages["guide"], pages["hostile"], pages["rejected"]):
        page = visited.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        for text, ratio in page.evaluate(CONTRAST):
            assert ratio >= 4.5, (path, scheme, text, ratio)
    assert visited.complaints == []
    visited.context.close()


CONTRAST = """() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
      .map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/^rgba.*, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const seen = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join('');
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    seen.push([own.slice(0, 40), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]);
  }
  return seen;
}"""

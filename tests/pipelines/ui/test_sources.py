"""The pages on sources: their past as pictures without script, and quarantine in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import tilde_encode

from filters.chain import Chain
from pipelines.store import FetchRecord, Source, Store
from pipelines.store.health import Quarantine
from pipelines.ui.charts import Bar, bars, spark
from pipelines.ui.safety import OWN_PAGES

HOSTILE = '"><script>document.title="owned"</script>/ü'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six runs of two sources, the last one with many failures; the second is in quarantine."""
    folder = tmp_path_factory.mktemp("sources")
    with Store.open(folder / "corpus.db") as store:
        store.record_source(Source("blog", "A blog", "https://blog.example/"))
        store.record_source(Source(HOSTILE, "<b>x</b>", "javascript:alert(1)"))
        for number in range(6):
            run = store.start_run("crawl", Chain("default", ()))
            failures = 9 if number == 5 else 1
            for source, count in (("blog", 10), (HOSTILE, 3)):
                for n in range(count):
                    state = "failed" if n < failures and source == "blog" else "skipped"
                    url = f"https://{source[:4].strip('<>')}.example/{n}"
                    store.record_fetch(run, FetchRecord(url, state, source))  # type: ignore[arg-type]
                    store.record_fetch(run, FetchRecord(f"{url}/read", "rejected", source))
            store.finish_run(run)
        store.quarantine(Quarantine(HOSTILE, "6 of <i>10</i> are spam", "2026-06-01T00:00:00Z", 6))
    return folder


@pytest.fixture
def ask_for(
    folder: Path, datasette: Any, ask: Callable[[Coroutine[Any, Any, Any]], Any]
) -> Callable[[str], Any]:
    """Ask Datasette on that corpus for a path; ``datasette`` has registered the plugin."""

    def asked(path: str) -> Any:
        async def got() -> Any:
            served = Datasette([str(folder / "corpus.db")])
            await served.invoke_startup()
            return await served.client.get(path)

        return ask(got())

    return asked


def test_the_list_of_sources_leads_to_each_and_names_what_is_in_quarantine(
    ask_for: Callable[[str], Any],
) -> None:
    answer = ask_for("/-/sources")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == OWN_PAGES
    assert 'href="/-/source/blog"' in answer.text
    assert answer.text.count("in quarantine</strong>") == 1
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    links = re.findall(r'href="(/-/source/[^"]+)"', answer.text)
    assert [ask_for(link).status_code for link in links] == [200, 200]


def test_the_past_of_a_source_is_drawn_and_told(ask_for: Callable[[str], Any]) -> None:
    answer = ask_for("/-/source/blog")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == OWN_PAGES
    assert answer.text.count('<svg class="chart"') == 4
    errors = answer.text.split("Addresses that failed", 1)[1].split("</figure>")[0]
    assert errors.count('<rect class="kept"') == 5
    assert errors.count('<rect class="removed"') == 1
    assert "Run 6 (crawl), 20" in errors
    assert "47%</title>" in errors  # 9 of 19
    assert "9% is usual" in errors
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_a_hostile_source_is_told_as_it_is(ask_for: Callable[[str], Any]) -> None:
    text = ask_for(f"/-/source/{tilde_encode(HOSTILE)}").text
    assert "In quarantine" in text
    assert "6 of &lt;i&gt;10&lt;/i&gt; are spam" in text
    assert "<script" not in text
    assert "javascript:" not in text


def test_a_source_that_is_not_there(ask_for: Callable[[str], Any]) -> None:
    answer = ask_for("/-/source/nobody")
    assert answer.status_code == 404
    assert "no source" in answer.text


def test_charts_survive_any_values() -> None:
    assert "<rect" not in bars("none", [])
    drawn = bars('a "title"', [Bar(None, "<b>"), Bar(0, "zero"), Bar(9, "nine", odd=True)], usual=4.5)
    assert 'aria-label="a &#34;title&#34;"' in drawn
    assert "&lt;b&gt;" in drawn
    heights = [float(height) for height in re.findall(r'height="([\d.]+)"', drawn)]
    assert heights == [1.5, 1.5, 110.0]
    assert 'd="M0 55.0H640"' in drawn
    assert spark("x", [0, 5]).count("<rect") == 2

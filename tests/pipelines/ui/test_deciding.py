"""A curator decides from the article's page: what the form says is what the corpus holds afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import parse_metadata

from pipelines.batch import import_pages, replay
from pipelines.store import post_id
from pipelines.store.review import Rulings
from pipelines.ui.curators import ACTION, MARK
from pipelines.ui.serve import INVITATION, SIGN_IN

CONFIGURATION = Path(__file__).resolve().parents[3] / "datasette.yml"
URL = "https://pm.example/first-year"
ADVERT = "Play at the best online casino and claim your 200% welcome bonus with free spins today!"
WRITING = "Write down what you expect before a launch, and show it to your engineers when the numbers arrive."
PAGE = f"""<html lang=en><head><title>Your first year as a product manager</title></head><body><article>
<h1>Your first year as a product manager</h1>
<p>Product managers spend their first year learning how a company makes decisions. They sit in on customer calls and
find out which metrics the leadership team looks at every week.</p>
<p>A good first project is small enough to ship in a month and close enough to users that you hear when it breaks. Ask
your manager which problem has been on the backlog longest, and why nobody picked it up.</p>
<p>{ADVERT}</p>
<p>{WRITING}</p>
<p>After a few launches you will notice patterns in how your team works with designers and with support. Those are what
you talk about in interviews when you apply for a senior product role, and what your next manager will ask about.</p>
</article></body></html>"""
POST = f"/-/article/{post_id(URL)}"
DECIDE = f"{POST}/decide"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of one guide with an advert in it; only read it."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "first-year.jsonl").write_text(
        json.dumps({"id": "1", "url": URL, "html": PAGE}), encoding="utf-8"
    )
    import_pages([str(folder / "first-year.jsonl")], folder / "data", workers=1)
    return folder / "data"


@pytest.fixture
def data(imported: Path, tmp_path: Path) -> Path:
    """A copy of that corpus, to be changed."""
    return shutil.copytree(imported, tmp_path / "data")


@pytest.fixture
def ours(data: Path, datasette: Any, ask: Callable[..., Any]) -> Iterator[Any]:
    """Datasette on that corpus; ``datasette`` has registered the plugin."""
    served = Datasette([str(data / "corpus.db")])
    ask(served.invoke_startup())
    yield served
    served.close()


@pytest.fixture
def anna(ours: Any, ask: Callable[..., Any]) -> Callable[..., Any]:
    """What a curator gets and sends."""
    cookies = {"ds_actor": ours.client.actor_cookie({"id": "anna", MARK: True})}

    def asked(path: str = DECIDE, **form: Any) -> Any:
        if form:
            return ask(ours.client.post(path, data=form, cookies=cookies))
        return ask(ours.client.get(path, cookies=cookies))

    return asked


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "corpus.db")) as db:
        return db.execute(sql).fetchall()


def named(data: Path, text: str) -> str:
    """A block as the form names it."""
    ((name,),) = rows(data, f"SELECT \"index\" || ':' || hash FROM fragments WHERE text LIKE '{text[:30]}%'")
    return str(name)


def text(data: Path) -> str:
    ((found,),) = rows(data, "SELECT text FROM post_texts")
    return str(found)


def test_only_curators_see_the_form_and_what_others_send_decides_nothing(
    ours: Any, ask: Callable[..., Any], anna: Callable[..., Any], data: Path
) -> None:
    for cookies in ({}, {"ds_actor": ours.client.actor_cookie({"id": "bob"})}):
        assert ask(ours.client.get(DECIDE, cookies=cookies)).status_code == 403
        sent = ask(ours.client.post(DECIDE, data={"status": "rejected"}, cookies=cookies))
        assert sent.status_code == 403
        assert "/decide" not in ask(ours.client.get(POST, cookies=cookies)).text
    assert dict(Rulings(data)) == {}
    assert anna().status_code == 200
    assert f'href="{DECIDE}"' in anna(POST).text
    assert f'href="{DECIDE}#b{named(data, ADVERT).split(":")[0]}"' in anna(POST).text


def test_a_curator_goes_from_one_doubtful_page_to_the_next(
    corpus: Path, tmp_path: Path, datasette: Any, ask: Callable[..., Any]
) -> None:
    """In the order of the query ``doubtful``, and again from its first after its last."""
    shutil.copy(corpus, tmp_path / "corpus.db")
    with closing(sqlite3.connect(tmp_path / "corpus.db")) as db, db:
        ids = [row[0] for row in db.execute("SELECT id FROM posts WHERE status = 'accepted' ORDER BY id")]
        db.execute("UPDATE posts SET about = 0.99")
        for post, about in zip(ids, (0.2, 0.55, 0.7), strict=False):
            db.execute("UPDATE posts SET about = ? WHERE id = ?", (about, post))
    told = parse_metadata(CONFIGURATION.read_text(encoding="utf-8"))
    served = Datasette([str(tmp_path / "corpus.db")], config=told, metadata=told)
    ask(served.invoke_startup())
    cookies = {"ds_actor": served.client.actor_cookie({"id": "anna", MARK: True})}

    def leads(path: str) -> str:
        return str(ask(served.client.get(path, cookies=cookies)).headers["location"])

    order = [ids[1], ids[2], ids[0]]
    assert leads("/-/next") == f"/-/article/{order[0]}"
    for before, after in zip(order, order[1:] + order[:1], strict=True):
        assert leads(f"/-/next?after={before}") == f"/-/article/{after}"
        shown = ask(served.client.get(f"/-/article/{before}", cookies=cookies)).text
        assert f'href="/-/next?after={before}"' in shown
    assert ask(served.client.get("/-/next")).status_code == 403
    served.close()


def test_where_nothing_is_in_doubt_it_is_said(anna: Callable[..., Any], ours: Any) -> None:
    assert "no other page that rules and models were unsure of" in anna("/-/next").text


def test_a_form_of_another_site_decides_nothing_in_a_curators_name(
    ours: Any, ask: Callable[..., Any], data: Path
) -> None:
    cookies = {"ds_actor": ours.client.actor_cookie({"id": "anna", MARK: True})}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        sent = ask(ours.client.post(DECIDE, data={"status": "rejected"}, cookies=cookies, headers=headers))
        assert sent.status_code == 403
    assert dict(Rulings(data)) == {}


@pytest.mark.parametrize(
    ("allowed", "actor", "name"), [({"id": "bob"}, {"id": "bob"}, "bob"), (True, None, "a curator")]
)
def test_whom_the_configuration_allows_decides_too(
    allowed: Any, actor: Any, name: str, data: Path, datasette: Any, ask: Callable[..., Any]
) -> None:
    served = Datasette([str(data / "corpus.db")], config={"permissions": {ACTION: allowed}})
    ask(served.invoke_startup())
    cookies = {"ds_actor": served.client.actor_cookie(actor)} if actor else {}
    assert ask(served.client.get(DECIDE, cookies=cookies)).status_code == 200
    assert ask(served.client.post(DECIDE, data={"kind": "essay"}, cookies=cookies)).status_code == 303
    assert [ruling.actor for ruling in Rulings(data).values()] == [name]
    served.close()


def test_blocks_are_kept_and_removed_and_the_page_shows_by_whose_word(
    anna: Callable[..., Any], data: Path
) -> None:
    sent = anna(keep=named(data, ADVERT), remove=named(data, WRITING), note="an example")
    assert (sent.status_code, sent.headers["location"]) == (303, POST)
    assert ADVERT in text(data)
    assert WRITING not in text(data)
    shown = anna(POST).text
    assert "Blocks that a curator kept: 1, removed: 1." in shown
    assert "a curator wants it (anna, 20" in shown
    assert ": an example)" in shown
    replay(data, workers=1)
    assert ADVERT in text(data)
    assert anna(leave=[named(data, ADVERT), named(data, WRITING)]).status_code == 303
    assert (ADVERT in text(data), WRITING in text(data)) == (False, True)


def test_what_is_known_of_the_page_is_changed_where_the_form_was(
    anna: Callable[..., Any], data: Path
) -> None:
    """A form says all that holds; only what differs from it is decided."""
    form = {
        "has": ["title", "author", "licence", "stages"],
        "title": "Roads",
        "author": "Ada Berg; Li Wei",
        "licence": "",
        "stage": ["entry", "senior"],
        "status": "",
        "kind": "essay",
        "about": "",
        "copies": "",
    }
    assert anna(**form).status_code == 303
    (ruling,) = Rulings(data).values()
    assert dict(ruling.facts) == {
        "author": "Ada Berg; Li Wei", "stages": "entry; senior", "title": "Roads",
    }  # fmt: skip
    assert (ruling.status, ruling.kind, ruling.actor) == ("", "essay", "anna")
    assert rows(data, "SELECT author, kind FROM posts") == [("Ada Berg; Li Wei", "essay")]
    again = anna(**form)
    assert again.status_code == 400
    assert "Nothing was changed" in again.text
    taken = anna(**{**form, "as-found": ["author", "stages"], "kind": ""})
    assert taken.status_code == 303
    (ruling,) = Rulings(data).values()
    assert (dict(ruling.facts), ruling.kind) == ({"title": "Roads"}, "")


def test_a_page_is_left_out_and_taken_in_again(anna: Callable[..., Any], data: Path) -> None:
    assert anna(status="rejected", note="--data=/tmp; we have a better one").status_code == 303
    ((status, reason),) = rows(data, "SELECT status, reason FROM posts")
    assert status == "rejected"
    assert "--data=/tmp; we have a better one" in reason
    assert anna(status="").status_code == 303
    assert rows(data, "SELECT status FROM posts") == [("accepted",)]
    assert dict(Rulings(data)) == {}


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"keep": "3:0123456789abcdef"}, 400, "curated anew meanwhile"),
        ({"status": "perhaps"}, 400, "no answer for status"),
        ({"kind": "--accept"}, 400, "no answer for kind"),
        ({"has": "date", "date": "2024-5-1"}, 400, "2024-5-1&#39; is no day"),
        ({"has": "topics", "topic": "gardening"}, 400, "gardening"),
    ],
)
def test_what_cannot_be_decided_is_told_and_nothing_changes(
    form: dict[str, str], status: int, told: str, anna: Callable[..., Any], data: Path
) -> None:
    sent = anna(**form)
    assert sent.status_code == status
    assert told in sent.text
    assert dict(Rulings(data)) == {}


def test_an_unknown_post_is_not_found(anna: Callable[..., Any]) -> None:
    assert anna("/-/article/0123456789abcdef/decide").status_code == 404


def test_the_link_signs_in_once_and_no_other_token_does(
    data: Path, datasette: Any, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INVITATION, "the-token-of-the-link")
    served = Datasette([str(data / "corpus.db")])
    ask(served.invoke_startup())
    assert INVITATION not in os.environ
    for wrong in ("", "?token=", "?token=another"):
        assert ask(served.client.get(f"{SIGN_IN}{wrong}")).status_code == 403
    signed = ask(served.client.get(f"{SIGN_IN}?token=the-token-of-the-link"))
    assert signed.status_code == 302
    cookies = {"ds_actor": signed.cookies["ds_actor"]}
    assert ask(served.client.get(DECIDE, cookies=cookies)).status_code == 200
    assert ask(served.client.get(f"{SIGN_IN}?token=the-token-of-the-link")).status_code == 403
    served.close()


@pytest.mark.browser
def test_a_curator_signs_in_by_the_link_and_decides_in_a_browser(
    browser: Any, serving: Any, data: Path, tmp_path: Path
) -> None:
    """From the command to the corpus, by clicks; and the link is good for one browser only."""
    log = tmp_path / "log"
    with serving(
        [sys.executable, "-m", "pipelines.cli", "serve", "--port", "0", "--data", str(data)], log
    ) as server:
        link = re.search(r"open once: http://127\.0\.0\.1:PORT(/-/sign-in\?token=\S+)", log.read_text())
        assert link, log.read_text()
        context = browser.new_context()
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        assert page.goto(f"{server}{POST}").status == 200
        assert page.get_by_role("link", name="Decide", exact=True).count() == 0
        page.goto(f"{server}{link[1]}")
        page.goto(f"{server}{POST}")
        page.get_by_role("link", name="Decide", exact=True).click()
        page.locator(".blocks li", has_text="online casino").get_by_role("checkbox", name="keep").check()
        page.get_by_label("Author").fill("Ada Berg")
        page.get_by_placeholder("Why?").fill("a quotation")
        page.get_by_role("button", name="Decide").click()
        page.wait_for_url(f"{server}{POST}", timeout=20_000)
        assert page.get_by_text("Decided by a curator.").count() == 1
        assert page.locator("del", has_text="online casino").count() == 0
        assert page.locator(".wanted", has_text="online casino").count() == 1
        assert page.get_by_text("By Ada Berg").count() == 1
        assert complaints == []
        other = browser.new_context().new_page()
        assert other.goto(f"{server}{link[1]}").status == 403
        assert ADVERT in text(data)

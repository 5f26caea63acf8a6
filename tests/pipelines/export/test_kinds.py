"""``--kind``, ``--stage`` and ``--topic`` of an export, on pages that were curated and stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from filters import load_profile
from pipelines.cli.app import winnow
from pipelines.curate import curate
from pipelines.page import Page
from pipelines.store import Store

STORY = """<article><h1>How I moved from engineering to my first PM job</h1>
<p>I was a software engineer for six years before I became an associate product manager. My manager asked why I
wanted to leave engineering, and I had no answer that night. I joined a product team of four that summer.</p>
<p>I applied to eleven companies. In every interview the interviewer asked me about a feature I had built; in the one
that hired me, I told them about a feature I had refused to build. What I learned is that product managers are
hired for what they leave out.</p></article>"""
GUIDE = """<article><h1>How to say no to a stakeholder: a guide for product managers</h1>
<p>Product managers say no every week, and most of them say it too late. Your stakeholder has told others by then, and
has to go back. Say it early, in person, and with a reason that can be repeated.</p>
<p>Write the reason into the backlog next to the request. When the roadmap changes, you will find it again, and your
stakeholders will see that you did not forget. Then offer what you can do, with a date.</p></article>"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    chain = load_profile()
    with Store.open(tmp_path / "corpus.db") as store:
        run = store.start_run("import", chain)
        for name, body in (("story", STORY), ("guide", GUIDE)):
            store.save(curate(Page(url=f"https://pm.example/{name}", body=body.encode()), chain), "mine", run)
        store.finish_run(run)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--kind", "career-story"], ["story"]),
        (["--kind", "guide"], ["guide"]),
        (["--stage", "from engineering"], ["story"]),
        (["--stage", "entry"], ["story"]),
        (["--topic", "stakeholders"], ["guide"]),
        (["--kind", "guide", "--stage", "entry"], []),
    ],
)
def test_only_what_was_asked_for_is_exported(data: Path, options: list[str], names: list[str]) -> None:
    told = CliRunner().invoke(winnow, ["export", "jsonl", "-", "--data", str(data), *options])
    assert told.exit_code == 0, told.output
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [row["url"].rpartition("/")[2] for row in rows] == names


FRENCH = """<p>Une cheffe de produit dit non chaque semaine, et presque toujours trop tard. Les parties prenantes
ont alors parlé à d'autres, et il leur faut revenir en arrière. Dites-le tôt, de vive voix, avec une
raison que l'on peut répéter.</p>
<p>Notez la raison dans le backlog, à côté de la demande. Quand la feuille de route changera, vous la
retrouverez, et les parties prenantes verront que vous ne l'avez pas oubliée. Proposez ensuite ce que
vous pouvez faire, avec une date.</p>"""


def test_a_text_in_two_languages_says_so_in_an_export(data: Path) -> None:
    chain = load_profile()
    mixed = GUIDE.replace("</article>", f"{FRENCH}</article>")
    with Store.open(data / "corpus.db") as store:
        run = store.start_run("import", chain)
        store.save(curate(Page(url="https://pm.example/mixed", body=mixed.encode()), chain), "mine", run)
        store.finish_run(run)
    told = CliRunner().invoke(winnow, ["export", "jsonl", "-", "--data", str(data), "--kind", "guide"])
    others = {row["url"]: row["other_language"] for row in map(json.loads, told.stdout.splitlines())}
    assert others == {"https://pm.example/guide": "", "https://pm.example/mixed": "fr"}

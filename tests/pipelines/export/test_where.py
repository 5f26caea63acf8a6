"""``--where``: a condition of the user's own narrows an export, and can do nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filters import load_profile
from pipelines.curate import curate
from pipelines.export import formats
from pipelines.page import Page
from pipelines.store import Store
from pipelines.store.articles import SelectionError

PROSE = """\
A product manager asks which problem is worth a quarter of the product team's time. Write the question down before you
look at the backlog. Users tell you what they did last week, and that is worth more than what they would like. Engineers
want to know why; designers want to know for whom. A roadmap that nobody argues about is one that nobody has read. Keep
a log of decisions, and read it once a quarter with your manager. When the numbers disagree with the interviews, go and
watch somebody work. Say no early, in person, and with a reason that the stakeholder can repeat to others. Ship
something small every week, even if it is a sentence on a settings page. Hire people who ask better questions than you.
In an interview, tell the story of a launch that failed and what you changed afterwards. A product strategy fits on one
page, or it is a wish. Metrics age: retire one whenever you add one. Your first year as a product manager is about
trust, the second about taste, and the third about leaving things out. Talk to support on Mondays, to sales on
Wednesdays, and to customers whenever they let you. Nobody remembers the framework; everybody remembers whether you
listened.
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    chain = load_profile()
    with Store.open(tmp_path / "corpus.db") as store:
        run = store.start_run("import", chain)
        for name, words in (("short", 90), ("long", 240), ("casino", 12)):
            text = " ".join(PROSE.split()[:words])
            body = f"<article><h1>{name}</h1><p>{text}</p></article>".encode()
            store.save(curate(Page(url=f"https://pm.example/{name}", body=body), chain), "mine", run)
        store.finish_run(run)
    return tmp_path


def titles(data: Path, where: str) -> list[str]:
    formats()["jsonl"].export(data, data / "out.jsonl", where=where)
    return [
        json.loads(line)["title"] for line in (data / "out.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def test_it_narrows(data: Path) -> None:
    assert titles(data, "words > 150") == ["long"]


@pytest.mark.parametrize("where", ["1 OR 1", "status = 'rejected'", "1 --"])
def test_it_never_lets_out_what_was_rejected(data: Path, where: str) -> None:
    assert "casino" not in titles(data, where)


@pytest.mark.parametrize("where", ["no_such_column = 1", "words >", "1) OR (1", "1; DELETE FROM posts"])
def test_a_wrong_condition_is_quoted(data: Path, where: str) -> None:
    with pytest.raises(SelectionError) as error:
        titles(data, where)
    assert repr(where) in str(error.value)

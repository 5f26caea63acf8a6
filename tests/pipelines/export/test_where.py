"""``--where``: a condition of the user's own narrows an export, and can do nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filters import load_profile
from pipelines.curate import curate
from pipelines.export.jsonl import export
from pipelines.page import Page
from pipelines.store import Store
from pipelines.store.articles import SelectionError

PROSE = "A product manager asks which problem is worth a quarter of the product team's time. "


@pytest.fixture
def data(tmp_path: Path) -> Path:
    chain = load_profile()
    with Store.open(tmp_path / "corpus.db") as store:
        run = store.start_run("import", chain)
        for name, times in (("short", 8), ("long", 40), ("casino", 1)):
            body = f"<article><h1>{name}</h1><p>{PROSE * times}</p></article>".encode()
            store.save(curate(Page(url=f"https://pm.example/{name}", body=body), chain), "mine", run)
        store.finish_run(run)
    return tmp_path


def titles(data: Path, where: str) -> list[str]:
    export(data, data / "out.jsonl", where=where)
    return [
        json.loads(line)["title"] for line in (data / "out.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def test_it_narrows(data: Path) -> None:
    assert titles(data, "words > 200") == ["long"]


@pytest.mark.parametrize("where", ["1 OR 1", "status = 'rejected'", "1 --"])
def test_it_never_lets_out_what_was_rejected(data: Path, where: str) -> None:
    assert "casino" not in titles(data, where)


@pytest.mark.parametrize("where", ["no_such_column = 1", "words >", "1) OR (1", "1; DELETE FROM posts"])
def test_a_wrong_condition_is_quoted(data: Path, where: str) -> None:
    with pytest.raises(SelectionError) as error:
        titles(data, where)
    assert repr(where) in str(error.value)

"""The whole of winnow, measured with a model that is given and not with the one that comes with it."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from benchmarks.evaluation.pages import read_data
from benchmarks.evaluation.unseen import Models, Unseen, figures_of, measured
from filters.second_look import DATA
from tests.benchmarks.folder import write_folder


def _lines(path: Traversable) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


SHIPPED = Models(
    _lines(files("pipelines") / "main_text.tsv"),
    _lines(files("pipelines") / "main_text_trees.tsv"),
    _lines(DATA),
)


def test_the_figures_are_those_of_the_model_that_is_given(tmp_path: Path) -> None:
    """A model that takes nothing for main text loses what the one that comes with winnow keeps."""
    data = read_data(write_folder(tmp_path))
    unseen = Unseen(data.stock, 1)
    told = list(measured(data.articles, unseen, SHIPPED))
    assert [result.id for result in told] == [article.id for article in data.articles]
    assert all(result.clean["f1"][0] > 0.9 for result in told)
    assert any(result.dirty for result in told)
    # The title's line alone is always likely, so all other text is outside of what holds the article.
    blind = list(measured(data.articles, unseen, Models(["bias\t\t-9"], [], [])))
    assert all(result.clean["recall"][0] < 0.5 for result in blind)
    # What the extraction takes for main text goes where the second look has nothing but noes.
    doubting = list(measured(data.articles, unseen, replace(SHIPPED, second_look=["\t\t-9"])))
    assert any(
        result.clean["recall"][0] < before.clean["recall"][0]
        for before, result in zip(told, doubting, strict=True)
    )


def test_every_measure_has_a_line_with_its_interval(tmp_path: Path) -> None:
    data = read_data(write_folder(tmp_path))
    lines = figures_of(list(measured(data.articles[:1], Unseen(data.stock, 1), SHIPPED)))
    assert lines[0].startswith("as they are  precision  ")
    assert any(line.startswith("with dirt  clean  ") for line in lines)
    assert figures_of([]) == []

"""Trees as the data file tells them: what they answer, and what each question added."""

from __future__ import annotations

import pytest

from filters.trees import read_trees

LINES = """\
# words: how many; links: how many of ten words are linked
\t\t0.5
links\t2\t-0.2
 words\t3\t0.4
  \t\t-0.6
  \t\t0.9
 \t\t-1.0
""".splitlines()


@pytest.mark.parametrize(
    ("words", "links", "answer"),
    [(3, 0, 0.5 - 0.6), (4, 2, 0.5 + 0.9), (40, 3, 0.5 - 1.0)],
)
def test_a_number_up_to_the_edge_goes_the_first_way(words: int, links: int, answer: float) -> None:
    assert read_trees(LINES, ["words", "links"]).score([words, links]) == pytest.approx(answer)


def test_each_question_tells_what_its_answer_added() -> None:
    trees = read_trees(LINES, ["words", "links"])
    columns, added = zip(*trees.pulls([4, 2]), strict=True)
    assert columns == (1, 0)
    assert added == pytest.approx((0.6, 0.5))
    columns, added = zip(*trees.pulls([4, 9]), strict=True)
    assert columns == (1,)
    assert added == pytest.approx((-0.8,))


def test_no_trees_answer_nothing() -> None:
    trees = read_trees([], ["words"])
    assert trees.score([1]) == 0
    assert not list(trees.pulls([1]))


def test_a_column_that_nobody_knows_is_an_error() -> None:
    """A column that was renamed in the code alone must not go unnoticed."""
    with pytest.raises(KeyError, match="links"):
        read_trees(LINES, ["words"])

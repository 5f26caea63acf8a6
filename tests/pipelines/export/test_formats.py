"""What each format writes of one corpus, of hostile titles and texts too, and where a folder may appear."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import cast

import pytest
import yaml
from click.testing import CliRunner

from pipelines.cli.app import winnow
from pipelines.export import formats
from pipelines.export.dataset import COLUMNS, POSTS
from pipelines.store.articles import Article

FOLDERS = ("dataset", "markdown", "txt")
GUIDE = """\
A product manager asks which problem is worth a quarter of the product team's time. Write the question down before you
look at the backlog. Users tell you what they did last week, and that is worth more than what they would like. Engineers
want to know why; designers want to know for whom. A roadmap that nobody argues about is one that nobody has read. Keep
a log of decisions, and read it once a quarter with your manager. When the numbers disagree with the interviews, go and
watch somebody work. In your interview for a product role, tell the story of a launch that failed.
"""


def article(number: int = 1, **facts: object) -> Article:
    made: dict[str, object] = {
        "id": f"{number:016x}", "url": f"https://pm.example/{number}", "title": "How to ask", "author": "Ada; Ben",
        "date": "2026-01-05", "updated": None, "site": "PM", "licence": "", "origins": {"title": "heading 1"},
        "language": "en", "language_confidence": 0.99, "other_language": "", "kind": "guide", "stage": "entry",
        "stages": ["entry", "lead"], "topics": [], "words": 3, "text": "Ask\n\nthem why.",
        "markdown": "# Ask\n\nthem *why*.", "source": "pm", "aliases": [], "overruled": "",
    }  # fmt: skip
    return cast(Article, made | facts)


def front_matter(file: Path) -> dict[str, object]:
    """As static site generators read it."""
    before, _, rest = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    assert rest
    read = yaml.safe_load(before)
    assert isinstance(read, dict)
    return read


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    page = tmp_path / "guide.html"
    page.write_text(f"<title>How to ask</title><article><h1>How to ask</h1><p>{GUIDE}</p></article>")
    done = CliRunner().invoke(
        winnow, ["import", str(page), "--source", "mine", "--data", str(tmp_path / "data")]
    )
    assert done.exit_code == 0, done.output
    return tmp_path / "data"


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_writes_the_corpus_and_the_same_bytes_again(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    written = []
    for _ in range(2):  # the second replaces the first
        done = CliRunner().invoke(winnow, ["export", name, str(tmp_path / "out"), "--data", str(corpus)])
        assert done.exit_code == 0, done.output
        assert "exported: 1 posts" in done.output
        out = tmp_path / "out"
        files = sorted(out.iterdir()) if out.is_dir() else [out]
        written.append([(file.name, file.read_bytes()) for file in files])
    assert written[0] == written[1]
    assert any(b"worth a quarter" in (gzip.decompress(b) if n.endswith(".gz") else b) for n, b in written[0])
    assert formats()[name].summary.endswith(".")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "guide.html", "out"}


def test_a_spreadsheet_finds_no_formula_in_the_table(tmp_path: Path) -> None:
    bad = ['=HYPERLINK("https://evil.example")', "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
    posts = [article(n, title=title, text=f'{title}, and\r\nmore; "quoted"') for n, title in enumerate(bad)]
    assert formats()["csv"].write(posts, tmp_path / "out.csv") == len(bad)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["title"] for row in rows] == [f"'{title}" for title in bad]
    assert rows[1]["text"] == '\'+1, and\r\nmore; "quoted"'
    assert (rows[0]["stages"], rows[0]["updated"], rows[0]["words"]) == ("entry; lead", "", "3")


def test_a_spreadsheet_is_told_that_the_table_is_utf_8(tmp_path: Path) -> None:
    formats()["csv"].write([article(title="Für Einsteiger")], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith("\ufeffid,".encode())


@pytest.mark.parametrize(
    "title",
    [
        'Roles: "what" they are',
        "a\n---\nkey: value",
        "!!python/object:os.system",
        "next\x85line\u2028and\u2029more \x7f\ufeff",
        "{{ 7 }} # no",
        "null",
        "Emoji \U0001f469\u200d\U0001f4bb, \\ and \x1b",
    ],
)
def test_front_matter_holds_whatever_a_title_holds(title: str, tmp_path: Path) -> None:
    formats()["markdown"].write([article(title=title)], tmp_path / "out")
    (file,) = (tmp_path / "out").glob("*.md")
    assert front_matter(file) == {
        "id": "0000000000000001", "title": title, "author": "Ada; Ben", "date": "2026-01-05",
        "url": "https://pm.example/1", "site": "PM", "language": "en", "kind": "guide",
        "stages": ["entry", "lead"], "words": 3,
    }  # fmt: skip
    assert file.read_text("utf-8").endswith("\n---\n\n# Ask\n\nthem *why*.\n")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con"),
        ("Größer & besser?", "größer-besser"),
        ("产品经理" * 40, "产品经理" * 15),
        ("\U0001f600", "untitled"),
        ("a/b\\c\0d", "a-b-c-d"),
    ],
)
def test_a_file_is_named_after_its_title_and_stays_in_the_folder(
    title: str, name: str, tmp_path: Path
) -> None:
    formats()["txt"].write([article(title=title)], tmp_path / "out")
    (file,) = (tmp_path / "out").glob("*.txt")
    assert file.name == f"{name}-0000000000000001.txt"
    assert file.read_text("utf-8") == "Ask\n\nthem why.\n"


def test_the_card_describes_the_columns_that_there_are(tmp_path: Path) -> None:
    posts = [
        article(1, licence="CC | <b>"),
        article(2, language="de", date=None, aliases=["https://x.example"]),
    ]
    formats()["dataset"].write(posts, tmp_path / "out")
    rows = [
        json.loads(line) for line in gzip.decompress((tmp_path / "out" / POSTS).read_bytes()).splitlines()
    ]
    kinds = {"string": (str, type(None)), "list": (list,), "int64": (int,), "float64": (float, type(None))}
    for row in rows:
        assert set(row) == set(COLUMNS)
        assert [name for name, (kind, _) in COLUMNS.items() if not isinstance(row[name], kinds[kind])] == []
    told = front_matter(tmp_path / "out" / "README.md")
    assert told["language"] == ["de", "en"]
    assert told["configs"] == [{"config_name": "default", "data_files": POSTS}]
    info = told["dataset_info"]
    assert isinstance(info, dict)
    assert [feature["name"] for feature in info["features"]] == list(COLUMNS)
    assert "| CC &#124; &#60;b&#62; | 1 |" in (tmp_path / "out" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_anything_else_in_it_is_not_replaced(name: str, tmp_path: Path) -> None:
    mine, link = tmp_path / "mine", tmp_path / "link"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    (tmp_path / "empty").mkdir()
    link.symlink_to(tmp_path / "empty")
    for path in (mine, mine / "thesis.txt", link):
        with pytest.raises(OSError, match="winnow export did not write"):
            formats()[name].write([article()], path)
    assert (mine / "thesis.txt").read_text() == "years of work"
    assert formats()[name].write([article()], tmp_path / "empty") == 1


@pytest.mark.parametrize("name", FOLDERS)
def test_a_failed_export_leaves_the_folder_that_was_there(name: str, tmp_path: Path) -> None:
    formats()[name].write([article(1)], tmp_path / "out")
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    broken = article(2)
    del broken["text"], broken["words"], broken["markdown"]
    with pytest.raises(KeyError):
        formats()[name].write([article(3), broken], tmp_path / "out")
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_missing_folder_and_standard_output_are_told_in_words(corpus: Path, tmp_path: Path) -> None:
    for name in ("csv", "txt"):
        path = tmp_path / "none" / "out"
        done = CliRunner().invoke(winnow, ["export", name, str(path), "--data", str(corpus)])
        assert (done.exit_code, done.output) == (1, f"Error: {path.parent}: there is no such folder.\n")
    done = CliRunner().invoke(winnow, ["export", "txt", "-", "--data", str(corpus)])
    assert done.exit_code == 2
    assert "txt writes a folder, which standard output cannot take; name one." in done.output

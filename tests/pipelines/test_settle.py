"""What repeats on the pages of a site, through real imports, replays and databases."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from pipelines.batch import Summary, import_pages, replay
from pipelines.cli.app import winnow
from pipelines.compare import Diff
from pipelines.store import post_id

if TYPE_CHECKING:
    from tests.conftest import TablesOf

SUBJECTS = (
    "interviews",
    "roadmaps",
    "metrics",
    "forecasts",
    "onboarding",
    "research",
    "hiring",
    "retrospectives",
)
DISCLAIMER = (
    "What is written here is the opinion of its author, and no company that is named has paid for it."
)
LETTER = "On the first Monday of a month I send one page on what worked in my own team, and what did not."
AUTHOR = "Ines wrote software for nine years before she led a product team. She lives in Porto with two dogs."
SERIES = (
    "This guide has two parts: the first is for the people who decide, the second for those who do the work."
)
SHARED = (DISCLAIMER, LETTER, AUTHOR)
TOO_FEW = (
    "The product guild of our company meets on Fridays, and whoever wants to can read along from anywhere."
)
URL = "https://blog.example/{}"


def article(subject: str, *extra: str, shared: Sequence[str] = SHARED) -> str:
    """A guide with what its site puts on top, in the middle and at the end of every page."""
    own = (
        f"A product manager who has never worked on {subject} starts by asking three colleagues how it went.",
        f"As a product manager you write down what you expect of {subject} before the quarter begins.",
        f"Most product roadmaps leave no room for {subject}, so a product manager takes one feature off first.",
        f"Stakeholders hear about {subject} from their product manager first, with the problem and not the answer.",
        f"When the launch is over, look at what {subject} changed for customers, and tell the team in a page.",
        f"A career in product grows with {subject} that failed for a reason you can explain to a hiring manager.",
    )
    top, middle, end = shared or ("", "", "")
    texts = (top, *own[:3], middle, *extra, *own[3:], end)
    paragraphs = "".join(f"<p>{text}</p>" for text in texts if text)
    title = f"A first guide to {subject}"
    return (
        f'<html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f"{paragraphs}</article></body></html>"
    )


def rows() -> list[dict[str, str]]:
    """Eight articles of one site, two of them with a paragraph in common, and three of another that has no more."""
    of_blog = {
        subject: article(subject, *([SERIES] if subject in SUBJECTS[:2] else [])) for subject in SUBJECTS
    }
    of_guild = {
        subject: article(subject, TOO_FEW, shared=()) for subject in ("budgets", "designers", "support")
    }
    pages = {URL.format(subject): html for subject, html in of_blog.items()}
    pages |= {f"https://guild.example/{subject}": html for subject, html in of_guild.items()}
    return [{"id": url, "url": url, "html": html} for url, html in pages.items()]


def write(path: Path, pages: list[dict[str, str]]) -> str:
    path.write_text("".join(json.dumps(page) + "\n" for page in pages), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus after one import; only read it."""
    folder = tmp_path_factory.mktemp("imported")
    summary = import_pages([write(folder / "pages.jsonl", rows())], folder / "data")
    assert (summary.accounting.accepted, summary.accounting.fetched) == (11, 11)
    return folder / "data"


@pytest.fixture
def data(imported: Path, tmp_path: Path) -> Path:
    """A copy of that corpus, to be changed."""
    return shutil.copytree(imported, tmp_path / "data")


def ask(data: Path, sql: str, *values: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "corpus.db")) as connection:
        return connection.execute(sql, values).fetchall()


def removed(data: Path) -> dict[str, int]:
    """The texts that the rule removed, with the number of pages it did so on."""
    sql = (
        "SELECT text, count(*) FROM fragments WHERE rule = 'template' AND decision = 'removed' GROUP BY text"
    )
    return {str(text): int(str(count)) for text, count in ask(data, sql)}


def test_what_a_site_repeats_goes_and_what_two_articles_share_stays(imported: Path) -> None:
    assert removed(imported) == dict.fromkeys(SHARED, len(SUBJECTS))
    kept = [text for (text,) in ask(imported, "SELECT text FROM post_texts")]
    assert sum(SERIES in str(text) for text in kept) == 2
    assert sum(TOO_FEW in str(text) for text in kept) == 3
    evidence = ask(imported, "SELECT DISTINCT evidence FROM fragments WHERE rule = 'template'")
    assert evidence == [('["stands on 100% of the pages of blog.example"]',)]


def test_the_order_of_the_pages_and_the_number_of_workers_do_not_matter(
    imported: Path, tmp_path: Path, tables_of: TablesOf
) -> None:
    """The last page first, in three imports."""
    pages = rows()[::-1]
    for number in range(3):
        part = write(tmp_path / f"{number}.jsonl", pages[number * 4 : number * 4 + 4])
        import_pages([part], tmp_path / "data", workers=1)
    assert tables_of(tmp_path / "data" / "corpus.db") == tables_of(imported / "corpus.db")


def test_replays_settle_at_once(data: Path, tables_of: TablesOf, tmp_path: Path) -> None:
    """One gives what the import gave, not even a date is touched; so does one of the archive alone."""
    before = tables_of(data / "corpus.db", leave_out=set())
    for workers in (1, 2):
        summary = replay(data, workers=workers)
        assert isinstance(summary, Summary)
        assert summary.accounting.unchanged == 11
        assert tables_of(data / "corpus.db", leave_out=set()) == before
    (tmp_path / "other").mkdir()
    shutil.copy(data / "archive.db", tmp_path / "other")
    replay(tmp_path / "other")
    assert tables_of(tmp_path / "other" / "corpus.db") == tables_of(data / "corpus.db")


def test_a_diff_shows_what_the_rule_would_remove_before_it_does(
    tmp_path: Path, data: Path, imported: Path, tables_of: TablesOf
) -> None:
    plain = tmp_path / "plain.toml"
    plain.write_text('name = "plain"\n[rule.hidden]\n')
    replay(data, profile=str(plain))
    assert removed(data) == {}
    before = tables_of(data / "corpus.db", leave_out=set())
    plain.write_text('name = "plain"\n[rule.hidden]\n[rule.template]\n')
    diff = replay(data, profile=str(plain), diff=True)
    assert isinstance(diff, Diff)
    assert {change.text for post in diff.posts for change in post.removed} == set(SHARED)
    assert len(diff.posts) == len(SUBJECTS)
    assert tables_of(data / "corpus.db", leave_out=set()) == before
    replay(data, profile=str(plain))
    assert removed(data) == removed(imported)


def test_one_replay_is_enough_when_pages_are_read_otherwise_than_before(
    imported: Path, data: Path, tables_of: TablesOf
) -> None:
    """The counts that it begins with are those of an older version's blocks, which had the letter with a label."""
    with closing(sqlite3.connect(data / "corpus.db")) as connection, connection:
        connection.execute(
            "UPDATE fragments SET text = 'Read on: ' || \"index\" || post || text WHERE text = ?", (LETTER,)
        )
    replay(data)
    assert tables_of(data / "corpus.db") == tables_of(imported / "corpus.db")


@pytest.mark.parametrize("target", [URL.format("forecasts"), post_id(URL.format("forecasts"))])
def test_explain_says_what_the_run_did(imported: Path, target: str) -> None:
    done = CliRunner().invoke(winnow, ["explain", target, "--json", "--data", str(imported)])
    assert done.exit_code == 0, done.output
    told = [
        (block["text"], block["decision"], block["rule"], json.dumps(block["evidence"]))
        for block in json.loads(done.stdout)["blocks"]
    ]
    assert told == ask(
        imported,
        'SELECT text, decision, rule, evidence FROM fragments WHERE post = ? ORDER BY "index"',
        post_id(URL.format("forecasts")),
    )
    assert sum(rule == "template" for _, _, rule, _ in told) == 3


def test_a_page_more_leaves_the_others_untouched(data: Path, tmp_path: Path, tables_of: TablesOf) -> None:
    """Not judged anew for a share that is the same in tenths; and the new one is cleaned like them."""
    before = tables_of(data / "corpus.db", leave_out=set())
    url = URL.format("experiments")
    import_pages(
        [write(tmp_path / "more.jsonl", [{"id": "x", "url": url, "html": article("experiments")}])], data
    )
    assert removed(data) == dict.fromkeys(SHARED, len(SUBJECTS) + 1)
    for table, rows_before in before.items():
        assert set(rows_before) <= set(tables_of(data / "corpus.db", leave_out=set())[table]), table


def test_what_turns_out_not_to_repeat_comes_back(data: Path, tmp_path: Path) -> None:
    """The site is larger than it looked: on half of its pages nothing is repeated."""
    subjects = ("experiments", "support", "designers", "budgets", "growth", "churn", "sales", "launches")
    pages = [{"id": s, "url": URL.format(s), "html": article(s, shared=())} for s in subjects]
    import_pages([write(tmp_path / "more.jsonl", pages)], data)
    assert removed(data) == {}
    kept = [text for (text,) in ask(data, "SELECT text FROM post_texts")]
    assert sum(LETTER in str(text) for text in kept) == len(SUBJECTS)


def test_copies_of_one_article_do_not_make_its_text_a_template(tmp_path: Path) -> None:
    """Under addresses that a tracker made, on a site that has few other pages."""
    page = article("interviews", shared=())
    pages = [{"id": str(n), "url": URL.format(f"interviews?from={n}"), "html": page} for n in range(9)]
    pages += [{"id": s, "url": URL.format(s), "html": article(s, shared=())} for s in SUBJECTS[1:5]]
    import_pages([write(tmp_path / "pages.jsonl", pages)], tmp_path / "data")
    assert removed(tmp_path / "data") == {}


def test_a_run_that_was_stopped_before_it_settled_is_settled_by_the_next(
    imported: Path, tmp_path: Path, tables_of: TablesOf
) -> None:
    stopped, last = tmp_path / "stopped", len(rows())
    told: list[str] = []

    def stop_at_the_last_page(state: str) -> None:
        told.append(state)
        if len(told) == last:
            raise KeyboardInterrupt

    pages = write(tmp_path / "pages.jsonl", rows())
    with pytest.raises(KeyboardInterrupt):
        import_pages([pages], stopped, progress=stop_at_the_last_page)
    assert removed(stopped) == {}
    import_pages([pages], stopped)
    assert tables_of(stopped / "corpus.db") == tables_of(imported / "corpus.db")


def test_a_page_that_is_left_without_text_is_counted_as_what_it_became(tmp_path: Path) -> None:
    """Nine pages with one text under nine titles: the run's books say rejected, as the posts do."""
    body = article("interviews").split("</h1>")[1]
    pages = [
        {
            "id": subject,
            "url": URL.format(subject),
            "html": f"<html><head><title>All on {subject}</title></head><body><article><h1>All on {subject}</h1>{body}",
        }
        for subject in SUBJECTS
    ]
    summary = import_pages([write(tmp_path / "pages.jsonl", pages)], tmp_path / "data")
    assert summary.accounting.rejected == len(SUBJECTS)
    assert summary.accounting.balanced
    assert ask(tmp_path / "data", "SELECT DISTINCT status, rule FROM posts") == [("rejected", "too_short")]


def counted(data: Path, run: int) -> list[str]:
    """The sites whose blocks are counted at the end of a run."""
    from pipelines.profile import load_profile
    from pipelines.store import Store
    from pipelines.store.templates import SiteTemplates

    with Store.open(data / "corpus.db") as store:
        templates = SiteTemplates(store.connection, load_profile())
        assert list(templates.stale(run)) == []
        return sorted(templates._counted)


def test_a_site_of_which_nothing_changed_is_not_counted_again(data: Path) -> None:
    """A run that changes one site looks at that one, and a run that changes nothing at none."""
    assert counted(data, run=1) == ["blog.example", "guild.example"]
    assert counted(data, run=2) == []
    page = {"id": "new", "url": URL.format("new"), "html": article("newsletters")}
    import_pages([write(data / "one.jsonl", [page])], data)
    assert counted(data, run=2) == ["blog.example"]
    assert counted(data, run=3) == []


def test_a_page_that_comes_in_is_judged_by_what_repeats_on_its_site_so_far(data: Path) -> None:
    """So most pages of a large site are cleaned once: what is known early of what they share still holds at the end."""
    from pipelines.profile import load_profile
    from pipelines.store import Store
    from pipelines.store.templates import SiteTemplates

    with Store.open(data / "corpus.db") as store:
        templates = SiteTemplates(store.connection, load_profile())
        known = templates.so_far(URL.format("not-seen-before"))
        assert known is not None
        assert [known.share(text, top=False) for text in (*SHARED, TOO_FEW)] == [1.0, 1.0, 1.0, 0.0]
        assert templates.so_far("https://guild.example/not-seen-before") is None
        assert templates.so_far("https://blog.exampletown.example/another-host") is None
        first = ask(data, "SELECT text FROM fragments WHERE post = ?", post_id(URL.format(SUBJECTS[0])))
        told = ask(data, "SELECT templates FROM urls WHERE url = ?", URL.format(SUBJECTS[0]))
        assert [(known.digest(str(text) for (text,) in first),)] == told


def test_a_site_is_counted_again_when_as_many_pages_came_in_as_it_had(tmp_path: Path) -> None:
    """Sixteen articles in one import: the last of them were not read twice."""
    data, told = tmp_path / "data", []
    subjects = [
        f"{subject} {part}" for subject in SUBJECTS for part in ("at small companies", "at large ones")
    ]
    pages = [{"id": s, "url": URL.format(s.replace(" ", "-")), "html": article(s)} for s in subjects]

    def look(_: str) -> None:
        told.append(sum(removed(data).values()))

    import_pages([write(tmp_path / "pages.jsonl", pages)], data, workers=1, progress=look)
    assert told[len(subjects) // 4] == 0
    assert told[-1] > len(SHARED)
    assert removed(data) == dict.fromkeys(SHARED, len(subjects))


OVERLAPPING = """
INSERT INTO runs (id, kind, started, status, profile, fingerprint, winnow_version, host, pid)
SELECT 0, kind, started, 'running', profile, fingerprint, winnow_version, host, pid FROM runs"""


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE runs SET status = 'killed'",
        "UPDATE runs SET status = 'interrupted'",
        OVERLAPPING,
    ],
)
def test_what_a_run_left_undone_is_done_by_the_next(data: Path, end: str) -> None:
    """A run that did not come to its end, or beside which another was at work, has not looked at all sites."""
    with closing(sqlite3.connect(data / "corpus.db")) as connection, connection:
        connection.execute(end)
    assert counted(data, run=2) == ["blog.example", "guild.example"]

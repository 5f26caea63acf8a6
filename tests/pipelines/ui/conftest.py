"""A real corpus, made through the store from hand-built outcomes, and Datasette on it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import parse_metadata

import pipelines.ui
from crawler.browser import NAMES
from filters.chain import Chain, Decision
from filters.document import Block, Document, Kind, Link
from filters.judgement import Because, Judgement
from filters.quality import quality
from filters.verdict import Action, Family, Verdict
from pipelines.curate import Outcome, Status
from pipelines.page import Page
from pipelines.store import FetchRecord, Source, Store, post_id
from pipelines.ui.curators import MARK

ROOT = Path(__file__).resolve().parents[3]
CONFIGURATION = ROOT / "datasette.yml"

GUIDE = "https://guides.example/how-to-become-a-product-manager"
COPY = "https://mirror.example/how-to-become-a-product-manager?from=feed"
HOSTILE = "https://hostile.example/post"
REJECTED = "https://shop.example/win-big"
ERRORED = "https://guides.example/broken"
ARABIC = "https://arabic.example/guide"


@dataclass(frozen=True)
class Said:
    """A block of a hand-built page with what became of it."""

    block: Block
    verdict: Verdict | None = None
    kept: tuple[int, int] | None = None
    also: tuple[Verdict, ...] = ()


def verdict(
    rule: str, reason: str, *evidence: str, family: Family = Family.LEXICON, score: float = 1.0
) -> Verdict:
    return Verdict(rule, 1, Action.REMOVE, family, reason, score, None, evidence)


def outcome(
    url: str,
    said: Sequence[Said],
    *,
    status: Status = Status.ACCEPTED,
    reason: str = "",
    rule: str = "",
    **about: Any,
) -> Outcome:
    """An outcome whose blocks are numbered and whose verdicts point at them."""
    blocks, left, decisions, verdicts = [], [], [], []
    for index, one in enumerate(said):
        block = Block(
            index,
            one.block.kind,
            one.block.text,
            one.block.level,
            one.block.ordered,
            one.block.links,
            one.block.rows,
        )
        start, end = one.kept or (0, len(block.text))
        decided = None
        for told in (*((one.verdict,) if one.verdict is not None else ()), *one.also):
            pointed = Verdict(
                told.rule,
                told.version,
                told.action,
                told.family,
                told.reason,
                told.score,
                index,
                told.evidence,
            )
            decided = pointed if decided is None else decided
            verdicts.append(pointed)
        kept = one.verdict is None or one.kept is not None
        blocks.append(block)
        decisions.append(Decision(index, kept, decided if one.verdict is not None else None, start, end))
        if kept:
            left.append(block.cut(start, end))
    language = about.pop("language", "en")
    before = Document(url, tuple(blocks), language=language, **about)
    return Outcome(
        page=Page(url=url, body=url.encode(), fetched_at="2026-10-01T08:00:00Z"),
        status=status,
        reason=reason,
        before=before,
        after=before.with_blocks(tuple(left)),
        verdicts=tuple(verdicts),
        decisions=tuple(decisions),
        rule=rule,
        language=language,
        extraction="agreement",
        profile="0123456789ab",
    )


def judged_outcome(url: str, said: Sequence[Said], **about: Any) -> Outcome:
    """The same, as the models might see it."""
    judgement = Judgement(
        0.97,
        0.99,
        "guide",
        ("entry",),
        ("breaking in",),
        (Because("trade in title", 1.4),),
        (Because("<b>how</b>", 0.8),),
    )
    made = outcome(url, said, **about)
    return replace(made, judgement=judgement, quality=quality(made.after), other_language="fr")


def kept(kind: Kind, text: str, level: int = 0, **more: Any) -> Said:
    return Said(Block(0, kind, text, level, **more))


def gone(kind: Kind, text: str, why: Verdict, *also: Verdict, level: int = 0) -> Said:
    return Said(Block(0, kind, text, level), why, also=also)


CASINO = verdict(
    "gambling",
    "A gambling advert stands between two paragraphs about something else",
    "best casino bonus",
    score=1.45,
)
LINKS = verdict(
    "link_dense", "Nearly all of its words are links", "5 of 6 words", family=Family.LINK, score=0.6
)
RELATED = verdict(
    "related_tail",
    "A list of other articles after the end of this one",
    "Related posts",
    family=Family.STRUCTURE,
)
SHARE = verdict("share_bar", "Buttons to share the page", "Share on", family=Family.STRUCTURE)
SIGN_IN = verdict(
    "trim_ends",
    "A call to sign in at the start and one to read on at the end",
    "Sign in",
    family=Family.LAYOUT,
)


def guide() -> list[Said]:
    """A good guide with rubbish before, inside and after it."""
    trimmed = (
        "Sign in A product manager owns the why and the what, and helps the team find the how. Read more..."
    )
    talk = "The questions come in four kinds. The guide at PM Notes has an answer to each."
    return [
        *(
            gone(Kind.ITEM, name, SHARE, level=1)
            for name in ("Share on Facebook", "Share on X", "Copy the link", "Print")
        ),
        kept(Kind.HEADING, "How to become a product manager", 1),
        Said(Block(0, Kind.PARAGRAPH, trimmed), SIGN_IN, (8, len(trimmed) - 13)),
        kept(Kind.HEADING, "Before you apply", 3),
        kept(
            Kind.PARAGRAPH,
            "Most people come from a neighbouring craft: engineering, design, support or sales. What they "
            "share is not a degree but a habit. They talk to the people who use the thing, they write "
            "down what they heard, and they change their mind when the evidence does.",
        ),
        gone(
            Kind.PARAGRAPH,
            "Play now at Lucky Star! Best casino bonus, 200 free spins, no deposit needed.",
            CASINO,
            LINKS,
        ),
        kept(
            Kind.PARAGRAPH,
            "Make three big bets a quarter and know the stakes of each. A portfolio of one is a gamble; a "
            "portfolio of thirty is a to-do list.",
        ),
        kept(Kind.HEADING, "A plan for ninety days", 2),
        kept(Kind.ITEM, "Listen to ten customers, and write one page about what they said.", 1, ordered=True),
        kept(Kind.ITEM, "Find the number that the business is really run by.", 1, ordered=True),
        gone(Kind.ITEM, "Win a free tablet", CASINO, level=1),
        kept(Kind.ITEM, "Ship something small that matters to one of the ten.", 1, ordered=True),
        kept(
            Kind.QUOTATION, "Fall in love with the problem; the solution will change without asking you.", 1
        ),
        kept(Kind.HEADING, "Interviews", 2),
        kept(
            Kind.PARAGRAPH,
            talk,
            links=(
                Link(talk.index("PM Notes"), talk.index("PM Notes") + 8, "https://notes.example/interviews"),
            ),
        ),
        kept(
            Kind.TABLE,
            "Kind | What they look for\nProduct sense | Do you see the person behind the request?\n"
            "Execution | Can you choose, and say what you gave up?",
            rows=(
                ("Kind", "What they look for"),
                ("Product sense", "Do you see the person behind the request?"),
                ("Execution", "Can you choose, and say what you gave up?"),
            ),
        ),
        kept(Kind.CODE, "impact = reach * value\npriority = impact / effort", language="python"),
        kept(
            Kind.PARAGRAPH,
            "Then go and do it. The title follows the work far more often than the work follows the title.",
        ),
        gone(Kind.HEADING, "Related posts", RELATED, level=3),
        *(
            gone(Kind.ITEM, f"{n} things that nobody tells you about roadmaps", RELATED, level=1)
            for n in range(5, 12)
        ),
    ]


def hostile() -> list[Said]:
    """A page that tries what can be tried."""
    attack = verdict(
        "<img src=x onerror=alert(1)>",
        "<script>alert('reason')</script>",
        "<svg onload=alert(1)>",
        "javascript:alert(1)",
    )
    words = "Click here or here, and see how it goes with this paragraph of a page."
    return [
        kept(Kind.HEADING, "<script>document.title='owned'</script>", 1),
        kept(
            Kind.PARAGRAPH,
            words,
            links=(
                Link(0, 10, "javascript:document.title='owned'"),
                Link(14, 18, "data:text/html,<script>alert(1)</script>"),
            ),
        ),
        kept(
            Kind.PARAGRAPH,
            "<img src=https://tracker.example/pixel.gif onerror=\"document.title='owned'\"> and ![pixel](https://tracker.example/p.png)",
        ),
        kept(Kind.CODE, "</code></pre><script>document.title='owned'</script>"),
        kept(
            Kind.TABLE,
            "<b>x</b> | y",
            rows=(("<b onmouseover=alert(1)>x</b>", "y"), ("[a](javascript:alert(1))", "z")),
        ),
        gone(
            Kind.PARAGRAPH,
            "</del><script>document.title='owned'</script><iframe src=https://tracker.example/></iframe>",
            attack,
        ),
        kept(Kind.PARAGRAPH, "A name that runs backwards: \u202egpj.exe\u202c and on it goes."),
    ]


def fill(path: Path) -> None:
    """Write the corpus that all tests here read."""
    with Store.open(path) as store:
        store.record_source(Source("guides", "Guides", "https://guides.example/", "CC-BY-4.0", "feed"))
        store.record_source(
            Source("hostile", "<b>Hostile</b>", "javascript:alert(1)", notes="<script>alert(1)</script>")
        )
        run = store.start_run("import", Chain("default", ()))
        for made, source in outcomes():
            store.save_with_fetch(made, source, run)
        store.record_fetch(run, FetchRecord("https://guides.example/gone", "failed", "guides", "404", 404))
        store.record_fetch(
            run, FetchRecord("https://guides.example/login", "skipped", "guides", "robots.txt")
        )
        store.settle()
        store.connection.executemany(
            "INSERT INTO versions (post, body_hash, number, seen, status, title, text, text_hash, fingerprint,"
            " templates, run) VALUES (?, ?, ?, '2026-09-15T08:00:00Z', 'accepted', '', ?, '', '', '', ?)",
            [
                (post_id(GUIDE), "1", 1, "It said <script>document.title='owned'</script> then.", run),
                (post_id(GUIDE), "0", None, "", run),
            ],
        )
        store.connection.execute(
            "UPDATE posts SET gone_since = '2026-10-02T08:00:00Z' WHERE id = ?", (post_id(HOSTILE),)
        )
        store.finish_run(run)


def outcomes() -> list[tuple[Outcome, str]]:
    about: dict[str, Any] = {
        "title": "How to become a product manager",
        "author": "Ada Example",
        "site": "PM Guides",
    }
    made = [
        (
            judged_outcome(
                GUIDE,
                guide(),
                published="2026-09-14",
                updated="2026-09-18",
                licence="CC-BY-4.0",
                future="2031-01-01",
                origins=(
                    ("author", 'JSON-LD "author"'),
                    ("published", "line at the title"),
                    ("site", "meta og:site_name"),
                    ("licence", "link rel=license"),
                ),
                canonical_url=GUIDE,
                **about,
            ),
            "guides",
        ),
        (outcome(COPY, guide(), published="2026-09-20", canonical_url=GUIDE, **about), "guides"),
        (
            outcome(
                HOSTILE,
                hostile(),
                title="\u202e<script>document.title='owned'</script> exe.gpj",
                author="<img src=x onerror=alert(1)>",
                site='"><script>alert(1)</script>',
                published="2026-09-01",
                canonical_url="javascript:alert(1)",
            ),
            "hostile",
        ),
        (
            outcome(
                REJECTED,
                [
                    kept(Kind.PARAGRAPH, "Win big tonight with our slots."),
                    gone(Kind.PARAGRAPH, "Casino", CASINO),
                ],
                status=Status.REJECTED,
                reason="The page is about gambling, not about product management",
                rule="off_topic",
                title="Win big",
                site="Shop",
            ),
            "guides",
        ),
        (outcome(ERRORED, [], status=Status.ERRORED, reason="The page is empty"), "guides"),
        (
            outcome(
                ARABIC,
                [
                    kept(Kind.PARAGRAPH, "مدير المنتج يستمع إلى المستخدمين قبل أن يقرر."),
                    gone(Kind.PARAGRAPH, "كازينو", CASINO),
                ],
                title="دليل مدير المنتج",
                site="دليل",
                language="ar",
                published="2026-08-01",
            ),
            "guides",
        ),
    ]
    lessons = (
        "Saying no without losing friends",
        "Roadmaps that survive contact with sales",
        "From analyst to product manager in a year",
    )
    for number, title in enumerate(lessons):
        said = [
            kept(
                Kind.PARAGRAPH,
                f"{title}. What follows was learnt slowly, over many quarters, from patient people. " * 4,
            )
        ]
        said += [gone(Kind.PARAGRAPH, "Subscribe to our newsletter", LINKS)] * number
        url = f"https://lessons.example/{number}"
        made.append(
            (outcome(url, said, title=title, site="Lessons", published=f"2026-07-0{number + 1}"), "guides")
        )
    return made


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "corpus.db"
    fill(path)
    return path


Get = Callable[..., Any]


@pytest.fixture(scope="session")
def ask() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Run a coroutine; all share one loop, as all requests to a server do."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def datasette(corpus: Path, ask: Callable[..., Any]) -> Iterator[Any]:
    """Datasette as ``winnow serve`` starts it: the file is both configuration and metadata."""
    told = parse_metadata(CONFIGURATION.read_text(encoding="utf-8"))
    installed = any(pm.has_plugin(name) for name in ("winnow", "pipelines.ui"))
    if not installed:
        pm.register(pipelines.ui, "pipelines.ui")
    served = Datasette([str(corpus)], config=told, metadata=told)
    ask(served.invoke_startup())
    yield served
    served.close()
    if not installed:
        pm.unregister(pipelines.ui)


@pytest.fixture
def get(datasette: Any, ask: Callable[..., Any]) -> Get:
    """Ask Datasette for a path; gives its response."""

    def asked(path: str, **more: Any) -> Any:
        return ask(datasette.client.get(path, **more))

    return asked


@pytest.fixture
def curator(datasette: Any) -> dict[str, str]:
    """The cookies of somebody who came by the link of ``winnow serve``."""
    return {"ds_actor": datasette.client.actor_cookie({"id": "anna", MARK: True})}


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """The paths of the article pages, by what is special about them."""
    urls = {
        "guide": GUIDE,
        "copy": COPY,
        "hostile": HOSTILE,
        "rejected": REJECTED,
        "errored": ERRORED,
        "arabic": ARABIC,
    }
    return {name: f"/-/article/{post_id(url)}" for name, url in urls.items()}


ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser; while it is there its loop runs, so that ``ask`` cannot."""
    found = chromium()
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no chromium on the PATH")
        pytest.skip("no Chromium on the PATH: the pages were not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()

"""``winnow`` with curation inside its one process, as Scrapy's pipelines work: what the pool is measured beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NoReturn

from filters import load_profile
from filters.template import TemplateCounts
from pipelines.curate import Outcome, curate
from pipelines.page import Page
from pipelines.workers import Curators, Made


class Inside(Curators[Made]):
    """A pool without workers: a page is curated before ``submit`` returns."""

    def __init__(self, finish: Callable[[Outcome], Made], profile: str = "default", **told: Any) -> None:
        super().__init__(finish, profile, **told)
        self._chain = load_profile(profile)

    def start(self) -> None:
        """There is nothing to start."""

    def submit(self, page: Page, template_counts: TemplateCounts | None = None) -> Future[Made]:
        """The outcome, as a future that has come true."""
        settings = self.sites.of(page.url, page.fetched_at)
        future: Future[Made] = Future()
        future.set_result(self._finish(curate(page, self._chain, template_counts, settings)))
        return future


def main(arguments: Sequence[str]) -> NoReturn:
    """The command line of winnow."""
    from crawler import run
    from pipelines.cli import main as winnow

    vars(run)["Curators"] = Inside
    winnow(arguments)

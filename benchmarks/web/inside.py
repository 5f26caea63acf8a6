"""``winnow`` with curation inside its one process, as Scrapy's pipelines work: what the pool is measured beside."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, NoReturn

from filters import load_profile
from filters.template import TemplateCounts
from pipelines.curate import Outcome, curate
from pipelines.page import Page
from pipelines.workers import Curators


class Inside(Curators):
    """A pool without workers: a page is curated before ``submit`` returns."""

    def __init__(self, profile: str = "default", **told: Any) -> None:
        super().__init__(profile, **told)
        self._chain = load_profile(profile)

    def submit(self, page: Page, template_counts: TemplateCounts | None = None) -> Future[Outcome]:
        """The outcome, as a future that has come true."""
        settings = self.sites.of(page.url, page.fetched_at)
        future: Future[Outcome] = Future()
        future.set_result(curate(page, self._chain, template_counts, settings))
        return future


def main(arguments: Sequence[str]) -> NoReturn:
    """The command line of winnow."""
    from crawler import run
    from pipelines.cli import main as winnow

    vars(run)["Curators"] = Inside
    winnow(arguments)

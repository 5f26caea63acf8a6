"""``winnow`` with curation inside its one process, as Scrapy's pipelines work: what the pool is measured beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import NoReturn, Self

from filters import load_profile
from filters.template import TemplateCounts
from pipelines.curate import Outcome, curate
from pipelines.page import Page
from pipelines.workers import TemplateCountsOf


class Inside:
    """Takes the place of ``pipelines.workers.Curators``: a page is curated before ``submit`` returns."""

    def __init__(self, profile: str = "default", *, workers: int = 1, **_: object) -> None:
        self._chain = load_profile(profile)
        self.fingerprint = self._chain.fingerprint
        self.workers = workers

    def submit(self, page: Page, template_counts: TemplateCounts | None = None) -> Future[Outcome]:
        """The outcome, as a future that has come true."""
        future: Future[Outcome] = Future()
        future.set_result(curate(page, self._chain, template_counts))
        return future

    def map(
        self, pages: Iterable[Page], *, window: int = 0, template_counts: TemplateCountsOf | None = None
    ) -> Iterator[Outcome]:
        """Outcomes in input order."""
        for page in pages:
            yield self.submit(page, template_counts(page.url) if template_counts else None).result()

    def close(self) -> None:
        """There is nothing to end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def main(arguments: Sequence[str]) -> NoReturn:
    """The command line of winnow."""
    from crawler import run
    from pipelines.cli import main as winnow

    vars(run)["Curators"] = Inside
    winnow(arguments)

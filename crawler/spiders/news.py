"""The spider: it reads the sources that are asked, then visits those of their links that are due.

    start -> Documents -> ledger.discovered -> ledger.save_source_state -> ledger.due -> Visits -> ledger.visited

What a source lists is in the ledger before its state is saved, and a link stays due until its visit is stored: a crawl
that is killed at any instant is gone on with by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime

from scrapy import Request, Spider

from crawler.config import CrawlOptions
from crawler.spiders.documents import Documents
from crawler.spiders.ledger import Ledger
from crawler.spiders.source_run import SourceRun
from crawler.spiders.visits import Visits
from crawler.workers import WorkerPool

logger = logging.getLogger(__name__)


class NewsSpider(Spider):
    """Crawl configured sources. What it asks and tells goes through the ledger."""

    name = "news"

    def __init__(
        self,
        options: CrawlOptions,
        runs: Sequence[SourceRun],
        ledger: Ledger,
        pool: WorkerPool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.runs = runs
        self.is_interrupted = False
        self.ledger = ledger
        self._visits = Visits(options, ledger, now, self._send)
        self._documents = Documents(options, ledger, pool, now, then=self._visits.begin)

    async def start(self) -> AsyncIterator[Request]:
        for run in self.runs:
            begin = self._documents.begin if run.is_asked else self._visits.begin
            for request in begin(run):
                yield request

    def closed(self, reason: str) -> None:
        """Name the sources that were interrupted. What they have left stays due."""
        self.is_interrupted = reason == "shutdown"
        level = logging.WARNING if self.is_interrupted else logging.INFO  # as its time limit wants
        for run in self.runs:
            if run.documents or run.visiting:
                logger.log(level, "%s", run.summary(), extra={"source": run.spec.name})

    def _send(self, requests: Iterable[Request]) -> None:
        for request in requests:
            self.crawler.engine.crawl(request)

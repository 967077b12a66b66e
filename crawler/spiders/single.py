"""Looks at one source or one page by the rules of a crawl (robots.txt, private addresses, limits), keeping nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from crawler import urls
from crawler.config import Config, SourceSpec
from crawler.extract.page import Page
from crawler.sources import Link
from crawler.spiders import process
from crawler.spiders.ledger import Limits, NoLedger, Visit
from crawler.spiders.responses import refuse, unaskable
from crawler.spiders.source_run import SourceRun
from crawler.workers import WorkerPool
from storage.types import LinkState, Rejection


def check(config: Config, spec: SourceSpec) -> list[Link]:
    """Fetch one source in this process, once, and return the articles it lists.

    Raises:
        SourceError: it cannot be fetched or read.
    """
    ledger, run = _Links(), SourceRun.begin(spec, None, is_asked=True)
    _crawl(config, run, ledger)
    if run.error is not None and not ledger.found:
        raise run.error
    return ledger.found


def fetch_page(config: Config, url: str) -> Page | Rejection:
    """Fetch one page in this process, once, and return it, or why there is none."""
    if problem := unaskable(url):
        return refuse(url, urls.site_of(url), "bad-url", problem)
    spec = SourceSpec.model_construct(name=urls.site_of(url), kind="feed", url=url, language=None)
    ledger, run = _OnePage(url), SourceRun.begin(spec, None, is_asked=False)
    _crawl(config, run, ledger)
    if ledger.result is None:
        raise KeyboardInterrupt
    return ledger.result


def _crawl(config: Config, run: SourceRun, ledger: NoLedger) -> None:
    with WorkerPool(1) as pool:
        process.run(config.crawl, [run], ledger, pool, _utc_now, Limits())


class _Links(NoLedger):
    """Collects what a source lists."""

    def __init__(self) -> None:
        self.found: list[Link] = []

    def discovered(self, source: str, links: Sequence[Link], at: datetime) -> set[str]:
        self.found.extend(links)
        return {urls.identity(link.url) for link in links}


class _OnePage(NoLedger):
    """Has one link that is due, and holds the page or the reason why there is none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.result: Page | Rejection | None = None

    def due(self, source: str, at: datetime, limit: int) -> list[LinkState]:
        return [LinkState(url=urls.identity(self._url), address=self._url, source=source, date_first_seen=at)]

    async def visited(self, visit: Visit) -> None:
        self.result = visit.page or visit.loss


def _utc_now() -> datetime:
    return datetime.now(UTC)

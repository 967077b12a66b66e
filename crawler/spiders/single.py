"""Fetches one page by the rules of a crawl: robots.txt, private addresses, limits."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy import Request

from crawler import urls
from crawler.config import Config, SourceSpec
from crawler.extract.page import Page
from crawler.sources import Link
from crawler.spiders import process
from crawler.spiders.ledger import NoLedger
from crawler.spiders.news import NewsSpider
from storage.types import Rejection


def fetch_page(config: Config, url: str) -> Page | Rejection:
    """Fetch one page in this process, once, and return it, or why there is none."""
    ledger = _OneLedger()
    # Not validated: an address that cannot be asked for is a rejection like any other.
    spec = SourceSpec.model_construct(name=urls.site_of(url), kind="feed", url=url, language=None)
    process.crawl(_OnePageSpider, config.crawl, [spec], ledger)
    if ledger.result is None:
        raise KeyboardInterrupt
    return ledger.result


class _OnePageSpider(NewsSpider):
    """Fetches its source's address as if a source had listed it."""

    async def start(self) -> AsyncIterator[Request]:
        run = self.runs[0]
        for request in self._page_request(run, Link(url=run.spec.url, source=run.spec.name)):
            yield request


class _OneLedger(NoLedger):
    """Holds the page or the reason why there is none."""

    result: Page | Rejection | None = None

    def reject(self, rejection: Rejection) -> None:
        self.result = rejection

    async def page(self, page: Page) -> None:
        self.result = page

"""Runs the spider. Scrapy's reactor starts only once in a process, so only one of these calls can be made in it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.components import StopOnError
from crawler.config import Config, CrawlOptions, SourceSpec
from crawler.sources import Link
from crawler.spiders.ledger import CrawlCounts, Ledger, NoLedger
from crawler.spiders.news import NewsSpider
from crawler.spiders.source_run import SourceRun

AnySpider = TypeVar("AnySpider", bound=NewsSpider)

_LOG_LEVELS = {
    "scrapy": logging.WARNING,
    # What these complain of is kept by the ledger as a reason, or raised by `crawl`; here it would come once more.
    "scrapy.core.downloader.handlers.http11": logging.CRITICAL,
    "scrapy.core.scraper": logging.CRITICAL,
    "scrapy.downloadermiddlewares.httpcompression": logging.CRITICAL,
    "scrapy.downloadermiddlewares.robotstxt": logging.CRITICAL,
}


def run(config: Config, specs: Sequence[SourceSpec], ledger: Ledger) -> CrawlCounts:
    """Crawl the sources and say what was done."""
    spider = crawl(NewsSpider, config.crawl, specs, ledger)
    runs, stats = spider.runs, spider.crawler.stats.get_stats()
    return CrawlCounts(
        sources=len(runs),
        not_modified=sum(each.not_modified for each in runs),
        links=sum(each.links for each in runs),
        known=sum(each.known for each in runs),
        requests=stats.get("downloader/request_count", 0),
        pages=sum(each.pages for each in runs),
        bytes=stats.get("downloader/response_bytes", 0),
        failed=sum(each.failed for each in runs),
        failed_sources=sum(each.error is not None for each in runs),
        unfinished=sum(each.waiting > 0 for each in runs),
    )


def check(config: Config, spec: SourceSpec) -> list[Link]:
    """Fetch a source as a crawl would and return what it lists.

    Raises:
        SourceError: it cannot be fetched or read.
    """
    spider = crawl(_CheckSpider, config.crawl, [spec], NoLedger())
    error = spider.runs[0].error
    if error is not None and not spider.found:
        raise error
    return spider.found


class _CheckSpider(NewsSpider):
    """Collects the links instead of following them."""

    def __init__(self, options: CrawlOptions, specs: Sequence[SourceSpec], ledger: Ledger) -> None:
        super().__init__(options, specs, ledger)
        self.found: list[Link] = []

    def follow(self, run: SourceRun, links: Sequence[Link]) -> Iterator[Request]:
        self.found.extend(links)
        return iter(())


def crawl(spider: type[AnySpider], options: CrawlOptions, specs: Sequence[SourceSpec], ledger: Ledger) -> AnySpider:
    """Run a spider to its end and return it; an unexpected error comes out as it was raised."""
    with _signal_handlers_restored():
        process = _quiet_process(_settings(options))
        crawler = process.create_crawler(spider)
        task = process.crawl(crawler, options, specs, ledger)
        process.start()
    if not task.done():
        raise KeyboardInterrupt
    task.result()
    stopper = crawler.get_extension(StopOnError)
    if stopper is not None and stopper.error is not None:
        raise stopper.error
    return cast("AnySpider", crawler.spider)


def _quiet_process(settings: Settings) -> AsyncCrawlerProcess:
    # Scrapy introduces itself while it takes back all levels set before.
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        process = AsyncCrawlerProcess(settings)
    finally:
        logging.disable(before)
    for name, level in _LOG_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    return process


def _settings(options: CrawlOptions) -> Settings:
    # By name, not through scrapy.cfg: that is found only inside the repository.
    settings = Settings()
    settings.setmodule("crawler.settings")
    if options.user_agent_contact:
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{options.user_agent_contact})", "cmdline")
    settings.setdict(
        {
            "CONCURRENT_REQUESTS": options.concurrency,
            "DOWNLOAD_DELAY": options.delay_s,
            "AUTOTHROTTLE_START_DELAY": options.delay_s,
            "DOWNLOAD_TIMEOUT": options.timeout_s,
            "DOWNLOAD_MAXSIZE": options.max_page_bytes,
            "WIREFOLD_PROXY": options.proxy,
            "WIREFOLD_ALLOW_PRIVATE_ADDRESSES": options.allow_private_addresses,
        },
        "cmdline",
    )
    return settings


@contextmanager
def _signal_handlers_restored() -> Iterator[None]:
    """Take back Scrapy's signal handlers afterwards: without its reactor they do nothing, and Ctrl-C would be lost."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

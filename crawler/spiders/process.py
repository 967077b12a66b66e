"""Runs the spider. Scrapy's reactor starts only once in a process, so only one of these calls can be made in it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar, cast

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.components.delivery import StopOnError
from crawler.components.host_log import HostLog
from crawler.config import CrawlOptions
from crawler.spiders.ledger import CrawlCounts, Ledger, Limits
from crawler.spiders.news import NewsSpider
from crawler.spiders.source_run import SourceRun
from crawler.workers import WorkerPool

AnySpider = TypeVar("AnySpider", bound=Spider)

_LOG_LEVELS = {
    "scrapy": logging.WARNING,
    # What these complain of is kept by the ledger as a reason, or raised by `crawl`; here it would come once more.
    "scrapy.core.downloader.handlers.http11": logging.CRITICAL,
    "scrapy.core.scraper": logging.CRITICAL,
    "scrapy.downloadermiddlewares.httpcompression": logging.CRITICAL,
    "scrapy.downloadermiddlewares.redirect": logging.ERROR,  # it misses the component that would tell a page's Referer
}


def run(
    options: CrawlOptions,
    runs: Sequence[SourceRun],
    ledger: Ledger,
    pool: WorkerPool,
    now: Callable[[], datetime],
    limits: Limits,
) -> CrawlCounts:
    """Crawl the sources and say what was done."""
    spider = crawl(NewsSpider, options, limits, runs, ledger, pool, now)
    hosts = cast("HostLog", spider.crawler.get_downloader_middleware(HostLog)).counts()
    return CrawlCounts(
        due=sum(each.is_asked for each in runs),
        not_modified=sum(each.is_read and not each.changed and each.error is None for each in runs),
        unread=sum(each.is_asked and not each.is_read for each in runs),
        links=sum(each.links for each in runs),
        new=sum(each.new for each in runs),
        requests=sum(host.requests for host in hosts.values()),
        visits=sum(each.visits for each in runs),
        bytes=sum(host.bytes for host in hosts.values()),
        failed=sum(each.failed for each in runs),
        failed_sources=sum(each.error is not None for each in runs),
        unfinished=sum(not each.is_done for each in runs) if spider.is_interrupted else 0,
        hosts=hosts,
    )


def crawl(spider: type[AnySpider], options: CrawlOptions, limits: Limits, *arguments: object) -> AnySpider:
    """Run a spider (made of options and arguments) to its end and return it.

    An unexpected error comes out as it was raised.
    """
    with _signal_handlers_restored():
        process = _quiet_process(_settings(options, limits))
        crawler = process.create_crawler(spider)
        task = process.crawl(crawler, options, *arguments)
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


def _settings(options: CrawlOptions, limits: Limits) -> Settings:
    # By name, not through scrapy.cfg: that is found only inside the repository.
    settings = Settings()
    settings.setmodule("crawler.settings")
    if options.user_agent_contact:
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{options.user_agent_contact})", "cmdline")
    settings.setdict(
        {
            "WIREFOLD_CONCURRENCY": options.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency_per_site,
            "DOWNLOAD_DELAY": options.delay_s,
            "AUTOTHROTTLE_ENABLED": options.autothrottle,
            "AUTOTHROTTLE_START_DELAY": options.delay_s,
            "DOWNLOAD_TIMEOUT": options.timeout_s,
            "DOWNLOAD_MAXSIZE": options.max_page_bytes,
            "DOWNLOAD_VERIFY_CERTIFICATES": options.verify_certificates,
            "CLOSESPIDER_TIMEOUT": limits.time_s or 0,
            "WIREFOLD_WARC_DIR": limits.warc_dir,
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

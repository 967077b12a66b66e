"""Spiders: one driven by sources, one that looks what a site offers, and readers of archives.

These functions start Scrapy, whose import takes half a second, so that it is imported by those who call them. Its
reactor starts only once in a process: so does each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.config import Config, CrawlOptions, SourceSpec
from crawler.sources import Link
from crawler.spiders.ledger import CrawlCounts, Ledger, Limits, Visit
from crawler.spiders.source_run import SourceRun
from crawler.workers import WorkerPool

if TYPE_CHECKING:
    from crawler.spiders.exploring import Found

__all__ = ["CrawlCounts", "Ledger", "Limits", "SourceRun", "Visit", "check", "explore", "run"]


def run(
    options: CrawlOptions,
    runs: Sequence[SourceRun],
    ledger: Ledger,
    pool: WorkerPool,
    now: Callable[[], datetime],
    limits: Limits,
) -> CrawlCounts:
    """Crawl the sources; Ctrl-C, SIGTERM and the time limit finish what is in flight.

    Raises:
        Exception: whatever the ledger raised; the crawl has then been stopped.
    """
    from crawler.spiders import process

    return process.run(options, runs, ledger, pool, now, limits)


def check(config: Config, spec: SourceSpec) -> list[Link]:
    """Fetch one source as a crawl would and return what it lists.

    Raises:
        SourceError: it cannot be fetched or read.
    """
    from crawler.spiders import single

    return single.check(config, spec)


def explore(config: Config, url: str) -> list[Found]:
    """Look which feeds and sitemaps a site offers, the best first.

    Raises:
        SourceError: the address itself cannot be fetched.
    """
    from crawler.spiders import exploring

    return exploring.explore(config, url)

"""Spiders: one driven by sources, and readers of archives.

``run`` and ``check`` start Scrapy, whose import takes half a second, so that it is imported by those who call them.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.config import Config, SourceSpec
from crawler.sources import Link
from crawler.spiders.ledger import CrawlCounts, Ledger

__all__ = ["CrawlCounts", "Ledger", "check", "run"]


def run(config: Config, specs: Sequence[SourceSpec], ledger: Ledger) -> CrawlCounts:
    """Crawl the sources in this process, once; Ctrl-C and SIGTERM finish what is in flight.

    Raises:
        Exception: whatever the ledger raised; the crawl has then been stopped.
    """
    from crawler.spiders import process

    return process.run(config, specs, ledger)


def check(config: Config, spec: SourceSpec) -> list[Link]:
    """Fetch one source as a crawl would, in this process, once, and return what it lists.

    Raises:
        SourceError: it cannot be fetched or read.
    """
    from crawler.spiders import process

    return process.check(config, spec)

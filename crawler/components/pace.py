"""Sends requests the configured way, at the pace that a host asks for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from crawler.components.refusal import Refused

# A site that asks for more is left alone: to obey would stall the run, to disobey is out of the question.
MAX_CRAWL_DELAY_S = 60.0


class FixedProxy:
    """Send every request through the configured proxy, or through none: environment variables have no say."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.get("WIREFOLD_PROXY"))

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self._proxy


class CrawlDelay:
    """Apply what robots.txt says about the pace (``request.meta["crawl_delay_s"]``) to the host's download slot.

    ``places`` of each host bound how many of its requests are under way: without a delay, Scrapy 2.19 sends all that
    stand ready at once, as it counts a request only after it has begun.
    """

    def __init__(self, least_delay_s: float, concurrency: int, downloader: Callable[[], Any]) -> None:
        self._least_delay_s = least_delay_s
        self._downloader = downloader
        self._delays_s: dict[str, float] = {}
        self.places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(concurrency))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        return cls(settings.getfloat("DOWNLOAD_DELAY"), concurrency, lambda: crawler.engine.downloader)

    def process_request(self, request: Request) -> None:
        """Put the request into its own host's slot: a redirected one still names the slot of where it came from."""
        host = urlparse_cached(request).hostname or ""
        asked_s = request.meta.get("crawl_delay_s", 0.0)
        if asked_s > MAX_CRAWL_DELAY_S:
            raise Refused("crawl-delay", f"robots.txt asks for {asked_s:g} s between requests", retry=True)
        # http and https are one host; the slower rule holds.
        if asked_s > self._delays_s.get(host, 0.0):
            self._slow_down(host, asked_s)
        request.meta["download_slot"] = host
        request.meta["autothrottle_dont_adjust_delay"] = host in self._delays_s

    def _slow_down(self, host: str, asked_s: float) -> None:
        self._delays_s[host] = asked_s
        delay_s = max(asked_s, self._least_delay_s)
        downloader = self._downloader()
        # For the slot that is there, and for the next one: idle slots are thrown away.
        downloader.per_slot_settings[host] = {"delay": delay_s, "jitter": 0}
        if slot := downloader.slots.get(host):
            slot.delay, slot.jitter = delay_s, 0

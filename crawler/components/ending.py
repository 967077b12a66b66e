"""Lets a crawl that is told to end do so soon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

_LOOK_EVERY_S = 0.2


class PromptEnd:
    """When the crawl is to end, send what stands ready on at once: BackOff, just before the network, refuses it.

    Scrapy would let each request have its turn first, which at the pace of a slow host takes minutes. What is under way
    goes on.
    """

    def __init__(self, is_ending: Callable[[], bool], downloader: Callable[[], Any]) -> None:
        self._is_ending = is_ending
        self._downloader = downloader
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(lambda: is_ending(crawler), lambda: crawler.engine.downloader)
        crawler.signals.connect(self.begin, signals.spider_opened)
        crawler.signals.connect(self.end, signals.spider_closed)
        return self

    def begin(self) -> None:
        """Watch for the end."""
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    def end(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if self._is_ending():
                self._let_go()

    def _let_go(self) -> None:
        downloader = self._downloader()
        for slot in list(downloader.slots.values()):
            slot.delay = 0
            slot.close()  # ends its waiting
            downloader._process_queue(slot)


def is_ending(crawler: Crawler) -> bool:
    """Tell whether a crawl has been told to end: by a signal, an error, or its time limit."""
    slot = crawler.engine._slot if crawler.engine else None
    return not crawler.crawling or (slot is not None and slot.closing is not None)

"""What stands between the spider and the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure


@dataclass(frozen=True, slots=True)
class Delivery:
    """A visit on its way to the ledger (whose own type it is); ``ended`` is called when it has arrived."""

    visit: Any
    ended: Callable[[], None]


class PagePipeline:
    """Hand each visit over for extraction and storing, and wait: this holds the crawl to the workers' pace."""

    def __init__(self, visited: Callable[[Any], Awaitable[None]]) -> None:
        self._visited = visited

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider: Any = crawler.spider
        return cls(spider.ledger.visited)

    async def process_item(self, item: Delivery) -> Delivery:
        await self._visited(item.visit)
        item.ended()
        return item


class StopOnError:
    """Stop the crawl at the first unexpected error, which Scrapy would only log. ``error`` is then what it was."""

    def __init__(self, stop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._stop = stop
        self._stopping: asyncio.Task[None] | None = None
        self.error: BaseException | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler.stop_async)
        for signal in (signals.spider_error, signals.item_error):
            crawler.signals.connect(self.failed, signal)
        return self

    def failed(self, failure: Failure) -> None:
        """Stop because of what Scrapy caught."""
        self.stop(failure.value)

    def stop(self, error: BaseException | None) -> None:
        """Begin to stop; not waited for, as stopping waits for the very request that failed."""
        if self.error is None:
            self.error = error
            self._stopping = asyncio.get_running_loop().create_task(self._stop())

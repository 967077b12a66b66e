"""Counts per host what a crawl asks and what it gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.components.hosts import HostCounts
from crawler.components.refusal import Refused


@dataclass(slots=True)
class _Tally:
    """Host counts while they grow."""

    requests: int = 0
    bytes: int = 0
    not_modified: int = 0
    waited_s: float = 0.0
    refused: int = 0

    def counts(self) -> HostCounts:
        return HostCounts(
            requests=self.requests,
            bytes=self.bytes,
            not_modified=self.not_modified,
            waited_s=self.waited_s,
            refused=self.refused,
        )


class HostLog:
    """Counts while the crawl runs; ``counts()`` tells."""

    def __init__(self) -> None:
        self._tallies: defaultdict[str, _Tally] = defaultdict(_Tally)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls()
        connect = crawler.signals.connect
        connect(self.queued, signals.request_reached_downloader)
        connect(self.headers_received, signals.headers_received)
        connect(self.bytes_received, signals.bytes_received)
        connect(self.downloaded, signals.response_downloaded)
        return self

    def counts(self) -> Mapping[str, HostCounts]:
        """Return the counts of each host that was to be asked, by name."""
        return {host: tally.counts() for host, tally in sorted(self._tallies.items())}

    def queued(self, request: Request) -> None:
        """Note that a request stands ready."""
        request.meta["queued_at"] = monotonic()

    def sent(self, request: Request) -> None:
        """Count a request that goes out now."""
        tally = self._of(request)
        tally.requests += 1
        tally.waited_s += monotonic() - request.meta["queued_at"]

    def headers_received(self, headers: Headers, request: Request) -> None:
        self._of(request).bytes += len(headers.to_string())

    def bytes_received(self, data: bytes, request: Request) -> None:
        self._of(request).bytes += len(data)

    def downloaded(self, response: Response, request: Request) -> None:
        self._of(request).not_modified += response.status == 304

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count what the other components refuse."""
        self._of(request).refused += isinstance(exception, Refused)

    def _of(self, request: Request) -> _Tally:
        return self._tallies[urlparse_cached(request).hostname or ""]

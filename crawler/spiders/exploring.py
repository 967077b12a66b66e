"""Looks which feeds and sitemaps a site offers: what its page names, what robots.txt names, then the usual places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import urls
from crawler.config import Config, CrawlOptions, SourceSpec
from crawler.errors import SourceError
from crawler.sources import Discovered
from crawler.sources.autodiscover import Assessment, Candidate, assess, candidates, sitemaps_of, well_known
from crawler.sources.sections import Shapes
from crawler.spiders import process
from crawler.spiders.failures import explain
from crawler.spiders.ledger import Limits, NoLedger
from crawler.spiders.responses import header, is_html, unaskable
from crawler.workers import WorkerPool

MAX_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A feed or a sitemap that a site offers, and what it lists."""

    candidate: Candidate
    assessment: Assessment


def explore(config: Config, url: str) -> list[Found]:
    """Look what a site offers, in this process, once; feeds come before sitemaps, those with the newest links first.

    Raises:
        SourceError: the address cannot be fetched.
    """
    if problem := unaskable(url):
        raise SourceError(url, problem)
    with WorkerPool(1) as pool:
        spider = process.crawl(_Explorer, config.crawl, Limits(), url, pool)
    if spider.error is not None and not spider.found:
        raise spider.error
    return sorted(spider.found, key=_order)


def _order(found: Found) -> tuple[bool, float]:
    newest = found.assessment.newest
    return found.assessment.kind != "feed", -(newest.timestamp() if newest else 0.0)


class _Explorer(Spider):
    """Asks for the page, then for what it names; the usual places only if that gives nothing."""

    name = "explore"

    def __init__(self, options: CrawlOptions, url: str, pool: WorkerPool) -> None:
        super().__init__()
        self.ledger = NoLedger()
        self.found: list[Found] = []
        self.error: SourceError | None = None
        self._url = url
        self._pool = pool
        self._asked: set[str] = set()
        self._under_way = 0
        self._has_tried_usual = False

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self._url, callback=self.parse_page, errback=self.page_failed)

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Read the address as a page that names feeds, or as a feed."""
        given = Candidate(url=response.url, kind="feed", title=None, why="the address given")
        if response.status != 200:
            self.error = SourceError(response.url, f"http-{response.status}")
        elif not is_html(header(response, "Content-Type"), response.body):
            if not await self._assess(response, given):
                self.error = SourceError(response.url, "neither a page nor a feed nor a sitemap")
            return
        else:
            for request in self._ask(candidates(response.body, response.url)):
                yield request
        robots = Request(
            urljoin(response.url, "/robots.txt"), callback=self.parse_robots, errback=self.candidate_failed
        )
        self._under_way += 1
        yield robots

    def page_failed(self, failure: Failure) -> None:
        """Keep why the address could not be fetched."""
        reason = explain(failure.value)
        self.error = SourceError(self._url, f"{reason.word} ({reason.detail})")

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """Ask for the sitemaps that robots.txt names."""
        if response.status == 200:
            yield from self._ask(sitemaps_of(response.body, response.url))
        yield from self._end_one()

    async def parse_candidate(self, response: Response, candidate: Candidate) -> AsyncIterator[Request]:
        """Keep a candidate that is what it seemed."""
        if response.status == 200:
            await self._assess(response, candidate)
        for request in self._end_one():
            yield request

    def candidate_failed(self, failure: Failure) -> Iterator[Request]:
        """Leave out what cannot be fetched."""
        yield from self._end_one()

    def _ask(self, those: Sequence[Candidate]) -> Iterator[Request]:
        for candidate in those:
            identity = urls.identity(candidate.url)
            if identity in self._asked or len(self._asked) >= MAX_CANDIDATES or unaskable(candidate.url):
                continue
            self._asked.add(identity)
            self._under_way += 1
            yield Request(
                candidate.url,
                callback=self.parse_candidate,
                errback=self.candidate_failed,
                cb_kwargs={"candidate": candidate},
                dont_filter=True,
            )

    async def _assess(self, response: Response, candidate: Candidate) -> bool:
        """Keep a candidate if it is a feed or a sitemap, and say whether it is."""
        for kind in ("feed", "sitemap"):
            spec = SourceSpec.model_construct(name=candidate.url, kind=kind, url=candidate.url, follow=None)
            content_type = header(response, "Content-Type")
            read = await asyncio.wrap_future(
                self._pool.discover(spec, response.body, content_type, response.url, Shapes())
            )
            if isinstance(read, Discovered):
                self.found.append(Found(candidate, assess(candidate, read)))
                return True
        return False

    def _end_one(self) -> Iterator[Request]:
        self._under_way -= 1
        if not self._under_way and not self.found and not self._has_tried_usual:
            self._has_tried_usual = True
            yield from self._ask(well_known(self._url))

"""The spider: sources, then the pages they link to that are not known yet.

    start -> parse_source -> follow -> parse_page -> (pipeline: ledger.page) -> _keep_page
                 |  ^           |           |
                 |  +-sitemap---+           |
                 v                          v
            source_failed              page_failed          each loss: ledger.reject

A source ends when everything it led to has ended; only then is its state saved, so that a crawl that is killed
in between fetches it again in full.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import urls
from crawler.components import Delivery
from crawler.config import CrawlOptions, SourceSpec
from crawler.errors import SourceError
from crawler.extract.page import Page
from crawler.sources import Link, discover
from crawler.spiders.failures import Reason, explain
from crawler.spiders.ledger import Ledger
from crawler.spiders.responses import is_html, refuse, refuse_status
from crawler.spiders.source_run import SourceRun
from storage.types import Rejection, Stage

MAX_SITEMAPS_PER_SOURCE = 50
MAX_SITEMAP_DEPTH = 3
_SOURCES_FIRST = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NewsSpider(Spider):
    """Crawl configured sources. What it asks and tells goes through the ledger."""

    name = "news"

    def __init__(
        self,
        options: CrawlOptions,
        specs: Sequence[SourceSpec],
        ledger: Ledger,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__()
        self.options = options
        self.ledger = ledger
        self.runs = [SourceRun.begin(spec, ledger.source_state(spec.name)) for spec in specs]
        self._now = now
        self._followed: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        for run in self.runs:
            for request in self._source_request(run, run.spec.url, depth=0):
                yield request

    def closed(self, reason: str) -> None:
        """Name the sources that were interrupted. Their state stays as it was."""
        for run in self.runs:
            if run.waiting:
                logger.warning("%s", run.summary())

    # -- sources ----------------------------------------------------------------------------------------------------

    def parse_source(self, response: Response, run: SourceRun, depth: int) -> Iterator[Request]:
        """Follow what a feed or a sitemap lists."""
        if response.status == 304:
            run.not_modified = True
        elif response.status != 200:
            self._lose_source(run, response.url, f"http-{response.status}")
        else:
            if depth == 0:
                run.etag, run.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
            yield from self._discover(response, run, depth)
        self._end_one(run)

    def source_failed(self, failure: Failure) -> None:
        """Keep why a feed or a sitemap could not be fetched."""
        request, reason = _request_of(failure), self._explain(failure)
        self._lose_source(request.cb_kwargs["run"], request.url, reason.word, reason.detail)
        self._end_one(request.cb_kwargs["run"])

    def follow(self, run: SourceRun, links: Sequence[Link]) -> Iterator[Request]:
        """Fetch the articles that are not known, the newest first, as many as the source may have."""
        listed = {urls.identity(link.url): link for link in reversed(links)}
        known = self.ledger.known(set(listed)) | (self._followed & listed.keys())
        new = [link for identity, link in reversed(listed.items()) if identity not in known]
        new.sort(key=lambda link: link.date_published or _LONG_AGO, reverse=True)
        allowed = new[: self.options.max_links_per_source - run.followed]
        run.links += len(listed)
        run.known += len(known)
        run.followed += len(allowed)
        if len(allowed) < len(new):
            self._lose(run, run.spec.url, "over-limit", f"{len(new) - len(allowed):,} new links left for later")
        self._followed.update(urls.identity(link.url) for link in allowed)
        for link in allowed:
            yield from self._page_request(run, link)

    def _discover(self, response: Response, run: SourceRun, depth: int) -> Iterator[Request]:
        try:
            links = discover(run.spec, response.body, _header(response, "Content-Type"), response.url)
        except SourceError as error:
            self._lose_source(run, response.url, "unreadable", error.problem)
            return
        yield from self.follow(run, [link for link in links if link.kind == "article"])
        yield from self._follow_sitemaps(run, [link for link in links if link.kind == "sitemap"], depth + 1)

    def _follow_sitemaps(self, run: SourceRun, links: Sequence[Link], depth: int) -> Iterator[Request]:
        for link in sorted(links, key=lambda link: link.date_published or _LONG_AGO, reverse=True):
            # An index may stay as it is while what it lists changes.
            run.again = True
            identity = urls.identity(link.url)
            if identity in run.sitemaps:
                self._lose(run, link.url, "sitemap-loop", "this source has listed it before")
            elif depth > MAX_SITEMAP_DEPTH:
                self._lose(run, link.url, "sitemap-depth", f"more than {MAX_SITEMAP_DEPTH} indexes above it")
            elif len(run.sitemaps) > MAX_SITEMAPS_PER_SOURCE:
                self._lose(run, run.spec.url, "over-limit", f"more than {MAX_SITEMAPS_PER_SOURCE} sitemaps")
                return
            else:
                run.sitemaps.add(identity)
                yield from self._source_request(run, link.url, depth)

    def _source_request(self, run: SourceRun, url: str, depth: int) -> Iterator[Request]:
        run.waiting += 1
        try:
            request = Request(
                url,
                callback=self.parse_source,
                errback=self.source_failed,
                cb_kwargs={"run": run, "depth": depth},
                headers=run.conditions() if depth == 0 else None,
                priority=_SOURCES_FIRST,
                dont_filter=True,
            )
        except ValueError as error:
            self._lose_source(run, url, "bad-url", str(error))
            self._end_one(run)
        else:
            yield request

    def _lose_source(self, run: SourceRun, url: str, reason: str, detail: str = "") -> None:
        run.error = run.error or SourceError(url, f"{reason} ({detail})" if detail else reason)
        self._lose(run, url, reason, detail)

    def _lose(self, run: SourceRun, url: str, reason: str, detail: str) -> None:
        run.again = True
        self.ledger.reject(
            Rejection(
                url=urls.identity(url),
                source=run.spec.name,
                stage=Stage.DISCOVERY,
                reason=reason,
                detail=detail,
                retry=True,
            )
        )

    # -- pages ------------------------------------------------------------------------------------------------------

    def parse_page(self, response: Response, run: SourceRun, link: Link) -> Iterator[Delivery]:
        """Hand over a page, or say what else came."""
        content_type, encoding = _header(response, "Content-Type"), _header(response, "Content-Encoding")
        if response.status != 200:
            self._lose_page(run, refuse_status(link.url, link.source, response.status))
        elif encoding:
            self._lose_page(run, refuse(link.url, link.source, "unknown-encoding", encoding))
        elif not is_html(content_type, response.body):
            self._lose_page(run, refuse(link.url, link.source, "not-html", content_type or "no Content-Type"))
        else:
            page = Page(
                url=response.url,
                content=response.body,
                content_type=content_type,
                fetched_at=self._now(),
                source=link.source,
                requested_url=link.url,
            )
            yield Delivery(page, lambda: self._keep_page(run))

    def page_failed(self, failure: Failure) -> None:
        """Keep why a page could not be fetched."""
        reason = self._explain(failure)
        run, link = (_request_of(failure).cb_kwargs[name] for name in ("run", "link"))
        self._lose_page(run, refuse(link.url, link.source, reason.word, reason.detail, retry=reason.retry))

    def _keep_page(self, run: SourceRun) -> None:
        run.pages += 1
        self._end_one(run)

    def _page_request(self, run: SourceRun, link: Link) -> Iterator[Request]:
        run.waiting += 1
        try:
            request = Request(
                link.url,
                callback=self.parse_page,
                errback=self.page_failed,
                cb_kwargs={"run": run, "link": link},
                dont_filter=True,
            )
        except ValueError as error:
            self._lose_page(run, refuse(link.url, link.source, "bad-url", str(error)))
        else:
            yield request

    def _lose_page(self, run: SourceRun, rejection: Rejection) -> None:
        run.failed += 1
        run.again |= rejection.retry
        self.ledger.reject(rejection)
        self._end_one(run)

    def _explain(self, failure: Failure) -> Reason:
        reason = explain(failure.value)
        if reason.word == "too-big":
            return replace(reason, detail=f"more than {self.options.max_page_bytes:,} bytes")
        return reason

    # -- the end of a source ----------------------------------------------------------------------------------------

    def _end_one(self, run: SourceRun) -> None:
        run.waiting -= 1
        if not run.waiting:
            self._finish(run)

    def _finish(self, run: SourceRun) -> None:
        self.ledger.save_source_state(run.end(self._now()))
        logger.log(logging.WARNING if run.error else logging.INFO, "%s", run.summary())


def _request_of(failure: Failure) -> Request:
    request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there for errbacks
    return request


def _header(response: Response, name: str) -> str | None:
    value: bytes | None = response.headers.get(name)
    return value.decode("latin-1") if value else None

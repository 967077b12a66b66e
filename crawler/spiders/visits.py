"""The second part of a source's run: its due links are visited, a few at a time."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import urls
from crawler.components.delivery import Delivery
from crawler.components.refusal import BACKING_OFF, STOPPED
from crawler.components.reservations import opt_outs
from crawler.config import CrawlOptions
from crawler.extract.page import Page, feed_page
from crawler.spiders.failures import explain
from crawler.spiders.ledger import Ledger, Visit
from crawler.spiders.responses import (
    conditions,
    digest,
    header,
    is_html,
    is_unchanged,
    refuse,
    refuse_status,
    request_of,
)
from crawler.spiders.source_run import SourceRun
from storage.types import LinkState, Rejection

MAX_REFRESHES = 3
UNDER_WAY = 8  # of one source: a thousand sources share the line, and memory stays flat

logger = logging.getLogger(__name__)


class Visits:
    """Asks for the links of sources that are due and hands over what comes of it.

    ``send`` takes requests that arise outside of a callback.
    """

    def __init__(
        self,
        options: CrawlOptions,
        ledger: Ledger,
        now: Callable[[], datetime],
        send: Callable[[Iterable[Request]], None],
    ) -> None:
        self._options = options
        self._ledger = ledger
        self._now = now
        self._send = send

    def begin(self, run: SourceRun) -> Iterator[Request]:
        """Ask for the first links of a source that are due."""
        limit = run.spec.max_links or self._options.max_links_per_source
        run.queue.extend(self._ledger.due(run.spec.name, self._now(), limit))
        wanted = {link.url for link in run.queue}
        run.listed = {url: listed for url, listed in run.listed.items() if url in wanted}
        yield from self._more(run)
        self._end_if_done(run)

    def _more(self, run: SourceRun) -> Iterator[Request]:
        while run.queue and run.visiting < UNDER_WAY:
            link = run.queue.popleft()
            run.visiting += 1
            yield self._request(run, link, link.address)

    def _request(self, run: SourceRun, link: LinkState, address: str, refreshes: int = 0) -> Request:
        return Request(
            address,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"run": run, "link": link, "refreshes": refreshes},
            headers=None if refreshes else conditions(link),
            meta={"last_visit": link.last_visit, "payload_digest": link.payload_digest, "is_page": True},
            dont_filter=True,
        )

    async def parse(
        self, response: Response, run: SourceRun, link: LinkState, refreshes: int
    ) -> AsyncIterator[Request | Delivery]:
        """Hand over a page, or say what else came."""
        if is_unchanged(response, link):
            yield self._delivery(run, Visit(link=link, at=self._now()))
        elif (loss := _loss(response, link)) is not None:
            yield self._lost(run, link, loss)
        elif refreshes < MAX_REFRESHES and (target := urls.refresh_target(response.body, response.url)):
            yield self._request(run, link, target, refreshes + 1)
        else:
            yield self._delivery(run, self._visit(response, run, link))

    async def failed(self, failure: Failure) -> AsyncIterator[Delivery]:
        """Keep why a page could not be fetched."""
        reason = explain(failure.value)
        if reason.word == STOPPED:
            return  # the link stays due
        request = request_of(failure)
        run, link = (request.cb_kwargs[name] for name in ("run", "link"))
        detail = "; ".join(filter(None, (reason.detail, _elsewhere(request.url, link))))
        loss = refuse(link.url, link.source, reason.word, detail, retry=reason.retry)
        yield self._lost(run, link, loss, not_before=reason.retry_after, is_asked=reason.word != BACKING_OFF)

    def _visit(self, response: Response, run: SourceRun, link: LinkState) -> Visit:
        now = self._now()
        page = Page(
            url=response.url,
            content=response.body,
            content_type=header(response, "Content-Type"),
            fetched_at=now,
            source=link.source,
            requested_url=link.address,
            headline_listed=link.headline,
            date_listed=link.date_published,
            language=run.spec.language,
            publisher=run.spec.publisher,
            opt_outs=opt_outs(response.headers),
        )
        return Visit(
            link=link,
            at=now,
            page=page,
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            payload_digest=digest(response),
            fallback=self._fallback(run, link, now),
        )

    def _lost(
        self,
        run: SourceRun,
        link: LinkState,
        loss: Rejection,
        *,
        not_before: datetime | None = None,
        is_asked: bool = True,
    ) -> Delivery:
        run.failed += 1
        now = self._now()
        visit = Visit(
            link=link,
            at=now,
            loss=loss,
            fallback=self._fallback(run, link, now),
            not_before=not_before,
            is_asked=is_asked,
        )
        return self._delivery(run, visit)

    def _fallback(self, run: SourceRun, link: LinkState, now: datetime) -> Page | None:
        """Return the text that the feed carried as a page of the same time."""
        listed = run.listed.pop(link.url, None)
        if listed is None:
            return None
        page = feed_page(listed, fetched_at=now)
        return replace(page, requested_url=link.address, language=run.spec.language, publisher=run.spec.publisher)

    def _delivery(self, run: SourceRun, visit: Visit) -> Delivery:
        return Delivery(visit, lambda: self._end(run))

    def _end(self, run: SourceRun) -> None:
        run.visiting -= 1
        run.visits += 1
        self._send(self._more(run))
        self._end_if_done(run)

    def _end_if_done(self, run: SourceRun) -> None:
        if run.visiting or run.queue:
            return
        run.is_done = True
        run.listed.clear()
        if run.is_asked:
            self._ledger.save_source_state(run.state)
        logger.log(logging.WARNING if run.error else logging.INFO, "%s", run.summary(), extra={"source": run.spec.name})


def _elsewhere(url: str, link: LinkState) -> str:
    """Say where an address led to, if it was elsewhere."""
    return "" if url == link.address else f"redirected to {url}"


def _loss(response: Response, link: LinkState) -> Rejection | None:
    """Say why a response is no page, or None if it is one."""
    content_type, encoding = header(response, "Content-Type"), header(response, "Content-Encoding")
    if response.status != 200:
        return refuse_status(link.url, link.source, response.status, _elsewhere(response.url, link))
    if encoding:
        return refuse(link.url, link.source, "unknown-encoding", encoding)
    if not is_html(content_type, response.body):
        return refuse(link.url, link.source, "not-html", content_type or "no Content-Type")
    return None

"""The first part of a source's run: its feed, its sitemaps or its section page are read, and what they list is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from courlan import extract_domain
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import urls
from crawler.components.backing_off import retry_after
from crawler.components.refusal import STOPPED
from crawler.config import CrawlOptions
from crawler.errors import SourceError
from crawler.sources import Discovered, Link, payload, schedule
from crawler.sources.sections import Shapes
from crawler.spiders.failures import explain
from crawler.spiders.ledger import Ledger
from crawler.spiders.responses import (
    conditions,
    digest,
    header,
    is_unchanged,
    max_age_s,
    request_of,
    unaskable,
    with_validators,
)
from crawler.spiders.source_run import SourceRun
from crawler.workers import WorkerPool
from storage.types import Rejection, SourceState, Stage

MAX_SITEMAPS = 50
MAX_SITEMAP_DEPTH = 3
_BEFORE_PAGES = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Documents:
    """Asks for the documents of sources and hands over what they list.

    A document is asked for only if it has changed, except an index of sitemaps: it may stay as it is while they change.
    ``then`` is given each source whose documents have all ended, and returns what to ask for next.
    """

    def __init__(
        self,
        options: CrawlOptions,
        ledger: Ledger,
        pool: WorkerPool,
        now: Callable[[], datetime],
        then: Callable[[SourceRun], Iterator[Request]],
    ) -> None:
        self._options = options
        self._ledger = ledger
        self._pool = pool
        self._now = now
        self._then = then

    def begin(self, run: SourceRun) -> Iterator[Request]:
        """Ask for the document that a source is."""
        return self._ask(run, run.state, depth=0)

    def _ask(self, run: SourceRun, state: SourceState, depth: int) -> Iterator[Request]:
        run.documents += 1
        yield Request(
            state.url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"run": run, "state": state, "depth": depth},
            headers=conditions(state),
            meta={
                "last_visit": state.last_success,
                "payload_digest": state.payload_digest,
                "download_maxsize": payload.MAX_BYTES,
            },
            priority=_BEFORE_PAGES,
            dont_filter=True,
        )

    async def parse(self, response: Response, run: SourceRun, state: SourceState, depth: int) -> AsyncIterator[Request]:
        """Hand over what a document lists, and ask for the sitemaps in it."""
        if depth == 0:
            run.max_age_s = max_age_s(response)
        if is_unchanged(response, state):
            self._remember(run, with_validators(state, response), depth)
        elif response.status != 200:
            run.retry_after = retry_after(response.headers, self._now())
            self._lose_document(run, depth, response.url, f"http-{response.status}")
        else:
            found = await self._discover(response, run)
            if isinstance(found, SourceError):
                self._lose_document(run, depth, found.url, "unreadable", found.problem)
            else:
                for request in self._follow(run, found, depth):
                    yield request
                self._remember(run, _after(response, found, state), depth)
        for request in self._end(run):
            yield request

    async def failed(self, failure: Failure) -> AsyncIterator[Request]:
        """Keep why a document could not be fetched."""
        request, reason = request_of(failure), explain(failure.value)
        if reason.word == STOPPED:
            return  # the source stays as it was
        run: SourceRun = request.cb_kwargs["run"]
        run.retry_after = reason.retry_after
        self._lose_document(run, request.cb_kwargs["depth"], request.url, reason.word, reason.detail)
        for each in self._end(run):
            yield each

    async def _discover(self, response: Response, run: SourceRun) -> Discovered | SourceError:
        shapes = self._ledger.shapes(urls.site_of(response.url)) if run.spec.kind == "section" else Shapes()
        content_type = header(response, "Content-Type")
        return await asyncio.wrap_future(
            self._pool.discover(run.spec, response.body, content_type, response.url, shapes)
        )

    def _follow(self, run: SourceRun, found: Discovered, depth: int) -> Iterator[Request]:
        for reason, count in found.dropped.items():
            self._lose(run, run.spec.url, reason, f"{count:,} of its entries")
        for url in found.skipped:
            self._lose(run, url, "not-followed", "")
        if found.form != "sitemap index":
            self._keep(run, [link for link in found.links if self._is_askable(run, link)])
        else:
            yield from self._ask_sitemaps(run, found.links, depth + 1)

    def _keep(self, run: SourceRun, links: Sequence[Link]) -> None:
        listed = {urls.identity(link.url): link for link in reversed(links)}
        new = self._ledger.discovered(run.spec.name, links, self._now())
        run.changed = True
        run.links += len(listed)
        run.new += len(new)
        run.dates += filter(None, (listed[url].date_published or listed[url].date_modified for url in new))
        run.listed |= {url: link for url, link in listed.items() if link.content and _is_own(run, link)}

    def _ask_sitemaps(self, run: SourceRun, links: Sequence[Link], depth: int) -> Iterator[Request]:
        for link in sorted(links, key=lambda link: link.date_modified or _LONG_AGO, reverse=True):
            identity = urls.identity(link.url)
            state = self._sitemap_state(run, link)
            if not self._is_askable(run, link):
                continue
            if identity in run.sitemaps:
                self._lose(run, link.url, "sitemap-loop", "this source has listed it before")
            elif depth > MAX_SITEMAP_DEPTH:
                self._lose(run, link.url, "sitemap-depth", f"more than {MAX_SITEMAP_DEPTH} indexes above it")
            elif len(run.sitemaps) > MAX_SITEMAPS:
                self._lose(run, run.spec.url, "over-limit", f"more than {MAX_SITEMAPS} sitemaps")
                return
            else:
                # Also those that have not changed: with each poll others would have their turn, to the oldest.
                run.sitemaps.add(identity)
                if schedule.may_have_changed(state, link.date_modified, self._now()):
                    yield from self._ask(run, state, depth)

    def _sitemap_state(self, run: SourceRun, link: Link) -> SourceState:
        """Recall where a sitemap of an index stands. Its name is no source's: those are printable."""
        name = f"{run.spec.name}\n{link.url}"
        return self._ledger.source_state(name) or SourceState(name=name, url=link.url)

    def _remember(self, run: SourceRun, state: SourceState, depth: int) -> None:
        """Keep where a document that was read stands. The source's own state waits for its sitemaps."""
        if depth == 0:
            run.state = state
        else:
            run.has_sitemap, now = True, self._now()
            self._ledger.save_source_state(replace(state, last_fetched=now, last_success=now))

    def _end(self, run: SourceRun) -> Iterator[Request]:
        run.documents -= 1
        if not run.documents:
            run.is_read = True
            if not run.has_sitemap:
                run.error = run.error or run.sitemap_error
            run.state = self._state_after(run)
            self._ledger.save_source_state(_to_read_again(run.state) if run.listed else run.state)
            yield from self._then(run)

    def _state_after(self, run: SourceRun) -> SourceState:
        """Decide what the next run must know of a source."""
        now, every_min = self._now(), run.spec.poll_every_min
        problem = str(run.sitemap_error) if run.sitemap_error else None
        if run.error is not None:
            state = replace(run.state, last_fetched=now, last_error=str(run.error))
            return schedule.after_failure(
                state, retry_after=run.retry_after, now=now, options=self._options, every_min=every_min
            )
        return schedule.after_poll(
            replace(run.state, last_fetched=now, last_success=now, last_error=problem),
            dates=run.dates,
            new=run.new,
            max_age_s=run.max_age_s,
            now=now,
            options=self._options,
            every_min=every_min,
        )

    def _is_askable(self, run: SourceRun, link: Link) -> bool:
        problem = unaskable(link.url)
        if problem:
            self._lose(run, link.url, "bad-url", problem)
        return not problem

    def _lose_document(self, run: SourceRun, depth: int, url: str, reason: str, detail: str = "") -> None:
        """Keep why a document was not read. Of the sitemaps in an index, others may have been."""
        error = SourceError(url, f"{reason} ({detail})" if detail else reason)
        if depth == 0:
            run.error = error
        else:
            run.sitemap_error = run.sitemap_error or error
        self._lose(run, url, reason, detail)

    def _lose(self, run: SourceRun, url: str, reason: str, detail: str) -> None:
        url, source = urls.identity(url), run.spec.name
        self._ledger.reject(
            Rejection(url=url, source=source, stage=Stage.DISCOVERY, reason=reason, detail=detail, retry=True)
        )


def _to_read_again(state: SourceState) -> SourceState:
    """Return the state from which a feed is read again: until its links are visited, it alone has their texts."""
    return replace(state, etag=None, last_modified=None, payload_digest=None, next_due=None)


def _is_own(run: SourceRun, link: Link) -> bool:
    """Tell whether a link is of the source's own domain: for the text of others' articles a feed is no witness."""
    return extract_domain(link.url, fast=True) == extract_domain(run.spec.url, fast=True)


def _after(response: Response, found: Discovered, state: SourceState) -> SourceState:
    """Return a document's state once it has been read."""
    state = replace(state, title=found.title or state.title)
    if found.form == "sitemap index":
        return replace(state, etag=None, last_modified=None, payload_digest=None)
    return replace(with_validators(state, response), payload_digest=digest(response))

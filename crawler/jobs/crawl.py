"""The crawl: which sources and links are due, and what becomes of what they give."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from crawler import spiders, urls
from crawler.config import Config, CrawlOptions, SourceSpec
from crawler.extract import overrides
from crawler.extract.page import Page
from crawler.jobs.dedupe import judged
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Clock, Keeper, Summary, keeping, utc_now
from crawler.jobs.pages import FEED, with_text_from
from crawler.jobs.progress import Progress
from crawler.sources import Link, revisit, schedule
from crawler.sources.sections import Shapes, learn
from crawler.spiders import Limits, SourceRun, Visit
from crawler.workers import QUARANTINED, WorkerPool
from storage.store import Store
from storage.types import (
    Article,
    HostState,
    LinkState,
    Listed,
    Outcome,
    Rejection,
    SourceState,
    Stage,
    Visited,
)

_SHAPES_FROM = 500  # addresses of a site, kept and refused: enough for each section of a large one


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """How one crawl is to go. Without ``due_only`` every source is asked, whether it is due or not.

    With ``max_sites`` the sources of more sites are left to other crawls of the same store.
    """

    due_only: bool = True
    max_sites: int | None = None
    time_limit_s: float | None = None
    warc_dir: Path | None = None
    judging: Judging = BY_DEFAULT


def crawl(
    store: Store,
    config: Config,
    specs: Sequence[SourceSpec],
    progress: Progress,
    run: CrawlRun = CrawlRun(),
    now: Clock = utc_now,
) -> Summary:
    """Ask the sources that are due, visit the links that are due, then judge what is new.

    Several crawls may share a store on PostgreSQL: "elsewhere" counts the sources that were due but are with another
    one, or left to one.
    """
    with keeping(store, "crawl", now, keeps_pages=config.crawl.keep_pages, shared=True) as keeper:
        keeper.counts["sources"] = len(specs)
        due = _runs(store, specs, run.due_only, now())
        leased = _leased(store, [each.spec for each in due], run.max_sites)
        keeper.counts["elsewhere"] = len(due) - len(leased)
        runs = _runs(store, leased, run.due_only, now())  # another crawl may have ended with some meanwhile
        if runs:
            limits = Limits(time_s=run.time_limit_s, warc_dir=run.warc_dir)
            _fetch(store, config, runs, keeper, progress, limits, now)
        keeper.flush()
        keeper.counts["left"] = sum(store.count_due(spec.name, now()) for spec in specs)
        return judged(store, keeper, progress, run.judging)


def crawl_urls(
    store: Store,
    config: Config,
    addresses: Iterable[str],
    progress: Progress,
    now: Clock = utc_now,
    judging: Judging = BY_DEFAULT,
) -> Summary:
    """Visit addresses that a person listed, each under its site's name, then judge what is new."""
    by_site = defaultdict(list)
    for address in addresses:
        by_site[urls.site_of(address)].append(Link(url=address, source=urls.site_of(address)))
    with keeping(store, "ingest", now, keeps_pages=config.crawl.keep_pages) as keeper:
        for site, links in by_site.items():
            store.put_links(site, [_listed(link) for link in links], seen_at=now())
        runs = [_listed_run(site, links) for site, links in by_site.items()]
        _fetch(store, config, runs, keeper, progress, Limits(), now)
        return judged(store, keeper, progress, judging)


def _listed_run(site: str, links: Sequence[Link]) -> SourceRun:
    spec = SourceSpec.model_construct(name=site, kind="section", url=links[0].url, max_links=len(links))
    return SourceRun.begin(spec, None, is_asked=False)


def _runs(store: Store, specs: Sequence[SourceSpec], due_only: bool, at: datetime) -> list[SourceRun]:
    """Pick the sources that are to be asked, or have links to visit."""
    with_links = store.sources_with_due_links(at)
    runs = []
    for spec in specs:
        state = store.source_state(spec.name)
        is_asked = not due_only or schedule.is_due(state, at)
        if is_asked or spec.name in with_links:
            runs.append(SourceRun.begin(spec, state, is_asked=is_asked))
    return runs


def _leased(store: Store, specs: Sequence[SourceSpec], max_sites: int | None) -> list[SourceSpec]:
    """Pick the sources whose sites this crawl alone asks now: so that all of a site's keep the distance it wants."""
    sites = [urls.site_of(spec.url) for spec in specs]
    leased = store.lease(sites, max_sites) if sites else set()
    return [spec for spec, site in zip(specs, sites, strict=True) if site in leased]


def _fetch(
    store: Store,
    config: Config,
    runs: Sequence[SourceRun],
    keeper: Keeper,
    progress: Progress,
    limits: Limits,
    now: Clock,
) -> None:
    options, publishers = config.crawl, overrides.load(config.extract.overrides)
    with (
        progress.step("Crawling", None) as advance,
        WorkerPool(options.workers, overrides=publishers) as pool,
    ):
        ledger = _Ledger(store, keeper, pool, options, now, advance)
        counts = spiders.run(options, runs, ledger, pool, now, limits)
    keeper.counts.update({name: count for name, count in asdict(counts).items() if name != "hosts"})
    keeper.hosts = counts.hosts


class _Ledger:
    """The crawl's books, kept in the store."""

    def __init__(
        self,
        store: Store,
        keeper: Keeper,
        pool: WorkerPool,
        options: CrawlOptions,
        now: Clock,
        advance: Callable[[int], None],
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._pool = pool
        self._options = options
        self._now = now
        self._advance = advance

    def source_state(self, name: str) -> SourceState | None:
        return self._store.source_state(name)

    def save_source_state(self, state: SourceState) -> None:
        self._keeper.take(lambda: self._store_state(state))

    def discovered(self, source: str, links: Sequence[Link], at: datetime) -> set[str]:
        listed = [_listed(link) for link in links]
        return self._store.retried(lambda: self._store.put_links(source, listed, seen_at=at))

    def due(self, source: str, at: datetime, limit: int) -> list[LinkState]:
        return self._store.due_links(source, at, limit)

    def shapes(self, site: str) -> Shapes:
        return learn(*self._store.site_urls(site, _SHAPES_FROM))

    def host_state(self, host: str) -> HostState | None:
        return self._store.host_state(host)

    def save_host_state(self, state: HostState) -> None:
        self._store.retried(lambda: self._store.put_host_state(state))

    def reject(self, rejection: Rejection) -> None:
        self._keeper.record(rejection, self._now())

    async def visited(self, visit: Visit) -> None:
        results: list[Article | Rejection] = [visit.loss] if visit.loss else []
        if visit.page is not None:
            self._keeper.counts["pages"] += 1
            results.append(await asyncio.wrap_future(self._pool.extract(visit.page)))
        if visit.fallback is not None and results and isinstance(results[-1], Rejection):
            results.append(with_text_from(await asyncio.wrap_future(self._pool.extract(visit.fallback)), FEED))
        self._keeper.take(lambda: self._store_visit(visit, results))
        self._advance(1)

    def _store_state(self, state: SourceState) -> Iterable[str]:
        self._store.put_source_state(state)
        return ()

    def _store_visit(self, visit: Visit, results: Sequence[Article | Rejection]) -> Iterable[str]:
        """Store what a visit gave, and when the next one is due; returns the names under which it counts."""
        names: tuple[str, ...] = ()
        for result, page, text_from in zip(results, (visit.page, visit.fallback), (None, FEED), strict=False):
            if isinstance(result, Rejection):
                # Under the address that a source lists: that is the one that people ask for.
                result = replace(result, url=visit.link.url, retry=_may_pass(result))
            stored = self._keeper.put(result, visit.at)
            names = (*names, *stored)
            # a feed's text that is none either must not take the place of the page
            if page is not None and (text_from is None or isinstance(result, Article)):
                self._keeper.keep_page(page, result, stored, text_from)
        last = results[-1] if results else None
        link = self._settled(visit, last, visit.page if len(results) == 1 else None)
        self._store.put_link(_after(link, visit, last, names, self._options))
        return names

    def _settled(self, visit: Visit, result: Article | Rejection | None, page: Page | None) -> LinkState:
        """Return the link on which the visit counts: the article's own, if what was asked for only leads there.

        ``page`` is what the result was made of, unless that is a feed's text.
        """
        link = visit.link
        if isinstance(result, Article) and page is not None and page.url != link.address:
            self._store.add_alias(urls.identity(page.url), result.url)
        if not isinstance(result, Article) or result.url == link.url:
            return link
        self._store.add_alias(link.url, result.url)
        self._store.put_link(
            revisit.after_visit(link, Visited.MOVED, now=visit.at, published=None, retry=False, options=self._options)
        )
        address = result.address or result.url
        known = self._store.link(result.url)
        return known or replace(link, url=result.url, address=address, visits=0, unchanged=0, date_first_seen=visit.at)


def _after(
    link: LinkState,
    visit: Visit,
    result: Article | Rejection | None,
    names: Sequence[str],
    options: CrawlOptions,
) -> LinkState:
    """Decide when the link is visited again."""
    if not visit.is_asked:
        return replace(link, next_visit=visit.not_before)
    if visit.page is not None and not _is_quarantined(result):
        link = replace(link, etag=visit.etag, last_modified=visit.last_modified, payload_digest=visit.payload_digest)
    published = result.date_published if isinstance(result, Article) else None
    after = revisit.after_visit(
        link,
        _outcome(result, names),
        now=visit.at,
        published=published or link.date_published,
        retry=isinstance(result, Rejection) and _may_pass(result),
        options=options,
    )
    if after.next_visit is None or visit.not_before is None:
        return after
    return replace(after, next_visit=max(after.next_visit, visit.not_before))


def _is_quarantined(result: Article | Rejection | None) -> bool:
    """Tell whether extraction broke: then the page is wanted again, even if it has not changed."""
    return isinstance(result, Rejection) and result.reason.startswith(QUARANTINED)


def _outcome(result: Article | Rejection | None, names: Sequence[str]) -> Visited:
    if result is None:
        return Visited.NOT_MODIFIED
    if names[-1] == Outcome.REFUSED:
        return Visited.REJECTED
    if isinstance(result, Article):
        return Visited(names[-1])
    return Visited.FAILED if result.stage is Stage.FETCH else Visited.REJECTED


def _may_pass(loss: Rejection) -> bool:
    return loss.retry if loss.stage is Stage.FETCH else revisit.may_become_article(loss.reason)


def _listed(link: Link) -> Listed:
    return Listed(
        url=urls.identity(link.url),
        address=link.url,
        headline=link.headline,
        date_published=link.date_published,
        date_modified=link.date_modified,
    )

"""The use cases: the only place where fetching, extraction, dedupe and the store meet.

crawl, ingest and import_file bring articles into the store and then judge what is new; rebuild judges everything again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler import spiders
from crawler.config import Config, SourceSpec
from crawler.errors import ArchiveError, RecordError
from crawler.extract.page import Page
from crawler.jobs.dedupe import deduplicate
from crawler.jobs.keeping import Keeper, Summary, keeping
from crawler.jobs.progress import Progress, Silent
from crawler.spiders.archive import read_records, read_warc, to_article
from crawler.spiders.records import reject_record
from crawler.workers import ExtractionPool
from storage.store import Store
from storage.types import Article, Rejection, SourceState

__all__ = ["Progress", "Silent", "Summary", "crawl", "import_file", "ingest", "rebuild"]

_PAGES_IN_FLIGHT = 64


def crawl(store: Store, config: Config, specs: Sequence[SourceSpec], progress: Progress) -> Summary:
    """Fetch what the sources list and the store does not have, then judge what is new."""
    with keeping(store, "crawl") as keeper, ExtractionPool(config.crawl.workers) as pool:
        counts = spiders.run(config, specs, _Ledger(store, keeper, pool, {spec.name: spec.language for spec in specs}))
        keeper.counts.update({name: count for name, count in asdict(counts).items() if name != "pages"})
        return _judged(store, keeper, progress)


def ingest(store: Store, paths: Sequence[Path], *, workers: int | None, progress: Progress) -> Summary:
    """Take the pages of WARC files through extraction into the store, then judge what is new."""
    with keeping(store, "ingest") as keeper:
        with (
            progress.step("Reading pages", sum(path.stat().st_size for path in paths)) as advance,
            ExtractionPool(workers) as pool,
        ):
            pages = (page for path in paths for page in _pages(path, keeper, advance))
            for page, result in pool.map(pages, _PAGES_IN_FLIGHT):
                keeper.page(page, result)
        return _judged(store, keeper, progress)


def import_file(store: Store, path: Path, *, keep_id: bool, progress: Progress) -> Summary:
    """Take articles that others have extracted into the store, then judge what is new."""
    with keeping(store, "import") as keeper:
        now = datetime.now(UTC)
        with progress.step("Reading articles", None) as advance:
            for result in _articles(path, keeper, keep_id):
                keeper.counts["records"] += 1
                keeper.record(result, now)
                advance(1)
        return _judged(store, keeper, progress)


def rebuild(store: Store, progress: Progress) -> Summary:
    """Throw away all sketches, edges and clusters, and judge every article again, in order of arrival."""
    with keeping(store, "rebuild") as keeper:
        store.clear_dedupe()
        return _judged(store, keeper, progress)


def _judged(store: Store, keeper: Keeper, progress: Progress) -> Summary:
    """End a run: store what is left of it, judge what is new, and sum up."""
    keeper.flush()
    keeper.counts.update(deduplicate(store, progress))
    return Summary(keeper.command, dict(keeper.counts), keeper.problems)


def _pages(path: Path, keeper: Keeper, advance: Callable[[int], None]) -> Iterator[Page]:
    """Yield the pages of a WARC file; what is no page, and a file that breaks off, goes to the keeper."""
    try:
        for capture in read_warc(path, advance):
            if isinstance(capture, Page):
                yield capture
            else:
                keeper.counts["pages"] += 1
                keeper.record(capture, datetime.now(UTC))
    except ArchiveError as error:
        keeper.problems.append(str(error))


def _articles(path: Path, keeper: Keeper, keep_id: bool) -> Iterator[Article | Rejection]:
    """Yield the records of a file as articles or rejections; a bad line or file is a problem too."""
    try:
        for line, record in read_records(path):
            if isinstance(record, RecordError):
                keeper.problems.append(str(record))
                yield reject_record(record)
            else:
                yield to_article(record, keep_id=keep_id, where=f"{path}:{line}")
    except ArchiveError as error:
        keeper.problems.append(str(error))


class _Ledger:
    """The crawl's books, kept in the store."""

    def __init__(self, store: Store, keeper: Keeper, pool: ExtractionPool, languages: Mapping[str, str | None]) -> None:
        self._store = store
        self._keeper = keeper
        self._pool = pool
        self._languages = languages

    def source_state(self, name: str) -> SourceState | None:
        return self._store.source_state(name)

    def save_source_state(self, state: SourceState) -> None:
        # What the source listed must be stored before the store says that the source has been read.
        self._keeper.flush()
        self._store.put_source_state(state)

    def known(self, urls: set[str]) -> set[str]:
        return self._store.known_urls(urls)

    def reject(self, rejection: Rejection) -> None:
        self._keeper.record(rejection, datetime.now(UTC))

    async def page(self, page: Page) -> None:
        result = await asyncio.wrap_future(self._pool.submit(page))
        if isinstance(result, Article) and result.in_language is None:
            result = replace(result, in_language=self._languages.get(result.source))
        self._keeper.page(page, result)

"""Puts what a run yields into the store, in small transactions, and counts it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler import urls
from crawler.components.hosts import HostCounts
from crawler.extract.page import Page
from crawler.jobs.changes import Change
from crawler.jobs.pages import kept_page
from storage import pruning
from storage.store import Store
from storage.types import ONLY_THE_BEGINNING, Article, Cause, Outcome, Rejection, Standing

_BATCH = 100
_STORED_AFTER_S = 10  # a slow crawl shall not lose much when it is killed

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did. ``counts`` has "pages", an entry per Outcome, "rejected", "rejected/STAGE/REASON" and more.

    ``problems`` are one line each: what a person should look at; a run with any is finished but not clean. ``hosts``
    says what a crawl did with each host, ``changes`` what extracting again has changed.
    """

    command: str
    counts: dict[str, int]
    problems: list[str]
    hosts: Mapping[str, HostCounts] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


class Keeper:
    """Writes results of one run. What it was given is stored at the latest when `flush` returns.

    With ``keeps_pages`` the pages that results came of are stored with them.
    """

    def __init__(self, store: Store, command: str, now: Clock, *, keeps_pages: bool = False) -> None:
        self.command = command
        self._keeps_pages = keeps_pages
        self.counts: Counter[str] = Counter(dict.fromkeys((*Outcome, "pages", "rejected", "judged", "joined"), 0))
        self.problems: list[str] = []
        self.hosts: Mapping[str, HostCounts] = {}
        self._store = store
        self._now = now
        self._run_id = store.start_run(command, now())
        self._waiting: list[Callable[[], Iterable[str]]] = []
        self._waiting_since_s = 0.0

    def page(self, page: Page, result: Article | Rejection) -> None:
        """Take what extraction made of a page."""
        self.counts["pages"] += 1
        self.take(lambda: self._put_page(page, result))

    def record(self, result: Article | Rejection, seen_at: datetime) -> None:
        """Take an article, or a loss, that no page came with."""
        self.take(lambda: self.put(result, seen_at))

    def take(self, store_it: Callable[[], Iterable[str]]) -> None:
        """Take something to be stored with others in one transaction; it returns the names under which it counts."""
        if not self._waiting:
            self._waiting_since_s = time.monotonic()
        self._waiting.append(store_it)
        if len(self._waiting) >= _BATCH or time.monotonic() - self._waiting_since_s > _STORED_AFTER_S:
            self.flush()

    def flush(self) -> None:
        """Store what is waiting, in one transaction; what is rolled back is not counted."""
        stored = self._store.retried(self._store_waiting)
        self._waiting.clear()
        self.counts.update(stored)

    def _store_waiting(self) -> Counter[str]:
        stored: Counter[str] = Counter()
        with self._store.transaction():
            for store_it in self._waiting:
                stored.update(store_it())
        return stored

    def finish(self) -> None:
        """Store what is waiting, and what the run has counted."""
        self.flush()
        self._store.finish_run(self._run_id, self._now(), self.counts)

    def summary(self) -> Summary:
        """Sum up what the run did."""
        return Summary(self.command, dict(self.counts), self.problems, self.hosts)

    def put(self, result: Article | Rejection, seen_at: datetime) -> tuple[str, ...]:
        """Store one result at once; returns the names under which it counts."""
        if isinstance(result, Article):
            return (self._store.put_article(result, run_id=self._run_id, seen_at=seen_at),)
        self._store.put_rejection(result, run_id=self._run_id, seen_at=seen_at)
        return "rejected", f"rejected/{result.stage}/{result.reason}"

    def keep_page(
        self, page: Page, result: Article | Rejection, names: Sequence[str], text_from: str | None = None
    ) -> None:
        """Store at once the page that a result came of, if pages are kept; ``names`` are those under which it counts.

        A page on which a paywall hides what is known already does not take the place of the one that showed it.
        """
        is_stub = isinstance(result, Article) and ONLY_THE_BEGINNING in result.notes and Outcome.UNCHANGED in names
        if self._keeps_pages and not is_stub:
            self._store.put_page(kept_page(page, result, text_from))

    def replace(self, before: Standing, article: Article, seen_at: datetime, cause: Cause) -> None:
        """Store at once what a page gives now in place of what it gave."""
        self._store.replace_article(before, article, run_id=self._run_id, seen_at=seen_at, cause=cause)

    def purge(self, url: str, reason: str) -> set[int] | None:
        """Forget an article for good; returns its former cluster mates, None if there is no such article."""
        return self._store.purge(url, reason, run_id=self._run_id, at=self._now())

    def prune(self, cluster_id: int) -> int:
        """Forget the variants of a cluster for good; returns the canonical article's id."""
        return pruning.prune(self._store, cluster_id, self._run_id, self._now())

    def _put_page(self, page: Page, result: Article | Rejection) -> tuple[str, ...]:
        names = self.put(result, page.fetched_at)
        for address in filter(None, (page.requested_url, page.url)):
            self._store.add_alias(urls.identity(address), result.url)
        self.keep_page(page, result, names)
        return names


@contextmanager
def keeping(
    store: Store, command: str, now: Clock = utc_now, *, keeps_pages: bool = False, shared: bool = False
) -> Iterator[Keeper]:
    """Run a command that writes, with a row in the store that says what it did.

    It is the only one, or on PostgreSQL, if ``shared``, one of several that bring articles.

    Raises:
        StoreLocked: another run is writing.
    """
    with store.lock(shared=shared):
        keeper = Keeper(store, command, now, keeps_pages=keeps_pages)
        try:
            yield keeper
        finally:
            keeper.finish()

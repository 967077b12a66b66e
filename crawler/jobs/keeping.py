"""Puts what a run yields into the store, in small transactions, and counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler import urls
from crawler.extract.page import Page
from storage.store import Store
from storage.types import Article, Outcome, Rejection

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did. ``counts`` has "pages", an entry per Outcome, "rejected", "rejected/STAGE/REASON" and more.

    ``problems`` are one line each: what a person should look at; a run with any is finished but not clean.
    """

    command: str
    counts: dict[str, int]
    problems: list[str]


class Keeper:
    """Writes results of one run. What it was given is stored at the latest when `flush` returns."""

    def __init__(self, store: Store, command: str) -> None:
        self.command = command
        self.counts: Counter[str] = Counter({outcome: 0 for outcome in Outcome} | {"pages": 0, "rejected": 0})
        self.problems: list[str] = []
        self._store = store
        self._run_id = store.start_run(command, datetime.now(UTC))
        self._waiting: list[tuple[Article | Rejection, datetime, str | None]] = []

    def page(self, page: Page, result: Article | Rejection) -> None:
        """Take what extraction made of a page."""
        self.counts["pages"] += 1
        asked = urls.identity(page.requested_url) if page.requested_url else None
        self._take(result, page.fetched_at, asked if asked != result.url else None)

    def record(self, result: Article | Rejection, seen_at: datetime) -> None:
        """Take an article, or a loss, that no page came with."""
        self._take(result, seen_at, None)

    def _take(self, result: Article | Rejection, seen_at: datetime, alias: str | None) -> None:
        self._waiting.append((result, seen_at, alias))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Store what is waiting, in one transaction; what is rolled back is not counted."""
        stored: Counter[str] = Counter()
        with self._store.transaction():
            for result, seen_at, alias in self._waiting:
                stored.update(self._put(result, seen_at))
                if alias:
                    self._store.add_alias(alias, result.url)
        self._waiting.clear()
        self.counts.update(stored)

    def finish(self) -> None:
        """Store what is waiting, and what the run has counted."""
        self.flush()
        self._store.finish_run(self._run_id, datetime.now(UTC), self.counts)

    def _put(self, result: Article | Rejection, seen_at: datetime) -> tuple[str, ...]:
        """Store one result; returns the names under which it counts."""
        if isinstance(result, Article):
            return (self._store.put_article(result, run_id=self._run_id, seen_at=seen_at),)
        self._store.put_rejection(result, run_id=self._run_id, seen_at=seen_at)
        return "rejected", f"rejected/{result.stage}/{result.reason}"


@contextmanager
def keeping(store: Store, command: str) -> Iterator[Keeper]:
    """Run a command that writes: one at a time, with a row in the store that says what it did.

    Raises:
        StoreLocked: another run is writing.
    """
    with store.lock():
        keeper = Keeper(store, command)
        try:
            yield keeper
        finally:
            keeper.finish()

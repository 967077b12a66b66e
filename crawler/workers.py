"""Extraction in worker processes: a page that crashes, hangs or breaks a worker is rejected, the rest goes on."""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from crawler import urls
from crawler.extract import Page, extract
from storage.types import Article, Rejection, Stage

Result = Article | Rejection

_DETAIL_CHARS = 2_000
GIB = 1 << 30


class ExtractionPool:
    """A pool of processes that extract; use it as a context manager.

    Args:
        processes: how many; None for one per core.
        timeout_s: wall-clock limit of one page; the worker is then killed and replaced.
        memory_bytes: address space of one worker; a page that needs more is quarantined.
    """

    def __init__(self, processes: int | None = None, timeout_s: float = 20, memory_bytes: int = 2 * GIB) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.extract", "trafilatura"])
        self.processes = processes or os.cpu_count() or 1
        self._timeout_s = timeout_s
        self._pool: Any = ProcessPool(
            self.processes, initializer=_limit_memory, initargs=(memory_bytes,), context=context
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def submit(self, page: Page) -> Future[Result]:
        """Return a future of what extraction makes of the page; a quarantined page is a Rejection, not an exception."""
        judged: Future[Result] = Future()
        running = self._pool.schedule(extract, args=(page,), timeout=self._timeout_s)
        running.add_done_callback(lambda done: _settle(page, done, judged))
        return judged

    def map(self, pages: Iterable[Page], in_flight: int) -> Iterator[tuple[Page, Result]]:
        """Yield each page with its result in the order given, with at most `in_flight` pages held at a time."""
        waiting: deque[tuple[Page, Future[Result]]] = deque()
        for page in pages:
            waiting.append((page, self.submit(page)))
            if len(waiting) >= in_flight:
                first, future = waiting.popleft()
                yield first, future.result()
        for page, future in waiting:
            yield page, future.result()


def _limit_memory(memory_bytes: int) -> None:
    """Run in a worker as it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _settle(page: Page, done: Future[Result], judged: Future[Result]) -> None:
    """Hand over the worker's result; what went wrong with this page is its result, what broke the pool is an error."""
    if done.cancelled():
        judged.cancel()
        return
    error = done.exception()
    if error is None:
        judged.set_result(done.result())
    elif isinstance(error, BrokenProcessPool):
        judged.set_exception(error)
    else:
        judged.set_result(_quarantined(page, error))


def _quarantined(page: Page, error: BaseException) -> Rejection:
    if isinstance(error, TimeoutError):
        reason, detail = "quarantined-timeout", str(error)
    elif isinstance(error, ProcessExpired):
        reason, detail = "quarantined-crash", f"{error}, exit code {error.exitcode}"
    else:
        reason, detail = "quarantined-error", getattr(error, "traceback", None) or repr(error)
    source = page.source or urls.site_of(page.url)
    return Rejection(
        url=urls.identity(page.url), source=source, stage=Stage.EXTRACT, reason=reason, detail=detail[-_DETAIL_CHARS:]
    )

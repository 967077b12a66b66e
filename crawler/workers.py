"""Reading hostile pages and feeds in worker processes: what crashes or hangs there is lost, the rest goes on."""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.extract import Page, extract
from crawler.sources import Discovered, discover
from crawler.sources.sections import Shapes
from storage.types import Article, Rejection, Stage

T = TypeVar("T")
Result = Article | Rejection

_DETAIL_CHARS = 2_000
GIB = 1 << 30


class WorkerPool:
    """A pool of processes that extract pages and read sources; use it as a context manager.

    Args:
        processes: how many; None for one per core.
        timeout_s: wall-clock limit of one page or source; the worker is then killed and replaced.
        memory_bytes: address space of one worker; what needs more is lost.
    """

    def __init__(self, processes: int | None = None, timeout_s: float = 20, memory_bytes: int = 2 * GIB) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.extract", "crawler.sources", "trafilatura"])
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
        # Pebble takes the locks away before it stops the workers: one that is still starting would fail aloud.
        channel = self._pool._pool_manager.worker_manager.workers_channel
        held = channel and (channel.mutex.reader_mutex, channel.mutex.writer_mutex)
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()
        del held

    def extract(self, page: Page) -> Future[Result]:
        """Return a future of what extraction makes of the page; a quarantined page is a Rejection, not an exception."""
        return self._call(partial(_quarantined, page), extract, page)

    def discover(
        self, spec: SourceSpec, body: bytes, content_type: str | None, url: str, shapes: Shapes
    ) -> Future[Discovered | SourceError]:
        """Return a future of what a source lists, or why it cannot be read."""
        return self._call(partial(_unread, url), discover, spec, body, content_type, url, shapes)

    def _call(self, lost: Callable[[BaseException], T], function: Callable[..., T], *args: Any) -> Future[T]:
        """Run a function in a worker; what goes wrong in there becomes the result that `lost` makes of it."""
        settled: Future[T] = Future()
        running = self._pool.schedule(function, args=args, timeout=self._timeout_s)
        running.add_done_callback(lambda done: _settle(done, settled, lost))
        return settled


def _limit_memory(memory_bytes: int) -> None:
    """Run in a worker as it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _settle(done: Future[T], settled: Future[T], lost: Callable[[BaseException], T]) -> None:
    """Hand over the worker's result; what went wrong with this one is its result, what broke the pool is an error."""
    if done.cancelled():
        settled.cancel()
        return
    error = done.exception()
    if error is None:
        settled.set_result(done.result())
    elif isinstance(error, BrokenProcessPool):
        settled.set_exception(error)
    else:
        settled.set_result(lost(error))


def _cause(error: BaseException) -> tuple[str, str]:
    """Say in a word and for a person what went wrong in a worker."""
    if isinstance(error, TimeoutError):
        return "quarantined-timeout", str(error)
    if isinstance(error, ProcessExpired):
        return "quarantined-crash", f"{error}, exit code {error.exitcode}"
    return "quarantined-error", getattr(error, "traceback", None) or repr(error)


def _unread(url: str, error: BaseException) -> SourceError:
    if isinstance(error, SourceError):
        return error
    reason, detail = _cause(error)
    return SourceError(url, f"{reason}: {' '.join(detail.split())[-_DETAIL_CHARS:]}")


def _quarantined(page: Page, error: BaseException) -> Rejection:
    reason, detail = _cause(error)
    source = page.source or urls.site_of(page.url)
    return Rejection(
        url=urls.identity(page.url), source=source, stage=Stage.EXTRACT, reason=reason, detail=detail[-_DETAIL_CHARS:]
    )

"""Reading hostile pages and feeds in worker processes: what crashes or hangs there is lost, the rest goes on."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.extract import Page, extract
from crawler.extract.overrides import NO_OVERRIDES, Overrides
from crawler.sources import Discovered, discover
from crawler.sources.sections import Shapes
from storage.types import Article, Rejection, Stage

T = TypeVar("T")
Result = Article | Rejection

QUARANTINED = "quarantined-"
"""How the reasons begin of pages on which extraction broke."""

_DETAIL_CHARS = 2_000
_READ_AHEAD = 64
GIB = 1 << 30
# Linux grants it to everybody. Pages wait in it for the next free worker; in the usual 64 KiB none has room, and each
# would be handed over piece by piece whenever the busy main process finds the time.
_PIPE_BYTES = 1 << 20


class WorkerPool:
    """A pool of processes that extract pages and read sources; use it as a context manager.

    Args:
        processes: how many; None for one per core.
        timeout_s: wall-clock limit of one page or source; the worker is then killed and replaced. A page within the
            limits of ``crawler.extract.tree`` takes up to 2 s on an idle core (benchmarks/hostile_pages.py).
        memory_bytes: address space of one worker; what needs more is lost. Such pages take up to 0.2 GB.
        overrides: the fixes for single publishers; a page is handed over with its own alone.
    """

    def __init__(
        self,
        processes: int | None = None,
        timeout_s: float = 20,
        memory_bytes: int = 2 * GIB,
        overrides: Overrides = NO_OVERRIDES,
    ) -> None:
        context = _WidePipes()
        context.set_forkserver_preload(["crawler.workers", "crawler.extract.preloaded"])
        forkserver.ensure_running()  # it loads all this while the caller goes on
        self.processes = processes or os.cpu_count() or 1
        self._timeout_s = timeout_s
        self._overrides = overrides
        self._pool: Any = ProcessPool(
            self.processes, initializer=_begin_worker, initargs=(memory_bytes,), context=context
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
        return self._call(partial(_quarantined, page), extract, page, self._overrides.of(page))

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


def read_ahead(begun: Iterable[T]) -> Iterator[T]:
    """Yield what has been handed to a pool in its order, a bounded number of it ahead of what is taken."""
    waiting: deque[T] = deque()
    for each in begun:
        waiting.append(each)
        if len(waiting) >= _READ_AHEAD:
            yield waiting.popleft()
    yield from waiting


class _WidePipes(ForkServerContext):
    """Makes pipes that hold several pages, where the system has room for them."""

    def Pipe(self, duplex: bool = True) -> tuple[Connection[Any, Any], Connection[Any, Any]]:
        reader, writer = super().Pipe(duplex)
        with suppress(OSError, AttributeError):
            fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return reader, writer


def _begin_worker(memory_bytes: int) -> None:
    """Run in a worker as it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    _end_with_program()


def _end_with_program() -> None:
    """Let the system end this process when the program has ended, even if that was killed and this one hangs.

    The pipe that then closes raises SIGIO, which ends whoever has no handler for it.
    """
    program = multiprocessing.parent_process()
    assert program is not None
    pipe = program.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if not program.is_alive():  # it was killed before: no signal will come, and locks stay as others left them
        os._exit(1)


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
        return f"{QUARANTINED}timeout", str(error)
    if isinstance(error, ProcessExpired):
        return f"{QUARANTINED}crash", f"{error}, exit code {error.exitcode}"
    return f"{QUARANTINED}error", getattr(error, "traceback", None) or repr(error)


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

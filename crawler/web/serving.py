"""What an application is served with: the store, who may do what, and what is remembered between requests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, LifoQueue
from threading import Lock
from time import monotonic
from typing import Annotated, Generic, TypeAlias, TypeVar

from fastapi import Depends, Request

from crawler.jobs.judging import BY_DEFAULT, Judging
from storage.store import Store

T = TypeVar("T")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Stores:
    """Open stores of one location, each used by one request at a time."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._idle: LifoQueue[Store] = LifoQueue()

    @contextmanager
    def borrowed(self) -> Iterator[Store]:
        """Give a store that nobody else has. Raises StorageError."""
        try:
            store = self._idle.get_nowait()
        except Empty:
            store = Store.open(self._location, create=False)
        try:
            yield store
        finally:
            self._idle.put(store)

    def close(self) -> None:
        """Let go of all that are not in use."""
        while not self._idle.empty():
            self._idle.get_nowait().close()


class Remembered(Generic[T]):
    """A value that takes long to make, and may be ``seconds`` old."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._made: tuple[float, T] | None = None

    def get(self, make: Callable[[], T]) -> T:
        """Give the value, made anew if it is too old."""
        with self._lock:
            if self._made is None or monotonic() - self._made[0] > self._seconds:
                self._made = monotonic(), make()
            return self._made[1]

    def forget(self) -> None:
        """Have the value made anew the next time."""
        with self._lock:
            self._made = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How pages and API are served.

    Args:
        location: of the store, a path or an SQLAlchemy URL.
        allow_decisions: without, everything is only read.
        token: who does not know it is refused; None lets everybody in, and is for loopback only.
        hosts: the names by which the server may be asked, without ports; None for any.
        decided_by: who decides, unless a browser gives a user name with the token.
    """

    location: str
    judging: Judging = BY_DEFAULT
    allow_decisions: bool = False
    token: str | None = None
    hosts: frozenset[str] | None = LOOPBACK
    decided_by: str = "reviewer"
    form_token: str = field(default_factory=secrets.token_urlsafe)


def serving_of(request: Request) -> Serving:
    """Give what the application is served with."""
    serving: Serving = request.app.state.serving
    return serving


def opened(request: Request) -> Iterator[Store]:
    """Give a store for the time of a request."""
    with request.app.state.stores.borrowed() as store:
        yield store


Served: TypeAlias = Annotated[Serving, Depends(serving_of)]
Opened: TypeAlias = Annotated[Store, Depends(opened)]

"""Where the work of a backfill is done: what an engine must give, and the one that needs nothing but this machine.

A stage is a function of the rows of one part, or of all rows that have a key in common. Stages run in other processes,
perhaps on other machines: so they are functions of modules, or `functools.partial` of such.
"""

from __future__ import annotations

import multiprocessing
import pickle
import tempfile
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar
from zlib import crc32

from crawler.jobs.dedupe import collecting_rarely

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K", bound=Hashable)

Source: TypeAlias = Callable[[], Iterable[T]]

_WRITTEN_TOGETHER = 256  # rows
_PIECES_PER_CORE = 4


class Rows(ABC, Generic[T]):
    """Rows in parts, in no order, wherever they are. Nothing is done before `kept` or `collected` asks for it."""

    @abstractmethod
    def parts(self, function: Callable[[int, Iterator[T]], Iterable[U]]) -> Rows[U]:
        """Make other rows of each part, given its number from 0 and its rows."""

    @abstractmethod
    def grouped(self, keys: Callable[[T], Iterable[K]], function: Callable[[K, list[Any]], Iterable[U]]) -> Rows[U]:
        """Make other rows of each key and the rows that have it, in no order; a row has any number of keys, or none."""

    @abstractmethod
    def plus(self, other: Rows[U]) -> Rows[T | U]:
        """Return these and other rows of the same engine."""

    @abstractmethod
    def kept(self) -> Rows[T]:
        """Have the rows kept, so that they are not made again each time they are asked for."""

    @abstractmethod
    def collected(self) -> list[T]:
        """Return the rows themselves."""


class Engine(Protocol):
    """Does the work."""

    @property
    def cores(self) -> int:
        """How many tasks run at once."""

    def rows(self, given: Sequence[T]) -> Rows[T]:
        """Return these as rows, each a part of its own."""


def place_of(key: Hashable) -> int:
    """Return a number by which keys are shared out: the same in every process, as Python's hash of a text is not."""
    return crc32(repr(key).encode())


class LocalEngine:
    """Works on this machine, in several processes; between the stages rows are in files of a temporary folder.

    One process does without others. Use it as a context manager.
    """

    def __init__(self, processes: int = 1) -> None:
        self.cores = processes
        self._folders = count()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="wirefold-")))
        context = multiprocessing.get_context("forkserver")
        pool = ProcessPoolExecutor(self.cores, context) if self.cores > 1 else None
        self._pool = pool and self._stack.enter_context(pool)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def pieces(self) -> int:
        """Into how many pieces groups are shared out: each has room in memory."""
        return _PIECES_PER_CORE * self.cores

    def rows(self, given: Sequence[T]) -> Rows[T]:
        """See `Engine`."""
        return _LocalRows(self, [partial(iter, (each,)) for each in given])

    def new_folder(self) -> Path:
        """Make a folder for the rows of a stage."""
        folder = self._folder / str(next(self._folders))
        folder.mkdir()
        return folder

    def run(self, tasks: Sequence[Callable[[], U]]) -> list[U]:
        """Run tasks at once, as many as there are processes; returns what they return, in their order."""
        return list(map(_call, tasks) if self._pool is None else self._pool.map(_call, tasks))


class _LocalRows(Rows[T]):
    """Rows of a `LocalEngine`: for each part what it is read or made from."""

    def __init__(self, engine: LocalEngine, sources: Sequence[Source[T]]) -> None:
        self._engine = engine
        self._sources = sources

    def parts(self, function: Callable[[int, Iterator[T]], Iterable[U]]) -> Rows[U]:
        made = [partial(_made, function, number, source) for number, source in enumerate(self._sources)]
        return _LocalRows(self._engine, made)

    def grouped(self, keys: Callable[[T], Iterable[K]], function: Callable[[K, list[Any]], Iterable[U]]) -> Rows[U]:
        folder, pieces = self._engine.new_folder(), self._engine.pieces
        tasks = [partial(_share_out, source, keys, folder, n, pieces) for n, source in enumerate(self._sources)]
        self._engine.run(tasks)
        return _LocalRows(self._engine, [partial(_grouped, folder, piece, function) for piece in range(pieces)])

    def plus(self, other: Rows[U]) -> Rows[T | U]:
        assert isinstance(other, _LocalRows)
        return _LocalRows(self._engine, [*self._sources, *other._sources])

    def kept(self) -> Rows[T]:
        folder = self._engine.new_folder()
        paths = [folder / str(number) for number in range(len(self._sources))]
        self._engine.run([partial(_keep, source, path) for source, path in zip(self._sources, paths, strict=True)])
        return _LocalRows(self._engine, [partial(_read, [path]) for path in paths])

    def collected(self) -> list[T]:
        return list(chain.from_iterable(self._engine.run([partial(_listed, source) for source in self._sources])))


def _call(task: Callable[[], U]) -> U:
    with collecting_rarely():
        return task()


def _made(function: Callable[[int, Iterator[T]], Iterable[U]], number: int, source: Source[T]) -> Iterable[U]:
    return function(number, iter(source()))


def _listed(source: Source[T]) -> list[T]:
    return list(source())


def _share_out(source: Source[T], keys: Callable[[T], Iterable[K]], folder: Path, number: int, pieces: int) -> None:
    """Write rows with their keys to a file for each piece that has any."""
    waiting: defaultdict[int, list[tuple[K, T]]] = defaultdict(list)
    for row in source():
        for key in keys(row):
            piece = place_of(key) % pieces
            waiting[piece].append((key, row))
            if len(waiting[piece]) >= _WRITTEN_TOGETHER:
                _append(folder / f"{piece}-{number}", waiting.pop(piece))
    for piece, rows in waiting.items():
        _append(folder / f"{piece}-{number}", rows)


def _grouped(folder: Path, piece: int, function: Callable[[K, list[Any]], Iterable[U]]) -> Iterator[U]:
    groups: defaultdict[K, list[Any]] = defaultdict(list)
    for key, row in _read(sorted(folder.glob(f"{piece}-*"))):
        groups[key].append(row)
    for key in [*groups]:
        yield from function(key, groups.pop(key))


def _keep(source: Source[T], path: Path) -> None:
    path.touch()
    rows = iter(source())
    while some := list(islice(rows, _WRITTEN_TOGETHER)):
        _append(path, some)


def _append(path: Path, rows: Sequence[object]) -> None:
    with path.open("ab") as file:
        pickle.dump(rows, file, protocol=pickle.HIGHEST_PROTOCOL)


def _read(paths: Sequence[Path]) -> Iterator[Any]:
    for path in paths:
        with path.open("rb") as file:
            while file.peek(1):
                yield from pickle.load(file)

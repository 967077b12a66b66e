"""The engine that works on Apache Spark: on a cluster, or on this machine where none is configured.

What is Spark's own to set (master, memory, object storage) stands where Spark looks for it: ``spark-defaults.conf`` in
SPARK_CONF_DIR, or ``spark-submit``. Wirefold must be installed wherever its executors run.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from crawler.errors import EngineMissing
from crawler.jobs.backfill.engines import Rows, place_of
from crawler.jobs.dedupe import collecting_rarely

if TYPE_CHECKING:
    from pyspark import RDD

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K", bound=Hashable)

_PARTS_PER_CORE = 3


class SparkEngine:
    """Works on Spark. Use it as a context manager.

    Raises:
        EngineMissing: PySpark or Java is not installed.
    """

    def __init__(self) -> None:
        try:
            from pyspark import SparkConf, SparkContext
        except ImportError as error:
            raise EngineMissing("PySpark is not installed: pip install 'wirefold[spark]'") from error
        if not _java():
            raise EngineMissing("no Java: install JDK 17 (on Debian openjdk-17-jre-headless), or set JAVA_HOME")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        conf = SparkConf().setAppName("wirefold backfill").setIfMissing("spark.ui.showConsoleProgress", "false")
        self._context = SparkContext.getOrCreate(conf)
        self._context.setLogLevel("ERROR")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.stop()

    @property
    def cores(self) -> int:
        """See `Engine`."""
        return self._context.defaultParallelism

    def rows(self, given: Sequence[T]) -> Rows[T]:
        """See `Engine`."""
        return _SparkRows(self._context.parallelize(given, len(given)))


class _SparkRows(Rows[T]):
    """Rows of a `SparkEngine`."""

    def __init__(self, rdd: RDD[Any]) -> None:
        self._rdd = rdd

    def parts(self, function: Callable[[int, Iterator[T]], Iterable[U]]) -> Rows[U]:
        return _SparkRows(
            self._rdd.mapPartitionsWithIndex(cast("Callable[[int, Iterable[Any]], Iterable[Any]]", function))
        )

    def grouped(self, keys: Callable[[T], Iterable[K]], function: Callable[[K, list[Any]], Iterable[U]]) -> Rows[U]:
        keyed = self._rdd.flatMap(partial(_keyed, keys))
        pieces = _PARTS_PER_CORE * self._rdd.ctx.defaultParallelism
        return _SparkRows(keyed.groupByKey(pieces, place_of).mapPartitions(partial(_grouped, function)))

    def plus(self, other: Rows[U]) -> Rows[T | U]:
        return _SparkRows(self._rdd.union(cast("_SparkRows[U]", other)._rdd))

    def kept(self) -> Rows[T]:
        from pyspark import StorageLevel

        return _SparkRows(self._rdd.persist(StorageLevel.DISK_ONLY))

    def collected(self) -> list[T]:
        return self._rdd.collect()


def _keyed(keys: Callable[[T], Iterable[K]], row: T) -> list[tuple[K, T]]:
    return [(key, row) for key in keys(row)]


def _grouped(function: Callable[[K, list[Any]], Iterable[U]], groups: Iterable[tuple[K, Iterable[Any]]]) -> Iterator[U]:
    with collecting_rarely():
        for key, rows in groups:
            yield from function(key, list(rows))


def _java() -> bool:
    """Say whether there is a Java to start: Spark asks JAVA_HOME first."""
    home = os.environ.get("JAVA_HOME")
    return Path(home, "bin", "java").exists() if home else shutil.which("java") is not None

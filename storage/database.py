"""One database: opened from a URL or a path, brought up to date, and asked in transactions.

Whatever goes wrong below (a file that is no database, a server that is gone, a lock not released in time) leaves here
as a ``StorageError``; mistakes in our own SQL do too on SQLite, which does not tell them apart.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from storage.errors import ConnectionLost, StorageError, StoreLocked, StoreUnavailable
from storage.migrate import upgrade, version_of
from storage.migrations import HEAD

if TYPE_CHECKING:
    from psycopg import Connection as PostgresqlConnection
    from psycopg import Cursor as PostgresqlCursor

NOT_THERE = "there is no store yet; crawl, ingest and import make one"
# Texts and blocks of postings fill large pages better: an article takes 0.75 kB less than in pages of 4,096 bytes.
_PAGE_BYTES = 16_384
_CACHE_KIB = 32_768
_DEFAULTS = {"sqlite": {"timeout": "30"}, "postgresql": {"connect_timeout": "10"}}
_TURN_TIMEOUT = "5min"  # on PostgreSQL, unless the URL or the server says otherwise: several others may come first
_TURN_KEY = 0x57697265  # "Wire": any number that no other program on the server uses for the same purpose
_LOCK_NOT_AVAILABLE = "55P03"
_RECONNECT_AFTER_S = (0.1, 0.5, 2, 5, 10, 20)  # a server that restarts is back by then
_ATTEMPTS = 3

T = TypeVar("T")


class Database:
    """An open database. One thread uses it; the outermost transaction keeps the connection.

    Writing transactions take turns, whatever the database: so ids ascend as transactions end, and nobody meets the rows
    that another one is about to insert. ``version_found`` is the schema's version before it was opened.
    """

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._writer: Connection | None = None
        self._reconnect_after_s: Sequence[float] = ()
        self.url = url
        self.version_found: str | None = None

    @classmethod
    def open(cls, location: str, *, create: bool) -> Database:
        """Open the database at a SQLAlchemy URL or a path, upgrading it as needed, and making it if ``create``.

        Raises StoreUnavailable when it cannot be opened, is not there or is not Wirefold's, StoreTooNew when a newer
        one made it.
        """
        url = parse_location(location)
        shown = shown_as(url)
        if not create and url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            raise StoreUnavailable(shown, NOT_THERE)  # to connect would make a file
        database = cls(_make_engine(url, shown), shown)
        try:
            database._prepare(create=create)
        except StorageError:
            database.close()
            raise
        return database

    def _prepare(self, *, create: bool) -> None:
        """Upgrade if need be; a store that is up to date is only read, so that a run's writing holds nobody up."""
        with self.reading() as connection:
            self.version_found = version_of(connection, self.url)
        if self.version_found is None and not create:
            raise StoreUnavailable(self.url, NOT_THERE)
        if self.version_found != HEAD:
            with self.transaction() as connection:
                upgrade(connection, self.url)
        if self._engine.name == "postgresql":
            self._reconnect_after_s = _RECONNECT_AFTER_S

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @property
    def is_writing(self) -> bool:
        """Say whether a transaction is open."""
        return self._writer is not None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose writes are kept together at the end, or not at all; inner uses join the outer."""
        if self._writer is not None:
            yield self._writer
            return
        with self._connect().execution_options(wirefold_writes=True) as connection, connection.begin():
            self._writer = connection
            try:
                yield connection
            finally:
                self._writer = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read from: the open transaction's, if there is one."""
        if self._writer is not None:
            yield self._writer
        else:
            with self._connect() as connection:
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection that reads everything as it is at one moment, whoever writes meanwhile."""
        with self._connect() as connection:
            if connection.dialect.name == "postgresql":  # SQLite's reading transactions are such
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def retried(self, work: Callable[[], T]) -> T:
        """Do work that is one transaction, and do it again if the connection is lost before its end.

        It may be done twice, too: nobody can tell whether a connection broke before the end was noted or after.
        """
        for _ in range(1, _ATTEMPTS):
            try:
                return work()
            except ConnectionLost:
                if self.is_writing:
                    raise
        return work()

    def _connect(self) -> Connection:
        """Give a connection; one that was lost since it was last used is replaced, when its server is back."""
        for pause_s in self._reconnect_after_s:
            try:
                return self._engine.connect()
            except StoreUnavailable:
                time.sleep(pause_s)
        return self._engine.connect()


def parse_location(location: str) -> URL:
    """Read a SQLAlchemy URL or a path. Raises StoreUnavailable when no store can be there."""
    if "://" not in location:
        return URL.create("sqlite", database=str(Path(location).expanduser()))
    try:
        url = make_url(location)
        url.get_dialect()
    except (ArgumentError, ImportError, ValueError) as error:
        # The location itself is not shown: nobody knows where in it a password is.
        raise StoreUnavailable(f"{location.partition('://')[0]}://…", f"not a usable URL ({error})") from error
    if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}:
        raise StoreUnavailable(shown_as(url), "Wirefold keeps its stores in SQLite or PostgreSQL")
    return url


def shown_as(url: URL) -> str:
    """Render a URL for people: a path for SQLite; no password, and no query, which may hold one."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.set(query={}).render_as_string(hide_password=True)


def _make_engine(url: URL, shown: str) -> Engine:
    backend = url.get_backend_name()
    is_served = backend == "postgresql"
    engine = create_engine(url.update_query_dict({**_DEFAULTS[backend], **url.query}), pool_pre_ping=is_served)
    event.listen(engine, "handle_error", _translator(shown))
    if backend == "sqlite":
        _make_folder(url, shown)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _make_folder(url: URL, shown: str) -> None:
    if not url.database or url.database.startswith("file:"):
        return
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(shown, error) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions by itself: _begin_sqlite does
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a file that is new: others keep theirs
    _use_wal(connection)
    connection.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, trying as long as SQLite would wait: it refuses at once while another program is switching too."""
    deadline = time.monotonic() + connection.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a writing transaction: waiting is possible only then."""
    writes = connection.get_execution_options().get("wirefold_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: PostgresqlConnection[Any], _record: Any) -> None:
    connection.cursor_factory = _binary_cursor()
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute(
        f"SELECT set_config('lock_timeout', '{_TURN_TIMEOUT}', false) WHERE current_setting('lock_timeout') = '0'"
    )
    connection.commit()


@cache
def _binary_cursor() -> type[PostgresqlCursor[Any]]:
    """Make a cursor whose rows come as PostgreSQL has them: as text, blobs are twice as long and dates are parsed."""
    from psycopg import Cursor
    from psycopg.pq import Format

    class BinaryCursor(Cursor[Any]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.format = Format.BINARY

    return BinaryCursor


def _begin_postgresql(connection: Connection) -> None:
    """Wait for the turn to write, as SQLite has it; each schema is a store and has turns of its own."""
    if connection.get_execution_options().get("wirefold_writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN_KEY}, hashtext(current_schema()))")


def _translator(shown: str) -> Callable[[ExceptionContext], None]:
    def translate(context: ExceptionContext) -> None:
        if context.is_pre_ping:
            return  # the pool connects again
        error, driver = context.original_exception, context.dialect.loaded_dbapi
        # "not a database" and "malformed" are plain DatabaseErrors; its other subclasses are mistakes of ours
        if type(error) is driver.DatabaseError or isinstance(error, (driver.OperationalError, driver.InterfaceError)):
            if "database is locked" in str(error):
                raise StoreLocked(f"another program (SQLite file {shown} is locked)") from error
            if getattr(error, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise StoreLocked(f"another program ({shown} gave no turn in time)") from error
            if context.is_disconnect and context.connection is not None:
                raise ConnectionLost(shown, error) from error
            raise StoreUnavailable(shown, error) from error

    return translate

"""All rows of a store into another one, whichever databases they are in; ids stay, full text is made anew."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, func, select, text

from storage.errors import NotEmpty, StoreUnavailable
from storage.loading import begin_anew, loading
from storage.schema import Base, LeaseTable, LockTable, PageTable
from storage.store import Store

_OF_RUNS_UNDER_WAY = {LockTable.__table__, LeaseTable.__table__}
_TABLES = [table for table in Base.metadata.sorted_tables if table not in _OF_RUNS_UNDER_WAY]
_AT_ONCE = 1000
_PAGES_AT_ONCE = 20  # a page may be of 10 MB


def count_rows(store: Store) -> int:
    """Count what `copy` would copy."""
    with store.snapshot() as connection:
        return sum(_count(connection, table) for table in _TABLES)


def copy(source: Store, target: Store, advance: Callable[[int], None]) -> int:
    """Copy everything as it is at one moment, in one transaction; returns the number of rows.

    ``advance`` is told how many more rows are copied.

    Raises:
        NotEmpty: there is something in the target, which stays as it was.
        StoreUnavailable: of one of the two, or the target has not all rows; it is left empty.
    """
    with source.snapshot() as reading, target.transaction() as writing:
        for table in _TABLES:
            if writing.execute(select(table).limit(1)).first() is not None:
                raise NotEmpty(target.url, table.name)
        begin_anew(writing, _TABLES)
        copied = sum(_copy_table(reading, writing, table, target.url, advance) for table in _TABLES)
        for table in _TABLES:
            if (there := _count(writing, table)) != (expected := _count(reading, table)):
                raise StoreUnavailable(target.url, f"it took {there:,} of the {expected:,} rows of {table.name}")
        if writing.dialect.name == "postgresql":
            _settle(writing)
    return copied


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy_table(
    reading: Connection, writing: Connection, table: Table, url: str, advance: Callable[[int], None]
) -> int:
    at_once = _PAGES_AT_ONCE if table is PageTable.__table__ else _AT_ONCE
    rows = reading.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": at_once})
    copied = 0
    with loading(writing, table, url) as load:
        for part in rows.partitions():
            load(part)
            copied += len(part)
            advance(len(part))
    return copied


def _settle(connection: Connection) -> None:
    """Let new ids follow the ones that are there, and PostgreSQL know how much that is."""
    for table in _TABLES:
        if (key := table.autoincrement_column) is not None:
            last = select(func.max(key)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', key.name)
            connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
    connection.execute(text("ANALYZE"))

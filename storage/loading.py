"""Many rows into a table that is empty, as fast as its database takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, text

from storage.errors import StoreUnavailable
from storage.rows import AnyRow, insert_all

Load: TypeAlias = Callable[[Sequence[AnyRow]], None]

# What is looked up or kept up for each row otherwise: foreign keys, and indexes that are no constraint.
_UPKEEP = text("""
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
    FROM pg_constraint WHERE contype = 'f' AND conrelid = CAST(:name AS regclass)
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = CAST(:name AS regclass)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
""")
_MORE_MEMORY = text("""
    SELECT set_config('maintenance_work_mem', :least, true)
    WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes(:least)
""")
_LEAST_MEMORY = "512MB"  # to make an index with


def begin_anew(connection: Connection, tables: Iterable[Table]) -> None:
    """Let tables that are empty begin with this transaction: only then does PostgreSQL take rows as settled at once."""
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(f"TRUNCATE {', '.join(quote(table.name) for table in tables)}")


def loading(connection: Connection, table: Table, url: str) -> AbstractContextManager[Load]:
    """Give a function that inserts rows, which have all columns in the order of the table's.

    Raises StoreUnavailable when the database at ``url`` is gone or refuses a row.
    """
    if connection.dialect.name == "postgresql":
        return _copying(connection, table, url)
    return _inserting(connection, table)


@contextmanager
def _inserting(connection: Connection, table: Table) -> Iterator[Load]:
    yield lambda rows: insert_all(connection, table, [dict(row._mapping) for row in rows])


@contextmanager
def _copying(connection: Connection, table: Table, url: str) -> Iterator[Load]:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    cursor: Any = connection.connection.cursor()
    with _without_upkeep(connection, table):
        try:
            with cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN (FREEZE)") as stream:
                yield lambda rows: _write(stream.write_row, _bound(connection, table, rows))
        except connection.dialect.loaded_dbapi.Error as error:  # SQLAlchemy, which translates others, did not see it
            raise StoreUnavailable(url, error) from error


@contextmanager
def _without_upkeep(connection: Connection, table: Table) -> Iterator[None]:
    rules = connection.execute(_UPKEEP, {"name": table.name}).all()
    for rule in rules:
        connection.exec_driver_sql(rule.drop)
    yield
    connection.execute(_MORE_MEMORY, {"least": _LEAST_MEMORY})
    for rule in rules:
        connection.exec_driver_sql(rule.make)


def _write(write_row: Callable[[Sequence[Any]], None], rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        write_row(row)


def _bound(connection: Connection, table: Table, rows: Sequence[AnyRow]) -> Iterable[Sequence[Any]]:
    """Turn values into what the driver is given of them, a column at a time."""
    types = (column.type.dialect_impl(connection.dialect) for column in table.columns)
    processes = (each.bind_processor(connection.dialect) for each in types)
    values = zip(*rows, strict=True)
    bound = (each if process is None else map(process, each) for each, process in zip(values, processes, strict=True))
    return zip(*bound, strict=True)

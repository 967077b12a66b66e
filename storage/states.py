"""What is remembered between runs of sources, hosts and archive files: one row each, read and replaced whole.

What each function promises is said at the `Store` methods that use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.rows import all_values
from storage.schema import ArchiveTable, HostTable, SourceStateTable, SourceTable
from storage.types import ArchiveState, HostState, SourceState

State = TypeVar("State", SourceState, HostState, ArchiveState)

_KEYS: Mapping[type, InstrumentedAttribute[str]] = {
    SourceState: SourceStateTable.name,
    HostState: HostTable.host,
    ArchiveState: ArchiveTable.path,
}


def read(connection: Connection, kind: type[State], key: str) -> State | None:
    """Read the state of one kind that is kept under a name, host or path."""
    column = _KEYS[kind]
    row = connection.execute(select(column.class_.__table__).where(column == key)).one_or_none()
    return None if row is None else kind(**row._mapping)


def put(connection: Connection, state: SourceState | HostState | ArchiveState) -> None:
    """Keep a state in place of the former one."""
    column, values = _KEYS[type(state)], all_values(state)
    connection.execute(delete(column.class_).where(column == values[column.key]))
    connection.execute(insert(column.class_), values)


def stored_sources(connection: Connection) -> dict[str, Mapping[str, Any]]:
    rows = connection.execute(select(SourceTable.__table__).order_by(SourceTable.added_at, SourceTable.name))
    return {row.name: row.fields for row in rows}


def put_stored_source(connection: Connection, name: str, fields: Mapping[str, Any], now: datetime) -> None:
    remove_stored_source(connection, name)
    connection.execute(insert(SourceTable), {"name": name, "fields": fields, "added_at": now})


def remove_stored_source(connection: Connection, name: str) -> bool:
    return connection.execute(delete(SourceTable).where(SourceTable.name == name)).rowcount > 0

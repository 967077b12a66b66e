"""Which run may write: one row, alike on SQLite and PostgreSQL. A killed run leaves it behind but holds nobody up."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.errors import StoreLocked
from storage.rows import AnyRow
from storage.schema import LockTable

BEAT_EVERY = timedelta(minutes=1)
# A run beats with each transaction, and commits many times an hour: silence for this long is death on another host
# (a container that was replaced), or, on this one, a pid that another program has been given since.
STALE_AFTER = timedelta(hours=1)
_STARTED = datetime.now(UTC)

_ROW = select(LockTable.pid, LockTable.host, LockTable.since, LockTable.heartbeat)


def acquire(connection: Connection, now: datetime) -> None:
    """Take the lock, over a dead holder's if need be. Raises StoreLocked naming pid, host and since when."""
    holder = connection.execute(_ROW).one_or_none()
    if holder is not None and not _is_stale(holder, now):
        raise StoreLocked(_name(holder))
    if holder is not None:
        connection.execute(delete(LockTable).where(LockTable.since == holder.since, LockTable.pid == holder.pid))
    row = {"id": 1, "pid": os.getpid(), "host": socket.gethostname(), "since": now, "heartbeat": now}
    try:
        connection.execute(insert(LockTable), row)
    except IntegrityError as error:  # PostgreSQL: another run took it between the two statements
        raise StoreLocked("another run that started at the same time") from error


def beat(connection: Connection, now: datetime) -> None:
    """Note that the holder is alive. Raises StoreLocked if another run has taken it for dead meanwhile."""
    if not connection.execute(update(LockTable).where(*_mine()).values(heartbeat=now)).rowcount:
        holder = connection.execute(_ROW).one_or_none()
        raise StoreLocked(_name(holder) if holder else "another run, which has ended")


def release(connection: Connection) -> None:
    """Give the lock up."""
    connection.execute(delete(LockTable).where(*_mine()))


def _mine() -> tuple[ColumnElement[bool], ...]:
    return LockTable.pid == os.getpid(), LockTable.host == socket.gethostname()


def _is_stale(holder: AnyRow, now: datetime) -> bool:
    if abs(now - holder.heartbeat) > STALE_AFTER:  # of a clock that was ahead, too
        return True
    return holder.host == socket.gethostname() and (_is_predecessor(holder) or not _is_alive(holder.pid))


def _is_predecessor(holder: AnyRow) -> bool:
    """Tell whether the holder had our own pid before us: in a restarted container pids begin anew."""
    return bool(holder.pid == os.getpid() and holder.since < _STARTED)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _name(holder: AnyRow) -> str:
    since = holder.since.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    return f"another run: pid {holder.pid} on {holder.host}, since {since}"

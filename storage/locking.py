"""Which runs may write, and which sites each of them asks: rows, alike on SQLite and PostgreSQL.

A killed run leaves its row behind but holds nobody up: the next one deletes it, and with it its leases lapse.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.columns import bounded
from storage.errors import StoreLocked
from storage.rows import AnyRow, chunked, insert_all
from storage.schema import LeaseTable, LockTable

BEAT_EVERY = timedelta(minutes=1)
# A run beats with each transaction, and commits many times an hour: silence for this long is death on another host
# (a container that was replaced), or, on this one, a pid that another program has been given since.
STALE_AFTER = timedelta(hours=1)
_STARTED = datetime.now(UTC)


def acquire(connection: Connection, now: datetime, *, shared: bool) -> int:
    """Take the lock, over dead holders' if need be; returns its id.

    Raises StoreLocked naming pid, host and since when, of another run, unless that is a shared one as this is.
    """
    holders = connection.execute(select(LockTable.__table__).order_by(LockTable.id)).all()
    alive = [holder for holder in holders if not _is_stale(holder, now)]
    in_the_way = [holder for holder in alive if not (shared and holder.is_shared)]
    if in_the_way:
        raise StoreLocked(_name(in_the_way[0]))
    connection.execute(delete(LockTable).where(LockTable.id.not_in([holder.id for holder in alive])))
    lock_id = 1 + max((holder.id for holder in alive), default=0)
    row = {"id": lock_id, "pid": os.getpid(), "host": socket.gethostname(), "since": now, "heartbeat": now}
    connection.execute(insert(LockTable), {**row, "is_shared": shared})
    return lock_id


def beat(connection: Connection, lock_id: int, now: datetime) -> None:
    """Note that the holder is alive. Raises StoreLocked if another run has taken it for dead meanwhile."""
    if not connection.execute(update(LockTable).where(*_mine(lock_id)).values(heartbeat=now)).rowcount:
        raise StoreLocked("another run, which took this one for dead")


def release(connection: Connection, lock_id: int) -> None:
    """Give the lock up, and all leases."""
    connection.execute(delete(LockTable).where(*_mine(lock_id)))


def lease(connection: Connection, sites: Sequence[str], lock_id: int, limit: int | None) -> set[str]:
    """Take the first ``limit`` of the sites, all of them if None, that nobody has; returns those."""
    keys = {bounded(site): site for site in sites}
    free = {site for chunk in chunked(keys) for site in _free(connection, chunk)}
    taken = [key for key in keys if key in free][:limit]
    for chunk in chunked(taken):
        connection.execute(update(LeaseTable).where(LeaseTable.site.in_(chunk)).values(lock_id=lock_id))
    return {keys[key] for key in taken}


def _free(connection: Connection, sites: Sequence[str]) -> Iterable[str]:
    asked = LeaseTable.site.in_(sites)
    known = set(connection.scalars(select(LeaseTable.site).where(asked)))
    insert_all(connection, LeaseTable, [{"site": site} for site in sites if site not in known])
    # what another run is taking right now is left to it
    free = select(LeaseTable.site).where(asked, LeaseTable.lock_id.is_(None)).with_for_update(skip_locked=True)
    return connection.scalars(free)


def _mine(lock_id: int) -> tuple[ColumnElement[bool], ...]:
    """Make the condition that a row is this run's: others may have been given its id since."""
    return LockTable.id == lock_id, LockTable.pid == os.getpid(), LockTable.host == socket.gethostname()


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

"""Where links, sources, hosts and archives stand between runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Key
from storage.schema.base import Base


class LinkTable(Base):
    """A URL that a source listed. ``address`` is not shortened: it is what a visit asks for."""

    __tablename__ = "link"

    url: Mapped[str] = mapped_column(Key, primary_key=True)
    address: Mapped[str]
    source: Mapped[str] = mapped_column(Key)
    date_first_seen: Mapped[datetime]
    headline: Mapped[str | None]
    date_published: Mapped[datetime | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    payload_digest: Mapped[str | None]
    visits: Mapped[int]
    unchanged: Mapped[int]
    failures: Mapped[int]
    last_visit: Mapped[datetime | None]
    last_change: Mapped[datetime | None]
    last_outcome: Mapped[str | None]
    next_visit: Mapped[datetime | None]


_IS_VISITED_AGAIN = LinkTable.next_visit.is_not(None)

Index(
    "ix_link_due",
    LinkTable.source,
    LinkTable.next_visit,
    sqlite_where=_IS_VISITED_AGAIN,
    postgresql_where=_IS_VISITED_AGAIN,
)


class ListingTable(Base):
    """A source lists a URL."""

    __tablename__ = "listing"
    __table_args__ = (Index(None, "source", "date_last_seen"), {"sqlite_with_rowid": False})

    source: Mapped[str] = mapped_column(Key, primary_key=True)
    url: Mapped[str] = mapped_column(Key, primary_key=True, index=True)
    date_first_seen: Mapped[datetime]
    date_last_seen: Mapped[datetime]
    times: Mapped[int]


class SourceTable(Base):
    """A source that is configured in the store; ``fields`` are its settings."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(Key, primary_key=True)
    fields: Mapped[Mapping[str, Any]]
    added_at: Mapped[datetime]


class SourceStateTable(Base):
    """What is remembered of a configured source between runs."""

    __tablename__ = "source_state"

    name: Mapped[str] = mapped_column(Key, primary_key=True)
    url: Mapped[str]
    title: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    payload_digest: Mapped[str | None]
    last_fetched: Mapped[datetime | None]
    last_success: Mapped[datetime | None]
    last_error: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    next_due: Mapped[datetime | None]
    rhythm: Mapped[Mapping[str, Any]] = mapped_column(server_default="{}")


class HostTable(Base):
    """What is remembered of a host between runs."""

    __tablename__ = "host"

    host: Mapped[str] = mapped_column(Key, primary_key=True)
    robots_txt: Mapped[bytes]
    robots_status: Mapped[int | None]
    robots_fetched: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]
    blocked_reason: Mapped[str | None]
    backoffs: Mapped[int]


class ArchiveTable(Base):
    """How far an archive file has been taken in."""

    __tablename__ = "archive"

    path: Mapped[str] = mapped_column(Key, primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    modified: Mapped[datetime]
    offset: Mapped[int] = mapped_column(BigInteger)


class LockTable(Base):
    """A run that may write: the only one, unless all are shared."""

    __tablename__ = "lock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pid: Mapped[int]
    host: Mapped[str]
    since: Mapped[datetime]
    heartbeat: Mapped[datetime]
    is_shared: Mapped[bool] = mapped_column(server_default=false())


class LeaseTable(Base):
    """A site that one run at a time asks; ``lock_id`` is that run's, empty when nobody has it."""

    __tablename__ = "lease"

    site: Mapped[str] = mapped_column(Key, primary_key=True)
    lock_id: Mapped[int | None] = mapped_column(ForeignKey("lock.id", ondelete="SET NULL"), index=True)

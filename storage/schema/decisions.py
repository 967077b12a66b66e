"""What people have decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Key
from storage.schema.base import Base


class DecisionTable(Base):
    """A person's word; rows are never changed, see `storage.types.Decision`.

    Articles go by URL: their ids are given again on SQLite when the newest is purged, and a decision outlives both.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    url_a: Mapped[str | None] = mapped_column(Key, index=True)
    url_b: Mapped[str | None] = mapped_column(Key, index=True)
    source: Mapped[str | None] = mapped_column(Key, index=True)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    note: Mapped[str]

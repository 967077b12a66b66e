"""What dedupe keeps: the index that proposes candidates, and the edges."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Key, Measured
from storage.schema.base import Base


class SketchTable(Base):
    """What dedupe keeps of a current revision that it has judged: see `storage.types.Sketch`."""

    __tablename__ = "sketch"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True, autoincrement=False)
    size: Mapped[int]
    site_text: Mapped[bytes | None]
    skip_reason: Mapped[str | None]


class IndexStateTable(Base):
    """At most one row, with id 1: what the index holds."""

    __tablename__ = "index_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spec: Mapped[str]
    last_revision: Mapped[int]


class PostingRunTable(Base):
    """A run of the index, see `storage.types.PostingRun`."""

    __tablename__ = "posting_run"
    __table_args__ = (Index(None, "bucket", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[int]
    level: Mapped[int]
    bits: Mapped[int]
    width: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    postings: Mapped[int] = mapped_column(BigInteger)


BLOCK_BITS = 22


class PostingBlockTable(Base):
    """A part of a run, as `dedupe` packs it; ``id`` is the run's, shifted by BLOCK_BITS, and the block's number.

    One number, as rows with a key of two columns may not fill a page of SQLite. Blocks without postings have no row.
    """

    __tablename__ = "posting_block"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    postings: Mapped[bytes]


class SiteSampleTable(Base):
    """What is kept of a site's latest revisions to know its site text by, superseded ones too."""

    __tablename__ = "site_sample"
    __table_args__ = ({"sqlite_with_rowid": False},)

    site: Mapped[str] = mapped_column(Key, primary_key=True)
    revision_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int]
    shingles: Mapped[bytes]


class VerdictTable(Base):
    """What is said of edges, once: thousands have the same reason."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("relation", "reason", "rules_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    relation: Mapped[str]
    reason: Mapped[str]
    rules_version: Mapped[str]


class EdgeTable(Base):
    """A verified candidate, ``article_a < article_b``."""

    __tablename__ = "edge"

    article_a: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False)
    article_b: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False, index=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"))
    joins: Mapped[bool]
    jaccard: Mapped[float]
    containment: Mapped[float]
    measures: Mapped[Mapping[str, float]] = mapped_column(Measured)

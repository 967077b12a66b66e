"""The tables. Changing one needs a migration: a test holds the two together.

article ──< revision            every kept version of it; one of them is current
   │  ├──── alias               other URLs that led to it (by URL, not by id: the article may come later)
   │  └──── link ──< listing    what came of visiting a URL and when the next visit is due; which sources list it
   ├──── sketch, band           what dedupe keeps of its current revision, to find candidates
   ├──< edge >── article        verified candidates
   └──> cluster                 the view derived from edges

index_state, posting_run ──< posting_block, site_sample: the index that proposes candidates; what sites repeat.
run, rejection, lock: what was done, what was lost, who is writing.
page: what extraction was given, kept for later rules; by URL, because some of it gave no article.
source, source_state, host, archive: sources that are not in a file, where sources, hosts and archive files stand.
Full-text indexes are made by the migration alone (see ``storage.search``): they are not the same on the two databases.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, UniqueConstraint, func, literal
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.columns import CleanText, Json, Key, UtcDateTime
from storage.types import Cause


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        str: CleanText,
        datetime: UtcDateTime,
        list[str]: Json,
        Mapping[str, Any]: Json,
    }


class RunTable(Base):
    """One command that wrote; ``finished_at`` stays empty when it was killed."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    command: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[Mapping[str, Any]]


class ClusterTable(Base):
    """``id`` is the smallest member's. ``canonical_id`` is no foreign key: article points here already."""

    __tablename__ = "cluster"
    __table_args__ = (Index(None, "size", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    canonical_id: Mapped[int]
    canonical_reason: Mapped[str]
    size: Mapped[int]


class ArticleTable(Base):
    """One row per URL: the fields of its current revision, except headline and body, which are in ``revision``.

    ``revision_id`` is no foreign key, because revision points here already. ``is_pending`` is true while no sketch of
    the current revision is stored: it says what the absence of a row would, but can be indexed.
    """

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Key, unique=True)
    revision_id: Mapped[int | None]
    date_first_seen: Mapped[datetime]
    date_last_seen: Mapped[datetime]
    is_pending: Mapped[bool]
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"), index=True)
    role: Mapped[str | None]
    site: Mapped[str]
    source: Mapped[str] = mapped_column(Key)
    external_id: Mapped[str | None] = mapped_column(Key, index=True)
    address: Mapped[str | None] = mapped_column(Key)
    canonical_url: Mapped[str | None]
    description: Mapped[str | None]
    authors: Mapped[list[str]]
    publisher: Mapped[str | None]
    source_organization: Mapped[str | None]
    credit_text: Mapped[str | None]
    dateline: Mapped[str | None]
    date_published: Mapped[datetime | None]
    date_published_raw: Mapped[str | None]
    date_modified: Mapped[datetime | None]
    date_modified_raw: Mapped[str | None]
    in_language: Mapped[str | None]
    article_section: Mapped[str | None]
    keywords: Mapped[list[str]]
    main_image: Mapped[str | None]
    is_accessible_for_free: Mapped[bool | None]
    is_based_on: Mapped[str | None]
    opt_outs: Mapped[list[str]] = mapped_column(server_default="[]")
    extra: Mapped[Mapping[str, Any]]
    provenance: Mapped[Mapping[str, Any]] = mapped_column(server_default="{}")
    notes: Mapped[list[str]] = mapped_column(server_default="[]")


IS_PENDING = ArticleTable.is_pending.is_(True)
HAS_ADDRESS = ArticleTable.address.is_not(None)
DATE_LISTED = func.coalesce(ArticleTable.date_published, ArticleTable.date_first_seen)
ADDRESS = func.coalesce(ArticleTable.address, ArticleTable.url)

Index("ix_article_pending", ArticleTable.revision_id, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)
Index("ix_article_date_listed", DATE_LISTED, ArticleTable.id)
Index("ix_article_address", ArticleTable.address, sqlite_where=HAS_ADDRESS, postgresql_where=HAS_ADDRESS)
Index("ix_article_source_date_first_seen", ArticleTable.source, ArticleTable.date_first_seen)


class RevisionTable(Base):
    """A kept version; rows are never changed. ``site`` is the article's, so that (site, id) can be indexed."""

    __tablename__ = "revision"
    __table_args__ = (Index(None, "article_id", "seen_at", "id"), Index(None, "site", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    seen_at: Mapped[datetime]
    site: Mapped[str] = mapped_column(Key)
    content_hash: Mapped[str]
    headline: Mapped[str]
    article_body: Mapped[str]
    cause: Mapped[str] = mapped_column(server_default=Cause.PUBLISHER)


BY_RULES = RevisionTable.cause == literal(Cause.RULES.value, CleanText, literal_execute=True)

Index("ix_revision_by_rules", RevisionTable.id, sqlite_where=BY_RULES, postgresql_where=BY_RULES)


class AliasTable(Base):
    """A URL that led to another; ``article_url`` may not be an article (yet)."""

    __tablename__ = "alias"

    url: Mapped[str] = mapped_column(Key, primary_key=True)
    article_url: Mapped[str] = mapped_column(Key, index=True)


class RejectionTable(Base):
    """A loss, once per URL, stage and reason."""

    __tablename__ = "rejection"
    __table_args__ = (UniqueConstraint("url", "stage", "reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    url: Mapped[str] = mapped_column(Key)
    source: Mapped[str]
    stage: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    retry: Mapped[bool]
    date_first_seen: Mapped[datetime]
    date_last_seen: Mapped[datetime]


class PageTable(Base):
    """A page as extraction was given it, the latest for each ``url``: that of the article or the rejection it gave.

    What gave an article and what gave none are kept side by side: a page behind a wall says nothing of the text.
    """

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("url", "is_article"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Key)
    is_article: Mapped[bool]
    reason: Mapped[str | None]
    site: Mapped[str]
    address: Mapped[str]
    content_type: Mapped[str | None]
    fetched_at: Mapped[datetime]
    source: Mapped[str | None]
    requested_url: Mapped[str | None]
    headline_listed: Mapped[str | None]
    date_listed: Mapped[datetime | None]
    language: Mapped[str | None]
    publisher: Mapped[str | None]
    opt_outs: Mapped[list[str]]
    text_from: Mapped[str | None]
    content: Mapped[bytes]  # the last one: SQLite walks through it to what comes after


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
    """At most one row, with id 1: the run that may write."""

    __tablename__ = "lock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pid: Mapped[int]
    host: Mapped[str]
    since: Mapped[datetime]
    heartbeat: Mapped[datetime]


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


class EdgeTable(Base):
    """A verified candidate, ``article_a < article_b``."""

    __tablename__ = "edge"

    article_a: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False)
    article_b: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False, index=True)
    relation: Mapped[str]
    joins: Mapped[bool]
    jaccard: Mapped[float]
    containment: Mapped[float]
    reason: Mapped[str]
    rules_version: Mapped[str]
    measures: Mapped[Mapping[str, Any]]

"""Articles and what was lost on the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, literal
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import CleanText, Key
from storage.schema.base import Base
from storage.types import Cause


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
AGENCY = func.lower(ArticleTable.source_organization)
SECTION = func.lower(ArticleTable.article_section)
LANGUAGE = func.lower(ArticleTable.in_language)
HAS_AGENCY = ArticleTable.source_organization.is_not(None)
HAS_SECTION = ArticleTable.article_section.is_not(None)
HAS_LANGUAGE = ArticleTable.in_language.is_not(None)
ADDRESS = func.coalesce(ArticleTable.address, ArticleTable.url)

Index("ix_article_pending", ArticleTable.revision_id, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)
Index("ix_article_date_listed", DATE_LISTED, ArticleTable.id, ArticleTable.revision_id)
Index("ix_article_revision_id", ArticleTable.revision_id)
Index("ix_article_source_date_listed", ArticleTable.source, DATE_LISTED, ArticleTable.id)
Index("ix_article_site_date_listed", ArticleTable.site, DATE_LISTED, ArticleTable.id)
Index(
    "ix_article_agency_date_listed",
    AGENCY,
    DATE_LISTED,
    ArticleTable.id,
    sqlite_where=HAS_AGENCY,
    postgresql_where=HAS_AGENCY,
)
Index(
    "ix_article_section_date_listed",
    SECTION,
    DATE_LISTED,
    ArticleTable.id,
    sqlite_where=HAS_SECTION,
    postgresql_where=HAS_SECTION,
)
Index(
    "ix_article_language_date_listed",
    LANGUAGE,
    DATE_LISTED,
    ArticleTable.id,
    sqlite_where=HAS_LANGUAGE,
    postgresql_where=HAS_LANGUAGE,
)
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

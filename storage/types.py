"""The shared vocabulary: what travels between crawler, dedupe results and the store. No SQLAlchemy here.

Times are aware ``datetime`` values in UTC. Identifiers given by the store are positive ``int``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """Where on its way a link, a page or a record was lost."""

    DISCOVERY = "discovery"
    FETCH = "fetch"
    EXTRACT = "extract"
    IMPORT = "import"


class Outcome(StrEnum):
    """What the store made of one article handed to it."""

    KEPT = "kept"
    REVISED = "revised"
    UNCHANGED = "unchanged"


class Role(StrEnum):
    """An article's place in its cluster."""

    CANONICAL = "canonical"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as extracted or imported, before the store has seen it.

    Field names are those of schema.org NewsArticle in snake_case. ``url`` is the identity (see ``crawler.urls``);
    ``canonical_url`` is only what the page claims. ``source`` names where Wirefold got it (a configured source, an
    import's source, else the site); ``site`` is the host without ``www.``, on which site text is learned.
    ``source_organization`` is the agency. ``extra`` keeps fields of an import that have no name here.
    """

    url: str
    site: str
    source: str
    headline: str
    article_body: str
    external_id: str | None = None
    canonical_url: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    source_organization: str | None = None
    credit_text: str | None = None
    dateline: str | None = None
    date_published: datetime | None = None
    date_published_raw: str | None = None
    date_modified: datetime | None = None
    date_modified_raw: str | None = None
    in_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    main_image: str | None = None
    is_accessible_for_free: bool | None = None
    is_based_on: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One link, page or record that did not become an article, and why.

    ``reason`` is a short fixed word ("too-short", "login-page"); ``detail`` is for a person. ``retry`` says whether a
    later crawl may fetch the URL again (a timeout: yes; a log-in page: no).
    """

    url: str
    source: str
    stage: Stage
    reason: str
    detail: str = ""
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of one revision as dedupe judges it. ``revision_id`` is the order of arrival and never repeats."""

    article_id: int
    revision_id: int
    site: str
    headline: str
    text: str
    in_language: str | None = None
    date_published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the index keeps of a document: its ``band_keys`` (signed 64 bits) under ``spec``.

    ``skip_reason`` is set, and there are no keys, when the text cannot be judged (too short).
    """

    article_id: int
    revision_id: int
    spec: str
    band_keys: tuple[int, ...] = ()
    skip_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A verified candidate: a fact about two revisions, ``article_a < article_b``.

    ``relation`` says what b is to a ("abridged": b is the shorter); ``joins``, whether it speaks for a shared cluster.
    """

    article_a: int
    article_b: int
    relation: str
    joins: bool
    jaccard: float
    containment: float
    reason: str
    rules_version: str
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One canonical article and its variants. ``id`` is the smallest member's; a cluster of one is a cluster too."""

    id: int
    canonical_id: int
    canonical_reason: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store remembers of a configured source between runs."""

    name: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    last_fetched: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None


# -- rows that queries return ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article in a listing. ``cluster_id`` and ``role`` are None until dedupe has judged it."""

    id: int
    external_id: str | None
    url: str
    source: str
    headline: str
    date_published: datetime | None
    date_first_seen: datetime
    in_language: str | None
    cluster_id: int | None
    role: Role | None
    cluster_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member of a cluster, with what it is to the canonical article.

    Where the two were not found to be copies, relation, measures and reason are those towards the member nearest to it.
    """

    id: int
    external_id: str | None
    url: str
    source: str
    headline: str
    date_published: datetime | None
    date_first_seen: datetime
    role: Role
    relation: str | None
    jaccard: float | None
    containment: float | None
    edge_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One cluster with its members, the canonical article first, then by date."""

    id: int
    canonical: MemberRow
    canonical_reason: str
    members: tuple[MemberRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """One kept version of an article."""

    id: int
    seen_at: datetime
    headline: str
    article_body: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDetail:
    """Everything about one article: its fields, its revisions (oldest first), its cluster and the edges it has."""

    id: int
    article: Article
    date_first_seen: datetime
    revisions: tuple[RevisionRow, ...]
    cluster: ClusterRow | None
    edges: tuple[Edge, ...]
    skip_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleQuery:
    """What ``wirefold articles`` asks. Empty ``words`` means all; dates bound ``date_published`` (else first seen)."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    in_language: str | None = None
    all_copies: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is in a store. ``rejected`` counts by "stage/reason"; ``fetched`` sums the pages of all runs."""

    articles: int
    canonical: int
    variants: int
    clusters: int
    revisions: int
    unjudged: int
    sources: int
    runs: int
    fetched: int
    edges: int
    rejected: Mapping[str, int]
    first_seen: datetime | None
    last_seen: datetime | None

"""What queries are asked and return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.types.records import Article, Cause, Decision, Edge, Role
from storage.types.states import LinkState, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article in a listing. ``cluster_id`` and ``role`` are None until dedupe has judged it.

    ``cursor`` is what to ask for the articles after this one. A ``snippet`` has hits in brackets.
    """

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
    cursor: str
    snippet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """A whole article as it is exported, with its place among its copies."""

    id: int
    article: Article
    date_first_seen: datetime
    cluster_id: int | None
    role: Role | None
    cluster_size: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many were counted on a day (UTC), of one source or (None) of all."""

    day: date
    source: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Reuse:
    """How many copies a source has of articles whose canonical one is another's, or its own."""

    source: str
    canonical_source: str
    copies: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: its cluster (None: not judged yet), its order of arrival, when it was published."""

    article_id: int
    cluster_id: int | None
    revision_id: int
    date_published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member of a cluster, with what it is to the canonical article.

    Where the two were not found to be copies, relation, measures and reason are those towards the member nearest to it.
    One that is a copy of none has the relation "same" if a person said so, and that decision's reason.
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
    """One cluster with its members, the canonical article first, then by date; and the decisions about any of them."""

    id: int
    canonical: MemberRow
    canonical_reason: str
    members: tuple[MemberRow, ...]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """One kept version of an article. ``run_id`` and ``command`` say what brought it, ``cause`` why it differs."""

    id: int
    run_id: int
    command: str
    seen_at: datetime
    headline: str
    article_body: str
    cause: Cause
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
class ListingRow:
    """A source lists a URL: since when, until when, how often it was seen to."""

    source: str
    url: str
    date_first_seen: datetime
    date_last_seen: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionRow:
    """A loss. ``run_id`` and ``command`` say what met it first."""

    stage: str
    reason: str
    detail: str
    retry: bool
    source: str
    date_first_seen: datetime
    date_last_seen: datetime
    run_id: int
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything known of a URL and those that led to it (``aliases``), in order of time where there is one.

    ``url`` is where aliases end, ``address`` its spelling on the web. ``link`` is that of ``url``, else of an alias.
    """

    url: str
    address: str
    aliases: tuple[str, ...]
    link: LinkState | None
    listings: tuple[ListingRow, ...]
    rejections: tuple[RejectionRow, ...]
    article: ArticleDetail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The last ``days`` of a source: how many ``articles`` were first seen in them, and what was usual before.

    ``articles_per_day`` is over the 28 days before, so that an outage does not hide itself; or over as many as the
    source was known, without its first day, on which a feed brings those of weeks.
    """

    days: int
    articles: int
    articles_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source does.

    Args:
        articles_last_day: first seen in the last 24 hours.
        articles_per_day: over the 28 days before that, or as many (at least one) as the source has been seen.
        coverage: by field, the share (0..1) of its last 200 articles that have it, among those of the last 28 days;
            empty when it has none.
        rejected: counts by "stage/reason" of what was last seen in the last 7 days.
        twins: sources that list at least 80 % of what this one listed in the last 14 days, with that share, the
            most alike first; none for a source that listed fewer than 10 links.
        windows: the last 3 and the last 7 days; without one before which the source was known for less than 7 days.
    """

    name: str
    state: SourceState | None
    articles_last_day: int
    articles_per_day: float
    last_article: datetime | None
    coverage: Mapping[str, float]
    rejected: Mapping[str, int]
    twins: tuple[tuple[str, float], ...]
    windows: tuple[Window, ...] = ()


class Sort(StrEnum):
    """The order of a listing."""

    NEWEST = "newest"
    RELEVANCE = "relevance"


class Counted(StrEnum):
    """What is counted of what was found: every copy, the canonical articles, or each cluster once, when it began."""

    COPIES = "copies"
    CANONICAL = "canonical"
    ORIGINALS = "originals"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleQuery:
    """What articles are asked for. What is not given does not narrow.

    Args:
        words: as people type them (see `storage.search.parse`); nothing in them is an error.
        since, until: bound ``date_published``, else first sight; the first is inclusive, the second exclusive.
        in_language: matches its regions too ("en": "en-GB").
        source_organization, article_section: whole, without regard to the case of ASCII letters.
        min_size: of the cluster.
        role: CANONICAL takes also what has not been judged yet; None takes all.
        after: the cursor of the last article of the page before, for the same question.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    site: str | None = None
    in_language: str | None = None
    source_organization: str | None = None
    article_section: str | None = None
    min_size: int = 1
    role: Role | None = Role.CANONICAL
    sort: Sort = Sort.NEWEST
    after: str | None = None
    limit: int = 20
    with_snippets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What is in a store, as far as counting it is cheap: for every run to tell. The same numbers are in `Stats`."""

    articles: int
    canonical: int
    variants: int
    clusters: int
    revisions: int
    unjudged: int
    edges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is in a store. ``rejected`` counts by "stage/reason"; ``fetched`` sums the pages of all runs.

    Of the ``revisions``, ``revisions_by_rules`` are no edits of a publisher's: extraction read a kept page otherwise.
    """

    articles: int
    canonical: int
    variants: int
    clusters: int
    revisions: int
    revisions_by_rules: int
    unjudged: int
    sources: int
    runs: int
    fetched: int
    edges: int
    rejected: Mapping[str, int]
    first_seen: datetime | None
    last_seen: datetime | None

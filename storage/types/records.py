"""What is kept: articles, losses, and what dedupe makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

LARGEST_ID = 2**31 - 1  # that PostgreSQL has room for


class Stage(StrEnum):
    """Where on its way a link, a page or a record was lost."""

    DISCOVERY = "discovery"
    FETCH = "fetch"
    EXTRACT = "extract"
    IMPORT = "import"


class Outcome(StrEnum):
    """What the store made of one article handed to it. REFUSED: it was purged, and is not taken back."""

    KEPT = "kept"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Cause(StrEnum):
    """Why a text changed: its publisher edited it, or later rules of extraction read the same page otherwise."""

    PUBLISHER = "publisher"
    RULES = "rules"


class Role(StrEnum):
    """An article's place in its cluster."""

    CANONICAL = "canonical"
    VARIANT = "variant"


TEXT_FROM = "text_from"
LIVE_BLOG = "live-blog"
ONLY_THE_BEGINNING = "paywall: only the beginning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as extracted or imported, before the store has seen it.

    Field names are those of schema.org NewsArticle in snake_case. ``url`` is the identity (see ``crawler.urls``),
    ``address`` where the page was found if that is spelled otherwise; ``canonical_url`` is only what the page claims.
    ``source`` names where Wirefold got it (a configured source, an import's source, else the site); ``site`` is the
    host without ``www.``, on which site text is learned. ``source_organization`` is the agency. ``opt_outs`` are
    reservations against text and data mining ("noai", "tdm-reservation"). ``extra`` keeps fields of an import that
    have no name here, and under ``TEXT_FROM`` where a text comes from that is not the page's. ``provenance`` names the
    rule of extraction that gave each field; ``notes`` are what extraction noticed, as "KIND" or "KIND: what"
    (``LIVE_BLOG``, ``ONLY_THE_BEGINNING``, "furniture: byline, date").
    """

    url: str
    site: str
    source: str
    headline: str
    article_body: str
    external_id: str | None = None
    address: str | None = None
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
    opt_outs: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An article as a page of some time meets it: with the text last seen up to then, failing that its first one.

    ``seen_at`` and ``content_hash`` are that text's. ``is_current``: no newer text is known, so that the article's
    fields are this text's too.
    """

    article_id: int
    article: Article
    seen_at: datetime
    content_hash: str
    is_current: bool
    is_pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page as extraction was given it (see ``crawler.extract.Page``; ``address`` is where it was found).

    ``url`` and ``site`` are those of the article or the rejection it gave, as ``is_article`` says when it is put;
    ``reason`` is why extraction rejected it last. ``text_from`` is as under ``TEXT_FROM``. ``id`` is 0 before that.
    """

    id: int = 0
    url: str
    site: str
    is_article: bool
    reason: str | None
    address: str
    content: bytes
    content_type: str | None
    fetched_at: datetime
    source: str | None = None
    requested_url: str | None = None
    headline_listed: str | None = None
    date_listed: datetime | None = None
    language: str | None = None
    publisher: str | None = None
    opt_outs: tuple[str, ...] = ()
    text_from: str | None = None


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
    """The text of one revision as dedupe judges it.

    ``revision_id`` is the order of arrival and never repeats, except that of the newest one if it has been purged.
    ``is_current`` is false when a later revision supersedes it. ``site_text`` is that of its `Sketch`, if there is one.
    """

    article_id: int
    revision_id: int
    is_current: bool
    site: str
    headline: str
    text: str
    seen_at: datetime
    in_language: str | None = None
    date_published: datetime | None = None
    site_text: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What dedupe keeps of a current revision beside the index.

    ``size``: how many shingles it can be found by; ``site_text``: which of them its site repeats, as dedupe packs it.
    ``skip_reason`` is set when there is too little text to compare it by.
    """

    revision_id: int
    size: int
    site_text: bytes | None = None
    skip_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """What the index holds: the revisions up to ``last_revision``, under ``spec``."""

    spec: str
    last_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRun:
    """A run of the index: so many ``postings`` of the revisions from ``first`` to ``last``.

    ``bucket`` is its place in time, ``level`` its place among runs of one size; ``bits`` and ``width`` say how it is
    packed.
    """

    id: int
    bucket: int
    level: int
    bits: int
    width: int
    first: int
    last: int
    postings: int


class SiteSample(NamedTuple):
    """What is kept of a revision to know its site's text by; ``shingles`` as dedupe packs them."""

    site: str
    revision_id: int
    article_id: int
    shingles: bytes


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


class DecisionKind(StrEnum):
    """What a person can decide."""

    SAME = "same"
    DIFFERENT = "different"
    CANONICAL_IS = "canonical-is"
    IGNORE_SOURCE = "ignore-source"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word, which stays as it was put. A later one, by ``id``, goes before an earlier one.

    ``url_a`` and ``url_b`` are the articles that are the SAME or DIFFERENT, in order; CANONICAL_IS has ``url_a`` only.
    ``undoes`` is the decision that an UNDO takes back. The store adds ``id``, the ids of the articles that are there,
    and ``ended_by``: the decision that undid this one, or was made later about the same.
    """

    id: int = 0
    kind: DecisionKind
    url_a: str | None = None
    url_b: str | None = None
    source: str | None = None
    undoes: int | None = None
    decided_by: str
    decided_at: datetime
    note: str = ""
    article_a: int | None = None
    article_b: int | None = None
    ended_by: int | None = None

    @property
    def articles(self) -> set[int]:
        """Name the articles that it is about and that are there."""
        return {article for article in (self.article_a, self.article_b) if article is not None}

    @property
    def subject(self) -> str:
        """Name the articles, the source or the decision that it is about."""
        named = (self.url_a, self.url_b, self.source, self.undoes)
        return " ".join(str(name) for name in named if name is not None)

    @property
    def reason(self) -> str:
        """Say who decided it, when, and why."""
        note = f": {self.note}" if self.note else ""
        return f"decided by {self.decided_by} on {self.decided_at:%Y-%m-%d}{note}"

    def __str__(self) -> str:
        return f"{self.id}, {self.kind} {self.subject} ({self.reason})"

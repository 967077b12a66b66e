"""What is remembered between runs: of sources, links, hosts and archive files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Visited(StrEnum):
    """What came of fetching a link once. MOVED: it led to an article that has another address."""

    KEPT = "kept"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not-modified"
    MOVED = "moved"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store remembers of a configured source between runs.

    ``failures`` are those in a row; ``rhythm`` is what polling has learned of when it publishes
    (``crawler.sources.schedule`` alone reads it); ``next_due`` None means at once.
    """

    name: str
    url: str
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    last_fetched: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    next_due: datetime | None = None
    rhythm: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A link as a source lists it, on its way into the store. ``url`` is the identity, ``address`` what to ask for."""

    url: str
    address: str
    headline: str | None = None
    date_published: datetime | None = None
    date_modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What the store remembers of a link: where it is listed, what came of its visits, and when the next one is due.

    ``source`` is the first that listed it, whose crawl visits it. ``unchanged`` and ``failures`` are visits in a row.
    ``next_visit`` None: it is not visited again.
    """

    url: str
    address: str
    source: str
    date_first_seen: datetime
    headline: str | None = None
    date_published: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    visits: int = 0
    unchanged: int = 0
    failures: int = 0
    last_visit: datetime | None = None
    last_change: datetime | None = None
    last_outcome: Visited | None = None
    next_visit: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What the store remembers of a host: its robots.txt as last read, and until when it wants to be left alone.

    ``robots_status`` None: it could not be reached. ``backoffs`` are refusals (429, 503) in a row.
    """

    host: str
    robots_txt: bytes = b""
    robots_status: int | None = None
    robots_fetched: datetime | None = None
    blocked_until: datetime | None = None
    blocked_reason: str | None = None
    backoffs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveState:
    """How far an archive file has been taken in: all captures before byte ``offset`` are stored."""

    path: str
    size_bytes: int
    modified: datetime
    offset: int

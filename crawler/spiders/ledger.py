"""What a crawl asks of whoever keeps the books, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from crawler.components.hosts import HostCounts
from crawler.extract.page import Page
from crawler.sources import Link
from crawler.sources.sections import Shapes
from storage.types import HostState, LinkState, Rejection, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of asking for one link: a page, or the reason why there is none, or neither: it has not changed.

    ``fallback`` is the text that the feed carried, as a page, for when the page itself gives no article. ``not_before``
    is until when the host wants to be left alone; without ``is_asked`` it was, which is no failure of the link.
    """

    link: LinkState
    at: datetime
    page: Page | None = None
    loss: Rejection | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    fallback: Page | None = None
    not_before: datetime | None = None
    is_asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for one crawl: ``time_s`` after which it ends what is in flight, where it records what it fetches."""

    time_s: float | None = None
    warc_dir: Path | None = None


class Ledger(Protocol):
    """The crawl's only way to the store. URLs are identities (``crawler.urls.identity``)."""

    def source_state(self, name: str) -> SourceState | None:
        """Return what the last run left about a source."""

    def save_source_state(self, state: SourceState) -> None:
        """Keep what the next run must know about a source, once what was handed over before is stored."""

    def discovered(self, source: str, links: Sequence[Link], at: datetime) -> set[str]:
        """Keep what a source lists; returns which of the links are new."""

    def due(self, source: str, at: datetime, limit: int) -> list[LinkState]:
        """Return the links of a source to visit now: never visited ones first, then those to look at again."""

    def shapes(self, site: str) -> Shapes:
        """Return what the addresses of a site's articles look like."""

    def host_state(self, host: str) -> HostState | None:
        """Return what earlier requests left about a host."""

    def save_host_state(self, state: HostState) -> None:
        """Keep what later requests must know about a host."""

    def reject(self, rejection: Rejection) -> None:
        """Keep the reason why a link or a source came to nothing."""

    async def visited(self, visit: Visit) -> None:
        """Extract and store what a visit gave, and decide when the next one is due; back when it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlCounts:
    """What one crawl did. ``bytes`` is what came over the line, robots.txt included, as are ``requests``.

    ``due`` sources were asked; ``links`` are those they list, ``new`` the ones not seen before. ``visits`` are links
    that were asked for, ``failed`` those of them that gave no page. Of the sources, ``not_modified`` listed nothing
    else than before, ``failed_sources`` could not be read, ``unread`` had no answer when the time was over,
    ``unfinished`` were interrupted by a person or the system.
    """

    due: int
    not_modified: int
    unread: int
    links: int
    new: int
    requests: int
    visits: int
    bytes: int
    failed: int
    failed_sources: int
    unfinished: int
    hosts: Mapping[str, HostCounts] = field(default_factory=dict)


class NoLedger:
    """A ledger that knows nothing and keeps nothing, for looking at one source or page."""

    def source_state(self, name: str) -> SourceState | None:
        return None

    def save_source_state(self, state: SourceState) -> None:
        pass

    def discovered(self, source: str, links: Sequence[Link], at: datetime) -> set[str]:
        return set()

    def due(self, source: str, at: datetime, limit: int) -> list[LinkState]:
        return []

    def shapes(self, site: str) -> Shapes:
        return Shapes()

    def host_state(self, host: str) -> HostState | None:
        return None

    def save_host_state(self, state: HostState) -> None:
        pass

    def reject(self, rejection: Rejection) -> None:
        pass

    async def visited(self, visit: Visit) -> None:
        pass

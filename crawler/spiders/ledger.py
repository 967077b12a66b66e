"""What a crawl asks of whoever keeps the books, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from crawler.extract.page import Page
from storage.types import Rejection, SourceState


class Ledger(Protocol):
    """The crawl's only way to the store. URLs are identities (``crawler.urls.identity``)."""

    def source_state(self, name: str) -> SourceState | None:
        """Return what the last run left about a source."""

    def save_source_state(self, state: SourceState) -> None:
        """Keep what the next run must know about a source; called once all its pages are dealt with."""

    def known(self, urls: set[str]) -> set[str]:
        """Return those URLs that need not be fetched."""

    def reject(self, rejection: Rejection) -> None:
        """Keep the reason why a link or a source came to nothing."""

    async def page(self, page: Page) -> None:
        """Extract and store one page; back when it is done."""


class NoLedger:
    """A ledger that knows nothing and keeps nothing, for looking at one source or page."""

    def source_state(self, name: str) -> SourceState | None:
        return None

    def save_source_state(self, state: SourceState) -> None:
        pass

    def known(self, urls: set[str]) -> set[str]:
        return set()

    def reject(self, rejection: Rejection) -> None:
        pass

    async def page(self, page: Page) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlCounts:
    """What one crawl did. ``bytes`` is what came over the line, robots.txt included, as are ``requests``.

    ``links`` are distinct per source, ``known`` those of them that were not fetched again, ``pages`` those handed over,
    ``failed`` those that could not be fetched. ``failed_sources`` could not be read, ``unfinished`` were interrupted.
    """

    sources: int
    not_modified: int
    links: int
    known: int
    requests: int
    pages: int
    bytes: int
    failed: int
    failed_sources: int
    unfinished: int

"""How far one source has come in one run."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import Link
from storage.types import LinkState, SourceState


@dataclass(slots=True, kw_only=True)
class SourceRun:
    """The tally of one source. First its documents (the feed, its sitemaps) are read, then its due links are visited.

    ``documents`` and ``visiting`` count what is under way. ``listed`` holds, by identity, what the source said of links
    in this run: their full text is the fallback when a page fails. ``error`` says why the source could not be read; if
    only sitemaps of its index could not, ``sitemap_error`` is of the first; ``has_sitemap`` if another one was read.
    """

    spec: SourceSpec
    state: SourceState
    is_asked: bool
    documents: int = 0
    queue: deque[LinkState] = field(default_factory=deque)
    visiting: int = 0
    is_read: bool = False
    is_done: bool = False
    links: int = 0
    new: int = 0
    dates: list[datetime] = field(default_factory=list)
    changed: bool = False
    max_age_s: float | None = None
    retry_after: datetime | None = None
    visits: int = 0
    failed: int = 0
    error: SourceError | None = None
    sitemap_error: SourceError | None = None
    has_sitemap: bool = False
    listed: dict[str, Link] = field(default_factory=dict)
    sitemaps: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, spec: SourceSpec, state: SourceState | None, *, is_asked: bool) -> SourceRun:
        """Take up a source where the last run left it; from the start if it is now at another address."""
        if state is None or state.url != spec.url:
            state = SourceState(name=spec.name, url=spec.url)
        return cls(spec=spec, state=state, is_asked=is_asked, sitemaps={urls.identity(spec.url)})

    def summary(self) -> str:
        """Tell a person in one line how it went."""
        if self.is_asked and not self.is_read:
            outcome = "not read"
        elif not self.is_asked:
            outcome = f"not due, {self.visits} pages visited, {self.failed} failed"
        elif not self.changed and self.error is None:
            outcome = f"not modified, {self.visits} pages visited, {self.failed} failed"
        else:
            outcome = f"{self.links} links, {self.new} new, {self.visits} pages visited, {self.failed} failed"
        problem = f"; {self.error}" if self.error else ""
        return f"{self.spec.name}: {outcome}{problem}" + ("" if self.is_done else ", interrupted")

"""How far one source has come in one run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from storage.types import SourceState


@dataclass(slots=True, kw_only=True)
class SourceRun:
    """The tally of one source, and what the next run must know about it.

    ``waiting`` counts requests and pages that have not ended; at zero the source is done. ``again`` says that something
    of it must be looked at again, so that the server may not answer "not modified" next time.
    """

    spec: SourceSpec
    state: SourceState
    waiting: int = 0
    links: int = 0
    known: int = 0
    followed: int = 0
    pages: int = 0
    failed: int = 0
    not_modified: bool = False
    again: bool = False
    error: SourceError | None = None
    etag: str | None = None
    last_modified: str | None = None
    sitemaps: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, spec: SourceSpec, state: SourceState | None) -> SourceRun:
        """Take up a source where the last run left it; from the start if it is now at another address."""
        if state is None or state.url != spec.url:
            state = SourceState(name=spec.name, url=spec.url)
        return cls(spec=spec, state=state, sitemaps={urls.identity(spec.url)})

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the source only if it has changed."""
        headers = {"If-None-Match": self.state.etag, "If-Modified-Since": self.state.last_modified}
        return {name: value for name, value in headers.items() if value}

    def end(self, now: datetime) -> SourceState:
        """Return the state to keep. The validators move on only if all that the source listed has been dealt with."""
        if self.error is not None:
            return replace(self.state, last_fetched=now, last_error=str(self.error))
        state = replace(self.state, last_fetched=now, last_success=now, last_error=None)
        if self.not_modified or self.again:
            return state
        return replace(state, etag=self.etag, last_modified=self.last_modified)

    def summary(self) -> str:
        """Tell a person in one line how it went."""
        if self.not_modified:
            outcome = "not modified"
        else:
            outcome = f"{self.links} links, {self.known} known, {self.pages} pages fetched, {self.failed} failed"
        problem = f"; {self.error}" if self.error else ""
        return f"{self.spec.name}: {outcome}{problem}" + (", interrupted" if self.waiting else "")

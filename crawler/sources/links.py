"""What discovery yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that a source lists. ``kind`` "sitemap" is not an article but more to discover.

    ``url`` is as listed, made absolute; the dates are what the source says, in UTC; ``source`` is its name.
    ``content`` is the whole text as HTML where a feed carries it; it is hostile.
    """

    url: str
    source: str
    headline: str | None = None
    date_published: datetime | None = None
    date_modified: datetime | None = None
    kind: Literal["article", "sitemap"] = "article"
    content: str | None = None

    @property
    def latest(self) -> datetime | None:
        """Return the later of its dates."""
        return max(filter(None, (self.date_published, self.date_modified)), default=None)
